package pdf

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew, to be looked at")

// What gopdf draws is read back operator by operator, so an update of gopdf that draws otherwise shows here first.
func TestGopdfDrawsTheFormsAsBefore(t *testing.T) {
	for name, kind := range map[string]noticeKind{"notice": {}, "notice-dated": {dated: true}} {
		f, err := noticeForms[kind]()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".form.txt")
		if *update {
			if err := os.WriteFile(path, []byte(f.Dump()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.Dump() != string(want) {
			t.Errorf("the form %s is drawn otherwise than in %s: look at the page, then run with -update", name, path)
		}
	}
}

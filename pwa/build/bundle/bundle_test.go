package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestDistIsWhatTheSourcesMake(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := Make(root)
	if err != nil {
		t.Fatal(err)
	}
	dist, err := os.ReadDir(filepath.Join(root, "dist"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dist) != len(files) {
		t.Errorf("dist holds %d files, the sources make %d: run go generate ./pwa", len(dist), len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, "dist", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("dist/%s is stale (%v): run go generate ./pwa", name, err)
		}
	}
}

// Patients' programs have the readings between Unicode's interlinear annotation characters; others, and all
// Japanese terms inside other languages, are bare text.
func TestProgramsHaveTheReadingsOfPatientsWords(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"word", "{n}さんの {画面|がめん}を", "{n}さんの \ufff9画面\ufffaがめん\ufffbを"},
		{"share", "{写|うつ}し", "\ufff9写\ufffaうつ\ufffbし"},
		{"word", "[[枝番]] 枝号", "枝番 枝号"},
		{"forstaff", "{写|うつ}し", "写し"},
		{"counter", "{写|うつ}し", "写し"},
	} {
		if got := programText(c.kind, c.text); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.text, got, c.want)
		}
	}
}

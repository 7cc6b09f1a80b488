package pwa

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/outside"
)

// packages says which npm package each vendored folder was taken from.
var packages = map[string]string{
	"qrcode/lib":               "qrcode/lib",
	"dijkstrajs":               "dijkstrajs",
	"zxing/reader":             "zxing-wasm/dist/es/reader",
	"zxing/share.js":           "zxing-wasm/dist/es/share.js",
	"zxing/zxing_reader.wasm":  "zxing-wasm/dist/reader/zxing_reader.wasm",
	"design-tokens/tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css",
}

func TestVendoredFilesAreThePackagesOwn(t *testing.T) {
	outside.NeedFile(t, "node_modules", "npm ci in pwa")
	compared := 0
	for ours, theirs := range packages {
		err := filepath.WalkDir(filepath.Join("vendor", ours), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".d.ts") || strings.Contains(path, "LICENSE") {
				return err
			}
			rest, err := filepath.Rel(filepath.Join("vendor", ours), path)
			if err != nil {
				return err
			}
			got, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			want, err := os.ReadFile(filepath.Join("node_modules", theirs, rest))
			if err != nil {
				return err
			}
			if strings.HasSuffix(path, "share.js") { // the one change: no address of somebody else's server
				at := bytes.Index(want, []byte("return n ? `https"))
				end := at + bytes.IndexByte(want[at:], ';')
				want = append(append(bytes.Clone(want[:at]), "return t + e"...), want[end:]...)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from the package's %s", path, theirs)
			}
			compared++
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if compared < 25 {
		t.Errorf("only %d files were compared", compared)
	}
}

func TestNothingBundledNamesAnotherServer(t *testing.T) {
	names, err := fs.Glob(distFiles, "dist/*")
	if err != nil || len(names) < 5 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		data, err := distFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"jsdelivr", "unpkg", "https://cdn", "fonts.g"} {
			if bytes.Contains(data, []byte(bad)) {
				t.Errorf("%s names %s", name, bad)
			}
		}
	}
}

func TestTypesAreStrict(t *testing.T) {
	outside.Need(t, "node")
	outside.NeedFile(t, "node_modules", "npm ci in pwa")
	if out, err := exec.Command("node_modules/.bin/tsc", "--noEmit").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

var (
	importedAtOnce = regexp.MustCompile(`(?:from|import)"\./([^"]+)"`)
	importedLater  = regexp.MustCompile(`import\("\./([^"]+)"\)`)
)

// The bar of web.md: a patient's first load is at most 60 KB over the wire. What comes at once is little more than half of it:
// the program with all that it imports, the style, and the largest of what it may import later, since one language comes too.
// All languages and parts, which the worker fetches afterwards, stay below the bar together with it.
func TestPatientsFilesAreSmall(t *testing.T) {
	files := loadBundle().files
	sent := func(name string) int {
		file, ok := files[name]
		if !ok {
			t.Fatalf("%s is not there", name)
		}
		if file.gzip == nil {
			return len(file.plain)
		}
		return len(file.gzip)
	}
	closure := func(names []string, patterns ...*regexp.Regexp) []string {
		for i := 0; i < len(names); i++ {
			for _, pattern := range patterns {
				for _, m := range pattern.FindAllSubmatch(files[names[i]].plain, -1) {
					if !slices.Contains(names, string(m[1])) {
						names = append(names, string(m[1]))
					}
				}
			}
		}
		return names
	}
	once := closure([]string{"patient.js", "app.css", "icon.svg"}, importedAtOnce)
	all := closure(slices.Clone(once), importedAtOnce, importedLater)
	first, total, largest := 0, 0, 0
	for _, name := range all {
		total += sent(name)
		if slices.Contains(once, name) {
			first += sent(name)
		} else {
			largest = max(largest, sent(name))
		}
	}
	if len(once) < 8 || len(all) < len(once)+15 { // five languages of the program, of sharing and of the practice
		t.Fatalf("only %d and %d files were found", len(once), len(all))
	}
	t.Logf("%d bytes at once, %d in all", first+largest, total)
	if first+largest > 35_000 {
		t.Errorf("%d bytes at once", first+largest)
	}
	if total > 60_000 {
		t.Errorf("%d bytes in all", total)
	}
}

package pwa

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// packages says which npm package each vendored folder was taken from.
var packages = map[string]string{
	"lean-qr/index.mjs":        "lean-qr/index.mjs",
	"zxing/reader":             "zxing-wasm/dist/es/reader",
	"zxing/share.js":           "zxing-wasm/dist/es/share.js",
	"zxing/zxing_reader.wasm":  "zxing-wasm/dist/reader/zxing_reader.wasm",
	"openjpeg":                 "@cornerstonejs/codec-openjpeg/dist",
	"design-tokens/tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css",
}

func TestVendoredFilesAreThePackagesOwn(t *testing.T) {
	testenv.NeedFile(t, "node_modules", "npm ci in pwa")
	compared := 0
	for ours, theirs := range packages {
		err := filepath.WalkDir(filepath.Join("vendor", ours),
			func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || strings.Contains(path, ".d.") ||
					strings.Contains(path, "LICENSE") {
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
				// the one change: no address of somebody else's server
				if strings.HasSuffix(path, "share.js") {
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
	if compared < len(packages) {
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
	testenv.Need(t, "node")
	testenv.NeedFile(t, "node_modules", "npm ci in pwa")
	if out, err := exec.Command("node_modules/.bin/tsc", "--noEmit").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The bar of docs/facts/web-platform.md#first-load: a patient's first load is at most 60 KB over the wire;
// here what the page takes at once, compressed, with the largest of the files that it may fetch next in the
// place of its language's sentences. The pages themselves are e2e's.
func TestPatientsFilesAreSmall(t *testing.T) {
	files := loadBundle().files
	size := func(name string) int {
		file, ok := files[name]
		if !ok {
			t.Fatalf("%s is missing", name)
		}
		return min(len(file.plain), max(len(file.gzip), 1))
	}
	total := size("app.css") + size("icon.svg")
	largest := 0
	seen := map[string]bool{}
	var take func(name string)
	take = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		total += size(name)
		for _, m := range importStatement.FindAllStringSubmatch(string(files[name].plain), -1) {
			take(m[1])
		}
		for _, m := range importCall.FindAllStringSubmatch(string(files[name].plain), -1) {
			largest = max(largest, size(m[1]))
		}
	}
	take("patient.js")
	if total += largest; total > 50_000 || len(seen) < 2 || largest == 0 {
		t.Errorf("%d bytes in %d files and one of at most %d", total, len(seen), largest)
	}
	t.Logf("%d bytes", total)
}

var (
	importStatement = regexp.MustCompile(`(?:from|import)"\./([^"]+)"`)
	importCall      = regexp.MustCompile(`import\("\./([^"]+)"\)`)
)

package input

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/eligibility"
)

// sparse makes a file of so many zeros that takes no room on the disk.
func sparse(t *testing.T, size int64) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "zeros")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(size), file.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

func written(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// asStandardInput lets a test read a file as standard input.
func asStandardInput(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stdin
	os.Stdin = file
	t.Cleanup(func() {
		os.Stdin = before
		file.Close()
	})
}

func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	if file, err := Open(written(t, "資格")); err != nil {
		t.Error(err)
	} else if err := file.Close(); err != nil {
		t.Error(err)
	}
	folder := t.TempDir()
	if _, err := Open(folder); err == nil || !strings.Contains(err.Error(), folder) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open(filepath.Join(folder, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// docs/errors.md, input.size: 64 MB at most.
func TestBoundedReadsAFileWholeOrNotAtAll(t *testing.T) {
	for _, c := range []struct {
		name string
		size int64
		ok   bool
	}{
		{"nothing", 0, true},
		{"one byte", 1, true},
		{"64 MB", 64 << 20, true},
		{"a byte more", 64<<20 + 1, false},
		{"64 GB", 64 << 30, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := ReadBounded(sparse(t, c.size))
			if c.ok && (err != nil || int64(len(data)) != c.size) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
			if !c.ok && !errors.Is(err, errLarge) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
}

func TestADashIsStandardInput(t *testing.T) {
	asStandardInput(t, written(t, "shc:/5676"))
	if data, err := ReadBounded("-"); err != nil || string(data) != "shc:/5676" {
		t.Errorf("%q %v", data, err)
	}
	asStandardInput(t, sparse(t, 64<<20+1))
	if _, err := ReadBounded("-"); !errors.Is(err, errLarge) {
		t.Errorf("standard input without end: %v", err)
	}
	asStandardInput(t, written(t, "資格"))
	if data, err := ReadArgument("-", "FILE"); err != nil || string(data) != "資格" {
		t.Errorf("%q %v", data, err)
	}
}

// The keys are those of docs/errors.md; the field is the argument, as the command line names it.
func TestArgumentSaysWhichArgumentCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name, file, key string
		cause           error
	}{
		{"no such file", filepath.Join(t.TempDir(), "none"), "input.open", fs.ErrNotExist},
		{"a folder", t.TempDir(), "input.open", nil},
		{"too large", sparse(t, 64<<20+1), "input.size", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, err := ReadArgument(c.file, "--jwks")
			var e *eligibility.Error
			if !errors.As(err, &e) || e.Key != c.key || e.Code != eligibility.Invalid ||
				e.Field != "--jwks" ||
				data != nil {
				t.Fatalf("%d bytes, %#v", len(data), err)
			}
			if c.key == "input.open" && e.Cause == nil || c.cause != nil && !errors.Is(e.Cause, c.cause) {
				t.Errorf("its cause is %v", e.Cause)
			}
		})
	}
	if data, err := ReadArgument(written(t, "資格"), "FILE"); err != nil || string(data) != "資格" {
		t.Errorf("%q %v", data, err)
	}
}

func TestSmallTakesAFileOfCertificatesAndNoDisk(t *testing.T) {
	for _, c := range []struct {
		name, file string
		ok         bool
	}{
		{"a chain", written(t, "-----BEGIN CERTIFICATE-----\n"), true},
		{"1 MiB", sparse(t, 1<<20), true},
		{"a byte more", sparse(t, 1<<20+1), false},
		{"a folder", t.TempDir(), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, _ := os.ReadFile(c.file)
			data, err := Small(c.file, "a certificate")
			if c.ok && (err != nil || !bytes.Equal(data, want)) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
			if !c.ok && (err == nil || !strings.Contains(err.Error(), "a certificate") ||
				!strings.Contains(err.Error(), c.file)) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
	if _, err := Small(filepath.Join(t.TempDir(), "none"), "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	asStandardInput(t, written(t, "x"))
	if _, err := Small("-", "x"); err == nil {
		t.Error("a certificate came from standard input")
	}
}

// The mark is U+FEFF in UTF-8 (RFC 3629 section 6): EF BB BF.
func TestWithoutMarkTakesOneMarkFromTheBeginning(t *testing.T) {
	for _, c := range []struct{ name, given, want string }{
		{"a mark", "\xef\xbb\xbf番号", "番号"},
		{"none", "番号", "番号"},
		{"nothing", "", ""},
		{"the mark alone", "\xef\xbb\xbf", ""},
		{"half a mark", "\xef\xbb番", "\xef\xbb番"},
		{"two marks", "\xef\xbb\xbf\xef\xbb\xbf番", "\xef\xbb\xbf番"},
		{"a mark inside", "番\xef\xbb\xbf号", "番\xef\xbb\xbf号"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := WithoutMark([]byte(c.given)); string(got) != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

package printing_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/printing"
)

// A clerk opens a file's list with a spreadsheet and saves it, or somebody else's file takes its name: who
// was skipped and who is to be looked at must not be lost from the whole run's lists.
func TestAListThatSomebodyChangedIsNotJoined(t *testing.T) {
	changes := map[string]func(path string, data []byte) error{
		"saved as Shift_JIS": func(path string, data []byte) error {
			other, err := japanese.ShiftJIS.NewEncoder().Bytes(bytes.TrimPrefix(data, []byte("\ufeff")))
			return errors.Join(err, os.WriteFile(path, other, 0o600))
		},
		"without its last columns": func(path string, _ []byte) error {
			return os.WriteFile(path, []byte("順,ファイル\r\n1,a.pdf\r\n"), 0o600)
		},
		"without its last line": func(path string, data []byte) error {
			end := bytes.LastIndexByte(bytes.TrimSuffix(data, []byte("\r\n")), '\n') + 1
			return os.WriteFile(path, data[:end], 0o600)
		},
		"with another number of the same length": func(path string, data []byte) error {
			return os.WriteFile(path, bytes.Replace(data, []byte("REF000003"), []byte("REF000004"), 1), 0o600)
		},
		"removed": func(path string, _ []byte) error { return os.Remove(path) },
	}
	testenv.Refused(t, testenv.Stored, len(changes))
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		t.Run(name, func(t *testing.T) {
			p := composer(t)
			p.gone = map[string]bool{"REF000003": true}
			m := &memory{}
			r := newJob(t, 60, p, m)
			r.Items = printing.ItemList(refs(40)) // as if it was stopped after its first file
			if _, err := r.print(t.Context()); err != nil {
				t.Fatal(err)
			}
			list := "oshirase-138990-TEST-001.csv"
			path := filepath.Join(r.Folder, list)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := changes[name](path, data); err != nil {
				t.Fatal(err)
			}
			r.Items = printing.ItemList(refs(60))
			var e *eligibility.Error
			if _, err := r.print(t.Context()); !errors.As(err, &e) || e.Key != printing.ErrFileGone.Key ||
				e.Field != list {
				t.Errorf("%v", err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil { // put back, the run ends
				t.Fatal(err)
			}
			if _, err := r.print(t.Context()); err != nil || len(m.printed) != 59 {
				t.Errorf("%v, %d printed", err, len(m.printed))
			}
			if n := len(rows(t, r.Folder, printing.Skipped.Of(r.Base))); n != 1 {
				t.Errorf("%d of one who was skipped", n)
			}
		})
	}
}

// What stands in the way of a file's list stops the file as well: a name without its note may be taken for
// one that can be sent, and is printed again.
func TestAFileWhoseListCannotBeWrittenIsNotReleased(t *testing.T) {
	m := &memory{}
	r := newJob(t, 30, composer(t), m)
	inTheWay := filepath.Join(r.Folder, "oshirase-138990-TEST-001.csv")
	if err := os.MkdirAll(filepath.Join(inTheWay, "somebody's"), 0o700); err != nil {
		t.Fatal(err)
	}
	testenv.Refused(t, testenv.Stored, 1)
	var e *eligibility.Error
	if _, err := r.print(t.Context()); !errors.As(err, &e) || e.Key != "run.folder" {
		t.Error(err)
	}
	if got := names(t, r.Folder); !slices.Equal(got, []string{filepath.Base(inTheWay)}) {
		t.Error(got)
	}
}

// Records of versions before do not say what a list was: what no list of ours can be is not joined all the
// same.
func TestAnOldRecordsListIsReadAsFarAsItIsOne(t *testing.T) {
	changed := map[string]string{
		"empty":                 "",
		"with two columns":      "順,ファイル\r\n" + strings.Repeat("1,a.pdf\r\n", 30),
		"of another's headings": "a,b,c,d,e,f,g,h,i,j\r\n" + strings.Repeat("1,2,3,4,5,6,7,8,9,0\r\n", 30),
	}
	testenv.Refused(t, testenv.Stored, len(changed))
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		t.Run(name, func(t *testing.T) {
			m := &memory{}
			r := newJob(t, 30, composer(t), m)
			if _, err := r.print(t.Context()); err != nil {
				t.Fatal(err)
			}
			m.files[0].ListSHA256 = ""
			if _, err := r.print(t.Context()); err != nil {
				t.Errorf("as it was: %v", err)
			}
			path := filepath.Join(r.Folder, "oshirase-138990-TEST-001.csv")
			if err := os.WriteFile(path, []byte(changed[name]), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := r.print(t.Context()); !errors.Is(err, printing.ErrFileGone) {
				t.Error(err)
			}
		})
	}
}

package insuredcsv

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// A file of the command is read where it lies: what changed in it since it was looked at for a My Number is
// not taken.
func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	var rows bytes.Buffer
	rows.WriteString(boundsHead)
	const people = 20_000
	for i := range people {
		fmt.Fprintf(&rows, "%d,試験 第%d,1986-04-12,\n", i+1, i)
	}
	cases := []struct {
		name  string
		touch func(f *os.File) error
		key   string // empty: all of it is read
	}{
		{"as it was", func(*os.File) error { return nil }, ""},
		{"something is written behind it", func(f *os.File) error {
			_, err := f.WriteAt([]byte("99999,試験 後,1986-04-12,\n"), int64(rows.Len()))
			return err
		}, ""},
		{"a letter of its middle", func(f *os.File) error {
			_, err := f.WriteAt([]byte("9"), int64(rows.Len()/2))
			return err
		}, "import.changed"},
		{"its last letter", func(f *os.File) error {
			_, err := f.WriteAt([]byte(";"), int64(rows.Len()-2))
			return err
		}, "import.changed"},
		{"cut off", func(f *os.File) error { return f.Truncate(int64(rows.Len() - 100)) }, "import.changed"},
		{"emptied", func(f *os.File) error { return f.Truncate(0) }, "import.changed"},
		{"closed", func(f *os.File) error { return f.Close() }, "import.read"},
	}
	testenv.Refused(t, testenv.Files, len(cases)-2)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := t.TempDir() + "/people.csv"
			if err := os.WriteFile(path, rows.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			read, err := Read(f, Options{Insurer: insurer})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.touch(f); err != nil {
				t.Fatal(err)
			}
			n := 0
			for row := range read.Rows() {
				if row.Accepted {
					n++
				}
			}
			var e *eligibility.Error
			switch errors.As(read.Err(), &e); {
			case c.key == "" && (read.Err() != nil || n != people):
				t.Errorf("%d people, %v", n, read.Err())
			case c.key != "" && (e == nil || e.Key != c.key || n == people):
				t.Errorf("%d people, %v", n, read.Err())
			}
		})
	}
}

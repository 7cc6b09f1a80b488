package auditing

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/datafolder"
)

// What a command is given by mistake is named, with its flag and a sentence: never is all said to be well
// because nothing was compared, nor is a mistyped name taken for the work of an intruder.
func TestAWrongNameIsNoGoodChainAndNoBrokenOne(t *testing.T) {
	w, place := months(t), t.TempDir()
	if _, err := archived(t, w, filepath.Join(place, "archive"), true); err != nil {
		t.Fatal(err)
	}
	at := func(name string, text []byte) string {
		path := filepath.Join(place, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(w.checkpoints())
	if err != nil {
		t.Fatal(err)
	}
	verify := func(v Verify) func() error {
		return func() error {
			_, err := v.Do(t.Context(), w.settings, w.now)
			return err
		}
	}
	archive := func(c Archive) func() (err error) {
		return func() (err error) {
			w.in(func(f *datafolder.DataFolder) { _, err = c.write(t.Context(), w.settings, f.Store, w.now) })
			return err
		}
	}
	cases := []struct {
		name, key, flag string
		do              func() error
	}{
		{"no file", "audit.nothing", "--checkpoint",
			verify(Verify{Place: Place{Checkpoint: filepath.Join(place, "none")}})},
		{"an empty file", "audit.nothing", "--checkpoint",
			verify(Verify{Place: Place{Checkpoint: at("empty", nil)}})},
		{"half of its first line", "audit.nothing", "--checkpoint",
			verify(Verify{Place: Place{Checkpoint: at("half", whole[:100])}})},
		{"a folder for the file", "audit.file_unread", "",
			verify(Verify{Place: Place{Checkpoint: place}})},
		{"no archive", "audit.archives", "--archive",
			verify(Verify{Archive: filepath.Join(place, "none")})},
		{"a file for the archive", "audit.archives", "--archive",
			verify(Verify{Archive: at("file", nil)})},
		{"a month to come", "audit.month_open", "--before", archive(Archive{Before: "2027-01", To: place})},
		{"an archive in a file", "output.write", "--to",
			archive(Archive{Before: "2026-11", To: filepath.Join(at("more", nil), "x")})},
		{"a key in a file", "output.write", "--out", func() error {
			_, err := (&Key{Out: filepath.Join(at("other", nil), "x")}).Do()
			return err
		}},
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var why *eligibility.Error
			if err := c.do(); !errors.As(err, &why) || why.Key != c.key || why.Field != c.flag {
				t.Errorf("%v, want %s of %s", err, c.key, c.flag)
			}
		})
	}
	w.settings.AuditFile = place
	var why *eligibility.Error
	if err := w.started(); !errors.As(err, &why) || why.Key != "audit.file_unread" {
		t.Errorf("a start with a folder for the file: %v", err)
	}
}

// Without a checkpoint nothing was signed, and nothing is said to be as it was signed.
func TestNothingUnsignedIsCalledSigned(t *testing.T) {
	w := newWorld(t)
	w.in(func(f *datafolder.DataFolder) { w.noted(f, 2) })
	said := fmt.Sprint(w.verified("").Told())
	if strings.Contains(said, "署名したときのとおり") || strings.Contains(said, "as it was signed") ||
		!strings.Contains(said, "つながっています") {
		t.Error(said)
	}
}

package main

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/datafolder"
	"madoguchi/server/demo"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/settings"
)

// wholeStart goes the way of serve in role all, up to where it would answer, and closes again.
func wholeStart(t *testing.T, data string) error {
	t.Helper()
	s := &settings.Settings{Data: data}
	h, err := openApp(t.Context(), s, datafolder.RoleAll)
	if err != nil {
		return err
	}
	defer h.Store.Close()
	if err := h.Keys.Verify(); err != nil {
		return err
	}
	if err := demo.Certify(h.Keys, h.Path, demo.Insurers, h.Now()); err != nil {
		return err
	}
	_, _, err = (&serveCmd{Role: datafolder.RoleAll}).site(t.Context(), h, "http://localhost:8080")
	return err
}

// used is a data folder that has been started and used.
func used(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	d, err := startDemo(t, &settings.Settings{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.insurer.Importer.Import(t.Context(), clerkOf(demoCity),
		bytes.NewReader(insuredcsv.SampleFile(demoCity))); err != nil {
		t.Fatal(err)
	}
	found, err := d.app.Store.ForInsurer().Register.FindPeople(
		t.Context(),
		insurer.PeopleQuery{Insurer: demoCity, Limit: 1},
	)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if _, err := d.insurer.Enrolment.NoticePaper(t.Context(), clerkOf(demoCity), found[0].ID); err != nil {
		t.Fatal(err)
	}
	stored := counter.Case{Facility: "1319999991", ID: "CASE", At: d.app.Now(), Body: []byte("x")}
	entry := audit.Entry{At: d.app.Now(), Actor: "t", Action: "t"}
	if err := d.app.Store.ForCounter().PutCase(t.Context(), stored, entry); err != nil {
		t.Fatal(err)
	}
	if err := d.app.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := wholeStart(t, data); err != nil {
		t.Fatal(err)
	}
	return data
}

// copied is a copy of a data folder, with its modes.
func copied(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func keyPath(data, file string) string { return filepath.Join(data, "demo", "keys", file) }

func keyFolder(t *testing.T, data string) (files []string) {
	t.Helper()
	all, err := os.ReadDir(keyPath(data, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if name := f.Name(); name != "lock" && !strings.HasSuffix(name, ".crt") { // neither holds a key
			files = append(files, name)
		}
	}
	return files
}

// said is what the person at the keyboard reads.
func said(err error) string {
	var e *eligibility.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := e.Ja() + "\n" + e.En()
	if e.Cause != nil {
		text += "\n" + e.Cause.Error()
	}
	return text
}

// faults are what happens to key files: disks, restored backups, mistaken commands.
var faults = []struct {
	name string
	harm func(path, other string) error
}{
	{"deleted", func(path, _ string) error { return os.Remove(path) }},
	{"empty", func(path, _ string) error { return os.Truncate(path, 0) }},
	{"cut short", func(path, _ string) error { return os.Truncate(path, 40) }},
	{"another installation's", func(path, other string) error {
		data, err := os.ReadFile(other)
		if err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	}},
	{"readable by others", func(path, _ string) error { return os.Chmod(path, 0o644) }},
}

func TestAStartIsRefusedForEveryFaultOfEveryKeyFile(t *testing.T) {
	data, other := used(t), used(t)
	files := keyFolder(t, data)
	for _, want := range []string{keys.People, keys.Cases, keys.Index, keys.Notice, keys.Session, keys.Trust,
		keys.Client, keys.Counter, "demo-idp.pem", demo.AuthorityKey,
		"issuer-00138990.json", "issuer-00138990.pem", "pdf-00138990.pem"} {
		if !slices.Contains(files, want) {
			t.Fatalf("the folder lacks %s: %v", want, files)
		}
	}
	testenv.Refused(t, testenv.Stored, len(files)*len(faults))
	for _, file := range files {
		for _, fault := range faults {
			t.Run(file+" "+fault.name, func(t *testing.T) {
				broken := copied(t, data)
				if err := fault.harm(keyPath(broken, file), keyPath(other, file)); err != nil {
					t.Fatal(err)
				}
				before, _ := os.ReadFile(keyPath(broken, file))
				err := wholeStart(t, broken)
				if err == nil {
					t.Fatal("it started")
				}
				text := said(err)
				if !strings.Contains(text, file) || !strings.Contains(text, "バックアップ") &&
					!strings.Contains(text, "0600") {
					t.Errorf("no file's name or next step: %s", text)
				}
				if after, _ := os.ReadFile(keyPath(broken, file)); !bytes.Equal(before, after) {
					t.Error("the file was changed")
				}
				// the file comes back from the backup, and all is well
				whole, err := os.ReadFile(keyPath(data, file))
				if err == nil {
					err = errors.Join(os.WriteFile(keyPath(broken, file), whole, 0o600),
						os.Chmod(keyPath(broken, file), 0o600))
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := wholeStart(t, broken); err != nil {
					t.Errorf("with the file restored: %v", err)
				}
			})
		}
	}
}

// A database of the release before remembers no keys: those that open what it holds are proved by it, then
// remembered.
func TestADatabaseWithoutCheckValuesProvesItsKeysFirst(t *testing.T) {
	data, other := used(t), used(t)
	forget := func(t *testing.T, data string) int {
		t.Helper()
		db, err := sql.Open("sqlite", filepath.Join(data, "demo", datafolder.DatabaseFile))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var n int
		if err := db.QueryRow(`SELECT count(*) FROM key_checks`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`DELETE FROM key_checks`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	files := []string{keys.People, keys.Cases, keys.Index, keys.Notice}
	testenv.Refused(t, testenv.Stored, 2*len(files))
	for _, file := range files {
		for _, fault := range faults {
			if fault.name != "deleted" && fault.name != "another installation's" {
				continue
			}
			t.Run(file+" "+fault.name, func(t *testing.T) {
				old := copied(t, data)
				forget(t, old)
				if err := fault.harm(keyPath(old, file), keyPath(other, file)); err != nil {
					t.Fatal(err)
				}
				before, _ := os.ReadFile(keyPath(old, file))
				if err := wholeStart(t, old); err == nil || !strings.Contains(said(err), file) {
					t.Errorf("%v", err)
				}
				if after, _ := os.ReadFile(keyPath(old, file)); !bytes.Equal(before, after) {
					t.Error("the file was made anew beside the data, or changed")
				}
			})
		}
	}
	old := copied(t, data)
	n := forget(t, old)
	if err := wholeStart(t, old); err != nil {
		t.Fatal(err)
	}
	if again := forget(t, old); again != n || n < 12 {
		t.Errorf("%d of %d keys are remembered again", again, n)
	}
}

// What signs can be replaced, once somebody says so; what seals cannot.
func TestALostSigningKeyIsReplacedOnlyByCommand(t *testing.T) {
	data := used(t)
	for _, file := range []string{keys.Counter, keys.Client, "pdf-00138990.pem"} {
		if err := os.Remove(keyPath(data, file)); err != nil {
			t.Fatal(err)
		}
		if err := wholeStart(t, data); !errors.Is(err, keys.ErrGone) || !strings.Contains(said(err),
			"keys accept "+file) {
			t.Fatalf("%s: %v", file, err)
		}
		if err := (&keysAcceptCmd{File: file}).Run(&settings.Settings{Data: data,
			Addr: "127.0.0.1:8080"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := wholeStart(t, data); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
	}
	for _, file := range []string{keys.People, keys.Index, "none.pem", "../madoguchi.db"} {
		var code exit
		if err := (&keysAcceptCmd{File: file}).Run(&settings.Settings{Data: data,
			Addr: "127.0.0.1:8080"}); !errors.As(err, &code) || code != exitRefused {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The data folder and the database are their owner's alone, whatever the umask, and whatever a release before
// left.
func TestDataFilesAreTheirOwnersAlone(t *testing.T) {
	data := used(t)
	folder := filepath.Join(data, "demo")
	if err := os.MkdirAll(filepath.Join(folder, datafolder.RunsDir), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{
		"":                      0o755,
		datafolder.RunsDir:      0o777,
		datafolder.DatabaseFile: 0o644,
	} {
		if err := os.Chmod(filepath.Join(folder, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	h, err := openApp(t.Context(), &settings.Settings{Data: data}, datafolder.RoleAll)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Store.Close()
	if err := h.Store.ForInsurer().Register.Note(t.Context(), audit.Entry{At: h.Now(), Actor: "t",
		Action: "t"}); err != nil { // brings -wal and -shm
		t.Fatal(err)
	}
	seen := 0
	for name, mode := range map[string]os.FileMode{
		"":                               0o700,
		"keys":                           0o700,
		datafolder.RunsDir:               0o700,
		datafolder.DatabaseFile:          0o600,
		datafolder.DatabaseFile + "-wal": 0o600,
		datafolder.DatabaseFile + "-shm": 0o600,
	} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seen++
		if info.Mode().Perm() != mode {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
	}
	if seen != 6 {
		t.Errorf("%d of 6 are there", seen)
	}
}

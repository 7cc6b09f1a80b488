package datafolder

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/staff"
)

const city eligibility.InsurerNumber = "00138990"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)

func options(path, role string) Options {
	return Options{
		Path: path,
		Mode: "demo",
		Role: role,
		Host: "https://localhost:8080",
		Now:  func() time.Time { return noon },
	}
}

// opened opens a data folder until the test ends.
func opened(t *testing.T, o Options) *Folder {
	t.Helper()
	f, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Store.Close() })
	return f
}

// closed opens a data folder for a role, as a start does, and closes it again.
func closed(t *testing.T, path, role string) error {
	t.Helper()
	f, err := Open(t.Context(), options(path, role))
	if err != nil {
		return err
	}
	return f.Store.Close()
}

func entry(action string) audit.Entry {
	return audit.Entry{At: noon, Actor: "test", Action: action}
}

// enrolled imports the sample of 架空市 and ties 髙橋 德一 to the login op|x; it returns the person.
func enrolled(t *testing.T, f *Folder) audit.PersonID {
	t.Helper()
	in := insurer.Insurer{Number: city, Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"}
	stores := f.Store.ForInsurer()
	if err := stores.Directory.PutSettings(t.Context(), in, nil, entry("insurer.put")); err != nil {
		t.Fatal(err)
	}
	derive, err := f.Keys.Secret(keys.Notice)
	if err != nil {
		t.Fatal(err)
	}
	index, err := f.Keys.Secret(keys.Index)
	if err != nil {
		t.Fatal(err)
	}
	services := insurer.New(insurer.Config{
		Stores:       stores,
		Keys:         f.Keys.Rings,
		Certificates: f.Keys.Certificates,
		Notices:      insurer.NoticeKeys{Derive: derive, Index: index},
		Host:         "https://localhost:8080",
		Address:      "http://localhost:8080",
		Now:          f.Now,
	})
	clerk := staff.Clerk{Staff: "鈴木", Insurer: city, Role: staff.Everything}
	sample := bytes.NewReader(insuredcsv.Sample(city))
	if _, err := services.Importer.Import(t.Context(), clerk, sample); err != nil {
		t.Fatal(err)
	}
	found, err := stores.Register.FindPeople(t.Context(),
		insurer.PeopleQuery{Insurer: city, Text: "髙橋德一", Limit: 1})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	paper, err := services.Enrolment.NoticePaper(t.Context(), clerk, found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	notice, err := services.Enrolment.NoticeFor(t.Context(), paper.Code)
	if err != nil {
		t.Fatal(err)
	}
	who := auth.Identity{Subject: "op|x", Name: "髙橋 德一", BirthDate: found[0].Person.BirthDate, At: noon}
	if err := services.Enrolment.Enrol(t.Context(), insurer.Viewer{Login: &who}, notice); err != nil {
		t.Fatal(err)
	}
	return found[0].ID
}

// docs/keys.md, "The folder": what opens nothing of a half is not made for it.
func TestARoleHasOnlyTheKeysThatItNeeds(t *testing.T) {
	for _, c := range []struct {
		role string
		want []string
	}{
		{RoleAll, []string{keys.Cases, keys.Index, keys.People, keys.Session}},
		{RoleInsurer, []string{keys.Index, keys.People, keys.Session}},
		{RoleCounter, []string{keys.Cases, keys.Index, keys.Session}},
	} {
		t.Run(c.role, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data")
			if err := closed(t, path, c.role); err != nil {
				t.Fatal(err)
			}
			files, err := os.ReadDir(filepath.Join(path, Keys))
			if err != nil {
				t.Fatal(err)
			}
			var made []string
			for _, file := range files {
				if filepath.Ext(file.Name()) == ".key" {
					made = append(made, file.Name())
				}
			}
			if !slices.Equal(made, c.want) {
				t.Errorf("made %v, want %v", made, c.want)
			}
			if err := closed(t, path, c.role); err != nil {
				t.Errorf("it does not start again: %v", err)
			}
		})
	}
}

// docs/keys.md: the folder 0700, the database 0600; what a restored backup left open is closed again.
func TestTheDataAreTheirOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if err := closed(t, path, RoleAll); err != nil {
		t.Fatal(err)
	}
	runs := filepath.Join(path, Runs)
	if err := errors.Join(os.Mkdir(runs, 0o700), os.Chmod(runs, 0o755), os.Chmod(path, 0o755),
		os.Chmod(filepath.Join(path, Database), 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := closed(t, path, RoleAll); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		mode fs.FileMode
	}{{"", 0o700}, {Keys, 0o700}, {Runs, 0o700}, {Database, 0o600}} {
		t.Run("mode of "+c.name, func(t *testing.T) {
			info, err := os.Stat(filepath.Join(path, c.name))
			if err != nil || info.Mode().Perm() != c.mode {
				t.Errorf("%v %v, want %o", info.Mode(), err, c.mode)
			}
		})
	}
}

// Harms that come to key files: disks, restored backups, mistaken commands.
var (
	gone    = os.Remove
	cut     = func(path string) error { return os.Truncate(path, 10) }
	another = func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("5a"), 32), 0o600) }
	open    = func(path string) error { return os.Chmod(path, 0o640) }
)

// harmed is a key file to which something came, and the error that a start must then be refused with.
type harmed struct {
	name, file, key string
	harm            func(string) error
}

// refuses harms the file, wants the start refused and the file left alone, and restores it.
func (c harmed) refuses(t *testing.T, data string) {
	t.Helper()
	file := filepath.Join(data, Keys, c.file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.harm(file); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(file) // none where it is gone
	err = closed(t, data, RoleAll)
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Key != c.key {
		t.Errorf("%v, want %s", err, c.key)
	}
	if after, _ := os.ReadFile(file); !bytes.Equal(after, before) {
		t.Error("the file was changed")
	}
	if err := errors.Join(os.WriteFile(file, whole, 0o600), os.Chmod(file, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// used is a data folder of 架空市 with an enrolled person, closed again.
func used(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	f := opened(t, options(data, RoleAll))
	enrolled(t, f)
	if err := f.Store.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// docs/keys.md: no key is made anew beside the data that it opens; at each start a file that is missing, cut
// short, another's or open to others is refused with its name.
func TestAStartIsRefusedWithOtherKeysThanTheDatas(t *testing.T) {
	data := used(t)
	for _, c := range []harmed{
		{"a lost key of the records", keys.People, "keys.gone", gone},
		{"a key of the records cut short", keys.People, "keys.damaged", cut},
		{"another key of the records", keys.People, "keys.other", another},
		{"a lost key of the cases", keys.Cases, "keys.gone", gone},
		{"another key of the sessions", keys.Session, "keys.other", another},
		{"another key of the indexes", keys.Index, "keys.other", another},
		{"a lost key of the notices", keys.Notice, "keys.gone", gone},
		{"another key of the notices", keys.Notice, "keys.other", another},
		{"a key that others can read", keys.People, "keys.rights", open},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.refuses(t, data)
			if err := closed(t, data, RoleAll); err != nil {
				t.Errorf("with the file restored: %v", err)
			}
		})
	}
}

// docs/keys.md: a database of an older version, which remembers no key, proves at its first start that the
// sealing keys open what is stored, then remembers all.
func TestADatabaseOfAnOlderVersionProvesItsKeys(t *testing.T) {
	data := used(t)
	remembered := func() (n int) {
		db, err := sql.Open("sqlite", filepath.Join(data, Database))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRow(`SELECT count(*) FROM key_checks`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`DELETE FROM key_checks`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := remembered(); n != 5 { // the sealing keys
		t.Fatalf("%d keys are remembered", n)
	}
	for _, c := range []harmed{
		{"a lost key of the records", keys.People, "keys.gone", gone},
		{"another key of the records", keys.People, "keys.other", another},
		{"another key of the indexes", keys.Index, "keys.other", another},
		{"a lost key of the notices", keys.Notice, "keys.gone", gone},
		{"another key of the notices", keys.Notice, "keys.other", another},
	} {
		t.Run(c.name, func(t *testing.T) { c.refuses(t, data) })
	}
	if n := remembered(); n != 0 {
		t.Errorf("a refused start left %d keys to be believed", n)
	}
	if err := closed(t, data, RoleAll); err != nil {
		t.Fatal(err)
	}
	if n := remembered(); n != 5 {
		t.Errorf("%d keys are remembered again", n)
	}
}

// docs/keys.md: the database remembers every key that was used with it, also one that is made later.
func TestAKeyThatIsMadeLaterIsRememberedToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	f := opened(t, options(path, RoleAll))
	if _, err := f.Keys.Signing(keys.Counter); err != nil {
		t.Fatal(err)
	}
	if err := f.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(path, Keys, keys.Counter)); err != nil {
		t.Fatal(err)
	}
	again := opened(t, options(path, RoleAll))
	if _, err := again.Keys.Signing(keys.Counter); !errors.Is(err, keys.ErrGone) {
		t.Errorf("a lost key was made anew: %v", err)
	}
	if err := again.Keys.Verify(); !errors.Is(err, keys.ErrGone) {
		t.Errorf("a start does not see the loss: %v", err)
	}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// peopleInSlices are people who do not exist, by keys of their own; halfway is called after each slice's
// worth.
func peopleInSlices(n int, halfway func(i int)) iter.Seq2[string, eligibility.Person] {
	return func(yield func(string, eligibility.Person) bool) {
		for i := range n {
			if i > 0 && i%importSlice == 0 && halfway != nil {
				halfway(i)
			}
			p := hanako
			p.Number = fmt.Sprint(i)
			if !yield("k"+p.Number, p) {
				return
			}
		}
	}
}

// shown is what a clerk finds of the insurer's people: listed, counted, and by one's number.
func shown(t *testing.T, s *opened, number string) (listed, counted, found int) {
	t.Helper()
	all, err1 := s.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: "06139992", Limit: 10})
	counted, err2 := s.Register.CountPeople(ctx, "06139992")
	q := insurer.PeopleQuery{Insurer: "06139992", Text: number, Limit: 10}
	some, err3 := s.Register.FindPeople(ctx, q)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return len(all), counted, len(some)
}

// Others write between two slices of a file, and nobody sees any of its people before all are stored.
func TestALargeFileLetsOthersWriteAndShowsNobodyBeforeAll(t *testing.T) {
	storetest.Engines(t, testALargeFileLetsOthersWriteAndShowsNobodyBeforeAll)
}

func testALargeFileLetsOthersWriteAndShowsNobodyBeforeAll(t *testing.T) {
	s, _ := open(t)
	stored := 0
	people := peopleInSlices(3*importSlice+1, func(int) {
		for { // until the writer has stored a slice: this runs beside it, a few batches ahead
			var n int
			if err := s.read.QueryRow(`SELECT count(*) FROM people`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n > stored {
				stored = n
				break
			}
		}
		if listed, counted, found := shown(t, s, "7"); listed+counted+found != 0 {
			t.Errorf("%d people are stored: %d are listed, %d counted, %d found", stored, listed, counted,
				found)
		}
		if _, err := s.Issuer.PersonByKey(ctx, "06139992", "k7"); !isMissing(err) {
			t.Errorf("by the key: %v", err)
		}
		if err := s.Register.Note(ctx, entry("test")); err != nil { // a write of somebody else
			t.Error(err)
		}
	})
	count, err := s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	if err != nil || count != (insurer.ImportCount{New: 3*importSlice + 1}) {
		t.Fatal(count, err)
	}
	if listed, counted, found := shown(t, s, "7"); listed != 10 || counted != 3*importSlice+1 || found != 1 {
		t.Errorf("%d are listed, %d counted, %d found", listed, counted, found)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 4 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// A person whom the file changes is as before until all of it is stored, and then has the next version.
func TestAChangedPersonIsAsBeforeUntilTheFileIsWhole(t *testing.T) {
	storetest.Engines(t, testAChangedPersonIsAsBeforeUntilTheFileIsWhole)
}

func testAChangedPersonIsAsBeforeUntilTheFileIsWhole(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"kx": hanako})
	moved := hanako
	moved.Address = "大阪府架空市新町1"
	now := func() insurer.PersonRecord {
		r, err := s.Issuer.PersonByKey(ctx, "06139992", "kx")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	people := func(yield func(string, eligibility.Person) bool) {
		for range 2 { // the row is repeated
			if !yield("kx", moved) {
				return
			}
		}
		for k, p := range peopleInSlices(2*importSlice, func(int) {
			if r := now(); r.Person != hanako || r.Version != 1 {
				t.Errorf("meanwhile: %+v", r)
			}
		}) {
			if !yield(k, p) {
				return
			}
		}
		_ = yield("kx", moved) // again, slices later
	}
	count, err := s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	want := insurer.ImportCount{New: 2 * importSlice, Changed: 1, Unchanged: 2}
	if err != nil || count != want {
		t.Fatal(count, err)
	}
	if r := now(); r.Person != moved || r.Version != 2 {
		t.Errorf("after it: %+v", r)
	}
	older, err := s.People.PersonVersion(ctx, ofKumiai(now().ID), 1)
	if err != nil || older.Person != hanako {
		t.Errorf("the version before: %+v %v", older, err)
	}
}

// A file that is given up in its third slice leaves nothing in the database's tables.
func TestAFileThatIsGivenUpIsClearedAway(t *testing.T) {
	storetest.Engines(t, testAFileThatIsGivenUpIsClearedAway)
}

func testAFileThatIsGivenUpIsClearedAway(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"kx": hanako})
	cancelled, cancel := context.WithCancel(ctx)
	moved := hanako
	moved.Address = "大阪府架空市新町1"
	people := func(yield func(string, eligibility.Person) bool) {
		_ = yield("kx", moved)
		for k, p := range peopleInSlices(4*importSlice, func(i int) {
			if i == 3*importSlice {
				cancel()
			}
		}) {
			if !yield(k, p) {
				return
			}
		}
	}
	if _, err := s.Importer.ImportPeople(cancelled, "06139992", people, entry("people.import")); err == nil {
		t.Fatal("the cancelled import succeeded")
	}
	for table, want := range map[string]int{
		"people": 1, "import_changes": 0, "open_imports": 0, "person_versions": 0, "search_slices": 0,
	} {
		var n int
		if err := s.read.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d rows, %v", table, n, err)
		}
	}
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "kx")
	if err != nil || r.Person != hanako || r.Version != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// killedAt is the database that the process of the next test imports into, and kills itself.
const killedAt = "MADOGUCHI_TEST_KILLED_IMPORT"

// A program that is killed in the middle of a file leaves what the next start clears away, and the file can
// be stored from its beginning.
func TestAStartAfterAKilledImportClearsItAway(t *testing.T) {
	storetest.Engines(t, testAStartAfterAKilledImportClearsItAway)
}

func testAStartAfterAKilledImportClearsItAway(t *testing.T) {
	if path := os.Getenv(killedAt); path != "" {
		s, err := openAt(path, options())
		if err != nil {
			t.Fatal(err)
		}
		people := peopleInSlices(4*importSlice, func(i int) {
			for n := 0; n < i/2; { // until slices are stored
				if err := s.read.QueryRow(`SELECT count(*) FROM people`).Scan(&n); err != nil {
					t.Fatal(err)
				}
			}
			if i == 3*importSlice {
				me, _ := os.FindProcess(os.Getpid())
				_ = me.Kill()
				select {}
			}
		})
		_, err = s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
		t.Fatal("it lives on", err)
	}
	s, path := open(t)
	importPeople(t, s, map[string]eligibility.Person{"kx": hanako})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	killed := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	killed.Env = append(os.Environ(), killedAt+"="+path)
	if out, err := killed.CombinedOutput(); err == nil || strings.Contains(string(out), "it lives on") {
		t.Fatalf("%v %s", err, out)
	}
	again, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	var rows, open, found int
	err = again.read.QueryRow(`SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM open_imports),
		(SELECT count(*) FROM search_slices)`).Scan(&rows, &open, &found)
	if err != nil || rows != 1 || open != 0 || found != 0 {
		t.Errorf("%d people, %d open imports, %d rows of slices, %v", rows, open, found, err)
	}
	count, err := again.Importer.ImportPeople(ctx, "06139992", peopleInSlices(4*importSlice, nil),
		entry("people.import"))
	if err != nil || count.New != 4*importSlice {
		t.Errorf("%+v %v", count, err)
	}
}

// While a file comes in, another program that opens the database leaves its people alone, and another file
// waits for its turn.
func TestAnotherProgramLeavesAnImportAlone(t *testing.T) {
	storetest.Engines(t, testAnotherProgramLeavesAnImportAlone)
}

func testAnotherProgramLeavesAnImportAlone(t *testing.T) {
	s, path := open(t)
	second := make(chan error, 1)
	people := peopleInSlices(2*importSlice, func(int) {
		for n := 0; n == 0; {
			if err := s.read.QueryRow(`SELECT count(*) FROM people`).Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		other, err := openAt(path, options())
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := other.Importer.ImportPeople(ctx, "06139992", peopleInSlices(5, nil),
				entry("people.import"))
			second <- errors.Join(err, other.Close())
		}()
	})
	count, err := s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	if err != nil || count.New != 2*importSlice {
		t.Fatal(count, err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
	if _, counted, _ := shown(t, s, "7"); counted != 2*importSlice {
		t.Errorf("%d people", counted)
	}
}

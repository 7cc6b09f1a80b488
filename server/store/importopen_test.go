package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
	"madoguchi/server/store/storetest"
)

// beginning calls first before it hands on anybody: the import has begun by then.
func beginning(
	people iter.Seq2[string, eligibility.Person], first func(),
) iter.Seq2[string, eligibility.Person] {
	return func(yield func(string, eligibility.Person) bool) {
		first()
		people(yield)
	}
}

// SQLite gives the number of the newest person again once that person is gone. Whoever comes in under it is
// cleared away with a file that is given up.
func TestNobodyOfAFileStaysWhoHasTheNumberOfSomebodyErased(t *testing.T) {
	storetest.Engines(t, testNobodyOfAFileStaysWhoHasTheNumberOfSomebodyErased)
}

func testNobodyOfAFileStaysWhoHasTheNumberOfSomebodyErased(t *testing.T) {
	s, _ := open(t)
	importStrangers(t, s, 30)
	erase := func(i int) {
		r, err := s.Issuer.PersonByKey(ctx, "06139992", fmt.Sprint("stranger", i))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Register.ErasePerson(ctx, "06139992", r.ID, entry("person.erase")); err != nil {
			t.Fatal(err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	defer cancel()
	stored := false
	people := beginning(peopleInSlices(2*importSlice, func(int) {
		for n := 0; n < importSlice; { // until a slice is stored
			if err := s.read.QueryRow(`SELECT count(*) FROM people`).Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		stored = true
		cancel()
	}), func() {
		for i := 29; i >= 25; i-- {
			erase(i)
		}
	})
	if _, err := s.Importer.ImportPeople(cancelled, "06139992", people, entry("people.import")); err == nil {
		t.Fatal("the cancelled import succeeded")
	}
	if n, err := s.Register.CountPeople(ctx, "06139992"); err != nil || n != 25 || !stored {
		t.Errorf("%d people, %v; a slice was stored: %t", n, err, stored)
	}
}

// An import whose lock is lost, as when a server ends an idle connection, may be cleared away by whoever has
// the lock next. It must not go on then.
func TestAnImportThatWasClearedAwayDoesNotGoOn(t *testing.T) {
	one, two := atServer(t, postgrestest.Database(t))
	people := peopleInSlices(3*importSlice, func(i int) {
		if i != importSlice {
			return
		}
		for n := 0; n < importSlice; { // until a slice is stored
			if err := one.read.QueryRow(`SELECT count(*) FROM people`).Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := two.read.Exec(`SELECT pg_terminate_backend(pid) FROM pg_locks
			WHERE locktype = 'advisory' AND objid = $1 AND objsubid = 2`, lockImport); err != nil {
			t.Fatal(err)
		}
		p := hanako
		p.Number = "another"
		if count := importPeople(t, two, map[string]eligibility.Person{"another": p}); count.New != 1 {
			t.Errorf("%+v", count)
		}
	})
	count, err := one.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	if n, wrong := two.Register.CountPeople(ctx, "06139992"); err == nil || wrong != nil || n != 1 {
		t.Errorf("%+v, %v; %d people, %v", count, err, n, wrong)
	}
}

// A slice of such an import may be under way while it is cleared away. Whoever clears waits for it, and takes
// its people too.
func TestASliceUnderWayIsClearedAwayToo(t *testing.T) {
	one, two := atServer(t, postgrestest.Database(t))
	im := &openImport{core: one.core, importedFile: importedFile{
		number: "06139992",
		entry:  entry("people.import"),
	}, refs: refs{at: toMillis(entry("people.import").At)}}
	no := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	no(one.change(ctx, func(tx *sql.Tx) error { return im.begin(ctx, tx) }))
	for key, p := range strangers(0, 10) {
		next, err := im.incoming(key, p)
		no(err)
		im.pending = append(im.pending, next)
	}
	slice, err := one.write.BeginTx(ctx, nil)
	no(err)
	no(im.putPending(ctx, slice))
	cleared := make(chan error, 1)
	go func() { cleared <- clearImport(ctx, two.core, im.id) }()
	for waits := false; !waits && len(cleared) == 0; { // until it has come to the slice
		no(one.read.QueryRow(`SELECT EXISTS (SELECT 1 FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits))
	}
	no(slice.Commit())
	no(<-cleared)
	if n, err := two.Register.CountPeople(ctx, "06139992"); err != nil || n != 0 {
		t.Errorf("%d people of it are left, %v", n, err)
	}
}

// A fault while a file is read ends that file, not the program, and nothing of it stays.
func TestAFaultInReadingAFileStoresNothing(t *testing.T) {
	storetest.Engines(t, testAFaultInReadingAFileStoresNothing)
}

func testAFaultInReadingAFileStoresNothing(t *testing.T) {
	s, _ := open(t)
	people := peopleInSlices(3*importSlice, func(i int) {
		if i == 2*importSlice {
			panic("an odd file")
		}
	})
	_, err := s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	if n, wrong := s.Register.CountPeople(ctx, "06139992"); err == nil || n != 0 || wrong != nil {
		t.Errorf("%v; %d people, %v", err, n, wrong)
	}
	importStrangers(t, s, 10) // the lock is free
}

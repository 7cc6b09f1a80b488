package store

import (
	"database/sql"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"madoguchi/server/store/storetest"
)

// A copy that an older program made began to number imports at one. A start on it goes on behind the numbers
// that its people came with: nobody is hidden by the next file.
func TestAnOlderCopyGoesOnBehindTheNumbersOfItsImports(t *testing.T) {
	storetest.Engines(t, testAnOlderCopyGoesOnBehindTheNumbersOfItsImports)
}

func testAnOlderCopyGoesOnBehindTheNumbersOfItsImports(t *testing.T) {
	path := storetest.New(t)
	e := engineOf(path)
	older := stepsOf(t, e)
	maps.DeleteFunc(older, func(name string, _ *fstest.MapFile) bool { return name >= "0043" })
	before, err := openOn(ctx, stepped{e, older}, options())
	if err != nil {
		t.Fatal(err)
	}
	before.engine = e // which these steps were for alone
	s := &opened{before, before.ForInsurer()}
	all := s.importBatch() + 100
	importStrangers(t, s, all)
	anew := `DELETE FROM sqlite_sequence WHERE name = 'open_imports'`
	if _, ok := e.(postgres); ok {
		anew = `ALTER TABLE open_imports ALTER COLUMN id RESTART`
	}
	if _, err := s.write.ExecContext(ctx, anew); err != nil {
		t.Fatal(err)
	}
	s = again(t, s, path)
	people := beginning(strangers(all, 10), func() {
		if n := s.count(t, "国 7000001"); n != 1 {
			t.Errorf("while the next file comes in, %d are found", n)
		}
	})
	if _, err := s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import")); err != nil {
		t.Error(err)
	}
	if n := s.count(t, "国 7000001"); n != 1 {
		t.Errorf("after it %d are found", n)
	}
}

// A program before the slices clears away a file that was given up in its own words. Its slices go too.
func TestSlicesGoWhenAnOlderProgramClearsAFileAway(t *testing.T) {
	storetest.Engines(t, testSlicesGoWhenAnOlderProgramClearsAFileAway)
}

func testSlicesGoWhenAnOlderProgramClearsAFileAway(t *testing.T) {
	s, _ := open(t)
	importStrangers(t, s, s.importBatch()+100)
	rows := func() (n int) {
		if err := s.read.QueryRow(`SELECT count(*) FROM search_slices`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	people := peopleInSlices(2*importSlice, func(int) {
		for rows() == before { // until a slice is stored
		}
		if err := s.change(ctx, func(tx *sql.Tx) error {
			for _, text := range []string{
				`DELETE FROM people WHERE id > (SELECT last FROM open_imports)
					AND import = (SELECT id FROM open_imports)`,
				`DELETE FROM open_imports`,
			} {
				if _, err := tx.ExecContext(ctx, text); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	_, err := s.Importer.ImportPeople(ctx, "06139992", people, entry("people.import"))
	if err == nil || !strings.Contains(err.Error(), errCleared.Error()) {
		t.Errorf("it went on: %v", err)
	}
	if n := rows(); n != before {
		t.Errorf("%d rows of slices, %d before", n, before)
	}
}

package store

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/postgrestest"
)

// copyPlaces are the ways of a copy: from what, to what.
func copyPlaces(t *testing.T, test func(t *testing.T, from, to string)) {
	file := func(t *testing.T) string { return filepath.Join(t.TempDir(), "madoguchi.db") }
	server := func(t *testing.T) string { return postgrestest.Database(t) }
	t.Run("SQLite to PostgreSQL", func(t *testing.T) { test(t, file(t), server(t)) })
	t.Run("PostgreSQL to SQLite", func(t *testing.T) { test(t, server(t), file(t)) })
	t.Run("PostgreSQL to PostgreSQL", func(t *testing.T) { test(t, server(t), server(t)) })
	t.Run("SQLite to SQLite", func(t *testing.T) { test(t, file(t), file(t)) })
}

// filledAt fills a database with some of everything and closes it.
func filledAt(t *testing.T, database string, people int) {
	t.Helper()
	s, err := openAt(database, options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	importPeople(t, s, maps.Collect(manyPeople(people)))
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "key0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enrolment.EnsureNotice(ctx, ofKumiai(r.ID), func(int64) []byte { return []byte("mac") },
		entry("notice.issue")); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrolment.Enrol(ctx, []byte("mac"), "op|a", entry("notice.enrol")); err != nil {
		t.Fatal(err)
	}
	putOwing(t, s, "CASE", waitingFor("CASE"))
}

// worksAt opens a copy and uses it: what was stored is read, what is stored next has a number of its own.
func worksAt(t *testing.T, database string, people int) {
	t.Helper()
	s, err := openAt(database, options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, err := s.Register.CountPeople(ctx, "06139992"); err != nil || n != people {
		t.Errorf("%d people, %v", n, err)
	}
	if shown, err := s.Enrolment.Enrolled(ctx, "op|a", noon); err != nil || len(shown) != 1 {
		t.Errorf("a login shows %d people, %v", len(shown), err)
	}
	if c, err := s.ForCounter().Case(ctx, clinicCode, "CASE"); err != nil || c.ID != "CASE" {
		t.Errorf("the case: %+v %v", c, err)
	}
	before, err := s.VerifyAudit(ctx)
	if err != nil {
		t.Error(err)
	}
	next := hanako
	next.Number = "9876"
	importPeople(t, s, map[string]eligibility.Person{"another": next})
	putOwing(t, s, "NEXT", nil)
	if after, err := s.VerifyAudit(ctx); err != nil || after <= before {
		t.Errorf("%d entries, then %d, %v", before, after, err)
	}
}

func TestACopyIsTheSameOnAnyEngine(t *testing.T) {
	copyPlaces(t, func(t *testing.T, from, to string) {
		const people = 2*copySlice + 7
		filledAt(t, from, people)
		done, err := Copy(ctx, from, to, func(CopyTold) {})
		if err != nil || done.Rows < people || done.Entries < 3 {
			t.Fatalf("%+v %v", done, err)
		}
		worksAt(t, to, people)
		worksAt(t, from, people) // the source is as it was
		if _, err := Copy(ctx, from, to, func(CopyTold) {}); !errors.Is(err, errCopyTarget) {
			t.Errorf("a second copy into the same: %v", err)
		}
	})
}

// Whatever ends a copy, at any slice or while it is read back, the next one goes on; until then nothing opens
// what is there.
func TestACopyThatWasBrokenOffGoesOn(t *testing.T) {
	copyPlaces(t, func(t *testing.T, from, to string) {
		const people = 2*copySlice + 7
		filledAt(t, from, people)
		for stop := 1; ; stop += 3 {
			broken, cancel := context.WithCancel(ctx)
			told := 0
			_, err := Copy(broken, from, to, func(CopyTold) {
				if told++; told == stop {
					cancel()
				}
			})
			cancel()
			if err == nil {
				if stop < 10 {
					t.Errorf("it was never broken off: %d", stop)
				}
				break
			}
			if !errors.Is(err, errCopying) {
				t.Errorf("broken off: %v", err)
			}
			if _, err := Inspect(ctx, to, "demo", "all"); !errors.Is(err, errCopying) {
				t.Errorf("half a copy is said to be a server's database: %v", err)
			}
			if stop > 1000 {
				t.Fatalf("it never ends: %v", err)
			}
			if s, err := openAt(to, options()); !errors.Is(err, errCopying) {
				t.Errorf("half a copy opens: %v", err)
				s.Close()
			}
		}
		worksAt(t, to, people)
	})
}

func TestACopyIsRefusedWhereItWouldMixOrLose(t *testing.T) {
	from, other, full := t.TempDir()+"/a", t.TempDir()+"/b", postgrestest.Database(t)
	filledAt(t, from, 3)
	filledAt(t, other, 3)
	filledAt(t, full, 3)
	none := func(CopyTold) {}
	empty := postgrestest.Database(t)
	if _, err := Copy(ctx, t.TempDir()+"/nothing", empty, none); !errors.Is(err, errCopyNone) {
		t.Errorf("from nothing: %v", err)
	}
	if _, err := Copy(ctx, from, full, none); !errors.Is(err, errCopyTarget) {
		t.Errorf("into another's data: %v", err)
	}
	half := postgrestest.Database(t)
	broken, cancel := context.WithCancel(ctx)
	if _, err := Copy(broken, from, half, func(CopyTold) { cancel() }); err == nil {
		t.Fatal("it was not broken off")
	}
	if _, err := Copy(ctx, other, half, none); !errors.Is(err, errCopyOther) {
		t.Errorf("into a copy of another: %v", err)
	}
	db, err := postgres{address: half}.connect(1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE data_keys SET scope = scope || 'x'`); err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(ctx, from, half, none); !errors.Is(err, errCopyDiffer) {
		t.Errorf("a copy that somebody changed: %v", err)
	}
}

// What a server stores while its database is copied would not be in the copy, which compares as equal all the
// same: the copy is of one moment.
func TestNoCopyIsMadeWhileAServerRuns(t *testing.T) {
	copyPlaces(t, func(t *testing.T, from, to string) {
		filledAt(t, from, 10)
		s, err := openAt(from, options())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		leave, err := Instances(s.Store).Attend(ctx, false)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Copy(ctx, from, to, func(CopyTold) {})
		var said *eligibility.Error
		if !errors.As(err, &said) || said.Key != "copy.served" || said.Field != "--from" {
			t.Errorf("beside a server: %v", err)
		}
		leave()
		_, err = Copy(ctx, from, to, func(told CopyTold) {
			if told.Table != "people" || told.Compared {
				return
			}
			if leave, err := Instances(s.Store).Attend(ctx, false); err == nil {
				leave()
				t.Error("a server starts while its database is copied")
			}
		})
		if err != nil {
			t.Errorf("once it has stopped: %v", err)
		}
	})
}

// A table that a later schema adds is copied too: both engines have the same ones, and the list names them.
func TestEveryTableIsCopied(t *testing.T) {
	var named []string
	for _, c := range copied {
		named = append(named, c.name)
	}
	slices.Sort(named)
	for name, ask := range map[string]struct{ database, query string }{
		"SQLite": {filepath.Join(t.TempDir(), "db"), `SELECT name FROM sqlite_master WHERE type = 'table'
			AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version' ORDER BY name`},
		"PostgreSQL": {postgrestest.Database(t), `SELECT relname FROM pg_class JOIN pg_namespace
			ON pg_namespace.oid = relnamespace WHERE nspname = 'public' AND relkind IN ('r', 'p')
			AND NOT relispartition AND relname <> 'goose_db_version' ORDER BY relname COLLATE "C"`},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := openAt(ask.database, options())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var tables []string
			if err := s.each(ctx, func(scan func(...any) error) error {
				var table string
				err := scan(&table)
				tables = append(tables, table)
				return err
			}, ask.query); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(tables, named) {
				t.Errorf("the tables are %v, copied are %v", tables, named)
			}
		})
	}
}

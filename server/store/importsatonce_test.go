package store

import (
	"context"
	"errors"
	"sync"
	"testing"

	"madoguchi/internal/postgrestest"
	"madoguchi/server/store/storetest"
)

// More files than the pool has connections come in at once: each waits for its turn, and none holds what the
// one that is being stored needs.
func TestMoreFilesThanConnectionsComeInOneAfterTheOther(t *testing.T) {
	storetest.Engines(t, testMoreFilesThanConnectionsComeInOneAfterTheOther)
}

func testMoreFilesThanConnectionsComeInOneAfterTheOther(t *testing.T) {
	o := options()
	o.Writers = 3
	s, err := openAt(storetest.Database(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	const files = 8
	var wait sync.WaitGroup
	for file := range files {
		wait.Go(func() {
			if _, err := s.Importer.ImportPeople(ctx, "06139992", strangers(10*file, 10),
				entry("people.import")); err != nil {
				t.Errorf("file %d: %v", file, err)
			}
		})
	}
	wait.Wait()
	if n, err := s.Register.CountPeople(ctx, "06139992"); err != nil || n != 10*files {
		t.Errorf("%d people, %v", n, err)
	}
}

// Who gives up a file that waits for another instance's is not kept waiting.
func TestAFileThatWaitsForAnotherInstanceCanBeGivenUp(t *testing.T) {
	one, two := atServer(t, postgrestest.Database(t))
	people := beginning(strangers(0, 10), func() { // the one import has begun
		waiting, cancel := context.WithCancel(ctx)
		go func() {
			defer cancel()
			for asked := 0; asked < 2; { // until the other, too, has asked for the lock
				if err := one.read.QueryRow(`SELECT count(*) FROM pg_stat_activity
					WHERE datname = current_database() AND pid <> pg_backend_pid()
					AND query LIKE 'SELECT pg_%advisory_lock(%'`).Scan(&asked); err != nil {
					t.Error(err)
					return
				}
			}
		}()
		_, err := two.Importer.ImportPeople(waiting, "06139992", strangers(10, 10), entry("people.import"))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it is not given up: %v", err)
		}
	})
	if _, err := one.Importer.ImportPeople(ctx, "06139992", people, entry("people.import")); err != nil {
		t.Error(err)
	}
	if n, err := one.Register.CountPeople(ctx, "06139992"); err != nil || n != 10 {
		t.Errorf("%d people, %v", n, err)
	}
}

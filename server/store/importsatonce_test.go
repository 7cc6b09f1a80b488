package store

import (
	"sync"
	"testing"

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

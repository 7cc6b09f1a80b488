package store

import (
	"context"
	"fmt"
	"testing"

	"madoguchi/server/insurer"
)

// What a file's people are numbered by is never given again, in a copy neither: who came before is seen while
// the next file comes in, and found after it was given up.
func TestInACopyAFileHidesNobodyWhoWasThere(t *testing.T) {
	copyPlaces(t, func(t *testing.T, from, to string) {
		s, err := openAt(from, options())
		if err != nil {
			t.Fatal(err)
		}
		all := s.importBatch() + 100
		importStrangers(t, s, all)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Copy(ctx, from, to, func(CopyTold) {}); err != nil {
			t.Fatal(err)
		}
		if s, err = openAt(to, options()); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		cancelled, cancel := context.WithCancel(ctx)
		people := beginning(strangers(all, 10), func() {
			if n := s.count(t, "国 7000001"); n != 1 {
				t.Errorf("while the next file comes in, %d are found", n)
			}
			cancel()
		})
		_, err = s.Importer.ImportPeople(cancelled, "06139992", people, entry("people.import"))
		if err == nil {
			t.Fatal("the cancelled import succeeded")
		}
		last := fmt.Sprint(7_000_000 + all - 1)
		q := insurer.PeopleQuery{Insurer: "06139992", Text: last, Limit: 2}
		found, err := s.Register.FindPeople(ctx, q)
		if n := s.count(t, "架空橋"); err != nil || len(found) != 1 || n != all/5 {
			t.Errorf("after it %d are found by a number, %d by a name, %v", len(found), n, err)
		}
	})
}

package store

import (
	"fmt"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/store/storetest"
)

// As many people are changed as fit a statement, fewer and more: each has the next version, and the one
// before is kept.
func TestAFileChangesEachOfItsPeople(t *testing.T) {
	storetest.Engines(t, testAFileChangesEachOfItsPeople)
}

func testAFileChangesEachOfItsPeople(t *testing.T) {
	s, _ := open(t)
	const all = 2*changesTogether + 3
	file := func(changed int, address string) func(yield func(string, eligibility.Person) bool) {
		return func(yield func(string, eligibility.Person) bool) {
			for key, p := range peopleInSlices(all, nil) {
				if changed--; changed >= 0 {
					p.Address = address
				}
				if !yield(key, p) {
					return
				}
			}
		}
	}
	older, address := 0, hanako.Address
	for _, n := range []int{0, 1, changesTogether - 1, changesTogether, changesTogether + 1, all} {
		next := fmt.Sprintf("架空県架空市新町%d丁目", n)
		e := entry("people.import")
		count, err := s.Importer.ImportPeople(ctx, "06139992", file(n, next), e)
		if err != nil {
			t.Fatal(err)
		}
		if older == 0 && n == 0 {
			if count.New != all {
				t.Fatalf("%+v", count)
			}
			continue
		}
		older += count.Changed
		for i := range all {
			r, err := s.Issuer.PersonByKey(ctx, "06139992", fmt.Sprint("k", i))
			want := address
			if i < n {
				want = next
			}
			if err != nil || r.Person.Address != want || r.Person.Number != fmt.Sprint(i) {
				t.Fatalf("%d of %d: %+v, %v", i, n, r.Person, err)
			}
		}
		var kept int
		if err := s.read.QueryRow(`SELECT count(*) FROM person_versions`).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if kept != older {
			t.Errorf("%d older versions, %d changes", kept, older)
		}
	}
}

// Somebody who stands in a batch twice with another change each is changed to the last.
func TestOfAPersonWhoIsChangedTwiceTheLastCounts(t *testing.T) {
	storetest.Engines(t, testOfAPersonWhoIsChangedTwiceTheLastCounts)
}

func testOfAPersonWhoIsChangedTwiceTheLastCounts(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k": hanako})
	twice := func(yield func(string, eligibility.Person) bool) {
		for _, address := range []string{"架空県一丁目", "架空県二丁目", "架空県三丁目"} {
			p := hanako
			p.Address = address
			if !yield("k", p) {
				return
			}
		}
	}
	if _, err := s.Importer.ImportPeople(ctx, "06139992", twice, entry("people.import")); err != nil {
		t.Fatal(err)
	}
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k")
	if err != nil || r.Person.Address != "架空県三丁目" {
		t.Errorf("%+v, %v", r.Person, err)
	}
}

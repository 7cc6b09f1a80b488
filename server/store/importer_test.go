package store

import (
	"context"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

func TestSameFileTwiceChangesNothingAndNewValuesAreANextVersion(t *testing.T) {
	storetest.Engines(t, testSameFileTwiceChangesNothingAndNewValuesAreANextVersion)
}

func testSameFileTwiceChangesNothingAndNewValuesAreANextVersion(t *testing.T) {
	s, _ := open(t)
	people := map[string]eligibility.Person{"k1": hanako}
	if got := importPeople(t, s, people); got != (insurer.ImportCount{New: 1}) {
		t.Errorf("first: %+v", got)
	}
	if got := importPeople(t, s, people); got != (insurer.ImportCount{Unchanged: 1}) {
		t.Errorf("again: %+v", got)
	}
	moved := hanako
	moved.Address = "大阪府架空市新町1"
	got := importPeople(t, s, map[string]eligibility.Person{"k1": moved})
	if got != (insurer.ImportCount{Changed: 1}) {
		t.Errorf("moved: %+v", got)
	}
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil || r.Person != moved || r.Version != 2 || !r.RegisteredAt.Equal(noon) {
		t.Errorf("%+v %v", r, err)
	}
	for _, text := range []string{"５６７", "試験花子", "試験　花子", ""} {
		t.Run("searching "+text, func(t *testing.T) {
			q := insurer.PeopleQuery{Insurer: "06139992", Text: text, Limit: 10}
			if found, err := s.Register.FindPeople(ctx, q); err != nil || len(found) != 1 {
				t.Errorf("%d, %v", len(found), err)
			}
		})
	}
	if found, err := s.Register.FindPeople(ctx,
		insurer.PeopleQuery{Insurer: "01139997", Text: "５６７", Limit: 10}); err != nil || len(found) != 0 {
		t.Errorf("another insurer sees %d people, %v", len(found), err)
	}
}

func TestFailedImportLeavesNothing(t *testing.T) {
	storetest.Engines(t, testFailedImportLeavesNothing)
}

func testFailedImportLeavesNothing(t *testing.T) {
	s, _ := open(t)
	cancelled, cancel := context.WithCancel(ctx)
	people := func(yield func(string, eligibility.Person) bool) {
		yield("k1", hanako)
		cancel()
		other := hanako
		other.Number = "2"
		yield("k2", other)
	}
	if _, err := s.Importer.ImportPeople(cancelled, "06139992", people, entry("people.import")); err == nil {
		t.Fatal("the cancelled import succeeded")
	}
	if n, err := s.Register.CountPeople(ctx, "06139992"); err != nil || n != 0 {
		t.Errorf("%d people are stored, %v", n, err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 0 {
		t.Errorf("%d entries, %v", n, err)
	}
}

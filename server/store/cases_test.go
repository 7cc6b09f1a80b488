package store

import (
	"errors"
	"sync"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/store/storetest"
)

// A counter finds and changes its own facility's cases only.
func TestACaseIsFoundByItsOwnFacilityAlone(t *testing.T) {
	storetest.Engines(t, testACaseIsFoundByItsOwnFacilityAlone)
}

func testACaseIsFoundByItsOwnFacilityAlone(t *testing.T) {
	s, _ := open(t)
	const own = "1319999991"
	c := counter.Case{Facility: own, ID: "CASE", At: noon, Outcome: hostapi.Open, Body: []byte("body")}
	if err := s.ForCounter().PutCase(ctx, c, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	stored, err := s.ForCounter().Case(ctx, own, "CASE")
	if err != nil {
		t.Fatal(err)
	}
	others := []string{"1319999992", "", "131999999", "13199999910", "%", " 1319999991"}
	testenv.Refused(t, testenv.Counter, 3*len(others))
	for _, other := range others {
		if got, err := s.ForCounter().Case(ctx, other, "CASE"); err == nil {
			t.Errorf("%q found %+v", other, got)
		}
		if all, err := s.ForCounter().Cases(ctx, other, eligibility.DateOf(noon)); err != nil ||
			len(all) != 0 {
			t.Errorf("%q lists %d cases, %v", other, len(all), err)
		}
		change := stored
		change.Facility, change.Outcome = other, hostapi.Accepted
		if err := s.ForCounter().PutCase(ctx, change, entry("case.record")); !errors.Is(
			err, counter.ErrCaseChanged) {
			t.Errorf("%q changed it: %v", other, err)
		}
	}
	if again, err := s.ForCounter().Case(ctx, own, "CASE"); err != nil || again.Outcome != hostapi.Open ||
		again.Version != stored.Version {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := s.tamper(`UPDATE cases SET facility = '1319999992'`); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ForCounter().Case(ctx, "1319999992", "CASE"); err == nil {
		t.Errorf("moved to another facility it opens as %+v", got)
	}
}

// Two consoles that read the same case: the slower one's change is refused, not lost and not written over the
// other's.
func TestACaseThatMovedIsNotWrittenOver(t *testing.T) {
	storetest.Engines(t, testACaseThatMovedIsNotWrittenOver)
}

func testACaseThatMovedIsNotWrittenOver(t *testing.T) {
	s, _ := open(t)
	c := counter.Case{Facility: "1319999991", ID: "CASE", At: noon, Outcome: hostapi.Open, Body: []byte("0")}
	if err := s.ForCounter().PutCase(ctx, c, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	read, err := s.ForCounter().Case(ctx, c.Facility, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var won, moved int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := s.ForCounter().PutCase(ctx, read, entry("case.record"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case errors.Is(err, counter.ErrCaseChanged):
				moved++
			}
		})
	}
	all.Wait()
	if won != 1 || moved != 7 {
		t.Errorf("%d stored, %d moved", won, moved)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 2 {
		t.Errorf("%d entries, %v", n, err)
	}
}

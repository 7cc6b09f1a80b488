package store

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/store/storetest"
)

// A facility's numbers change with the record and not without it: a change that came too late counts nothing.
func TestNumbersChangeWithTheRecordAlone(t *testing.T) {
	storetest.Engines(t, testNumbersChangeWithTheRecordAlone)
}

func testNumbersChangeWithTheRecordAlone(t *testing.T) {
	s, _ := open(t)
	day := eligibility.DateOf(noon)
	tally := func(outcome hostapi.Outcome) *counter.Tally {
		return &counter.Tally{Day: day, Outcome: outcome, Within: 9}
	}
	has := func(when string, want ...counter.Counted) {
		t.Helper()
		got, err := s.ForCounter().Counts(ctx, "1319999991", counter.Span{From: day, Until: day})
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %+v %v, want %+v", when, got, err, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %+v, want %+v", when, got[i], want[i])
			}
		}
	}
	c := counter.Case{Facility: "1319999991", ID: "CASE", At: noon, Body: []byte("0")}
	for _, id := range []string{"CASE", "OTHER"} {
		c.ID = id
		if err := s.ForCounter().PutCase(ctx, c, entry("case.open")); err != nil {
			t.Fatal(err)
		}
	}
	has("open")
	c.Version, c.Outcome, c.Counted = 1, hostapi.Parked, tally(hostapi.Parked)
	for _, id := range []string{"CASE", "OTHER"} {
		c.ID = id
		if err := s.ForCounter().PutCase(ctx, c, entry("case.record")); err != nil {
			t.Fatal(err)
		}
	}
	has("recorded", counter.Counted{Tally: *tally(hostapi.Parked), N: 2})
	if err := s.ForCounter().PutCase(ctx, c, entry("case.record")); !errors.Is(err, counter.ErrCaseChanged) {
		t.Fatal(err)
	}
	has("too late", counter.Counted{Tally: *tally(hostapi.Parked), N: 2})
	c.Version, c.Outcome = 2, hostapi.Accepted
	c.Before, c.Counted = tally(hostapi.Parked), tally(hostapi.Accepted)
	if err := s.ForCounter().PutCase(ctx, c, entry("case.record")); err != nil {
		t.Fatal(err)
	}
	has("moved on", counter.Counted{Tally: *tally(hostapi.Accepted), N: 1},
		counter.Counted{Tally: *tally(hostapi.Parked), N: 1})
	c.Version, c.Outcome, c.Before, c.Counted = 3, hostapi.Open, tally(hostapi.Accepted), nil
	if err := s.ForCounter().PutCase(ctx, c, entry("case.back")); err != nil {
		t.Fatal(err)
	}
	has("taken back", counter.Counted{Tally: *tally(hostapi.Parked), N: 1})
}

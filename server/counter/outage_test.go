package counter_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// noted puts 試験 花子 on the outage list of the clinic, by eye.
func (c *clinic) noted(t *testing.T) string {
	t.Helper()
	ways := c.on("")
	view, err := ways.Open(ctx, suzuki, counter.Outage, outage)
	fatal(t, err)
	_, err = ways.Record(ctx, suzuki, view.ID, counter.WayRecord{Person: typedHanako, Checks: byEye})
	fatal(t, err)
	return view.ID
}

// An outage list has the four items of the notice (docs/facts/eligibility-methods.md#outage), and is the
// facility's own: another one neither sees nor ticks it.
func TestAnOutageListIsOfItsFacility(t *testing.T) {
	c := newClinic(t)
	id := c.noted(t)
	all, err := c.Outages.List(ctx, suzuki)
	fatal(t, err)
	want := counter.OutagePerson{
		Name:      "試験 花子",
		BirthDate: eligibility.MustDate("1988-11-30"),
		Sex:       eligibility.Female,
		Address:   "東京都架空区架空町1-2-3",
	}
	if len(all) != 1 || all[0].ID != id || all[0].Person != want || all[0].By != "鈴木" {
		t.Fatalf("%+v", all)
	}
	there := staff.Reception{Staff: "田中", Facility: another, Role: staff.Everything}
	if all, err := c.Outages.List(ctx, there); err != nil || len(all) != 0 {
		t.Errorf("another facility sees %+v %v", all, err)
	}
	if n, err := c.Outages.Open(ctx, there); err != nil || n != 0 {
		t.Errorf("another facility counts %d %v", n, err)
	}
	if err := c.Outages.Tick(ctx, there, id, counter.LookedUpFound); keyOf(err) != "outage.none" {
		t.Errorf("another facility ticks: %v", err)
	}
	if n, err := c.Outages.Open(ctx, suzuki); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
	if rows := dump(t, c.file); strings.Contains(rows, "花子") || strings.Contains(rows, "架空町") {
		t.Error("the file, or the audit in it, tells who is on the list")
	}
}

// One by one they are ticked off: by whom, when and how it ended; a mistake can be taken back, and the first
// tick stays noted.
func TestOutagesAreTickedOffOneByOne(t *testing.T) {
	c := newClinic(t)
	first, second := c.noted(t), c.noted(t)
	sato := staff.Reception{Staff: "佐藤", Facility: own, Role: staff.Everything}
	fatal(t, c.Outages.Tick(ctx, sato, first, counter.LookedUpNone))
	all, err := c.Outages.List(ctx, suzuki)
	fatal(t, err)
	if len(all) != 2 || all[0].ID != second || all[0].Ticked() != nil {
		t.Fatalf("who is still open does not stand first: %+v", all)
	}
	if tick := all[1].Ticked(); tick == nil || tick.By != "佐藤" || tick.Result != counter.LookedUpNone ||
		!tick.At.Equal(now) {
		t.Errorf("%+v", tick)
	}
	fatal(t, c.Outages.Tick(ctx, suzuki, first, counter.TickedAgain))
	if n, err := c.Outages.Open(ctx, suzuki); err != nil || n != 2 {
		t.Errorf("%d open, %v", n, err)
	}
	fatal(t, c.Outages.Tick(ctx, suzuki, first, counter.LookedUpFound))
	all, err = c.Outages.List(ctx, suzuki)
	fatal(t, err)
	if results := all[1].Ticks; len(results) != 3 || results[0].By != "佐藤" {
		t.Errorf("%+v", results)
	}
	if err := c.Outages.Tick(ctx, suzuki, first, "maybe"); keyOf(err) != "outage.tick result" {
		t.Errorf("%v", err)
	}
}

// The bill of a month is due on the 10th of the next: whoever came on the 1st of a month of 31 days is still
// on the list then. What was looked up goes a week later.
func TestAnOutageListEndsByItself(t *testing.T) {
	c := newClinic(t)
	came := time.Date(2026, 12, 1, 9, 0, 0, 0, eligibility.Japan)
	at := came
	c.Now = func() time.Time { return at }
	c.Outages.Now, c.Disasters.Now = c.Now, c.Now
	ways := counter.NewWays(c.Service)
	var ids []string
	for range 2 {
		view, err := ways.Open(ctx, suzuki, counter.Outage, outage)
		fatal(t, err)
		_, err = ways.Record(ctx, suzuki, view.ID, counter.WayRecord{Person: typedHanako, Checks: byEye})
		fatal(t, err)
		ids = append(ids, view.ID)
	}
	fatal(t, c.Outages.Tick(ctx, suzuki, ids[0], counter.LookedUpFound))
	left := func(day time.Time) []string {
		at = day
		all, err := c.Outages.List(ctx, suzuki)
		fatal(t, err)
		var there []string
		for _, e := range all {
			there = append(there, e.ID)
		}
		return there
	}
	for _, d := range []struct {
		days int
		want []string
	}{{6, []string{ids[1], ids[0]}}, {7, ids[1:]}, {40, ids[1:]}, {45, nil}} {
		if got := left(came.AddDate(0, 0, d.days)); !slices.Equal(got, d.want) {
			t.Errorf("after %d days: %v, want %v", d.days, got, d.want)
		}
	}
}

// A record that is taken back takes its person off the list; recorded anew there is one again.
func TestARecordThatIsTakenBackIsOnNoOutageList(t *testing.T) {
	c := newClinic(t)
	id := c.noted(t)
	view, err := c.TakeBack(ctx, suzuki, id)
	if err != nil || view.Outcome != hostapi.Open || view.Way == nil {
		t.Fatalf("%+v %v", view, err)
	}
	if n, err := c.Outages.Open(ctx, suzuki); err != nil || n != 0 {
		t.Errorf("%d on the list, %v", n, err)
	}
	for range 2 {
		_, err = c.on("").Record(ctx, suzuki, id, counter.WayRecord{Person: typedHanako, Checks: byEye})
	}
	if keyOf(err) != "case.closed" {
		t.Errorf("recorded twice: %v", err)
	}
	if n, err := c.Outages.Open(ctx, suzuki); err != nil || n != 1 {
		t.Errorf("%d on the list, %v", n, err)
	}
}

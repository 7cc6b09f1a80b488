package counter_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// chipOf is a reader with a card of somebody in it.
type chipOf struct {
	readers
	reading *card.TextReading // nil: another person's
}

func (c chipOf) CheckBirthDate(_ context.Context, r counter.CardRequest) (card.Result, error) {
	if c.reading == nil || c.reading.BirthDate != r.BirthDate {
		return card.Result{Outcome: card.Refused, Stored: storedOf(card.ErrBirthDate)}, nil
	}
	return card.Result{Outcome: card.Confirmed}, nil
}

func (c chipOf) CheckText(_ context.Context, r counter.TextRequest) (counter.TextResult, error) {
	var out counter.TextResult
	out.By = card.ByAgent
	if c.reading == nil || c.reading.BirthDate != r.BirthDate {
		out.Outcome, out.Stored = card.Refused, storedOf(card.ErrBirthDate)
		return out, nil
	}
	out.Outcome, out.Reading = card.Confirmed, c.reading
	return out, nil
}

// hanako is test person 2 (docs/facts/test-people.md), as the chip tells her.
var hanako = &card.TextReading{
	Name:      "試験　花子",
	Address:   "東京都架空区架空町１－２－３",
	BirthDate: eligibility.MustDate("1988-11-30"),
	Sex:       eligibility.Female,
}

var (
	typedHanako = counter.WayPerson{
		Name:      "試験 花子",
		BirthDate: "S63.11.30",
		Sex:       "female",
		Address:   "東京都架空区架空町1-2-3",
		Contact:   "03-0000-0000",
		Belongs:   "架空健康保険組合",
	}
	byEye   = []string{"photo", "name", "birthDate"}
	outage  = counter.Answers{Card: "fails", Shows: "nothing", Place: "down"}
	nothing = counter.Answers{Card: "fails", Shows: "nothing", Place: "usual"}
	found   = counter.Answers{Card: "none", Shows: "nothing", Place: "found"}
	storm   = counter.TypedNotice{
		Title: "令和8年9月の大雨による災害の被災者に係る取扱い",
		Area:  "架空市",
		From:  "令和8年9月1日",
		Until: "2026-12-31",
	}
)

// myNumber passes the check digit of a My Number; nobody's is made of it.
var myNumber = strings.Repeat("1", 11) + "8"

// on returns the clinic's ways on a day.
func (c *clinic) on(day string) counter.Ways {
	at := now
	if day != "" {
		d := eligibility.MustDate(day)
		at = time.Date(d.Year(), time.Month(d.Month()), d.Day(), 10, 0, 0, 0, eligibility.Japan)
	}
	c.Now = func() time.Time { return at }
	c.Outages.Now, c.Disasters.Now = c.Now, c.Now
	return counter.NewWays(c.Service)
}

func keyOf(err error) string {
	var e *eligibility.Error
	if errors.As(err, &e) {
		return strings.TrimSuffix(e.Key+" "+e.Field, " ")
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// Which way is open: docs/facts/eligibility-methods.md#written-declaration, #number-from-own-records,
// #outage, #disaster, #card-reads-but-eligibility-does-not, #nothing-at-hand, and the days of its table.
func TestAWayIsOpenedByTheRulesOfTheDay(t *testing.T) {
	answer := counter.Answers{Card: "answer", Shows: "nothing", Place: "usual"}
	bare := counter.Answers{Card: "none", Shows: "nothing", Place: "usual"}
	reads := counter.Answers{Card: "reads", Shows: "nothing", Place: "usual"}
	for _, c := range []struct {
		name    string
		code    eligibility.MethodCode
		answers counter.Answers
		day     string
		opens   bool
	}{
		{"a declaration with a card that is not read", "A1", nothing, "", true},
		{"無効 although the card reads", "A1", answer, "", true},
		{"a declaration without the card", "A1", bare, "", false},
		{"a declaration although all is well", "A1", reads, "", false},
		{"a declaration before the notice of 2023-07-10", "A1", nothing, "2023-07-09", false},
		{"a declaration on that day", "A1", nothing, "2023-07-10", true},
		{"the list while the line is down", "L1", outage, "", true},
		{"the list while all is well", "L1", nothing, "", false},
		{"the list without a card", "L1",
			counter.Answers{Card: "none", Shows: "nothing", Place: "down"}, "", false},
		{"the list before the notice", "L1", outage, "2023-07-09", false},
		{"the list on that day", "L1", outage, "2023-07-10", true},
		{"own records that answer, without the card", "L0", found, "", true},
		{"own records beside a card that is not read", "L0",
			counter.Answers{Card: "fails", Shows: "nothing", Place: "found"}, "", true},
		{"own records that nobody looked up", "L0", bare, "", false},
		{"no notice of a disaster", "D0", bare, "", false},
		{"no answers at all", "A1", counter.Answers{}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			clinic := newClinic(t)
			view, err := clinic.on(c.day).Open(ctx, suzuki, c.code, c.answers)
			if opened := err == nil; opened != c.opens || !opened && keyOf(err) != "case.no_method outcome" {
				t.Fatalf("%v", err)
			}
			if c.opens && (view.Way.Code != c.code || view.Outcome != hostapi.Open) {
				t.Errorf("%+v", view)
			}
		})
	}
	if _, err := newClinic(t).on("").Open(ctx, suzuki, "N1e", nothing); keyOf(err) != "way.unknown code" {
		t.Errorf("a screen is no such way: %v", err)
	}
}

// A notice holds from its first day of care to its last, for the facility that switched it on, until it is
// switched off (docs/facts/eligibility-methods.md#disaster).
func TestADisasterIsAWayOnlyWhileItsNoticeIsOn(t *testing.T) {
	c := newClinic(t)
	n, err := c.Disasters.Add(ctx, suzuki, storm)
	fatal(t, err)
	bare := counter.Answers{Card: "none", Shows: "nothing", Place: "usual"}
	opens := func(day string) bool {
		_, err := c.on(day).Open(ctx, suzuki, counter.Disaster, bare)
		return err == nil
	}
	for day, want := range map[string]bool{
		"2026-08-31": false, "2026-09-01": true, "2026-12-31": true, "2027-01-01": false,
	} {
		if opens(day) != want {
			t.Errorf("on %s: %v", day, !want)
		}
	}
	elsewhere, err := c.Disasters.On(ctx, another, eligibility.MustDate("2026-11-22"))
	if err != nil || len(elsewhere) != 0 {
		t.Errorf("another facility has it: %+v %v", elsewhere, err)
	}
	there := staff.Reception{Staff: "田中", Facility: another}
	if err := c.Disasters.End(ctx, there, n.ID); keyOf(err) != "disaster.none" {
		t.Errorf("another facility ends it: %v", err)
	}
	view, err := c.on("").Open(ctx, suzuki, counter.Disaster, bare)
	fatal(t, err)
	record := counter.WayRecord{Person: typedHanako}
	if _, err := c.on("").Record(ctx, suzuki, view.ID, record); keyOf(err) != "way.notice_off notice" {
		t.Errorf("no notice was chosen: %v", err)
	}
	record.Notice = n.ID
	view, err = c.on("").Record(ctx, suzuki, view.ID, record)
	fatal(t, err)
	if view.Method != "D0" || view.Ground != hostapi.ByReason || view.Reason != storm.Title ||
		view.Way.Notice != storm.Title || !slices.Equal(view.Checked, []string{"notice"}) {
		t.Errorf("%+v", view)
	}
	fatal(t, c.Disasters.End(ctx, suzuki, n.ID))
	if opens("") {
		t.Error("a notice that was switched off opens the way")
	}
}

// What an administrator types of a notice.
func TestANoticeHasItsTitleAreaAndDays(t *testing.T) {
	c := newClinic(t)
	type notice = counter.TypedNotice
	for name, typed := range map[string]struct {
		change func(*notice)
		want   string
	}{
		"no title":           {func(n *notice) { n.Title = " 　" }, "disaster.text title"},
		"no area":            {func(n *notice) { n.Area = "" }, "disaster.text area"},
		"a My Number":        {func(n *notice) { n.Insurers = myNumber }, "disaster.text insurers"},
		"no first day":       {func(n *notice) { n.From = "" }, "disaster.days from"},
		"a day that is none": {func(n *notice) { n.Until = "2026-02-30" }, "disaster.days until"},
		"an end before it":   {func(n *notice) { n.Until = "2026-08-31" }, "disaster.days until"},
		"more than a year":   {func(n *notice) { n.Until = "2028-01-01" }, "disaster.days until"},
	} {
		t.Run(name, func(t *testing.T) {
			n := storm
			typed.change(&n)
			if _, err := c.Disasters.Add(ctx, suzuki, n); keyOf(err) != typed.want {
				t.Errorf("%v", err)
			}
		})
	}
}

// The share that a declaration is billed with for now: 3割, before school age 2割, from 70 on 1–3割 within what
// the law gives (docs/facts/eligibility-methods.md#written-declaration, shares-and-limits.md#share-by-age).
func TestADeclarationIsBilledWithTheShareOfTheAge(t *testing.T) {
	for _, c := range []struct {
		name, birth string
		shares      []int
	}{
		{"before school age", "2021-04-01", []int{20}},
		{"40", "1986-04-12", []int{30}},
		{"71", "1955-07-01", []int{20, 30}},
		{"82", "1944-02-29", []int{10, 20, 30}},
	} {
		t.Run(c.name, func(t *testing.T) {
			clinic := newClinic(t)
			ways := clinic.on("")
			shares, err := ways.ProvisionalShares(ctx, suzuki, nothing, c.birth)
			if err != nil || !slices.Equal(shares, c.shares) {
				t.Fatalf("%v %v", shares, err)
			}
			view, err := ways.Open(ctx, suzuki, counter.Declaration, nothing)
			fatal(t, err)
			record := counter.WayRecord{Person: typedHanako, Checks: byEye, Form: counter.FormSigned}
			record.Person.BirthDate = c.birth
			want := c.shares[0]
			if len(c.shares) > 1 {
				if _, err := ways.Record(ctx, suzuki, view.ID, record); keyOf(err) != "way.share share" {
					t.Errorf("nobody chose a share: %v", err)
				}
				want = 30
				record.Share = want
			}
			view, err = ways.Record(ctx, suzuki, view.ID, record)
			if err != nil || view.Way.Share != want || view.Method != "A1" {
				t.Errorf("%+v %v", view.Way, err)
			}
		})
	}
}

// What a record of a way stands on, and what it needs: the four items of the outage list, what victims tell,
// the signed form or that nothing changed. Never a My Number (番号法 20条).
func TestAWayIsRecordedOnAGround(t *testing.T) {
	reason := "本人を知っている"
	with := func(change func(*counter.WayRecord)) counter.WayRecord {
		r := counter.WayRecord{Person: typedHanako, Checks: byEye, Form: counter.FormSigned}
		change(&r)
		return r
	}
	ok := func(*counter.WayRecord) {}
	for _, c := range []struct {
		name   string
		code   eligibility.MethodCode
		at     counter.Answers
		record counter.WayRecord
		want   string // the refusal, or the ground
	}{
		{"own records, by eye", "L0", found, with(ok), "eye"},
		{"own records, for a reason", "L0", found,
			with(func(r *counter.WayRecord) { r.Checks, r.Reason = nil, reason }), "reason"},
		{"own records, on nothing", "L0", found,
			with(func(r *counter.WayRecord) { r.Checks = nil }), "case.unchecked reason"},
		{"the list, two of three seen", "L1", outage,
			with(func(r *counter.WayRecord) { r.Checks = byEye[:2] }), "case.unchecked checks"},
		{"the list without an address", "L1", outage,
			with(func(r *counter.WayRecord) { r.Person.Address = "" }), "way.empty address"},
		{"the list without a sex", "L1", outage,
			with(func(r *counter.WayRecord) { r.Person.Sex = "" }), "way.sex sex"},
		{"the list with a My Number", "L1", outage,
			with(func(r *counter.WayRecord) { r.Person.Address = "番号" + myNumber }), "way.text address"},
		{"the list, by eye", "L1", outage, with(ok), "eye"},
		{"a declaration that nobody signed", "A1", nothing,
			with(func(r *counter.WayRecord) { r.Form = "" }), "way.no_form form"},
		{"a declaration of last time", "A1", nothing,
			with(func(r *counter.WayRecord) { r.Form = counter.FormUnchanged }), "eye"},
		{"no name", "A1", nothing,
			with(func(r *counter.WayRecord) { r.Person.Name = "　" }), "way.empty name"},
		{"born tomorrow", "A1", nothing,
			with(func(r *counter.WayRecord) { r.Person.BirthDate = "2026-11-23" }),
			"way.birth_date birthDate"},
		{"a tick that is none", "A1", nothing,
			with(func(r *counter.WayRecord) { r.Checks = []string{"shoes"} }), "case.visual checks"},
		{"a reason with a My Number", "L0", found,
			with(func(r *counter.WayRecord) { r.Reason = myNumber }), "case.reason_my_number reason"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clinic := newClinic(t)
			ways := clinic.on("")
			view, err := ways.Open(ctx, suzuki, c.code, c.at)
			fatal(t, err)
			view, err = ways.Record(ctx, suzuki, view.ID, c.record)
			got := keyOf(err)
			if err == nil {
				got = string(view.Ground)
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// The right card is a ground; a wrong one keeps the case from being accepted, whatever is ticked; and what
// the chip said of one birth date does not stand for another.
func TestAWaysCardIsAsked(t *testing.T) {
	for _, code := range []eligibility.MethodCode{counter.Declaration, counter.Outage} {
		answers := nothing
		if code == counter.Outage {
			answers = outage
		}
		begin := func(t *testing.T, reader chipOf) (counter.Ways, *clinic, string) {
			c := newClinic(t)
			c.Readers = reader
			ways := c.on("")
			view, err := ways.Open(ctx, suzuki, code, answers)
			fatal(t, err)
			return ways, c, view.ID
		}
		ask := counter.WayCard{BirthDate: "1988-11-30", ExpiryYear: 2035, Code: "1234"}
		record := counter.WayRecord{Person: typedHanako, Form: counter.FormSigned}
		t.Run(string(code)+", her card", func(t *testing.T) {
			ways, _, id := begin(t, chipOf{reading: hanako})
			ask.ID = id
			_, reading, err := ways.AskCard(ctx, suzuki, ask)
			if err != nil || reading == nil || reading.Address != hanako.Address {
				t.Fatalf("%+v %v", reading, err)
			}
			view, err := ways.Record(ctx, suzuki, id, record)
			if err != nil || view.Ground != hostapi.ByChip || !slices.Contains(view.Checked, "text") {
				t.Errorf("%+v %v", view.Checked, err)
			}
		})
		t.Run(string(code)+", her card, birth date alone", func(t *testing.T) {
			ways, _, id := begin(t, chipOf{reading: hanako})
			_, reading, err := ways.AskCard(ctx, suzuki, counter.WayCard{ID: id, BirthDate: "1988-11-30"})
			if err != nil || reading != nil {
				t.Fatalf("%+v %v", reading, err)
			}
			view, err := ways.Record(ctx, suzuki, id, record)
			if err != nil || view.Ground != hostapi.ByChip || !slices.Contains(view.Checked, "card") {
				t.Errorf("%+v %v", view.Checked, err)
			}
		})
		t.Run(string(code)+", another person's card", func(t *testing.T) {
			ways, c, id := begin(t, chipOf{})
			ask.ID = id
			view, reading, err := ways.AskCard(ctx, suzuki, ask)
			if err != nil || reading != nil || !view.CardRefused() {
				t.Fatalf("%+v %v", view, err)
			}
			seen := record
			seen.Checks, seen.Reason = byEye, "急ぎ"
			if _, err := ways.Record(ctx, suzuki, id, seen); keyOf(err) != "case.card_refused outcome" {
				t.Errorf("%v", err)
			}
			if all, err := c.Outages.List(ctx, suzuki); err != nil || len(all) != 0 {
				t.Errorf("who was not accepted is on the list: %+v %v", all, err)
			}
		})
		t.Run(string(code)+", another birth date afterwards", func(t *testing.T) {
			ways, _, id := begin(t, chipOf{reading: hanako})
			ask.ID = id
			_, _, err := ways.AskCard(ctx, suzuki, ask)
			fatal(t, err)
			other := record
			other.Person.BirthDate = "1986-04-12"
			if _, err := ways.Record(ctx, suzuki, id, other); keyOf(err) != "case.unchecked reason" {
				t.Errorf("%v", err)
			}
		})
		t.Run(string(code)+", another name", func(t *testing.T) {
			ways, _, id := begin(t, chipOf{reading: hanako})
			ask.ID = id
			_, _, err := ways.AskCard(ctx, suzuki, ask)
			fatal(t, err)
			other := record
			other.Person.Name = "髙橋 德一"
			if _, err := ways.Record(ctx, suzuki, id, other); keyOf(err) != "case.unchecked reason" {
				t.Errorf("%v", err)
			}
		})
	}
}

package counter_test

import (
	"slices"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// typedSoFar is what was typed of somebody who cannot be accepted yet.
var typedSoFar = counter.WayPerson{Name: "試験 花子", BirthDate: "S63.11.30"}

// A case of a way is parked and refused from its form as any other: for a reason, with what was typed so far,
// and never with a My Number.
func TestAWayIsParkedAndRefusedForAReason(t *testing.T) {
	for code, answers := range map[eligibility.MethodCode]counter.Answers{
		"A1": nothing, "L0": found, "L1": outage,
	} {
		for _, c := range []struct {
			name   string
			person counter.WayPerson
			end    counter.CaseEnd
			want   string // the refusal
		}{
			{"parked", typedSoFar, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "カードを取りに戻る"}, ""},
			{"refused", typedSoFar, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別人"}, ""},
			{"parked with nothing typed", counter.WayPerson{},
				counter.CaseEnd{Outcome: hostapi.Parked, Reason: "あとで"}, ""},
			{"without a reason", typedSoFar, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "　"},
				"case.reason reason"},
			{"a reason with a My Number", typedSoFar,
				counter.CaseEnd{Outcome: hostapi.Refused, Reason: myNumber}, "case.reason_my_number reason"},
			{"a birth date that is none", counter.WayPerson{BirthDate: "きのう"},
				counter.CaseEnd{Outcome: hostapi.Parked, Reason: "あとで"}, "way.birth_date birthDate"},
			{"accepted by the wrong door", typedSoFar,
				counter.CaseEnd{Outcome: hostapi.Accepted, Reason: "x"}, "way.other_case"},
		} {
			t.Run(string(code)+" "+c.name, func(t *testing.T) {
				clinic := newClinic(t)
				ways := clinic.on("")
				open, err := ways.Open(ctx, suzuki, code, answers)
				fatal(t, err)
				view, err := ways.Close(ctx, suzuki, open.ID, c.person, c.end)
				if keyOf(err) != c.want {
					t.Fatalf("%v, want %q", err, c.want)
				}
				if err != nil {
					return
				}
				if view.Outcome != c.end.Outcome || view.Reason != c.end.Reason || view.Method != "" ||
					view.Ground != "" || len(view.Checked) > 0 || view.Way.Name != c.person.Name {
					t.Errorf("%+v", view)
				}
				if all, err := clinic.Outages.List(ctx, suzuki); err != nil || len(all) > 0 {
					t.Errorf("who was not accepted is on the list: %+v %v", all, err)
				}
			})
		}
	}
}

// A parked way is gone on with by a colleague, settled, and counted once; and what its chip had said stays.
func TestAParkedWayIsSettled(t *testing.T) {
	c := newClinic(t)
	c.Readers = chipOf{reading: hanako}
	ways, records := c.on(""), counter.NewRecords(c.Service)
	open, err := ways.Open(ctx, suzuki, "A1", nothing)
	fatal(t, err)
	_, _, err = ways.AskCard(ctx, suzuki, counter.WayCard{ID: open.ID, BirthDate: "1988-11-30"})
	fatal(t, err)
	_, err = ways.Close(ctx, suzuki, open.ID, typedSoFar,
		counter.CaseEnd{Outcome: hostapi.Parked, Reason: "申立書を書いている"})
	fatal(t, err)
	waiting, err := records.Parked(ctx, sato)
	if err != nil || len(waiting) != 1 || waiting[0].Way.Name != "試験 花子" {
		t.Fatalf("%+v %v", waiting, err)
	}
	record := counter.WayRecord{Person: typedHanako, Form: counter.FormSigned}
	if _, err := ways.Record(ctx, sato, open.ID, record); keyOf(err) != "case.closed" {
		t.Errorf("settled by nobody who took it up: %v", err)
	}
	_, err = records.TakeUp(ctx, sato, open.ID)
	fatal(t, err)
	if _, err := c.ScanAgain(ctx, sato, open.ID, c.jws); keyOf(err) != "case.scan_own text" {
		t.Errorf("a screen took the place of a way: %v", err)
	}
	view, err := ways.Record(ctx, sato, open.ID, record)
	fatal(t, err)
	all := view.Entries()
	if len(all) != 2 || all[0].Outcome != hostapi.Parked || all[1].Outcome != hostapi.Accepted ||
		view.Ground != hostapi.ByChip || view.TakenUp != nil {
		t.Errorf("%+v", all)
	}
	c.wants(t, "1: map[accepted:1] [{A1 1}] []")
	if _, err := c.TakeBack(ctx, sato, open.ID); err != nil {
		t.Fatal(err)
	}
	c.wants(t, "1: map[parked:1] [] []")
}

// A correction gives a way back what its acceptance stood on; one that never was accepted has nothing.
func TestAWaysRecordIsCorrected(t *testing.T) {
	c := newClinic(t)
	ways, records := c.on(""), counter.NewRecords(c.Service)
	open, err := ways.Open(ctx, suzuki, "L0", found)
	fatal(t, err)
	view, err := ways.Record(ctx, suzuki, open.ID, counter.WayRecord{Person: typedHanako, Checks: byEye})
	fatal(t, err)
	for _, to := range []hostapi.Outcome{hostapi.Refused, hostapi.Accepted} {
		view, err = records.Correct(ctx, sato, open.ID, counter.RecordCorrection{
			Version: view.Version(), Outcome: to, Reason: "思い違い"})
		fatal(t, err)
	}
	if view.Method != "L0" || view.Ground != hostapi.ByEye || !slices.Contains(view.Checked, "records") {
		t.Errorf("%s %s %q", view.Method, view.Ground, view.Checked)
	}
	open, err = ways.Open(ctx, suzuki, "L0", found)
	fatal(t, err)
	view, err = ways.Close(ctx, suzuki, open.ID, typedSoFar,
		counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別人"})
	fatal(t, err)
	_, err = records.Correct(ctx, sato, open.ID, counter.RecordCorrection{
		Version: view.Version(), Outcome: hostapi.Accepted, Reason: "思い違い"})
	if keyOf(err) != "way.anew outcome" {
		t.Errorf("%v", err)
	}
}

// Why no reader answered is counted of a way's card too, whether it was asked for the birth date alone or for
// all that the chip tells.
func TestAWaysReaderThatDidNotAnswerIsCounted(t *testing.T) {
	for name, ask := range map[string]counter.WayCard{
		"birth date": {BirthDate: "1988-11-30"},
		"text":       {BirthDate: "1988-11-30", ExpiryYear: 2035, Code: "1234"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			c.Readers = unreachedReaders{}
			ways := c.on("")
			open, err := ways.Open(ctx, suzuki, "L0", found)
			fatal(t, err)
			ask.ID = open.ID
			if _, _, err := ways.AskCard(ctx, suzuki, ask); err != agents.ErrLost {
				t.Fatal(err)
			}
			_, err = ways.Record(ctx, suzuki, open.ID, counter.WayRecord{Person: typedHanako, Checks: byEye})
			fatal(t, err)
			c.wants(t, "1: map[accepted:1] [{L0 1}] [{bridge.lost 1}]")
		})
	}
}

package counter_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// recordRows are the methods of Records, called for the clinic's cases.
var recordRows = map[string]func(r counter.Records, c *clinic, who staff.Reception) (found int, err error){
	"Parked": func(r counter.Records, _ *clinic, who staff.Reception) (int, error) {
		all, err := r.Parked(ctx, who)
		return len(all), err
	},
	"CountParked": func(r counter.Records, _ *clinic, who staff.Reception) (int, error) {
		return r.CountParked(ctx, who)
	},
	"CountToday": func(r counter.Records, _ *clinic, who staff.Reception) (int, error) {
		return r.CountToday(ctx, who)
	},
	"TakeUp": func(r counter.Records, c *clinic, who staff.Reception) (int, error) {
		_, err := r.TakeUp(ctx, who, c.live)
		return 1, err
	},
	"Search": func(r counter.Records, _ *clinic, who staff.Reception) (int, error) {
		found, err := r.Search(ctx, who, counter.Search{})
		return found.Total + len(found.Cases), err
	},
	"Find": func(r counter.Records, c *clinic, who staff.Reception) (int, error) {
		_, err := r.Find(ctx, who, c.live)
		return 1, err
	},
	"Export": func(r counter.Records, _ *clinic, who staff.Reception) (n int, err error) {
		today := eligibility.DateOf(now)
		return n, r.Export(ctx, who, counter.Search{From: today, To: today}, func(counter.CaseView) error {
			n++
			return nil
		})
	},
	"SetPatientNumber": func(r counter.Records, c *clinic, who staff.Reception) (int, error) {
		_, err := r.SetPatientNumber(ctx, who, c.away, "77")
		return 1, err
	},
	"ThisMonth": func(r counter.Records, _ *clinic, who staff.Reception) (int, error) {
		found, err := r.ThisMonth(ctx, who, "1234")
		if found == nil {
			return 0, err
		}
		return 1, err
	},
	"Correct": func(r counter.Records, c *clinic, who staff.Reception) (int, error) {
		_, err := r.Correct(ctx, who, c.live, counter.RecordCorrection{Outcome: hostapi.Refused, Reason: "x"})
		return 1, err
	},
}

// Staff of another facility find nothing, count nothing and change nothing.
func TestAnotherFacilityHasNoPartOfTheRecords(t *testing.T) {
	for _, name := range sorted(recordRows) {
		t.Run(name, func(t *testing.T) {
			c, _, _ := newDesk(t)
			c.parks(t, "あとで")
			for kind, who := range strangers {
				found, err := recordRows[name](counter.NewRecords(c.Service), c, who)
				if err == nil && found != 0 {
					t.Errorf("%s: %d", kind, found)
				}
			}
			view, err := counter.NewRecords(c.Service).Find(ctx, suzuki, c.live)
			if err != nil || view.TakenUp != nil || len(view.Entries()) != 1 {
				t.Errorf("%+v %v", view, err)
			}
		})
	}
}

// A correction stands beside what it corrects; for an acceptance it needs what every acceptance needs.
func TestACorrectionIsAFurtherEntry(t *testing.T) {
	c, w, _ := newDesk(t)
	records := counter.NewRecords(c.Service)
	accepted := c.accepts(t)
	w.pass()
	to := counter.RecordCorrection{Version: accepted.Version(), Outcome: hostapi.Refused, Reason: "　"}
	if _, err := records.Correct(ctx, sato, c.live, to); !hasKey(err, "case.correction_reason") {
		t.Errorf("without a reason: %v", err)
	}
	to.Reason, to.PatientNumber = "別の人のカードだった", "99"
	view, err := records.Correct(ctx, sato, c.live, to)
	fatal(t, err)
	all := view.Entries()
	if len(all) != 2 || all[0].Outcome != hostapi.Accepted || all[0].Ground != hostapi.ByChip ||
		all[0].Staff != "鈴木" || all[0].Correction || all[0].PatientNumber != "" ||
		all[1].Outcome != hostapi.Refused || all[1].Staff != "佐藤" || !all[1].Correction ||
		all[1].Reason != "別の人のカードだった" || all[1].Ground != "" || all[1].PatientNumber != "99" {
		t.Errorf("%+v", all)
	}
	if _, err := c.TakeBack(ctx, sato, c.live); !hasKey(err, "case.too_late") {
		t.Errorf("a correction is taken back: %v", err)
	}
	// and back: the chip had answered
	view, err = records.Correct(ctx, suzuki, c.live, counter.RecordCorrection{Version: view.Version(),
		Outcome: hostapi.Accepted, Reason: "思い違い"})
	if err != nil || view.Ground != hostapi.ByChip || view.Method != "N1e" || len(view.Entries()) != 3 {
		t.Errorf("%+v %v", view, err)
	}
	if _, err := records.Correct(ctx, suzuki, c.away, to); !hasKey(err, "case.not_recorded") {
		t.Errorf("a case without a record: %v", err)
	}
}

// A screen that was never verified is not made an accepted one by correcting it.
func TestACorrectionDoesNotAcceptWhatWasNotVerified(t *testing.T) {
	c, _, _ := newDesk(t)
	end := counter.CaseEnd{Outcome: hostapi.Refused, Reason: "2つ目がない"}
	refused, err := c.Record(ctx, suzuki, c.away, end)
	fatal(t, err)
	_, err = counter.NewRecords(c.Service).Correct(ctx, suzuki, c.away, counter.RecordCorrection{
		Version: refused.Version(), Outcome: hostapi.Accepted, Reason: "本人を知っている"})
	if !hasKey(err, "case.not_valid") {
		t.Errorf("%v", err)
	}
}

// Of two that correct what both of them see, one is told that it has changed since.
func TestOfTwoCorrectionsAtOnceOneIsRecorded(t *testing.T) {
	c, w, _ := newDesk(t)
	accepted := c.accepts(t)
	w.pass()
	var mu sync.Mutex
	var both sync.WaitGroup
	done, told := 0, 0
	var others []error
	for _, who := range []staff.Reception{suzuki, sato} {
		both.Go(func() {
			_, err := counter.NewRecords(c.Service).Correct(ctx, who, c.live, counter.RecordCorrection{
				Version: accepted.Version(), Outcome: hostapi.Refused, Reason: who.Staff})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case hasKey(err, "case.corrected") || hasKey(err, "case.not_recorded"):
				told++
			default:
				others = append(others, err)
			}
		})
	}
	both.Wait()
	view, err := counter.NewRecords(c.Service).Find(ctx, suzuki, c.live)
	if err != nil || done != 1 || told != 1 || len(view.Entries()) != 2 {
		t.Errorf("%d recorded, %d told, %v, %+v %v", done, told, others, view.Entries(), err)
	}
}

// What was recorded in this calendar month is found by the clinic's own number, however it is written;
// another month's, a refusal and another facility's are not.
func TestThisMonthsAcceptanceIsFoundByTheClinicsNumber(t *testing.T) {
	c, w, _ := newDesk(t)
	day := now
	c.Now = func() time.Time { return day }
	_, err := c.CheckCard(ctx, suzuki, "", c.live)
	fatal(t, err)
	end := counter.CaseEnd{Outcome: hostapi.Accepted, PatientNumber: text("0012")}
	_, err = c.Record(ctx, suzuki, c.live, end)
	fatal(t, err)
	w.pass()
	for _, one := range []struct {
		name, typed string
		at          time.Time
		found       bool
	}{
		{"the same day", "0012", now, true},
		{"full-width, without zeros", "１２", now, true},
		{"the month's last day", "12", now.AddDate(0, 0, 8), true},
		{"the next month's first", "12", now.AddDate(0, 0, 9), false},
		{"another number", "13", now, false},
	} {
		t.Run(one.name, func(t *testing.T) {
			day = one.at
			found, err := counter.NewRecords(c.Service).ThisMonth(ctx, sato, one.typed)
			if err != nil || (found != nil) != one.found || one.found && found.ID != c.live {
				t.Errorf("%+v %v", found, err)
			}
		})
	}
	day = now
	view, err := counter.NewRecords(c.Service).Find(ctx, suzuki, c.live)
	fatal(t, err)
	_, err = counter.NewRecords(c.Service).Correct(ctx, suzuki, c.live, counter.RecordCorrection{
		Version: view.Version(), Outcome: hostapi.Refused, Reason: "別人", PatientNumber: "0012"})
	fatal(t, err)
	if found, err := counter.NewRecords(c.Service).ThisMonth(ctx, suzuki, "12"); err != nil || found != nil {
		t.Errorf("a corrected one counts: %+v %v", found, err)
	}
	for _, none := range []string{"", "　", "あ"} {
		if _, err := counter.NewRecords(c.Service).ThisMonth(ctx, suzuki, none); !hasKey(err,
			"case.patient_number") {
			t.Errorf("%q: %v", none, err)
		}
	}
}

// Neither the audit nor the database says a number or whose case was exported or searched for.
func TestTheAuditNamesNoPatientNumber(t *testing.T) {
	c, w, _ := newDesk(t)
	records := counter.NewRecords(c.Service)
	end := counter.CaseEnd{Outcome: hostapi.Parked, Reason: "あとで", PatientNumber: text("QX77Z")}
	_, err := c.Record(ctx, suzuki, c.live, end)
	fatal(t, err)
	w.pass()
	_, err = records.SetPatientNumber(ctx, suzuki, c.away, "QX77Z")
	fatal(t, err)
	today := eligibility.DateOf(now)
	var exported int
	fatal(t, records.Export(ctx, suzuki, counter.Search{From: today, To: today, PatientNumber: "qx77z"},
		func(v counter.CaseView) error {
			exported++
			return nil
		}))
	if exported != 1 {
		t.Errorf("%d exported", exported) // the other one has no record
	}
	all := dump(t, c.file)
	if !strings.Contains(all, "2026-11-22 to 2026-11-22, 1") || strings.Contains(all, "QX77Z") ||
		strings.Contains(all, "花子") {
		t.Error("the database tells too much, or the export was not noted")
	}
}

func TestAnExportNeedsAPeriod(t *testing.T) {
	c := newClinic(t)
	day := eligibility.MustDate
	for name, s := range map[string]counter.Search{
		"none":            {},
		"no end":          {From: day("2026-11-01")},
		"no beginning":    {To: day("2026-11-30")},
		"backwards":       {From: day("2026-11-30"), To: day("2026-11-01")},
		"a hundred years": {From: day("1926-11-30"), To: day("2026-11-01")},
	} {
		none := func(counter.CaseView) error { return nil }
		err := counter.NewRecords(c.Service).Export(ctx, suzuki, s, none)
		if !hasKey(err, "case.period") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

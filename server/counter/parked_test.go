package counter_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// sato is a colleague of suzuki's.
var sato = staff.Reception{Staff: "佐藤", Facility: own, Role: staff.RoleReception}

func text(s string) *string { return &s }

func hasKey(err error, key string) bool {
	var e *eligibility.Error
	return errors.As(err, &e) && e.Key == key
}

// parks parks the clinic's live case for a reason.
func (c *clinic) parks(t *testing.T, why string) counter.CaseView {
	t.Helper()
	view, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{
		Outcome:       hostapi.Parked,
		Reason:        why,
		PatientNumber: text("００１２－３４"),
	})
	fatal(t, err)
	return view
}

func TestAParkedCaseIsSettledByAnybodyOfTheFacility(t *testing.T) {
	c, w, p := newDesk(t)
	records := counter.NewRecords(c.Service)
	parked := c.parks(t, "カードを取りに戻る")
	if parked.PatientNumber != "001234" || parked.JWS != "" {
		t.Errorf("%q, the code %q", parked.PatientNumber, parked.JWS)
	}
	w.pass()
	before := p.left
	taken, err := records.TakeUp(ctx, sato, c.live)
	fatal(t, err)
	if taken.TakenUp == nil || taken.TakenUp.By != "佐藤" || !taken.TakenUp.At.Equal(now) {
		t.Errorf("%+v", taken.TakenUp)
	}
	if waiting, err := records.Parked(ctx, suzuki); err != nil || len(waiting) != 1 {
		t.Errorf("while somebody has it on the screen it is lost: %d, %v", len(waiting), err)
	}
	if _, err := c.CheckCard(ctx, sato, "", c.live); err != nil {
		t.Fatal(err)
	}
	end := counter.CaseEnd{Outcome: hostapi.Accepted}
	settled, err := c.Record(ctx, sato, c.live, end)
	fatal(t, err)
	all := settled.Entries()
	if len(all) != 2 || all[0].Outcome != hostapi.Parked || all[0].Staff != "鈴木" ||
		all[0].Reason != "カードを取りに戻る" || all[1].Outcome != hostapi.Accepted || all[1].Staff != "佐藤" ||
		all[1].Ground != hostapi.ByChip || all[1].Method != "N1e" {
		t.Errorf("%+v", all)
	}
	if settled.PatientNumber != "001234" {
		t.Errorf("the number is lost: %q", settled.PatientNumber)
	}
	if n, err := records.CountParked(ctx, suzuki); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	// its code was not kept: the phone cannot be told of the end
	w.pass()
	if p.left != before {
		t.Error("a receipt was left without the patient's screen")
	}
	if _, err := c.Record(ctx, suzuki, c.live, end); !hasKey(err, "case.closed") {
		t.Errorf("settled twice: %v", err)
	}
	if _, err := records.TakeUp(ctx, suzuki, c.live); !hasKey(err, "case.not_parked") {
		t.Errorf("taken up after it was settled: %v", err)
	}
}

// A parked case of an earlier day waits on; carried on it gets a further reason, and both stay.
func TestAParkedCaseIsCarriedToTheNextDay(t *testing.T) {
	c, w, _ := newDesk(t)
	c.parks(t, "カードを取りに戻る")
	w.pass()
	day := now
	c.Now = func() time.Time { return day }
	records := counter.NewRecords(c.Service)
	day = now.AddDate(0, 0, 1)
	waiting, err := records.Parked(ctx, sato)
	if err != nil || len(waiting) != 1 || !waiting[0].At.Equal(now) {
		t.Fatalf("%+v %v", waiting, err)
	}
	if today, err := c.Today(ctx, sato); err != nil || len(today) != 0 {
		t.Errorf("it is of today: %d, %v", len(today), err)
	}
	if _, err := c.Record(ctx, sato, c.live, counter.CaseEnd{
		Outcome: hostapi.Accepted, Reason: "本人を知っている"}); !hasKey(err, "case.closed") {
		t.Errorf("settled without taking it up: %v", err)
	}
	_, err = records.TakeUp(ctx, sato, c.live)
	fatal(t, err)
	_, err = records.TakeUp(ctx, suzuki, c.live) // a colleague takes it over
	fatal(t, err)
	if _, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Parked}); !hasKey(err,
		"case.reason") {
		t.Errorf("carried on without a reason: %v", err)
	}
	carried, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "明日来院"})
	fatal(t, err)
	var reasons []string
	for _, e := range carried.Entries() {
		reasons = append(reasons, e.Reason)
	}
	if !slices.Equal(reasons, []string{"カードを取りに戻る", "明日来院"}) {
		t.Errorf("%q", reasons)
	}
	_, err = c.Record(ctx, sato, c.live, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "x"})
	if !hasKey(err, "case.closed") {
		t.Errorf("whoever had it before still has it: %v", err)
	}
	if n, err := records.CountParked(ctx, suzuki); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

// What was settled can be taken back as any record: then it is parked again, in the hands of who took it
// back.
func TestASettledCaseThatIsTakenBackIsParked(t *testing.T) {
	c, _, _ := newDesk(t)
	records := counter.NewRecords(c.Service)
	c.parks(t, "カードを取りに戻る")
	_, err := records.TakeUp(ctx, sato, c.live)
	fatal(t, err)
	_, err = c.Record(ctx, sato, c.live, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別人"})
	fatal(t, err)
	for range 2 { // asked twice it is the same
		view, err := c.TakeBack(ctx, sato, c.live)
		fatal(t, err)
		if view.Outcome != hostapi.Parked || view.TakenUp == nil || view.Reason != "カードを取りに戻る" ||
			len(view.Entries()) != 1 || len(view.Withdrawn) != 1 || view.Withdrawn[0].Reason != "別人" {
			t.Errorf("%+v", view)
		}
	}
	view, err := c.Record(ctx, sato, c.live, counter.CaseEnd{Outcome: hostapi.Accepted, Reason: "職員が知る人"})
	fatal(t, err)
	if all := view.Entries(); len(all) != 2 || all[1].Ground != hostapi.ByReason {
		t.Errorf("%+v", all)
	}
}

func TestTheSamePersonsScreenIsScannedAnew(t *testing.T) {
	c, w, p := newDesk(t)
	records := counter.NewRecords(c.Service)
	_, err := c.CheckCard(ctx, suzuki, "", c.live)
	fatal(t, err)
	_, err = c.Visual(ctx, suzuki, c.live, []string{"photo"})
	fatal(t, err)
	if _, err := c.ScanAgain(ctx, suzuki, c.live, c.jws); !hasKey(err, "case.not_parked") {
		t.Errorf("a case that is open: %v", err)
	}
	c.parks(t, "あとで")
	w.pass()
	if _, err := c.ScanAgain(ctx, suzuki, c.live, c.jws); !hasKey(err, "case.closed") {
		t.Errorf("a case that nobody took up: %v", err)
	}
	_, err = records.TakeUp(ctx, sato, c.live)
	fatal(t, err)
	hanako := eligibility.Person{
		Insurer:   "00138990",
		Number:    "567",
		Name:      "試験 花子",
		BirthDate: eligibility.MustDate("1988-11-30"),
	}
	for _, other := range []struct {
		name   string
		change func(*eligibility.Person)
	}{
		{"another name", func(p *eligibility.Person) { p.Name = "架空 太郎" }},
		{"another birth date", func(p *eligibility.Person) {
			p.BirthDate = eligibility.MustDate("1988-12-01")
		}},
		{"a twin", func(p *eligibility.Person) { p.Name, p.BranchNumber = "試験 華子", "02" }},
		{"the same insurer's other number", func(p *eligibility.Person) { p.Number = "568" }},
	} {
		t.Run(other.name, func(t *testing.T) {
			who := hanako
			other.change(&who)
			_, err := c.ScanAgain(ctx, sato, c.live, c.screenOf(t, who))
			if !hasKey(err, "case.other_person") {
				t.Errorf("%v", err)
			}
		})
	}
	_, err = c.ScanAgain(ctx, sato, c.live, c.jws[:len(c.jws)-4]+"AAAA")
	if !hasKey(err, "case.scan_refused") {
		t.Errorf("a forged one: %v", err)
	}
	before := p.left
	view, err := c.ScanAgain(ctx, sato, c.live, c.jws)
	fatal(t, err)
	if view.JWS != c.jws || !view.ChipPassed() || len(view.Visual) != 0 || len(view.Replaced) != 1 {
		t.Errorf("%+v", view)
	}
	_, err = c.Record(ctx, sato, c.live, counter.CaseEnd{Outcome: hostapi.Accepted})
	fatal(t, err)
	if w.pass(); p.left != before+1 {
		t.Error("the phone is not told of the end")
	}
}

// The second code of a screen that was parked cannot be verified any more: its first one is gone.
func TestASecondCodeNeedsTheFirst(t *testing.T) {
	c, _, _ := newDesk(t)
	end := counter.CaseEnd{Outcome: hostapi.Parked, Reason: "2つ目が読めない"}
	_, err := c.Record(ctx, suzuki, c.away, end)
	fatal(t, err)
	_, err = counter.NewRecords(c.Service).TakeUp(ctx, suzuki, c.away)
	fatal(t, err)
	if _, err := c.Prove(ctx, suzuki, c.away, "x"); !hasKey(err, "case.scan_again") {
		t.Errorf("%v", err)
	}
	if _, err := c.Challenge(ctx, suzuki, c.away); !hasKey(err, "case.scan_again") {
		t.Errorf("%v", err)
	}
}

// screenOf is a live screen of somebody of the clinic's insurer.
func (c *clinic) screenOf(t *testing.T, who eligibility.Person) string {
	t.Helper()
	issued, err := credential.Issue(iss, c.key, credential.Request{
		Tier:        credential.TierLive,
		Person:      who,
		InsurerName: "架空市",
		Share:       30,
	}, now)
	fatal(t, err)
	return issued.JWS
}

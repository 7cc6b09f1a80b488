package counter_test

import (
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
	"madoguchi/server/counter/paper"
	"madoguchi/server/hostapi"
)

// A paper of which not all can be typed is parked and refused from its form; nothing accepts it before it is
// typed whole.
func TestAnUnfinishedPaperIsParkedAndNeverAccepted(t *testing.T) {
	d := newPaperDesk(t)
	typed := paper.Typed{Kind: "C1", InsurerNumber: "138991", Number: "0001234", Unfinished: true}
	view, err := d.papers.Open(ctx, suzuki, typed)
	fatal(t, err)
	if !view.Paper.Unfinished || view.Paper.Shows.Insurer != "" || view.Paper.Shows.Number != "0001234" ||
		view.Acceptable() {
		t.Fatalf("%+v", view.Paper)
	}
	_, err = d.Visual(ctx, suzuki, view.ID, []string{"name", "birthDate", "until"})
	fatal(t, err)
	if _, err := d.accept(view.ID, "本人を知っている"); !hasKey(err, "paper.refused") {
		t.Errorf("accepted: %v", err)
	}
	if _, err := d.CheckCard(ctx, suzuki, "", view.ID); !hasKey(err, "case.no_birth_date") {
		t.Errorf("a card was asked: %v", err)
	}
	_, err = d.Record(ctx, suzuki, view.ID, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "番号が読めない"})
	fatal(t, err)
	records := counter.NewRecords(d.Service)
	_, err = records.TakeUp(ctx, sato, view.ID)
	fatal(t, err)
	whole := tokuichi("C1")
	whole.Until = "2027-07-31"
	_, err = d.papers.Correct(ctx, sato, view.ID, whole)
	fatal(t, err)
	_, err = d.Visual(ctx, sato, view.ID, []string{"name", "birthDate"})
	fatal(t, err)
	settled, err := d.Record(ctx, sato, view.ID, counter.CaseEnd{Outcome: hostapi.Accepted})
	if err != nil || settled.Method != "C1" {
		t.Errorf("%+v %v", settled.Method, err)
	}
}

// The same person's screen takes the place of a parked paper, and the paper stays in the case; whoever
// differs in anything that was typed is another person.
func TestAScreenTakesThePlaceOfAParkedPaper(t *testing.T) {
	who := eligibility.Person{
		Insurer:      "00138990",
		Symbol:       "国13",
		Number:       "0001234",
		BranchNumber: "02",
		Name:         "髙橋 德一",
		BirthDate:    eligibility.MustDate("1955-07-01"),
	}
	for _, c := range []struct {
		name   string
		typed  func(*paper.Typed)
		screen func(*eligibility.Person)
		want   string
	}{
		{"all the same", nil, nil, ""},
		{"no name typed", func(p *paper.Typed) { p.Name = "" }, nil, ""},
		{"no branch typed", func(p *paper.Typed) { p.Branch = "" }, nil, ""},
		{"nothing could be typed", func(p *paper.Typed) {
			*p = paper.Typed{Kind: p.Kind, Unfinished: true}
		}, nil, ""},
		{"a relative's, no name typed", func(p *paper.Typed) { p.Name = "" },
			func(p *eligibility.Person) {
				p.Name, p.BranchNumber, p.BirthDate = "髙橋 花子", "01", eligibility.MustDate("1958-02-03")
			}, "case.other_person"},
		{"a twin's, no name typed", func(p *paper.Typed) { p.Name = "" },
			func(p *eligibility.Person) { p.Name, p.BranchNumber = "髙橋 德二", "03" }, "case.other_person"},
		{"another name", nil, func(p *eligibility.Person) { p.Name = "架空 太郎" }, "case.other_person"},
		{"another number", nil, func(p *eligibility.Person) { p.Number = "0005678" }, "case.other_person"},
		{"another number, not wholly typed",
			func(p *paper.Typed) { *p = paper.Typed{Kind: p.Kind, Number: "99", Unfinished: true} },
			nil, "case.other_person"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newPaperDesk(t)
			typed, shown := tokuichi("P1"), who
			if c.typed != nil {
				c.typed(&typed)
			}
			if c.screen != nil {
				c.screen(&shown)
			}
			id := d.open(t, typed)
			_, err := d.Record(ctx, suzuki, id, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "スマホを取りに"})
			fatal(t, err)
			_, err = counter.NewRecords(d.Service).TakeUp(ctx, sato, id)
			fatal(t, err)
			view, err := d.ScanAgain(ctx, sato, id, d.screenOf(t, shown))
			if c.want != "" {
				if !hasKey(err, c.want) {
					t.Errorf("%v", err)
				}
				return
			}
			fatal(t, err)
			if view.Paper != nil || !view.Verdict.Valid || len(view.Replaced) != 1 ||
				view.Replaced[0].Paper == nil || view.Replaced[0].Paper.Kind != "P1" {
				t.Fatalf("%+v", view)
			}
			_, err = d.CheckCard(ctx, sato, "", id)
			fatal(t, err)
			end, err := d.Record(ctx, sato, id, counter.CaseEnd{Outcome: hostapi.Accepted})
			if err != nil || end.Method != "N1e" || end.Ground != hostapi.ByChip ||
				end.Checked[0] != "screen" {
				t.Errorf("%s %s %q %v", end.Method, end.Ground, end.Checked, err)
			}
		})
	}
}

// What a typed paper tells is not asked again, and the rules judge by what stands on it.
func TestThePanelKnowsATypedPaper(t *testing.T) {
	for kind, want := range map[eligibility.MethodCode][2]string{
		"P1": {"portalScreen", "console.known.p1"},
		"P2": {"portalPdf", "console.known.p2"},
		"P3": {"portalScreen", "console.known.p3"},
		"N1": {"notice", "console.known.n1"},
		"C1": {"certificate", "console.known.c1"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			d := newPaperDesk(t)
			ways := d.on("")
			known, err := ways.Known(ctx, suzuki, d.open(t, tokuichi(kind)))
			fatal(t, err)
			if known.Answers.Shows != want[0] || len(known.Facts) == 0 || known.Facts[0].Key != want[1] ||
				known.Insurer != "00138990" || known.BirthDate != eligibility.MustDate("1955-07-01") {
				t.Errorf("%+v", known)
			}
		})
	}
	// 有効期限 is over: that certificate is no way (docs/facts/official-forms.md#validity-of-a-certificate)
	for until, opens := range map[string]bool{"2026-11-21": false, "2027-07-31": true} {
		d := newPaperDesk(t)
		typed := tokuichi("C1")
		typed.Until = until
		ways := d.on("")
		known, err := ways.Known(ctx, suzuki, d.open(t, typed))
		fatal(t, err)
		if (known.Answers.Shows == "certificate") != opens {
			t.Errorf("to %s the case answers %q", until, known.Answers.Shows)
		}
		known.Answers = counter.Answers{Card: "none", Shows: "certificate", Place: "usual"}
		outcome, _, err := ways.Judge(ctx, suzuki, known)
		fatal(t, err)
		open := false
		for _, m := range outcome.Methods {
			open = open || m.Code == "C1" && m.Accepted
		}
		if open != opens {
			t.Errorf("a certificate to %s opens C1: %v", until, open)
		}
	}
}

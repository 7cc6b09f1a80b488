package counter_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/server/counter"
	"madoguchi/server/counter/paper"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// tokuichi is what stands on the papers of person 3 of docs/facts/test-people.md.
func tokuichi(kind eligibility.MethodCode) paper.Typed {
	return paper.Typed{
		Kind:          kind,
		InsurerNumber: "138990",
		Symbol:        "国13",
		Number:        "0001234",
		Branch:        "02",
		BirthDate:     "S30.7.1",
		Name:          "髙橋 德一",
	}
}

// cardOf are readers with one card: another birth date is refused.
type cardOf struct {
	readers
	birth eligibility.Date
	shown *[]string    // what each question was about
	says  *card.Result // whatever it is asked, if anything
}

func (c cardOf) CheckBirthDate(ctx context.Context, r counter.CardRequest) (card.Result, error) {
	*c.shown = append(*c.shown, r.Shown)
	if c.says != nil {
		return *c.says, c.refuse(r)
	}
	if r.BirthDate != c.birth {
		return card.FaultResult(card.ErrBirthDate), c.refuse(r)
	}
	return c.readers.CheckBirthDate(ctx, r)
}

type paperDesk struct {
	*clinic
	papers counter.Papers
	asked  *[]string
}

func newPaperDesk(t *testing.T) paperDesk {
	t.Helper()
	c := newClinic(t)
	d := paperDesk{c, counter.NewPapers(c.Service), new([]string)}
	c.Readers = cardOf{birth: eligibility.MustDate("1955-07-01"), shown: d.asked}
	return d
}

func (d paperDesk) open(t *testing.T, typed paper.Typed) string {
	t.Helper()
	view, err := d.papers.Open(ctx, suzuki, typed)
	fatal(t, err)
	return view.ID
}

func (d paperDesk) accept(id, reason string) (counter.CaseView, error) {
	return d.Record(ctx, suzuki, id, counter.CaseEnd{Outcome: hostapi.Accepted, Reason: reason})
}

// refusedBy returns the key of an error and what its sentence says.
func refusedBy(err error) (key, says string) {
	var e *eligibility.Error
	if errors.As(err, &e) {
		return e.Key, e.Ja()
	}
	return "", ""
}

// Accepted means checked: of each kind, what stands for the person.
func TestWhatEachPaperIsAcceptedOn(t *testing.T) {
	type step struct {
		card   bool
		ticks  []string
		reason string
		ground hostapi.Ground // empty: not accepted
		lacks  string         // in the sentence then
	}
	byCard := []step{
		{},
		{card: true, ground: hostapi.ByChip},
		{ticks: []string{"photo", "name"}, lacks: "生年月日"},
		{ticks: []string{"photo", "name", "birthDate"}, ground: hostapi.ByEye},
		{reason: "顔なじみ", ground: hostapi.ByReason},
	}
	for kind, steps := range map[eligibility.MethodCode][]step{
		paper.PortalScreen: byCard,
		paper.PortalPDF:    byCard,
		paper.Notice: {
			{},
			{card: true}, // only the name ties the notice to the card
			{card: true, ticks: []string{"photo"}, lacks: "氏名"},
			{card: true, ticks: []string{"name"}, ground: hostapi.ByChip},
			{ticks: []string{"photo", "name", "birthDate"}, ground: hostapi.ByEye},
			{reason: "顔なじみ", ground: hostapi.ByReason},
		},
		paper.PortalLogin: {
			{},
			{ticks: []string{"name", "birthDate"}, lacks: "目の前でのログイン"},
			{ticks: []string{"name", "birthDate"}, reason: "顔なじみ", lacks: "目の前でのログイン"},
			{ticks: []string{"login"}, reason: "顔なじみ", ground: hostapi.ByReason},
			{ticks: []string{"login", "name", "birthDate"}, ground: hostapi.ByEye},
		},
		paper.Certificate: {
			{},
			{ticks: []string{"name", "birthDate"}, lacks: "有効期限"}, // not typed
			{ticks: []string{"until", "name", "birthDate"}, ground: hostapi.ByEye},
			{ticks: []string{"until"}, card: true, ground: hostapi.ByChip},
			{reason: "顔なじみ"},
		},
	} {
		for i, s := range steps {
			t.Run(fmt.Sprint(kind, " ", i), func(t *testing.T) {
				d := newPaperDesk(t)
				id := d.open(t, tokuichi(kind))
				if s.card {
					_, err := d.CheckCard(ctx, suzuki, "", id)
					fatal(t, err)
				}
				if s.ticks != nil {
					_, err := d.Visual(ctx, suzuki, id, s.ticks)
					fatal(t, err)
				}
				view, err := d.accept(id, s.reason)
				if s.ground == "" {
					key, says := refusedBy(err)
					if key != "case.unchecked" || !strings.Contains(says, s.lacks) {
						t.Fatalf("%v, want one that names %q", err, s.lacks)
					}
					return
				}
				if err != nil || view.Ground != s.ground || view.Method != kind ||
					view.Checked[0] != "seen" || slices.Contains(view.Checked, "card") != s.card {
					t.Errorf("%v: %q on %q, checked %q", err, view.Method, view.Ground, view.Checked)
				}
			})
		}
	}
}

// A certificate whose expiry is typed is looked at by the rules: nobody has to tick it.
func TestATypedExpiryNeedsNoTick(t *testing.T) {
	d := newPaperDesk(t)
	typed := tokuichi(paper.Certificate)
	typed.Until = "R9.7.31"
	id := d.open(t, typed)
	_, err := d.Visual(ctx, suzuki, id, []string{"name", "birthDate"})
	fatal(t, err)
	if _, err := d.accept(id, ""); err != nil {
		t.Error(err)
	}
	typed.Until = "R8.11.21"
	id = d.open(t, typed)
	if key, says := refusedBy(second(d.accept(id, "顔なじみ"))); key != "paper.refused" ||
		!strings.Contains(says, "有効期限") {
		t.Errorf("%s %s", key, says)
	}
	if _, err := d.CheckCard(ctx, suzuki, "", id); err == nil {
		t.Error("a card was asked for a paper that is no good")
	}
	_, err = d.Record(ctx, suzuki, id, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "期限切れ"})
	fatal(t, err)
}

func second[T any](_ T, err error) error { return err }

// What the rules accept may change until the case is recorded: a certificate is over at midnight.
func TestAPaperIsJudgedOnTheDayOfItsRecord(t *testing.T) {
	d := newPaperDesk(t)
	typed := tokuichi(paper.Certificate)
	typed.Until = "R8.11.22"
	id := d.open(t, typed)
	_, err := d.Visual(ctx, suzuki, id, []string{"name", "birthDate"})
	fatal(t, err)
	d.Now = func() time.Time { return now.Add(24 * time.Hour) }
	if key, _ := refusedBy(second(d.accept(id, ""))); key != "paper.refused" {
		t.Error(key)
	}
}

func TestAWrongCardRefusesAPaper(t *testing.T) {
	for _, kind := range []eligibility.MethodCode{paper.PortalScreen, paper.PortalPDF, paper.Notice,
		paper.Certificate} {
		t.Run(string(kind), func(t *testing.T) {
			d := newPaperDesk(t)
			typed := tokuichi(kind)
			typed.BirthDate = "S30.7.2"
			id := d.open(t, typed)
			view, err := d.CheckCard(ctx, suzuki, "", id)
			fatal(t, err)
			if !view.CardRefused() {
				t.Fatal("another's card passed")
			}
			if key, _ := refusedBy(second(d.accept(id, "顔なじみ"))); key != "case.card_refused" {
				t.Error(key)
			}
			// what the evidence is bound to is the paper as it was typed
			if len(*d.asked) != 1 || !strings.Contains((*d.asked)[0], "1955-07-02") {
				t.Errorf("%q", *d.asked)
			}
			// a digit typed wrongly is corrected, and the same card asked again
			view, err = d.papers.Correct(ctx, suzuki, id, tokuichi(kind))
			fatal(t, err)
			if view.CardRefused() || view.Card != nil || len(view.Corrected) != 1 ||
				view.Corrected[0].Card != card.ErrBirthDate.Key ||
				view.Corrected[0].Was.Shows.BirthDate.String() != "1955-07-02" {
				t.Errorf("%+v", view.Corrected)
			}
			view, err = d.CheckCard(ctx, suzuki, "", id)
			if err != nil || !view.ChipPassed() {
				t.Errorf("%v %+v", err, view.Card)
			}
		})
	}
	t.Run("no card is asked of a phone alone", func(t *testing.T) {
		d := newPaperDesk(t)
		key, _ := refusedBy(second(d.CheckCard(ctx, suzuki, "", d.open(t, tokuichi(paper.PortalLogin)))))
		if key != "paper.phone_only" {
			t.Error(key)
		}
	})
}

func TestACorrectionDropsWhatItTouches(t *testing.T) {
	for _, c := range []struct {
		name        string
		change      func(*paper.Typed)
		card, ticks bool // still there
	}{
		{"nothing", func(*paper.Typed) {}, true, true},
		{"番号", func(t *paper.Typed) { t.Number = "0001235" }, true, true},
		{"the name", func(t *paper.Typed) { t.Name = "髙橋 徳一" }, true, false},
		{"the kind", func(t *paper.Typed) { t.Kind = paper.PortalPDF }, true, false},
		{"the birth date", func(t *paper.Typed) { t.BirthDate = "S30.7.2" }, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newPaperDesk(t)
			id := d.open(t, tokuichi(paper.PortalScreen))
			_, err := d.CheckCard(ctx, suzuki, "", id)
			fatal(t, err)
			_, err = d.Visual(ctx, suzuki, id, []string{"photo", "name", "birthDate"})
			fatal(t, err)
			typed := tokuichi(paper.PortalScreen)
			c.change(&typed)
			view, err := d.papers.Correct(ctx, suzuki, id, typed)
			fatal(t, err)
			if view.ChipPassed() != c.card || view.Seen() != c.ticks {
				t.Errorf("chip %v, ticks %v", view.ChipPassed(), view.Seen())
			}
			if want := c.name != "nothing"; want != (len(view.Corrected) == 1) {
				t.Errorf("%+v", view.Corrected)
			}
		})
	}
	t.Run("a card that is not genuine stays refused", func(t *testing.T) {
		d := newPaperDesk(t)
		d.Readers = cardOf{shown: d.asked, says: &card.Result{
			Outcome: card.Refused,
			Stored:  message.ToStored(message.New("card.not_genuine", nil)),
		}}
		id := d.open(t, tokuichi(paper.Notice))
		view, err := d.CheckCard(ctx, suzuki, "", id)
		if err != nil || !view.CardRefused() {
			t.Fatalf("%v %+v", err, view.Card)
		}
		typed := tokuichi(paper.Notice)
		typed.BirthDate = "S30.7.2"
		if view, err = d.papers.Correct(ctx, suzuki, id, typed); err != nil || !view.CardRefused() {
			t.Errorf("%v %q", err, view.RefusedBy)
		}
	})
	t.Run("a screen of ours cannot be corrected", func(t *testing.T) {
		d := newPaperDesk(t)
		_, err := d.papers.Correct(ctx, suzuki, d.live, tokuichi("P1"))
		if key, _ := refusedBy(err); key != "paper.none" {
			t.Error(key)
		}
	})
}

// What was accepted before is offered at this facility, the newest first and one a person; nothing else is.
func TestWhatWasTypedBeforeIsOffered(t *testing.T) {
	d := newPaperDesk(t)
	accepted := func(typed paper.Typed) {
		t.Helper()
		_, err := d.accept(d.open(t, typed), "顔なじみ")
		fatal(t, err)
	}
	asked := paper.Typed{Kind: paper.Notice, InsurerNumber: "１３８９９０", Number: "1234"}
	offers := func() (names []string) {
		t.Helper()
		noted, err := d.papers.Note(ctx, suzuki, asked)
		fatal(t, err)
		for _, o := range noted.Offers {
			names = append(names, o.Shows.Name+" "+o.Shows.BranchNumber)
		}
		return names
	}
	d.Now = func() time.Time { return now.AddDate(0, -1, 0) }
	d.papers = counter.NewPapers(d.Service)
	if got := offers(); got != nil {
		t.Errorf("%q", got)
	}
	twin, refused := tokuichi(paper.Notice), tokuichi(paper.Notice)
	twin.Name, twin.Branch = "髙橋 德二", "03"
	refused.Name = "打ち まちがい"
	accepted(tokuichi(paper.Notice))
	accepted(tokuichi(paper.PortalScreen))
	accepted(twin)
	other := tokuichi(paper.Notice)
	other.Number = "1235"
	accepted(other)
	id := d.open(t, refused)
	_, err := d.Record(ctx, suzuki, id, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別の方"})
	fatal(t, err)

	d.Now = func() time.Time { return now }
	d.papers = counter.NewPapers(d.Service)
	if got, want := offers(), []string{"髙橋 德二 03", "髙橋 德一 02"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	t.Run("not of long ago", func(t *testing.T) {
		later := *d.Service
		later.Now = func() time.Time { return now.AddDate(1, 1, 0) }
		noted, err := counter.NewPapers(&later).Note(ctx, suzuki, asked)
		if err != nil || len(noted.Offers) != 0 {
			t.Errorf("%v %+v", err, noted.Offers)
		}
	})
	t.Run("the database tells nobody", func(t *testing.T) {
		all := dump(t, d.file)
		for _, secret := range []string{"0001234", "138990/1234", "髙橋", "国13", "1955-07-01"} {
			if strings.Contains(all, secret) {
				t.Errorf("it holds %s", secret)
			}
		}
	})
	t.Run("not at another facility", func(t *testing.T) {
		elsewhere := *d.Service
		elsewhere.Facilities = anyFacility{}
		other := staff.Reception{Staff: "鈴木", Facility: another, Role: staff.Everything}
		noted, err := counter.NewPapers(&elsewhere).Note(ctx, other, asked)
		if err != nil || len(noted.Offers) != 0 {
			t.Errorf("%v %+v", err, noted.Offers)
		}
	})
}

type anyFacility struct{}

func (anyFacility) Facility(_ context.Context, code string) (counter.Facility, error) {
	return counter.Facility{Code: code}, nil
}

// Every method takes the reception first; a stranger finds no facility and no case.
func TestPapersAskWhoAsks(t *testing.T) {
	papers := reflect.TypeFor[counter.Papers]()
	for i := range papers.NumMethod() {
		if m := papers.Method(i); m.Type.NumIn() < 3 || m.Type.In(2) != reflect.TypeFor[staff.Reception]() {
			t.Errorf("%s does not take a reception first", m.Name)
		}
	}
	for kind, who := range strangers {
		t.Run(kind, func(t *testing.T) {
			d := newPaperDesk(t)
			id := d.open(t, tokuichi(paper.Notice))
			before := dump(t, d.file)
			typed := tokuichi(paper.Certificate)
			for name, err := range map[string]error{
				"Open":    second(d.papers.Open(ctx, who, typed)),
				"Correct": second(d.papers.Correct(ctx, who, id, typed)),
				"Note":    second(d.papers.Note(ctx, who, typed)),
			} {
				var e *eligibility.Error
				if !errors.As(err, &e) || e.Code != eligibility.NotFound {
					t.Errorf("%s: %v", name, err)
				}
			}
			if dump(t, d.file) != before {
				t.Error("something changed")
			}
		})
	}
}

// A record of a paper can be taken back as any other, and corrected then.
func TestARecordOfAPaperIsTakenBack(t *testing.T) {
	d := newPaperDesk(t)
	id := d.open(t, tokuichi(paper.PortalPDF))
	_, err := d.accept(id, "顔なじみ")
	fatal(t, err)
	if key, _ := refusedBy(second(d.papers.Correct(ctx, suzuki, id, tokuichi("P1")))); key != "case.closed" {
		t.Error(key)
	}
	view, err := d.TakeBack(ctx, suzuki, id)
	if err != nil || view.Paper == nil || view.Withdrawn[0].Method != "P2" {
		t.Fatalf("%v %+v", err, view)
	}
	view, err = d.papers.Correct(ctx, suzuki, id, tokuichi("P1"))
	fatal(t, err)
	if view, err = d.accept(id, "顔なじみ"); err != nil || view.Method != "P1" {
		t.Errorf("%v %q", err, view.Method)
	}
}

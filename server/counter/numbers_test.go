package counter_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

var november = counter.Span{
	From:  eligibility.MustDate("2026-11-01"),
	Until: eligibility.MustDate("2026-11-30"),
}

// numbers are the facility's of a time.
func (c *clinic) numbers(
	t *testing.T, who staff.Reception, span counter.Span,
) (counter.Numbers, []counter.Numbers) {
	t.Helper()
	whole, parts, err := counter.CountsOf(c.Service).Of(ctx, who, span)
	fatal(t, err)
	return whole, parts
}

// wants fails unless a facility's numbers of November are these.
func (c *clinic) wants(t *testing.T, want string) {
	t.Helper()
	n, _ := c.numbers(t, suzuki, november)
	got := fmt.Sprintf("%d: %v %v %v", n.Recorded(), n.Outcomes, n.Methods, n.Troubles)
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestARecordIsCountedOnceWhateverBecomesOfIt(t *testing.T) {
	c, _, _ := newDesk(t)
	c.wants(t, "0: map[] [] []") // an open case is no record
	at := now
	c.Now = func() time.Time { return at }
	_, err := c.CheckCard(ctx, suzuki, "", c.live)
	fatal(t, err)
	c.wants(t, "0: map[] [] []")
	at = now.Add(11*time.Second + time.Millisecond)
	_, err = c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Accepted})
	fatal(t, err)
	c.wants(t, "1: map[accepted:1] [{N1e 1}] []")
	if n, _ := c.numbers(t, suzuki, november); n.Within(50) != 12 || n.Within(90) != 12 {
		t.Errorf("it took eleven seconds and a bit, and is counted within %d, %d", n.Within(50), n.Within(90))
	}
	for who, stranger := range strangers {
		if n, parts := c.numbers(t, stranger, november); n.Recorded() != 0 || len(parts) != 0 {
			t.Errorf("%s reception sees %d", who, n.Recorded())
		}
	}
	_, err = c.TakeBack(ctx, suzuki, c.live)
	fatal(t, err)
	c.wants(t, "0: map[] [] []")
	_, err = c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別の方"})
	fatal(t, err)
	c.wants(t, "1: map[refused:1] [] []")
}

// troubledReaders do not answer a question about the birth date.
type troubledReaders struct {
	readers
	result card.Result
	err    error
}

func (r troubledReaders) CheckBirthDate(context.Context, counter.CardRequest) (card.Result, error) {
	return r.result, r.err
}

func TestItIsCountedWhyTheReaderDidNotAnswer(t *testing.T) {
	for _, c := range []struct {
		name    string
		readers troubledReaders
		want    string
	}{
		{"none is connected", troubledReaders{err: agents.ErrNoReader}, "bridge.none"},
		{"it went away", troubledReaders{err: agents.ErrLost}, "bridge.lost"},
		{"the card was pulled", troubledReaders{result: card.FaultResult(card.ErrRemoved)}, "card.removed"},
		{"no more tries", troubledReaders{result: card.FaultResult(card.ErrBlocked)}, "card.blocked"},
		{"another person's card", troubledReaders{result: card.FaultResult(card.ErrBirthDate)}, ""},
		{"nobody waits any more", troubledReaders{err: context.Canceled}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			clinic := newClinic(t)
			clinic.Readers = c.readers
			_, err := clinic.CheckCard(ctx, suzuki, "", clinic.live)
			if err != c.readers.err {
				t.Fatal(err)
			}
			clinic.Readers = readers{} // it answers at the second try: what was, was
			_, err = clinic.CheckCard(ctx, suzuki, "", clinic.live)
			fatal(t, err)
			_, err = clinic.Record(ctx, suzuki, clinic.live, counter.CaseEnd{Outcome: hostapi.Accepted})
			fatal(t, err)
			want := "1: map[accepted:1] [{N1e 1}] []"
			if c.want != "" {
				want = "1: map[accepted:1] [{N1e 1}] [{" + c.want + " 1}]"
			}
			clinic.wants(t, want)
		})
	}
}

// counts stores recorded cases of a facility as they are counted.
func (c *clinic) counts(t *testing.T, facility string, all ...counter.Tally) {
	t.Helper()
	for i, tally := range all {
		fatal(t, c.Store.PutCase(ctx, counter.Case{
			Facility: facility,
			ID:       fmt.Sprintf("%s-%s-%d", facility, tally.Day, i),
			At:       now,
			Outcome:  tally.Outcome,
			Body:     []byte("{}"),
			Counted:  &tally,
		}, audit.Entry{At: now, Actor: suzuki.Actor(), Action: "case.record"}))
	}
}

// The nearest rank: the smallest of the numbers such that no less than so many percent are not greater (NIST,
// Engineering Statistics Handbook 7.2.6.2 names it among the definitions of a percentile).
func TestMedianAndNinetiethPercentileAreByTheNearestRank(t *testing.T) {
	for _, c := range []struct {
		seconds     []int
		median, p90 int
	}{
		{nil, 0, 0},
		{[]int{7}, 7, 7},
		{[]int{3, 7}, 3, 7},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5, 9},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 6, 10},
		{[]int{4, 4, 4, 4, 4, 4, 4, 4, 4, 7200}, 4, 4},
		{[]int{4, 4, 4, 4, 4, 4, 4, 4, 7200, 7200}, 4, 7200},
	} {
		t.Run(fmt.Sprint(c.seconds), func(t *testing.T) {
			clinic := newClinic(t)
			var all []counter.Tally
			for _, within := range slices.Backward(c.seconds) {
				all = append(all, counter.Tally{
					Day:     november.From,
					Outcome: hostapi.Accepted,
					Method:  "P1",
					Within:  within,
				})
			}
			clinic.counts(t, own, all...)
			n, _ := clinic.numbers(t, suzuki, november)
			if n.Within(50) != c.median || n.Within(90) != c.p90 {
				t.Errorf("%d and %d, want %d and %d", n.Within(50), n.Within(90), c.median, c.p90)
			}
		})
	}
}

func TestNumbersAreToldByDayOrByMonthAndOfTheOwnFacilityAlone(t *testing.T) {
	c := newClinic(t)
	on := func(day string, method eligibility.MethodCode) counter.Tally {
		return counter.Tally{
			Day:     eligibility.MustDate(day),
			Outcome: hostapi.Accepted,
			Method:  method,
			Within:  5,
		}
	}
	c.counts(t, own, on("2026-10-31", "P1"), on("2026-11-01", "N1"), on("2026-11-30", "N1"),
		on("2026-11-30", "C1"), on("2026-12-01", "P1"))
	c.counts(t, another, on("2026-11-30", "P3"), on("2026-11-30", "P3"))
	told := func(who staff.Reception, span counter.Span) (all []string) {
		_, parts := c.numbers(t, who, span)
		for _, part := range parts {
			all = append(all, fmt.Sprint(part.Day, part.Methods))
		}
		return all
	}
	year := counter.Span{From: november.From.AddMonths(-11), Until: november.Until, ByMonth: true}
	elsewhere := staff.Reception{Staff: "鈴木", Facility: another, Role: staff.RoleReception}
	for _, x := range []struct {
		name string
		got  []string
		want []string
	}{
		{"by day", told(suzuki, november), []string{"2026-11-01 [{N1 1}]", "2026-11-30 [{C1 1} {N1 1}]"}},
		{"by month", told(suzuki, year), []string{"2026-10-01 [{P1 1}]", "2026-11-01 [{N1 2} {C1 1}]"}},
		{"the other's", told(elsewhere, november), []string{"2026-11-30 [{P3 2}]"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			if !slices.Equal(x.got, x.want) {
				t.Errorf("%q, want %q", x.got, x.want)
			}
		})
	}
}

// unreachedReaders go away whatever they are asked.
type unreachedReaders struct{ readers }

func (unreachedReaders) CheckBirthDate(context.Context, counter.CardRequest) (card.Result, error) {
	return card.Result{}, agents.ErrLost
}

func (unreachedReaders) CheckText(context.Context, counter.TextRequest) (counter.TextResult, error) {
	return counter.TextResult{}, agents.ErrLost
}

func (unreachedReaders) FaceTries(context.Context, counter.CardRequest) (int, error) {
	return 0, agents.ErrLost
}

// The card of a paper is asked as a screen's is, and so is the number of tries before its photo: a reader
// that goes away is counted there too.
func TestAReaderThatDidNotAnswerForAPaperIsCounted(t *testing.T) {
	for name, ask := range map[string]func(c *clinic, id string) error{
		"birth date": func(c *clinic, id string) error { return second(c.CheckCard(ctx, suzuki, "", id)) },
		"tries":      func(c *clinic, id string) error { return second(c.FaceTries(ctx, suzuki, "", id)) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newPaperDesk(t)
			d.Readers = unreachedReaders{}
			id := d.open(t, tokuichi("P1"))
			if err := ask(d.clinic, id); err != agents.ErrLost {
				t.Fatal(err)
			}
			_, err := d.accept(id, "職員が知る人")
			fatal(t, err)
			d.wants(t, "1: map[accepted:1] [{P1 1}] [{bridge.lost 1}]")
		})
	}
}

// The numbers say what stands corrected, and a correction of days later makes the case no longer.
func TestACorrectionChangesTheNumbers(t *testing.T) {
	c, w, _ := newDesk(t)
	at := now.Add(8 * time.Second)
	c.Now = func() time.Time { return at }
	accepted := c.accepts(t)
	w.pass()
	c.wants(t, "1: map[accepted:1] [{N1e 1}] []")
	at = now.AddDate(0, 0, 3)
	records := counter.NewRecords(c.Service)
	view, err := records.Correct(ctx, sato, c.live, counter.RecordCorrection{
		Version: accepted.Version(), Outcome: hostapi.Refused, Reason: "別の人のカードだった"})
	fatal(t, err)
	c.wants(t, "1: map[refused:1] [] []")
	_, err = records.Correct(ctx, sato, c.live, counter.RecordCorrection{
		Version: view.Version(), Outcome: hostapi.Accepted, Reason: "思い違い"})
	fatal(t, err)
	c.wants(t, "1: map[accepted:1] [{N1e 1}] []")
	if n, _ := c.numbers(t, suzuki, november); n.Within(50) != 8 {
		t.Errorf("it took eight seconds, and is counted within %d", n.Within(50))
	}
}

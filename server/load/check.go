//go:build !nodemo

package load

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/server/demo"
)

// caseJSON is what is read of a case.
type caseJSON struct {
	ID, Outcome string
	Verdict     struct {
		Valid    bool
		Headline struct{ Key string }
	}
	Eligibility *struct{ Number, Name, BirthDate string }
	Card        *struct{ Result string }
	CardRefused bool
}

// maxWaiting is how many patients wait for a reception at most; who comes then goes away.
const maxWaiting = 1000

// arrivals lets patients come, whether or not those before them are done: a slow server has a queue.
func (l *run) arrivals(ctx, coming context.Context, all *sync.WaitGroup) {
	waiting := make(chan struct{}, maxWaiting)
	for i := 0; pause(coming, l.gap(l.plan.Checks)); i++ {
		select {
		case waiting <- struct{}{}:
		default:
			l.meter.mu.Lock()
			l.meter.dropped++
			l.meter.mu.Unlock()
			continue
		}
		p := l.phones[i%len(l.phones)]
		all.Go(func() {
			defer func() { <-waiting }()
			l.check(ctx, p)
		})
	}
}

// check is one patient: to a free reception, through the check, until it is recorded.
func (l *run) check(ctx context.Context, p *phone) {
	came := l.Now()
	var r *reception
	select {
	case <-ctx.Done():
		return
	case r = <-l.receptions:
	}
	defer func() { l.receptions <- r }()
	shows, err := p.comes()
	if err != nil {
		l.note(ctx, kindScan, err)
		return
	}
	if r.serves(ctx, p, shows) {
		l.meter.took(kindCheck, l.Now().Sub(came))
	}
}

// serves does what staff do with one patient, and reports whether it came to an end.
func (r *reception) serves(ctx context.Context, p *phone, shows patient) bool {
	opened, ok := r.scans(ctx, p, shows)
	if !ok || shows.problem != "" {
		return ok
	}
	outcome := "accepted"
	if shows.headline != genuine {
		outcome = "refused"
	}
	if shows.card != "" {
		if !r.asksCard(ctx, p, shows, opened.ID) {
			return false
		}
		if shows.other {
			outcome = "refused"
			if !r.records(ctx, opened.ID, "accepted", http.StatusConflict) { // it must not let that through
				return false
			}
		}
	}
	status := http.StatusOK
	return r.records(ctx, opened.ID, outcome, status)
}

// scans opens a case with what is shown, with the second code where one is asked for, and judges the verdict.
func (r *reception) scans(ctx context.Context, p *phone, shows patient) (c caseJSON, ok bool) {
	ask := call{
		kind:   kindScan,
		method: http.MethodPost,
		path:   "/api/v1/counter/cases",
		body:   jsonBody(map[string]string{"text": shows.text}),
		want:   http.StatusCreated,
		into:   &c,
	}
	if shows.problem != "" {
		ask.want, ask.into = http.StatusUnprocessableEntity, nil
	}
	got, err := r.call(ctx, ask)
	if shows.problem != "" && ctx.Err() == nil {
		problem := newErrAnswer(got).kind
		r.must(strings.HasSuffix(problem, shows.problem), shows, "it says %q", problem)
	}
	if err != nil || shows.problem != "" {
		if err != nil && got.status == http.StatusUnprocessableEntity {
			r.must(false, shows, "the code could not be read") // a code that must be read
		}
		return c, err == nil
	}
	if shows.proof != "" {
		waits := c.Verdict.Headline.Key == wantsTwo && !c.Verdict.Valid
		r.must(waits, shows, "without its second code it says %s", c.Verdict.Headline.Key)
		path := "/api/v1/counter/cases/" + c.ID + "/proof"
		c = caseJSON{}
		if _, err := r.call(ctx, call{
			kind:   kindProof,
			method: http.MethodPost,
			path:   path,
			body:   jsonBody(map[string]string{"text": shows.proof}),
			want:   http.StatusOK,
			into:   &c,
		}); err != nil {
			return c, false
		}
	}
	r.judge(p, shows, c)
	return c, true
}

// judge compares a verdict with what must be said.
func (r *reception) judge(p *phone, shows patient, c caseJSON) {
	good := shows.headline == genuine
	r.must(c.Verdict.Headline.Key == shows.headline && c.Verdict.Valid == good, shows, "it says %s, valid %v",
		c.Verdict.Headline.Key, c.Verdict.Valid)
	switch e := c.Eligibility; {
	case shows.headline == forged:
		r.must(e == nil, shows, "what no signature covers is shown")
	case good:
		own := e != nil && e.Number == p.of.Number() && e.BirthDate == p.of.Born.String() &&
			sameName(e.Name, p.of.Name)
		r.must(own, shows, "it is not of %s: %+v", p.of.Number(), e)
	}
}

// asksCard lays the patient's card, or another one, into the reader and has it asked.
func (r *reception) asksCard(ctx context.Context, p *phone, shows patient, id string) bool {
	chip, back, err := r.run.cardOf(ctx, p, shows.other)
	if err != nil {
		r.run.note(ctx, kindCard, err)
		return false
	}
	defer back()
	r.reader.put(chip)
	defer r.reader.put(nil)
	var c caseJSON
	if _, err := r.call(ctx, call{
		kind:   kindCard,
		method: http.MethodPost,
		path:   "/api/v1/counter/cases/" + id + "/card-check",
		body:   jsonBody(map[string]bool{"birthDateConfirmed": true}),
		want:   http.StatusOK,
		into:   &c,
	}); err != nil {
		return false
	}
	result := ""
	if c.Card != nil {
		result = c.Card.Result
	}
	r.must(result == shows.card && c.CardRefused == shows.other, shows, "the card ends with %q, refused %v",
		result, c.CardRefused)
	return true
}

// cardOf is a card of somebody's birth date, and what gives it back; another one's is new each time, since a
// wrong birth date costs the card a try.
func (l *run) cardOf(ctx context.Context, p *phone, other bool) (*virtual.Card, func(), error) {
	if other {
		births := demo.Births()
		at := slices.IndexFunc(births, func(d eligibility.Date) bool { return d == p.of.Born })
		chip, err := virtual.New(virtual.Description{BirthDate: births[(at+1)%len(births)]})
		return chip, func() {}, err
	}
	all := l.chips[p.of.Born]
	select {
	case chip := <-all:
		return chip, func() { chip.Insert(); all <- chip }, nil
	case <-ctx.Done():
		return nil, nil, errors.Join(errNoCard, ctx.Err())
	}
}

// records ends the case, or must be refused.
func (r *reception) records(ctx context.Context, id, outcome string, want int) bool {
	var c caseJSON
	ask := call{
		kind:   kindRecord,
		method: http.MethodPost,
		path:   "/api/v1/counter/cases/" + id + "/record",
		body:   jsonBody(map[string]string{"outcome": outcome, "reason": reasonOf(outcome)}),
		want:   want,
	}
	if want == http.StatusOK {
		ask.into = &c
	}
	got, err := r.call(ctx, ask)
	if ctx.Err() != nil {
		return false
	}
	if want != http.StatusOK {
		r.run.meter.must(got.status == want, kindRecord, "a refused card was %s: %d", outcome, got.status)
	} else if err == nil {
		r.run.meter.must(c.Outcome == outcome, kindRecord, "recorded as %q, not %q", c.Outcome, outcome)
	}
	return err == nil
}

// reasonOf is the reason that goes with an outcome.
func reasonOf(outcome string) string {
	if outcome == "refused" {
		return "負荷"
	}
	return ""
}

// must counts a verified answer about what a patient showed.
func (r *reception) must(good bool, shows patient, format string, args ...any) {
	r.run.meter.must(good, kindScan, shows.name+": "+format, args...)
}

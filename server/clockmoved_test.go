package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// Under a running server the clock is set a day back and a year ahead, and right again. While it is wrong
// nothing is taken that the right time refuses; afterwards everything works without a new start.
func TestTheClockIsMovedUnderARunningServer(t *testing.T) {
	right := time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)
	for _, c := range []struct {
		name string
		by   time.Duration
	}{{"a day back", -24 * time.Hour}, {"a year ahead", 365 * 24 * time.Hour}} {
		t.Run(c.name, func(t *testing.T) {
			set := movingClock(t, right)
			k := killedServer{data: t.TempDir()}
			d, handler, witness := k.start(t)
			person := d.enrolled(t)
			before := d.screen(t, person)
			old := signedIn(handler, "counter")
			wants(t, old, before, "この画面は本物です")
			list := statusListOf(t, old)

			set(right.Add(c.by))
			if why := d.app.watched.Ready.Look(t.Context()); len(why) > 0 {
				t.Errorf("while the clock is wrong: %v", why)
			}
			if w := old.asks("GET", "/api/v1/counter/cases", ""); w.Code != http.StatusForbidden ||
				!strings.Contains(w.Body.String(), "session.missing") {
				t.Errorf("a session of another time: %d %s", w.Code, w.Body)
			}
			wrong := signedIn(handler, "counter")
			headline := "時計が合っていません"
			if c.by > 0 {
				headline = "この画面は古くなっています"
			}
			wants(t, wrong, before, headline)
			if c.by < 0 && statusListOf(t, wrong) == list {
				t.Error("the list of revoked copies is of the future, and consoles refuse it")
			}
			meanwhile := d.screen(t, person)
			wants(t, wrong, meanwhile, "この画面は本物です")
			wrongList := statusListOf(t, wrong)
			if err := witness.Look(t.Context(), false); err != nil {
				t.Error(err)
			}
			if err := d.app.member.Begin(t.Context()); err != nil {
				t.Error(err)
			}

			set(right.Add(10 * time.Minute))
			if w := wrong.asks("GET", "/api/v1/counter/cases", ""); w.Code != http.StatusForbidden {
				t.Errorf("a session of the wrong time: %d %s", w.Code, w.Body)
			}
			again := signedIn(handler, "counter")
			headline = "この画面は古くなっています"
			if c.by > 0 {
				headline = "時計が合っていません"
			}
			wants(t, again, meanwhile, headline)
			wants(t, again, d.screen(t, person), "この画面は本物です")
			if c.by > 0 && statusListOf(t, again) == wrongList {
				t.Error("the list of revoked copies is of the future, and consoles refuse it")
			}
			head := witness.State().Checkpoint
			if err := witness.Look(t.Context(), false); err != nil || witness.State().Checkpoint <= head {
				t.Errorf("no checkpoint once the clock is right: %+v %v", witness.State(), err)
			}
			if _, err := witness.Check(t.Context()); err != nil {
				t.Error(err)
			}
			if n, err := d.app.Store.VerifyAudit(t.Context()); err != nil {
				t.Errorf("the chain of %d entries: %v", n, err)
			}
		})
	}
}

// wants shows a screen at the counter, which says what it is.
func wants(t *testing.T, at browser, jws, headline string) {
	t.Helper()
	w := at.asks("POST", "/api/v1/counter/cases", fmt.Sprintf(`{"text":%q}`, jws))
	got := oldAnswer[struct {
		Verdict struct{ Headline struct{ Ja string } }
	}](t, w)
	if got.Verdict.Headline.Ja != headline {
		t.Errorf("%q, want %q", got.Verdict.Headline.Ja, headline)
	}
}

// statusListOf is the list of revoked copies as consoles get it.
func statusListOf(t *testing.T, b browser) string {
	t.Helper()
	w := b.asks("GET", "/i/00138990/status.jwt", "")
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	return w.Body.String()
}

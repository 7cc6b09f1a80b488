package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	console "madoguchi/server/web/counter"
)

func TestScreensThatACounterRefusesSayWhy(t *testing.T) {
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	foreign := p
	foreign.Insurer = "06139992"
	genuine, other := h.live(t, p, "00138990", h.now), h.live(t, p, "00138990", h.now.Add(-time.Second))
	body, of := genuine[:strings.LastIndex(genuine, ".")], other[strings.LastIndex(other, ".")+1:]
	for name, c := range map[string]struct{ jws, check, headline string }{
		"another insurer's number": {h.live(t, foreign, "00138990", h.now), "insurer", "確かめられません"},
		"five minutes old":         {h.live(t, p, "00138990", h.now.Add(-5*time.Minute)), "time", "古くなっています"},
		"from the future":          {h.live(t, p, "00138990", h.now.Add(5*time.Minute)), "time", "時計"},
		"another's signature":      {body + "." + of, "signature", "確かめられません"},
	} {
		got := h.scan(t, c.jws)
		if got.Verdict.Valid || got.Verdict.Checks[0].Name != c.check ||
			!strings.Contains(got.Verdict.Headline.Ja, c.headline) ||
			got.Verdict.Next.Ja != got.Verdict.Checks[0].Ja {
			t.Errorf("%s: %+v", name, got.Verdict)
		}
		h.seen(t, "/api/v1/counter/cases/"+got.ID)
		w := h.ask(t, "POST", "/api/v1/counter/cases/"+got.ID+"/record", map[string]string{
			"outcome": "accepted",
			"reason":  "いつもの方",
		})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "case.not_valid") {
			t.Errorf("%s was recorded as accepted: %d %s", name, w.Code, w.Body)
		}
		w = h.ask(t, "POST", "/api/v1/counter/cases/"+got.ID+"/card-check",
			map[string]bool{"birthDateConfirmed": true})
		if w.Code != http.StatusConflict {
			t.Errorf("%s went on to the card: %d", name, w.Code)
		}
	}
}

func TestCardsThatACounterRefusesSayWhy(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, h *testApp)
		say    string
	}{
		"another person's card": {func(t *testing.T, h *testApp) {
			chip, err := virtual.New(virtual.Description{BirthDate: eligibility.MustDate("1986-04-12")})
			if err != nil {
				t.Fatal(err)
			}
			h.reader.chip = chip
		}, "カードの生年月日が画面と一致しません"},
		"replayed evidence": {func(t *testing.T, h *testApp) {
			e, err := card.CheckBirthDate(ctx, card.Open(h.reader.chip), eligibility.MustDate("1955-07-01"),
				[32]byte{99})
			if err != nil {
				t.Fatal(err)
			}
			h.reader.replay = &e
		}, "写しの疑い"},
		"a lying agent": {func(_ *testing.T, h *testApp) { h.reader.lie = true }, "写しの疑い"},
	} {
		h := newTestApp(t)
		p := h.tokuichi(t).Person
		h.session(t, auth.Counter, "鈴木", "{}")
		c.change(t, h)
		opened := h.scan(t, h.live(t, p, "00138990", h.now))
		w := h.ask(
			t,
			"POST",
			"/api/v1/counter/cases/"+opened.ID+"/card-check",
			map[string]bool{"birthDateConfirmed": true},
		)
		got := decode[console.CaseJSON](t, w)
		if got.Card == nil || got.Card.Result != "refused" || !strings.Contains(got.Card.Headline.Ja, c.say) {
			t.Errorf("%s: %d %+v", name, w.Code, got.Card)
		}
		h.seen(t, "/api/v1/counter/cases/"+opened.ID)
		w = h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/record", map[string]string{
			"outcome": "accepted",
			"reason":  "いつもの方",
		})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "case.card_refused") {
			t.Errorf("%s was recorded as accepted: %d %s", name, w.Code, w.Body)
		}
		w = h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/record", map[string]string{
			"outcome": "parked",
			"reason":  "別のカード",
		})
		if w.Code != http.StatusOK {
			t.Errorf("%s cannot be parked: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestGoodCaseIsRecordedOnceEvenWhenTheInsurerIsAway(t *testing.T) {
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	opened := h.scan(t, credential.NumericQR(h.live(t, p, "00138990", h.now)))
	if !opened.Verdict.Valid || opened.Eligibility.Number != "0001234" ||
		opened.Eligibility.InsurerNumber != "138990" ||
		opened.Verdict.Headline.Ja != "この画面は本物です" ||
		opened.Method.Code != "N1e" {
		t.Fatalf("%+v", opened)
	}
	w := h.ask(
		t,
		"POST",
		"/api/v1/counter/cases/"+opened.ID+"/card-check",
		map[string]bool{"birthDateConfirmed": true},
	)
	if got := decode[console.CaseJSON](t, w); got.Card == nil || got.Card.Result != "confirmed" ||
		len(got.Card.NotProven) == 0 || !slices.Contains(got.Card.NotProvenKeys, "card.claim.bearer") ||
		len(got.AskKeys) != len(got.Ask) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for i, want := range []int{http.StatusOK, http.StatusConflict} {
		w := h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/record",
			map[string]string{"outcome": "accepted"})
		if w.Code != want {
			t.Errorf("record %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	status := decode[struct{ Today, Parked int }](t, h.ask(t, "GET", "/api/v1/counter/status", nil))
	if status.Today != 1 || status.Parked != 0 {
		t.Errorf("%+v", status)
	}
	if n, err := h.store.VerifyAudit(ctx); err != nil || n < 5 {
		t.Errorf("audit: %d %v", n, err)
	}
}

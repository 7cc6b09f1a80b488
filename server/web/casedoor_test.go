package web

import (
	"encoding/json"
	"errors"
	"maps"
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
	"madoguchi/internal/facilitytest"
	"madoguchi/internal/phonetest"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
	console "madoguchi/server/web/counter"
)

// otherFacility is another clinic's counter on the same server and database.
func (h *testApp) otherFacility() *counter.Service {
	other := *h.counter
	other.Facilities = facilitytest.One{Code: "1319999992", Name: "別の医院"}
	return &other
}

func TestACaseIsNoOtherFacilitys(t *testing.T) {
	h, _ := connected(t)
	_, path := h.scanned(t)
	id := path[strings.LastIndexByte(path, '/')+1:]
	other := h.otherFacility()
	there := staff.Reception{Staff: "鈴木", Facility: "1319999992"}
	end := func(o hostapi.Outcome) counter.CaseEnd { return counter.CaseEnd{Outcome: o, Reason: "理由"} }
	was := answer[struct{ Cases []console.CaseJSON }](t, h.ask(t, "GET", "/api/v1/counter/cases", nil),
		200).Cases[0]
	cases := map[string]func() error{
		"record": func() error { _, err := other.Record(ctx, there, id, end(hostapi.Accepted)); return err },
		"park":   func() error { _, err := other.Record(ctx, there, id, end(hostapi.Parked)); return err },
		"visual": func() error { _, err := other.Visual(ctx, there, id, []string{"photo"}); return err },
		"prove":  func() error { _, err := other.Prove(ctx, there, id, "x"); return err },
		"number": func() error { _, err := other.Challenge(ctx, there, id); return err },
		"card":   func() error { _, err := other.CheckCard(ctx, there, "", id); return err },
		"text": func() error {
			_, _, err := other.CheckText(ctx, there,
				counter.TextQuestion{ID: id, ExpiryYear: 2035, Code: "1234"})
			return err
		},
		"face": func() error {
			_, _, err := other.CheckFace(ctx, there, counter.FaceQuestion{
				TextQuestion: counter.TextQuestion{ID: id, ExpiryYear: 2035, Code: "1234"},
				Tries:        10,
			})
			return err
		},
		"tries":   func() error { _, err := other.FaceTries(ctx, there, "", id); return err },
		"dates":   func() error { _, _, err := other.CheckDates(ctx, there, "", id); return err },
		"back":    func() error { _, err := other.TakeBack(ctx, there, id); return err },
		"compare": func() error { _, err := other.CompareOQS(ctx, there, "", id); return err },
	}
	testenv.Refused(t, testenv.Counter, len(cases))
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		var e *eligibility.Error
		if err := cases[name](); !errors.As(err, &e) || e.Code != eligibility.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := other.Today(ctx, there); err != nil || len(all) != 0 {
		t.Errorf("the other facility lists %d cases, %v", len(all), err)
	}
	is := answer[struct{ Cases []console.CaseJSON }](t, h.ask(t, "GET", "/api/v1/counter/cases", nil),
		200).Cases[0]
	before, _ := json.Marshal(was)
	after, _ := json.Marshal(is)
	if string(before) != string(after) {
		t.Errorf("it changed:\n%s\n%s", before, after)
	}
}

// A card that was refused is not accepted by giving a reason, by ticking what the eye saw, or by asking for
// other things.
func TestARefusedCardIsNotAcceptedWithAReason(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	h.useCard(t, virtual.Description{BirthDate: eligibility.MustDate("1986-04-12")})
	if got := decode[console.CaseJSON](t, h.ask(t, "POST", path+"/card-check",
		map[string]bool{"birthDateConfirmed": true})); got.Card == nil ||
		got.Card.Result != string(card.Refused) {
		t.Fatalf("%+v", got.Card)
	}
	if w := h.ask(t, "POST", path+"/visual", map[string]any{"checks": []string{"photo", "name",
		"birthDate"}}); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	h.useCard(t, virtual.Description{})
	h.ask(t, "POST", path+"/dates", struct{}{})
	reasons := []string{"", "本人を知っています", "カードの読み取り間違い", " ", "accepted", strings.Repeat("理", 200)}
	testenv.Refused(t, testenv.Counter, len(reasons))
	for _, reason := range reasons {
		if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted",
			"reason": reason}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(),
			"case.card_refused") {
			t.Errorf("%.20q: %d %s", reason, w.Code, w.Body)
		}
	}
	if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "parked",
		"reason": "別の人のカード"}); w.Code != http.StatusOK {
		t.Errorf("parked: %d %s", w.Code, w.Body)
	}
}

// The offline screen lives a day. A phone proves for as long as it likes; the second code of today does not
// renew the screen of yesterday.
func TestASecondCodeAfterTheScreensDayProvesNothing(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	phone := newPhone(t)
	if w := h.add(t, "A", phone); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	issued := h.now
	made := answer[struct{ JWS string }](t, h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential",
		map[string]string{"tier": "screen", "phone": "A"}), 200)
	h.now = issued.Add(23*time.Hour + 50*time.Minute)
	h.cookies = nil
	h.session(t, auth.Counter, "鈴木", "{}")
	view := answer[console.CaseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases",
		map[string]string{"text": credential.NumericQR(made.JWS)}), 201)
	if !view.Verdict.AwaitsProof {
		t.Fatalf("ten minutes before its end: %+v", view.Verdict)
	}
	prove := func() console.CaseJSON {
		t.Helper()
		text, err := phonetest.Proof(made.JWS, phone.key, h.now, "")
		if err != nil {
			t.Fatal(err)
		}
		return answer[console.CaseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases/"+view.ID+"/proof",
			map[string]string{"text": text}), 200)
	}
	late := []time.Duration{24*time.Hour + 61*time.Second, 25 * time.Hour, 35 * time.Hour}
	testenv.Refused(t, testenv.Codes, len(late))
	for _, after := range late {
		h.now = issued.Add(after)
		if got := prove(); got.Verdict.Valid || got.Verdict.Checks[0].Name != "time" {
			t.Errorf("%v after its issue: %+v", after, got.Verdict)
		}
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+view.ID+"/record",
			map[string]string{"outcome": "accepted", "reason": "本人"}); w.Code != http.StatusConflict {
			t.Errorf("%v after its issue it was accepted: %d", after, w.Code)
		}
	}
}

// Refusing and parking need a reason, for whoever takes the case up again; accepting needs none.
func TestRefusingNeedsAReason(t *testing.T) {
	h := newTestApp(t)
	_, path := h.scanned(t)
	for _, outcome := range []string{"refused", "parked"} {
		if w := h.ask(t, "POST", path+"/record",
			map[string]string{"outcome": outcome}); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "case.reason") {
			t.Errorf("%s without a reason: %d %s", outcome, w.Code, w.Body)
		}
	}
	testenv.Refused(t, testenv.Counter, 2)
	if w := h.ask(t, "POST", path+"/record", map[string]string{"outcome": "refused",
		"reason": "別の人のカード"}); w.Code != http.StatusOK {
		t.Errorf("with one: %d %s", w.Code, w.Body)
	}
}

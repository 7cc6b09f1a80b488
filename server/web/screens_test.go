package web

import (
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
	console "madoguchi/server/web/counter"
)

type madeCode struct{ Code, Address string }

func TestAScannedCodeIsLookedUpOnceWithinNinetySeconds(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	path := "/api/v1/people/" + string(r.ID) + "/code"
	made := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	if !strings.HasPrefix(made.Address, "HTTP://LOCALHOST:8080/C/"+made.Code) ||
		len(made.Address) != len("HTTP://LOCALHOST:8080/C/")+16 ||
		len(made.Code) != 8 {
		t.Errorf("address %q", made.Address)
	}
	view := answer[console.CaseJSON](
		t,
		h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": made.Address}),
		201,
	)
	if !view.Verdict.Valid || view.Verdict.Tier != "live" || view.Eligibility.Name != "髙橋 德一" {
		t.Errorf("%+v", view.Verdict)
	}
	again := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": made.Address})
	if again.Code != 404 || !strings.Contains(again.Body.String(), "code.unknown") {
		t.Errorf("used twice: %d %s", again.Code, again.Body)
	}
	late := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	h.now = h.now.Add(91 * time.Second)
	w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": late.Address})
	if w.Code != 404 {
		t.Errorf("after 90 s: %d", w.Code)
	}
	first := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	w = h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": first.Address})
	if w.Code != 404 {
		t.Errorf("a newer code voids the one before: %d", w.Code)
	}
}

func TestASpokenCodeWaitsForThePatientsYesToTheNamedFacility(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	path := "/api/v1/people/" + string(r.ID) + "/code"
	type asked struct{ State, Facility string }
	for _, allow := range []bool{true, false} {
		made := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
		heard := map[string]string{"text": strings.ToLower(made.Code[:4] + "-" + made.Code[4:])}
		if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": true}); w.Code != 409 {
			t.Errorf("an answer before the question: %d", w.Code)
		}
		for range 2 {
			if w := h.ask(t, "POST", "/api/v1/counter/cases", heard); w.Code != 409 ||
				!strings.Contains(w.Body.String(), "code.waiting") {
				t.Fatalf("before the yes: %d %s", w.Code, w.Body)
			}
		}
		if a := answer[asked](t, h.ask(t, "GET", path, nil), 200); a.State != "asked" ||
			a.Facility != "架空医院" {
			t.Errorf("%+v", a)
		}
		if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": allow}); w.Code != 204 {
			t.Fatalf("answer: %d %s", w.Code, w.Body)
		}
		w := h.ask(t, "POST", "/api/v1/counter/cases", heard)
		if allow && !answer[console.CaseJSON](t, w, 201).Verdict.Valid || !allow && w.Code != 404 {
			t.Errorf("allow %v: %d %s", allow, w.Code, w.Body)
		}
	}
}

func TestCodesCannotBeTriedOut(t *testing.T) {
	h, _ := connected(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	limited := 0
	for range 40 { // a budget of 30 and one every two seconds
		w := h.ask(t, "POST", "/api/v1/counter/cases",
			map[string]string{"text": credential.NewOnlineCode(testHost + "/i/00138990").Spoken})
		if w.Code == 429 {
			limited++
		}
	}
	if limited < 9 {
		t.Errorf("%d of 40 guesses were limited", limited)
	}
	if w := h.ask(t, "POST", "/i/00138990/code",
		map[string]any{"code": credential.NewOnlineCode(testHost + "/i/00138990").Printed()}); w.Code != 403 {
		t.Errorf("without an assertion: %d", w.Code)
	}
	if w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": "ABCDEFGH"}); w.Code != 422 {
		t.Errorf("a mistyped code never leaves the counter: %d", w.Code)
	}
}

func TestAScreenWithoutNetworkIsProvedByItsPhone(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	phone := newPhone(t)
	_, other := issuertest.NewPair(t)
	credentials := "/api/v1/people/" + string(r.ID) + "/credential"
	if w := h.ask(t, "POST", credentials, map[string]string{"tier": "screen", "phone": "A"}); w.Code != 409 {
		t.Errorf("a phone without a key: %d", w.Code)
	}
	if w := h.add(t, "A", phone); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	made := answer[struct{ JWS string }](
		t,
		h.ask(t, "POST", credentials, map[string]string{"tier": "screen", "phone": "A"}),
		200,
	)
	view := answer[console.CaseJSON](
		t,
		h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": credential.NumericQR(made.JWS)}),
		201,
	)
	if view.Verdict.Valid || !view.Verdict.AwaitsProof || view.Eligibility == nil {
		t.Fatalf("%+v", view.Verdict)
	}
	here := "/api/v1/counter/cases/" + view.ID
	proof := func(key credential.Key, at time.Time, nonce string) map[string]string {
		text, err := phonetest.Proof(made.JWS, key, at, nonce)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"text": text}
	}
	if w := h.ask(t, "POST", here+"/record", map[string]string{"outcome": "accepted"}); w.Code != 409 {
		t.Errorf("accepted without proof: %d", w.Code)
	}
	if w := h.ask(t, "POST", "/api/v1/counter/cases", proof(phone.key, h.now, "")); w.Code != 422 ||
		!strings.Contains(w.Body.String(), "scan.proof_first") {
		t.Errorf("the second code first: %d %s", w.Code, w.Body)
	}
	for name, body := range map[string]map[string]string{
		"another phone":                 proof(other, h.now, ""),
		"46 s old":                      proof(phone.key, h.now.Add(-46*time.Second), ""),
		"46 s ahead":                    proof(phone.key, h.now.Add(46*time.Second), ""),
		"a nonce that nobody asked for": proof(phone.key, h.now, "1234"),
		"no proof":                      {"text": "x"},
	} {
		if v := answer[console.CaseJSON](t, h.ask(t, "POST", here+"/proof", body), 200); v.Verdict.Valid ||
			!v.Verdict.AwaitsProof ||
			v.Verdict.Checks[0].Name != "holder" {
			t.Errorf("%s: %+v", name, v.Verdict)
		}
	}
	nonce := answer[console.CaseJSON](t, h.ask(t, "POST", here+"/challenge", struct{}{}), 200).Nonce
	if v := answer[console.CaseJSON](t, h.ask(t, "POST", here+"/proof", proof(phone.key, h.now, "")),
		200); v.Verdict.Valid {
		t.Error("the number was not answered")
	}
	if v := answer[console.CaseJSON](t, h.ask(t, "POST", here+"/proof", proof(phone.key, h.now, nonce)),
		200); !v.Verdict.Valid ||
		v.Nonce != "" ||
		v.Verdict.Headline.Ja != "この画面は本物です" {
		t.Errorf("%+v", v.Verdict)
	}
	if v := answer[console.CaseJSON](t, h.ask(t, "POST", here+"/proof", proof(phone.key, h.now, nonce)),
		200); v.Verdict.Valid {
		t.Error("a number was answered twice")
	}
	live := answer[console.CaseJSON](
		t,
		h.ask(
			t,
			"POST",
			"/api/v1/counter/cases",
			map[string]string{"text": h.live(t, r.Person, "00138990", h.now)},
		),
		201,
	)
	for _, path := range []string{"/proof", "/challenge"} {
		w := h.ask(t, "POST", "/api/v1/counter/cases/"+live.ID+path, map[string]string{"text": "x"})
		if w.Code != 409 {
			t.Errorf("%s of a live screen: %d", path, w.Code)
		}
	}
}

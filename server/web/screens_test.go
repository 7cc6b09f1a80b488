package web

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
)

// dated carries the counter's calls to the insurer's half of the same house, with a Date that a test may set.
type dated struct {
	inside
	date time.Time
}

func (d *dated) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := d.inside.RoundTrip(r)
	if err == nil && !d.date.IsZero() {
		res.Header.Set("Date", d.date.UTC().Format(http.TimeFormat))
	}
	return res, err
}

// connected is a house whose counter is on the trust list and calls its insurers.
func connected(t *testing.T) (*house, *dated) {
	t.Helper()
	h := newHouse(t)
	key := p256(t)
	h.trust.Counters = append(h.trust.Counters, credential.TrustedCounter{URL: "https://clinic.example.jp", Name: "架空医院", Facility: "1319999991", JWKS: credential.KeySet{key.Public()}})
	way := &dated{inside: inside{h}}
	calls := &Insurers{URL: "https://clinic.example.jp", Key: key, Client: &http.Client{Transport: way}, Now: func() time.Time { return h.now }}
	h.counter.Insurers, h.counter.Offset = calls, calls.ClockOffset
	h.calls = calls
	return h, way
}

func p256(t *testing.T) credential.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// patientOf enrols a login as tokuichi and signs it in; the login's callback came at a time.
func (h *house) patientOf(t *testing.T, at time.Time) desk.PersonRecord {
	t.Helper()
	r := h.tokuichi(t)
	login := auth.Identity{Subject: "s", Name: "髙橋　德一", BirthDate: r.Person.BirthDate, At: at}
	serial, err := h.store.EnsureNotice(ctx, r.ID, func(n int64) []byte { return h.office.Notices.MAC(h.office.Notices.Code(r.ID, n)) }, desk.Entry{At: h.now, Actor: "t", Action: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.office.Enrol(ctx, login, h.office.Notices.MAC(h.office.Notices.Code(r.ID, serial))); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(visit{Login: &login})
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Patient, "s", string(data))
	return r
}

func answer[T any](t *testing.T, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var out T
	if w.Code != status {
		t.Fatalf("%d %s, want %d", w.Code, w.Body, status)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

type madeCode struct{ Code, Address string }

func TestAScannedCodeIsLookedUpOnceWithinNinetySeconds(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	path := "/api/v1/people/" + string(r.ID) + "/code"
	made := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	if made.Address != "HTTP://LOCALHOST:8080/C/"+made.Code {
		t.Errorf("address %q", made.Address)
	}
	view := answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": made.Address}), 201)
	if !view.Verdict.Valid || view.Verdict.Tier != "live" || view.Eligibility.Name != "髙橋 德一" {
		t.Errorf("%+v", view.Verdict)
	}
	again := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": made.Address})
	if again.Code != 404 || !strings.Contains(again.Body.String(), "code.unknown") {
		t.Errorf("used twice: %d %s", again.Code, again.Body)
	}
	late := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	h.now = h.now.Add(91 * time.Second)
	if w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": late.Address}); w.Code != 404 {
		t.Errorf("after 90 s: %d", w.Code)
	}
	first := answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	answer[madeCode](t, h.ask(t, "POST", path, struct{}{}), 201)
	if w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": first.Address}); w.Code != 404 {
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
			if w := h.ask(t, "POST", "/api/v1/counter/cases", heard); w.Code != 409 || !strings.Contains(w.Body.String(), "code.waiting") {
				t.Fatalf("before the yes: %d %s", w.Code, w.Body)
			}
		}
		if a := answer[asked](t, h.ask(t, "GET", path, nil), 200); a.State != "asked" || a.Facility != "架空医院" {
			t.Errorf("%+v", a)
		}
		if w := h.ask(t, "POST", path+"/answer", map[string]bool{"allow": allow}); w.Code != 204 {
			t.Fatalf("answer: %d %s", w.Code, w.Body)
		}
		w := h.ask(t, "POST", "/api/v1/counter/cases", heard)
		if allow && !answer[caseJSON](t, w, 201).Verdict.Valid || !allow && w.Code != 404 {
			t.Errorf("allow %v: %d %s", allow, w.Code, w.Body)
		}
	}
}

func TestCodesCannotBeTriedOut(t *testing.T) {
	h, _ := connected(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	limited := 0
	for range 40 { // a budget of 30 and one every two seconds
		if w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": credential.NewCode()}); w.Code == 429 {
			limited++
		}
	}
	if limited < 9 {
		t.Errorf("%d of 40 guesses were limited", limited)
	}
	if w := h.ask(t, "POST", "/i/00138990/code", map[string]any{"code": credential.NewCode(), "spoken": false}); w.Code != 403 {
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
	phone, other := newPhone(t), p256(t)
	credentials := "/api/v1/people/" + string(r.ID) + "/credential"
	if w := h.ask(t, "POST", credentials, map[string]string{"tier": "screen", "phone": "A"}); w.Code != 409 {
		t.Errorf("a phone without a key: %d", w.Code)
	}
	if w := h.add(t, "A", phone); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	made := answer[struct{ JWS string }](t, h.ask(t, "POST", credentials, map[string]string{"tier": "screen", "phone": "A"}), 200)
	view := answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": credential.Numeric(made.JWS)}), 201)
	if view.Verdict.Valid || !view.Verdict.Awaits || view.Eligibility == nil {
		t.Fatalf("%+v", view.Verdict)
	}
	here := "/api/v1/counter/cases/" + view.ID
	proof := func(key credential.Key, at time.Time, nonce string) map[string]string {
		text, err := credential.SignProof(made.JWS, key, at, nonce)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"text": text}
	}
	if w := h.ask(t, "POST", here+"/record", map[string]string{"outcome": "accepted"}); w.Code != 409 {
		t.Errorf("accepted without proof: %d", w.Code)
	}
	if w := h.ask(t, "POST", "/api/v1/counter/cases", proof(phone.key, h.now, "")); w.Code != 422 || !strings.Contains(w.Body.String(), "scan.proof_first") {
		t.Errorf("the second code first: %d %s", w.Code, w.Body)
	}
	for name, body := range map[string]map[string]string{"another phone": proof(other, h.now, ""), "46 s old": proof(phone.key, h.now.Add(-46*time.Second), ""),
		"46 s ahead": proof(phone.key, h.now.Add(46*time.Second), ""), "a nonce that nobody asked for": proof(phone.key, h.now, "1234"), "no proof": {"text": "x"}} {
		if v := answer[caseJSON](t, h.ask(t, "POST", here+"/proof", body), 200); v.Verdict.Valid || !v.Verdict.Awaits || v.Verdict.Checks[0].Name != "holder" {
			t.Errorf("%s: %+v", name, v.Verdict)
		}
	}
	nonce := answer[caseJSON](t, h.ask(t, "POST", here+"/challenge", struct{}{}), 200).Nonce
	if v := answer[caseJSON](t, h.ask(t, "POST", here+"/proof", proof(phone.key, h.now, "")), 200); v.Verdict.Valid {
		t.Error("the number was not answered")
	}
	if v := answer[caseJSON](t, h.ask(t, "POST", here+"/proof", proof(phone.key, h.now, nonce)), 200); !v.Verdict.Valid || v.Nonce != "" || v.Verdict.Headline.Ja != "この画面は本物です" {
		t.Errorf("%+v", v.Verdict)
	}
	if v := answer[caseJSON](t, h.ask(t, "POST", here+"/proof", proof(phone.key, h.now, nonce)), 200); v.Verdict.Valid {
		t.Error("a number was answered twice")
	}
	live := answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": h.live(t, r.Person, "00138990", h.now)}), 201)
	for _, path := range []string{"/proof", "/challenge"} {
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+live.ID+path, map[string]string{"text": "x"}); w.Code != 409 {
			t.Errorf("%s of a live screen: %d", path, w.Code)
		}
	}
}

func TestAPhoneIsAddedOnlySoonAfterALogin(t *testing.T) {
	h, _ := connected(t)
	h.patientOf(t, h.now)
	phone := newPhone(t)
	type list struct{ Phones []phoneLine }
	if got := answer[list](t, h.add(t, "A", phone), 200); len(got.Phones) != 1 {
		t.Errorf("%+v", got)
	}
	h.now = h.now.Add(14 * time.Minute)
	if got := answer[list](t, h.add(t, "A", newPhone(t)), 200); len(got.Phones) != 1 {
		t.Errorf("one key a phone: %+v", got)
	}
	if got := answer[list](t, h.add(t, "B", phone), 200); len(got.Phones) != 2 || got.Phones[0].ID != "B" {
		t.Errorf("the newest first: %+v", got)
	}
	h.now = h.now.Add(time.Minute)
	if w := h.add(t, "C", newPhone(t)); w.Code != 403 || !strings.Contains(w.Body.String(), "phone.login_again") {
		t.Errorf("15 minutes after the login: %d %s", w.Code, w.Body)
	}
	if w := h.add(t, "B", phone); w.Code != 200 {
		t.Errorf("the same key again: %d", w.Code)
	}
	if me := answer[struct{ Phones []phoneLine }](t, h.ask(t, "GET", "/api/v1/me", nil), 200); len(me.Phones) != 2 {
		t.Errorf("the patient is told: %+v", me)
	}
	stale := auth.Identity{Subject: "s", At: h.now, AuthTime: h.now.Add(-16 * time.Minute)}
	if err := h.office.AddHolder(ctx, stale, h.holder(t, "D", phone)); err == nil {
		t.Error("auth_time of 16 minutes ago was taken")
	}
}

type phoneLine struct{ ID string }

func TestRevokedCopiesAreRefusedByBothLists(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	copyOf := func() string {
		w := h.ask(t, "GET", "/people/"+string(r.ID)+"/screen.smart-health-card", nil)
		jws, err := credential.Read(w.Body.String())
		if err != nil || w.Header().Get("Content-Type") != "application/smart-health-card" {
			t.Fatalf("%d %v", w.Code, err)
		}
		return jws
	}
	one, two := copyOf(), copyOf()
	basis := credential.Basis{Trust: &h.trust, At: h.now}
	rid := basis.Verify(one).RID
	index, err := credential.DecodeRID(rid)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := h.office.Revoke(ctx, "00138990", desk.Copies{RID: index}, "clerk:鈴木"); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	if n, err := h.office.Revoke(ctx, "06139992", desk.Copies{Person: r.ID}, "clerk:鈴木"); err == nil {
		t.Errorf("another insurer's person: %d revoked", n)
	}
	list := h.fetchStatus(t)
	if list.Count() != 1 || !list.Revoked(index) || list.Chain.Sequence == 0 || list.Chain.Hash == "" {
		t.Errorf("%+v", list)
	}
	h.counter.Status = func(string) *credential.StatusList { return list }
	refused := answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": one}), 201)
	if refused.Verdict.Valid || refused.Verdict.Headline.Ja != "この写し（PDF）は取り消されています" {
		t.Errorf("%+v", refused.Verdict)
	}
	if good := answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": two}), 201); !good.Verdict.Valid {
		t.Errorf("%+v", good.Verdict)
	}
	kid := h.trust.Issuers[0].JWKS[0].ID
	type crl struct {
		KID, Method string
		CTR         int
		RIDs        []string
	}
	file := answer[crl](t, h.ask(t, "GET", "/i/00138990/.well-known/crl/"+kid+".json", nil), 200)
	if file.KID != kid || file.Method != "rid" || file.CTR != 1 || len(file.RIDs) != 1 || file.RIDs[0] != rid {
		t.Errorf("%+v", file)
	}
	if w := h.ask(t, "GET", "/i/00138990/.well-known/crl/nokey.json", nil); w.Code != 404 {
		t.Errorf("a list of no key: %d", w.Code)
	}
	var set credential.KeySet
	if err := json.Unmarshal(h.ask(t, "GET", "/i/00138990/.well-known/jwks.json", nil).Body.Bytes(), &set); err != nil || set[0].CRLVersion != file.CTR {
		t.Errorf("crlVersion %+v %v", set, err)
	}
	h.now = h.now.Add(time.Second)
	if n, err := h.office.Revoke(ctx, "00138990", desk.Copies{Before: h.now}, "clerk:鈴木"); err != nil || n != 1 {
		t.Errorf("all before now: %d %v", n, err)
	}
	third := basis.Verify(copyOf()).RID
	if err := h.store.ErasePerson(ctx, r.ID, desk.Entry{At: h.now, Actor: "t", Action: "person.erase", Person: r.ID}); err != nil {
		t.Fatal(err)
	}
	last, err := credential.DecodeRID(third)
	if list = h.fetchStatus(t); err != nil || list.Count() != 3 || !list.Revoked(last) {
		t.Errorf("copies of an erased person: %d listed, %v", list.Count(), err)
	}
	h.now = h.now.AddDate(0, 5, 0) // every copy has ended by itself
	if list = h.fetchStatus(t); list.Count() != 0 {
		t.Errorf("ended copies are still listed: %d", list.Count())
	}
}

// fetchStatus gets the list as a console does, gzipped, and verifies it.
func (h *house) fetchStatus(t *testing.T) *credential.StatusList {
	t.Helper()
	w := h.ask(t, "GET", "/i/00138990/status.jwt", nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	unzip, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d %v", w.Code, err)
	}
	text, err := io.ReadAll(unzip)
	if err != nil {
		t.Fatal(err)
	}
	if plain := h.ask(t, "GET", "/i/00138990/status.jwt", nil); !bytes.Equal(plain.Body.Bytes(), text) {
		t.Error("the plain answer is another")
	}
	list, err := credential.OpenStatusList(string(text), testHost+"/i/00138990", h.trust.Issuers[0].JWKS, h.now)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A counter's PC that is two minutes fast still takes a good screen, and says so instead of "expired".
func TestAMeasuredClockOffsetIsAllowedForAndSaid(t *testing.T) {
	h, way := connected(t)
	r := h.tokuichi(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	real := h.now
	h.now = real.Add(2*time.Minute + 5*time.Second)
	way.date = real
	scan := func(iss eligibility.InsurerNumber) verdictJSON {
		return answer[caseJSON](t, h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": h.live(t, r.Person, iss, real)}), 201).Verdict
	}
	if v := scan("00138990"); v.Valid || v.Checks[0].Name != "time" {
		t.Errorf("unmeasured: %+v", v)
	}
	if _, err := h.calls.Status(ctx, testHost+"/i/00138990"); err != nil {
		t.Fatal(err)
	}
	v := scan("00138990")
	said := false
	for _, c := range v.Checks {
		said = said || c.Name == "clock" && strings.Contains(c.Ja, "このPCの時計が2分進んでいます")
	}
	if !v.Valid || !said {
		t.Errorf("measured: %+v", v)
	}
	status := answer[struct{ Clock *sentence }](t, h.ask(t, "GET", "/api/v1/counter/status", nil), 200)
	if status.Clock == nil || !strings.Contains(status.Clock.Ja, "2分進んでいます") {
		t.Errorf("%+v", status)
	}
	way.date = real.Add(-48 * time.Hour) // not a clock that can be allowed for
	if _, err := h.calls.Status(ctx, testHost+"/i/00138990"); err != nil || h.calls.ClockOffset() > time.Hour {
		t.Errorf("%v %v", h.calls.ClockOffset(), err)
	}
}

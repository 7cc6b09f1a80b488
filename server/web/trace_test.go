package web

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/internal/facilitytest"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
	"madoguchi/internal/testenv"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	console "madoguchi/server/web/counter"
)

// receiptPhone is a phone's ECDH key as its page makes it.
func (h *testApp) receiptPhone(t *testing.T) (id string, key *ecdh.PrivateKey) {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point := key.PublicKey().Bytes()
	sum := sha256.Sum256(point)
	id = base64.RawURLEncoding.EncodeToString(sum[:])
	b64 := base64.RawURLEncoding
	w := h.ask(t, "PUT", "/api/v1/phone", map[string]any{
		"id": id,
		"key": map[string]string{
			"kty": "EC",
			"crv": "P-256",
			"x":   b64.EncodeToString(point[1:33]),
			"y":   b64.EncodeToString(point[33:]),
		},
	})
	if w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return id, key
}

// The insurer's server and a clinic's, each with its own database. After all that can happen between them,
// nothing in the insurer's files or log tells which clinic its patient went to (個人情報保護法 23条: what is
// not kept cannot leak).
func TestAnInsurerKeepsNoTraceOfTheClinic(t *testing.T) {
	log := &lockedLog{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	insurer := newTestApp(t)
	clinic := newTestApp(t)
	_, key := issuertest.NewPair(t)
	const url, name, facility = "https://clinic.example.jp", "架空亀鶴医院", "1319999874"
	clinic.facility = facilitytest.One{Code: facility, Name: name, URL: url}
	clinic.build(t)
	insurer.trust.Counters = []credential.TrustedCounter{
		{URL: url, Name: name, Facility: facility, JWKS: credential.KeySet{key.Public()}},
	}
	clinic.trust = insurer.trust
	calls := &hostapi.Client{
		Key:    key,
		Client: &http.Client{Transport: inside{insurer}},
		Now:    func() time.Time { return insurer.now },
	}
	clinic.counter.Insurers = func(url string) counter.InsurerCalls { return calls.For(url) }
	clinic.counter.Receipts.Key = key
	clinic.session(t, auth.Counter, "鈴木", "{}")
	r := insurer.patientOf(t, insurer.now)
	phone, _ := insurer.receiptPhone(t)
	path := "/api/v1/people/" + string(r.ID) + "/code"

	secrets := map[string]string{
		"name":                name,
		"facility code":       facility,
		"URL":                 "clinic.example.jp",
		"key id":              key.ID,
		"name in hexadecimal": hex.EncodeToString([]byte(name)),
		"name in base64":      base64.StdEncoding.EncodeToString([]byte(name)),
	}
	search := func(when string) {
		t.Helper()
		for where, text := range map[string]string{"database": insurer.databaseText(t), "log": log.String()} {
			for what, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s: the %s is in the insurer's %s", when, what, where)
				}
			}
		}
	}
	accept := func(text string) {
		t.Helper()
		c := clinic.scan(t, text)
		if !c.Verdict.Valid {
			t.Fatalf("%+v", c.Verdict)
		}
		here := "/api/v1/counter/cases/" + c.ID
		clinic.seen(t, here)
		answer[console.CaseJSON](
			t,
			clinic.ask(t, "POST", here+"/record", map[string]string{"outcome": "accepted"}),
			200,
		)
	}
	made := func() madeCode {
		t.Helper()
		m := answer[madeCode](t, insurer.ask(t, "POST", path, struct{}{}), 201)
		secrets["code "+m.Code] = m.Code
		secrets["hidden half of "+m.Code] = m.Address[len(m.Address)-8:]
		return m
	}
	waits := func(code string) {
		t.Helper()
		w := clinic.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": code})
		if !strings.Contains(
			w.Body.String(),
			"code.waiting",
		) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	says := func(allow bool) {
		t.Helper()
		if w := insurer.ask(t, "POST", path+"/answer", map[string]bool{"allow": allow}); w.Code != 204 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}

	accept(credential.NumericQR(insurer.live(t, r.Person, "00138990", insurer.now)))
	search("after a receipt")
	scanned := made().Address
	// what a phone's own camera opens shows nothing and is kept nowhere
	for _, where := range []string{"/C/", "/c/"} {
		if w := insurer.ask(t, "GET", where+scanned[len(scanned)-16:], nil); w.Code != 200 ||
			strings.Contains(w.Body.String(), r.Person.Name) {
			t.Errorf("%s: %d", where, w.Code)
		}
	}
	accept(scanned)
	search("after a scanned code")
	spoken := made().Code
	waits(spoken)
	search("while the patient is asked")
	a := answer[struct{ State, Facility string }](t, insurer.ask(t, "GET", path, nil), 200)
	if a.Facility != name {
		t.Errorf("the patient is asked for %+v", a)
	}
	says(true)
	search("after the yes")
	accept(spoken)
	search("after the look-up")
	a = answer[struct{ State, Facility string }](t, insurer.ask(t, "GET", path, nil), 200)
	if a.State != "used" || a.Facility != "" {
		t.Errorf("a used code still knows %+v", a)
	}
	waits(made().Code)
	says(false)
	search("after a no")
	a = answer[struct{ State, Facility string }](t, insurer.ask(t, "GET", path, nil), 200)
	if a.State != "denied" || a.Facility != "" {
		t.Errorf("a denied code still knows %+v", a)
	}
	waits(made().Code)
	insurer.now = insurer.now.Add(2 * time.Minute)
	clinic.now = insurer.now
	if err := insurer.store.ExpireCodes(ctx, insurer.now); err != nil {
		t.Fatal(err)
	}
	search("after a question that nobody answered")
	clinic.ask(
		t,
		"POST",
		"/api/v1/counter/cases",
		map[string]string{"text": credential.NewOnlineCode(testHost + "/i/00138990").Spoken},
	)
	insurer.callHost(t, "/i/00138990/code", "x.y.z", `{"code":"`+url+`"}`)
	search("after calls that were refused")

	n := len(answer[struct{ Receipts []any }](t, insurer.ask(t, "GET", "/api/v1/receipts?key="+phone, nil),
		200).Receipts)
	if n != 3 {
		t.Errorf("%d receipts: the walk went another way", n)
	}
	text := insurer.databaseText(t)
	for _, action := range []string{"receipt.leave", "code.asked", "code.used", "code.denied",
		"code.allowed"} {
		if !strings.Contains(text, action) {
			t.Errorf("the audit chain does not hold %s: the search looks in the wrong place", action)
		}
	}
	if n, err := insurer.store.VerifyAudit(ctx); err != nil || n < 8 {
		t.Errorf("audit: %d %v", n, err)
	}
}

// A receipt says whose word it is by a signature that only that counter can make, and is good on one phone
// only.
func TestAReceiptIsSignedByItsCounterForOnePhone(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	id, phone := h.receiptPhone(t)
	c := h.scan(t, h.live(t, r.Person, "00138990", h.now))
	path := "/api/v1/counter/cases/" + c.ID
	if got := answer[console.CaseJSON](t,
		h.ask(t, "POST", path+"/card-check", map[string]bool{"birthDateConfirmed": true}),
		200); !got.ChipPassed {
		t.Fatalf("%+v", got.Card)
	}
	answer[console.CaseJSON](
		t,
		h.ask(t, "POST", path+"/record", map[string]string{"outcome": "accepted"}),
		200,
	)
	type receipt struct{ Sealed string }
	got := answer[struct{ Receipts []receipt }](
		t,
		h.ask(t, "GET", "/api/v1/receipts?key="+id, nil),
		200,
	).Receipts
	if len(got) != 1 {
		t.Fatalf("%d receipts", len(got))
	}
	sealed, err := base64.RawURLEncoding.DecodeString(got[0].Sealed)
	if err != nil || len(sealed) > 1000 {
		t.Fatalf("%d bytes %v", len(sealed), err)
	}
	opened, err := phonetest.OpenReceipt(phone, sealed)
	if err != nil {
		t.Fatal(err)
	}
	text := string(opened)
	list := answer[struct{ Counters []credential.TrustedCounter }](
		t,
		h.ask(t, "GET", "/api/v1/counters", nil),
		200,
	).Counters
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(
		text,
		claims,
		func(t *jwt.Token) (any, error) { // another program's verifier
			key, _ := list[0].JWKS.Find(t.Header["kid"].(string))
			return key.Key, nil
		},
		jwt.WithValidMethods([]string{"ES256"}),
		jwt.WithAudience(id),
		jwt.WithIssuer(list[0].URL),
	)
	if err != nil || token.Header["typ"] != "receipt+jwt" {
		t.Fatalf("%v %v", token, err)
	}
	if claims["outcome"] != "accepted" || claims["ground"] != "chip" || claims["method"] != "N1e" ||
		claims["iat"] != float64(h.now.Unix()) ||
		strings.Contains(text, "facility") ||
		list[0].Name != "架空医院" {
		t.Errorf("%v", claims)
	}
}

// What an insurer cannot read it takes only in the one form that its phones can open, and whole or not at
// all.
func TestReceiptsOfAnotherFormAreRefusedWhole(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	id, phone := h.receiptPhone(t)
	good, err := hostapi.ReceiptSigner{URL: clinic, Key: h.counter.Receipts.Key}.Seal(
		hostapi.Receipt{At: h.now, Outcome: hostapi.Parked, Method: "N1e"},
		phone.PublicKey().Bytes(),
	)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(b []byte) []byte) []byte { return change(append([]byte{}, good...)) }
	many := map[string][]byte{id: good}
	for range 20 {
		many[rand.Text()] = good
	}
	// SEC 1 2.3.3
	compressed := func(b []byte) []byte { b[0] = 2 + b[64]&1; return append(b[:33], b[65:]...) }
	cases := []struct {
		name   string
		sealed map[string][]byte
	}{
		{"none", map[string][]byte{}},
		{"twenty-one phones", many},
		{"an empty one", map[string][]byte{id: {}}},
		{"a point alone", map[string][]byte{id: good[:65]}},
		{"a tag without text", map[string][]byte{id: good[:65+16]}},
		{
			"1,001 bytes",
			map[string][]byte{
				id: with(func(b []byte) []byte { return append(b, make([]byte, 1001-len(b))...) }),
			},
		},
		{"a megabyte of somebody's", map[string][]byte{id: make([]byte, 200_000)}},
		{
			"a point that is not on the curve",
			map[string][]byte{id: with(func(b []byte) []byte { b[64] ^= 1; return b })},
		},
		{
			"the point at infinity",
			map[string][]byte{id: with(func(b []byte) []byte { return append(make([]byte, 65), b[65:]...) })},
		},
		{"a compressed point", map[string][]byte{id: with(compressed)}},
		{"plain text", map[string][]byte{id: []byte(strings.Repeat(`{"facility":"架空医院"}`, 8))}},
		{"a phone's id that is none", map[string][]byte{"../phone": good}},
		{"no id", map[string][]byte{"": good}},
		{"a good one beside a bad one", map[string][]byte{id: good, "other": []byte("x")}},
	}
	testenv.Refused(t, testenv.Servers, len(cases))
	iss := testHost + "/i/00138990"
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			screen := h.live(t, r.Person, "00138990", h.now)
			left := hostapi.Delivery{Credential: screen, Sealed: c.sealed}
			err := h.calls.For(clinic).LeaveReceipt(ctx, iss, left)
			if err == nil || !strings.Contains(err.Error(), "receipt.form") {
				t.Errorf("%v", err)
			}
		})
	}
	if got := answer[struct{ Receipts []any }](t, h.ask(t, "GET", "/api/v1/receipts?key="+id, nil),
		200).Receipts; len(
		got,
	) != 0 {
		t.Errorf("%d receipts are stored", len(got))
	}
	t.Run("three for one screen, then no more", func(t *testing.T) {
		jws, one := h.live(t, r.Person, "00138990", h.now), map[string][]byte{id: good}
		for i := range 5 {
			err := h.calls.For(clinic).LeaveReceipt(ctx, iss, hostapi.Delivery{Credential: jws, Sealed: one})
			if (err == nil) != (i < 3) {
				t.Errorf("number %d: %v", i+1, err)
			}
		}
		another := h.live(t, r.Person, "00138990", h.now.Add(time.Second))
		other := hostapi.Delivery{Credential: another, Sealed: one}
		if err := h.calls.For(clinic).LeaveReceipt(ctx, iss, other); err != nil {
			t.Errorf("for another screen: %v", err)
		}
		got := answer[struct{ Receipts []any }](t, h.ask(t, "GET", "/api/v1/receipts?key="+id, nil),
			200).Receipts
		if len(
			got,
		) != 4 {
			t.Errorf("%d receipts are stored", len(got))
		}
	})
	t.Run("a counter that calls without end", func(t *testing.T) {
		limited := 0
		jws := h.live(t, r.Person, "00138990", h.now)
		for range 620 {
			if _, err := h.calls.For(clinic).ReceiptKeys(ctx, iss, jws); err != nil &&
				strings.Contains(err.Error(), "429") {
				limited++
			}
		}
		if limited == 0 {
			t.Error("it is never told to wait")
		}
	})
}

// The list of counters is everybody's and nobody's: no session, the whole of it, kept by browsers for a
// while.
func TestTheCountersOfTheTrustListArePublic(t *testing.T) {
	h, _ := connected(t)
	h.trust.Counters = append(
		h.trust.Counters,
		credential.TrustedCounter{
			URL:  "https://b.example.jp",
			Name: "別の医院",
			JWKS: h.trust.Counters[0].JWKS,
		},
	)
	w := h.ask(t, "GET", "/api/v1/counters", nil)
	var out struct{ Counters []map[string]json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 || len(out.Counters) != 2 ||
		string(out.Counters[1]["name"]) != `"別の医院"` {
		t.Errorf("%d %s %v", w.Code, w.Body, err)
	}
	if head := w.Header(); !strings.HasPrefix(head.Get("Cache-Control"), "public, max-age=") ||
		len(w.Result().Cookies()) != 0 {
		t.Errorf("%v", head)
	}
	h.trust.Counters = nil
	if w := h.ask(t, "GET", "/api/v1/counters", nil); strings.TrimSpace(
		w.Body.String(),
	) != `{"counters":[]}` {
		t.Errorf("%s", w.Body)
	}
}

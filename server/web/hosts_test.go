package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/internal/facilitytest"
	"madoguchi/internal/issuertest"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	console "madoguchi/server/web/counter"
)

// inside carries calls to the test app's own handler.
type inside struct{ h *testApp }

func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:1"
	w := httptest.NewRecorder()
	i.h.echo.ServeHTTP(w, r)
	return w.Result(), nil
}

// dated carries the counter's calls to the insurer's half of the same test app, with a Date that a test may
// set.
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

// connected is a test app whose counter is on the trust list and calls its insurers.
func connected(t *testing.T) (*testApp, *dated) {
	t.Helper()
	h := newTestApp(t)
	_, key := issuertest.NewPair(t)
	h.trust.Counters = append(
		h.trust.Counters,
		credential.TrustedCounter{
			URL:      "https://clinic.example.jp",
			Name:     "架空医院",
			Facility: "1319999991",
			JWKS:     credential.KeySet{key.Public()},
		},
	)
	way := &dated{inside: inside{h}}
	calls := &hostapi.Client{
		Key:    key,
		Client: &http.Client{Transport: way},
		Now:    func() time.Time { return h.now },
	}
	calls.Trust = h.listed
	h.counter.Insurers = func(url string) counter.InsurerCalls { return calls.For(url) }
	h.counter.Facilities = facilitytest.One{Code: "1319999991", Name: "架空医院", URL: clinic}
	h.counter.Receipts.Facilities = h.counter.Facilities
	h.clockSkew, h.counter.Receipts.Key = calls.ClockSkew, key
	h.calls = calls
	return h, way
}

func TestReceiptsComeFromCountersOfTheTrustListOnly(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	phone, _ := issuertest.NewPair(t)
	point, err := phone.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding
	w := h.ask(t, "PUT", "/api/v1/phone", map[string]any{
		"id": "phone",
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
	_, key := issuertest.NewPair(t)
	const url = "http://counter.example"
	server := &hostapi.Client{
		Key:    key,
		Client: &http.Client{Transport: inside{h}},
		Now:    func() time.Time { return h.now },
	}
	calls := server.For(url)
	iss := testHost + "/i/00138990"
	jws := h.live(t, r.Person, "00138990", h.now)
	if _, err := calls.ReceiptKeys(ctx, iss, jws); err == nil {
		t.Error("a counter outside the trust list was answered")
	}
	h.trust.Counters = []credential.TrustedCounter{
		{
			URL:      "http://counter.example",
			Name:     "架空医院",
			Facility: "1319999991",
			JWKS:     credential.KeySet{key.Public()},
		},
	}
	found, err := calls.ReceiptKeys(ctx, iss, jws)
	if err != nil || !bytes.Equal(found["phone"], point) {
		t.Fatalf("%v %v", found, err)
	}
	sealed, err := hostapi.ReceiptSigner{
		URL: url,
		Key: key,
	}.Seal(
		hostapi.Receipt{At: h.now, Outcome: hostapi.Parked, Method: "N1e"},
		point,
	)
	if err != nil {
		t.Fatal(err)
	}
	delivery := hostapi.Delivery{Credential: jws, Sealed: map[string][]byte{"phone": sealed}}
	if err := calls.LeaveReceipt(ctx, iss, delivery); err != nil {
		t.Fatal(err)
	}
	if w := h.ask(t, "GET", "/api/v1/receipts?key=phone", nil); !strings.Contains(
		w.Body.String(),
		b64.EncodeToString(sealed),
	) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if err := calls.LeaveReceipt(ctx, testHost+"/i/06139992", delivery); err == nil {
		t.Error("another insurer took the receipt")
	}
	server.Now = func() time.Time { return h.now.Add(-5 * time.Minute) }
	if _, err := calls.ReceiptKeys(ctx, iss, jws); err == nil {
		t.Error("an old assertion was accepted")
	}
}

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
	basis := credential.Verifier{Trust: &h.trust, Now: h.now}
	rid := basis.Verify(one).RID
	index, err := credential.DecodeRID(rid)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := h.insurer.Issuer.Revoke(ctx, clerkOf("00138990"),
		insurer.CopySelection{RID: index}); err != nil ||
		n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	if n, err := h.insurer.Issuer.Revoke(ctx, clerkOf("06139992"),
		insurer.CopySelection{Person: r.ID}); err == nil {
		t.Errorf("another insurer's person: %d revoked", n)
	}
	list := h.fetchStatus(t)
	if list.Count() != 1 || !list.Revoked(index) || list.Chain.Sequence == 0 || list.Chain.Hash == "" {
		t.Errorf("%+v", list)
	}
	h.statuses = func(string) *credential.StatusList { return list }
	refused := answer[console.CaseJSON](
		t,
		h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": one}),
		201,
	)
	if refused.Verdict.Valid || refused.Verdict.Headline.Ja != "この写し（PDF）は取り消されています" {
		t.Errorf("%+v", refused.Verdict)
	}
	good := answer[console.CaseJSON](t,
		h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": two}), 201)
	if !good.Verdict.Valid {
		t.Errorf("%+v", good.Verdict)
	}
	kid := h.trust.Issuers[0].JWKS[0].ID
	type crl struct {
		KID, Method string
		CTR         int
		RIDs        []string
	}
	file := answer[crl](t, h.ask(t, "GET", "/i/00138990/.well-known/crl/"+kid+".json", nil), 200)
	if file.KID != kid || file.Method != "rid" || file.CTR != 1 || len(file.RIDs) != 1 ||
		file.RIDs[0] != rid {
		t.Errorf("%+v", file)
	}
	if w := h.ask(t, "GET", "/i/00138990/.well-known/crl/nokey.json", nil); w.Code != 404 {
		t.Errorf("a list of no key: %d", w.Code)
	}
	var set credential.KeySet
	if err := json.Unmarshal(h.ask(t, "GET", "/i/00138990/.well-known/jwks.json", nil).Body.Bytes(),
		&set); err != nil ||
		set[0].CRLVersion != file.CTR {
		t.Errorf("crlVersion %+v %v", set, err)
	}
	h.now = h.now.Add(time.Second)
	if n, err := h.insurer.Issuer.Revoke(ctx, clerkOf("00138990"),
		insurer.CopySelection{Before: h.now}); err != nil || n != 1 {
		t.Errorf("all before now: %d %v", n, err)
	}
	third := basis.Verify(copyOf()).RID
	if err := h.store.Register.ErasePerson(ctx, r.Person.Insurer, r.ID,
		audit.Entry{At: h.now, Actor: "t", Action: "person.erase", Person: r.ID}); err != nil {
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
func (h *testApp) fetchStatus(t *testing.T) *credential.StatusList {
	t.Helper()
	w := h.ask(
		t,
		"GET",
		"/i/00138990/status.jwt",
		nil,
		func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") },
	)
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
	list, err := credential.OpenStatusList(
		string(text),
		testHost+"/i/00138990",
		h.trust.Issuers[0].JWKS,
		h.now,
	)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

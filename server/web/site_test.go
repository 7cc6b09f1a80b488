package web

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/keys"
	"madoguchi/server/readers"
	"madoguchi/server/roster"
	"madoguchi/server/store"
)

// house is a whole program in memory but for its real database and keys in a temporary folder.
type house struct {
	now     time.Time
	echo    *echo.Echo
	office  *desk.Office
	keys    *keys.Folder
	reader  *doubleReader
	store   *store.Store
	trust   credential.TrustList
	cookies []*http.Cookie
	counter *desk.Counter
	calls   *Insurers // where a test connects the counter to its insurers
	dir     string
	runs    *desk.Runs
}

// doubleReader stands for a paired agent: it asks a virtual card and, as the switchboard does, has the server verify.
type doubleReader struct {
	chip   *virtual.Card
	replay *card.Evidence // evidence of an earlier check, sent again
	lie    bool           // made up by the agent, from a card of its own
	nonce  byte
}

func (d *doubleReader) Status(string) []readers.Status {
	return []readers.Status{{Name: "受付1", Connected: true, Virtual: true}}
}

func (d *doubleReader) CheckBirthDate(ctx context.Context, r readers.Request) (card.Result, error) {
	d.nonce++
	challenge := card.Challenge([32]byte{d.nonce}, []byte("agent"), r.Facility, r.CaseID, sha256.Sum256([]byte(r.JWS)))
	evidence, err := card.CheckBirthDate(ctx, card.Open(d.chip), r.BirthDate, challenge)
	if err != nil {
		return card.Fault(err), nil
	}
	if d.replay != nil {
		evidence = *d.replay
	}
	if d.lie {
		evidence.Signature = bytes.Repeat([]byte{7}, 256)
	}
	d.replay = &evidence
	return card.VerifyBirthDate(evidence, r.BirthDate, challenge, virtual.TestIssuerKeys()), nil
}

const testHost = "https://localhost:8080"

var ctx = context.Background()

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // a line a request would bury the failures
	os.Exit(m.Run())
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{now: time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)}
	clock := func() time.Time { return h.now }
	folder := t.TempDir()
	h.dir = folder
	var err error
	if h.keys, err = keys.Open(filepath.Join(folder, "keys")); err != nil {
		t.Fatal(err)
	}
	secret := bytes.Repeat([]byte{1}, 32)
	h.store, err = store.Open(ctx, filepath.Join(folder, "db"), store.Options{Mode: "demo", Role: "all", Index: secret,
		Masters: map[string][]byte{"people": secret, "cases": secret, "session": secret}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	h.trust = credential.TrustList{Version: 1, IssuedAt: h.now.Unix()}
	for _, in := range []desk.Insurer{{Number: "00138990", Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"}, {Number: "06139992", Name: "架空健康保険組合", Issuer: "理事長", Telephone: "06-0000-0000"}} {
		if err := h.store.PutInsurer(ctx, in, desk.Entry{At: h.now, Actor: "test", Action: "insurer.put"}); err != nil {
			t.Fatal(err)
		}
		key, err := h.keys.IssuerKey(in.Number)
		if err != nil {
			t.Fatal(err)
		}
		h.trust.Issuers = append(h.trust.Issuers, credential.TrustedIssuer{ISS: testHost + "/i/" + string(in.Number), Name: in.Name,
			InsurerNumbers: []eligibility.InsurerNumber{in.Number}, JWKS: credential.KeySet{key.Public()}})
	}
	h.office = &desk.Office{Store: h.store, Keys: h.keys, Notices: desk.NoticeKeys{Derive: secret, Index: secret}, Host: testHost, Address: "http://localhost:8080", Demo: true, Now: clock}
	chip, err := virtual.New(virtual.Description{BirthDate: eligibility.MustDate("1955-07-01")})
	if err != nil {
		t.Fatal(err)
	}
	h.reader = &doubleReader{chip: chip}
	list := func() (*credential.TrustList, error) { return &h.trust, nil }
	h.counter = &desk.Counter{Store: h.store, Trust: list, Readers: h.reader, Insurers: nobody{},
		Facility: desk.Facility{Code: "1319999991", Name: "架空医院"}, Now: clock}
	h.runs = &desk.Runs{Office: h.office, Folder: filepath.Join(folder, "runs")}
	t.Cleanup(h.runs.Wait)
	h.echo = New(Config{Office: h.office, Runs: h.runs, Background: ctx, Demo: true, Staff: []string{"鈴木"}, Now: clock, Ready: h.store.Ping,
		Counter:     h.counter,
		Readers:     readers.New(readers.Config{Store: h.store, Now: clock, Names: func(string) string { return "" }}),
		Login:       auth.NewLogin(auth.Config{Issuer: "http://127.0.0.1:1/none", Client: &http.Client{}, Now: clock}),
		CounterCall: TrustedCounters(list, clock),
		Sessions:    &auth.Sessions{Store: h.store, Now: clock}})
	return h
}

// nobody is an insurer that cannot be reached: records stand all the same.
type nobody struct{}

func (nobody) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	return nil, context.DeadlineExceeded
}
func (nobody) Redeem(context.Context, string, string, bool) (string, error) {
	return "", context.DeadlineExceeded
}
func (nobody) LeaveReceipt(context.Context, string, string, map[string][]byte) error {
	return context.DeadlineExceeded
}

// ask sends one request as a browser on this computer does.
func (h *house) ask(t *testing.T, method, path string, body any, change ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(data))
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, c := range h.cookies {
		r.AddCookie(c)
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.echo.ServeHTTP(w, r)
	h.validate(t, r, w)
	return w
}

// validate holds every JSON answer against openapi.yaml.
func (h *house) validate(t *testing.T, r *http.Request, w *httptest.ResponseRecorder) {
	t.Helper()
	doc := document(t)
	path := regexp.MustCompile(`/cases/[^/]+/`).ReplaceAllString(r.URL.Path, "/cases/{id}/")
	path = regexp.MustCompile(`/people/[^/]+/`).ReplaceAllString(path, "/people/{id}/")
	path = regexp.MustCompile(`^/i/[^/]+/`).ReplaceAllString(path, "/i/{insurer}/")
	item := doc.Paths.Value(path)
	if item == nil || !strings.Contains(w.Header().Get("Content-Type"), "json") {
		return
	}
	operation := item.GetOperation(r.Method)
	if operation == nil {
		return
	}
	response := operation.Responses.Status(w.Code)
	if response == nil {
		response = operation.Responses.Default()
	}
	if response == nil {
		t.Errorf("%s %s: %d is not in openapi.yaml", r.Method, path, w.Code)
		return
	}
	for _, media := range response.Value.Content {
		var value any
		if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
			t.Errorf("%s %s: %v", r.Method, path, err)
			return
		}
		if err := media.Schema.Value.VisitJSON(value); err != nil {
			t.Errorf("%s %s: %d does not fit openapi.yaml: %v", r.Method, path, w.Code, err)
		}
	}
}

// loadDocument reads openapi.yaml once: every answer is held against it.
var loadDocument = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromFile("openapi.yaml")
})

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := loadDocument()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// session signs in by making the session that a login makes.
func (h *house) session(t *testing.T, kind auth.Kind, subject, data string) {
	t.Helper()
	w := httptest.NewRecorder()
	s := auth.Sessions{Store: h.store, Now: func() time.Time { return h.now }}
	if _, err := s.Start(ctx, w, kind, subject, []byte(data)); err != nil {
		t.Fatal(err)
	}
	h.cookies = append(h.cookies, w.Result().Cookies()...)
}

// tokuichi imports the sample of 架空市 and returns the record of 髙橋 德一.
func (h *house) tokuichi(t *testing.T) desk.PersonRecord {
	t.Helper()
	if _, err := h.office.Import(ctx, "00138990", bytes.NewReader(roster.Sample("00138990")), "鈴木"); err != nil {
		t.Fatal(err)
	}
	found, err := h.store.FindPeople(ctx, desk.PeopleQuery{Insurer: "00138990", Text: "髙橋徳一", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		found, err = h.store.FindPeople(ctx, desk.PeopleQuery{Insurer: "00138990", Text: "髙橋 德一", Limit: 1})
	}
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	return found[0]
}

// live issues a genuine live screen at a time.
func (h *house) live(t *testing.T, p eligibility.Person, iss eligibility.InsurerNumber, at time.Time) string {
	t.Helper()
	key, err := h.keys.IssuerKey(iss)
	if err != nil {
		t.Fatal(err)
	}
	out, err := credential.Issue(testHost+"/i/"+string(iss), key, credential.Request{Person: p, InsurerName: "架空市", Share: 20, Tier: credential.Live}, at)
	if err != nil {
		t.Fatal(err)
	}
	return out.JWS
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return v
}

func (h *house) scan(t *testing.T, text string) caseJSON {
	t.Helper()
	w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": text})
	if w.Code != http.StatusCreated {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return decode[caseJSON](t, w)
}

func TestScreensThatACounterRefusesSayWhy(t *testing.T) {
	h := newHouse(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	foreign := p
	foreign.Insurer = "06139992"
	for name, c := range map[string]struct{ jws, check, headline string }{
		"another insurer's number": {h.live(t, foreign, "00138990", h.now), "insurer", "確かめられません"},
		"five minutes old":         {h.live(t, p, "00138990", h.now.Add(-5*time.Minute)), "time", "古くなっています"},
		"from the future":          {h.live(t, p, "00138990", h.now.Add(5*time.Minute)), "time", "時計"},
		"altered":                  {h.live(t, p, "00138990", h.now)[:400] + "AAAA" + h.live(t, p, "00138990", h.now)[404:], "signature", "確かめられません"},
	} {
		got := h.scan(t, c.jws)
		if got.Verdict.Valid || got.Verdict.Checks[0].Name != c.check || !strings.Contains(got.Verdict.Headline.Ja, c.headline) || got.Verdict.Next.Ja != got.Verdict.Checks[0].Ja {
			t.Errorf("%s: %+v", name, got.Verdict)
		}
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+got.ID+"/record", map[string]string{"outcome": "accepted"}); w.Code != http.StatusConflict {
			t.Errorf("%s was recorded as accepted: %d", name, w.Code)
		}
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+got.ID+"/card-check", map[string]bool{"birthDateConfirmed": true}); w.Code != http.StatusConflict {
			t.Errorf("%s went on to the card: %d", name, w.Code)
		}
	}
}

func TestCardsThatACounterRefusesSayWhy(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, h *house)
		say    string
	}{
		"another person's card": {func(t *testing.T, h *house) {
			chip, err := virtual.New(virtual.Description{BirthDate: eligibility.MustDate("1986-04-12")})
			if err != nil {
				t.Fatal(err)
			}
			h.reader.chip = chip
		}, "カードの生年月日が画面と一致しません"},
		"replayed evidence": {func(t *testing.T, h *house) {
			e, err := card.CheckBirthDate(ctx, card.Open(h.reader.chip), eligibility.MustDate("1955-07-01"), [32]byte{99})
			if err != nil {
				t.Fatal(err)
			}
			h.reader.replay = &e
		}, "写しの疑い"},
		"a lying agent": {func(_ *testing.T, h *house) { h.reader.lie = true }, "写しの疑い"},
	} {
		h := newHouse(t)
		p := h.tokuichi(t).Person
		h.session(t, auth.Counter, "鈴木", "{}")
		c.change(t, h)
		opened := h.scan(t, h.live(t, p, "00138990", h.now))
		w := h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/card-check", map[string]bool{"birthDateConfirmed": true})
		got := decode[caseJSON](t, w)
		if got.Card == nil || got.Card.Result != "refused" || !strings.Contains(got.Card.Headline.Ja, c.say) {
			t.Errorf("%s: %d %+v", name, w.Code, got.Card)
		}
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/record", map[string]string{"outcome": "accepted"}); w.Code != http.StatusConflict {
			t.Errorf("%s was recorded as accepted: %d", name, w.Code)
		}
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/record", map[string]string{"outcome": "parked", "reason": "別のカード"}); w.Code != http.StatusOK {
			t.Errorf("%s cannot be parked: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestGoodCaseIsRecordedOnceEvenWhenTheInsurerIsAway(t *testing.T) {
	h := newHouse(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	opened := h.scan(t, credential.Numeric(h.live(t, p, "00138990", h.now)))
	if !opened.Verdict.Valid || opened.Eligibility.Number != "0001234" || opened.Eligibility.InsurerNumber != "138990" || opened.Verdict.Headline.Ja != "この画面は本物です" || opened.Method.Code != "N1e" {
		t.Fatalf("%+v", opened)
	}
	w := h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/card-check", map[string]bool{"birthDateConfirmed": true})
	if got := decode[caseJSON](t, w); got.Card == nil || got.Card.Result != "confirmed" || len(got.Card.NotProven) == 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for i, want := range []int{http.StatusOK, http.StatusConflict} {
		if w := h.ask(t, "POST", "/api/v1/counter/cases/"+opened.ID+"/record", map[string]string{"outcome": "accepted"}); w.Code != want {
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

// visitOf is the session of someone who has logged in.
func visitOf(name, birth, notice string) string {
	data, _ := json.Marshal(visit{Notice: []byte(notice), Login: &auth.Identity{Subject: "op|x", Name: name, BirthDate: eligibility.MustDate(birth)}})
	return string(data)
}

func TestEnrolmentNeedsTheRightPerson(t *testing.T) {
	for name, c := range map[string]struct {
		login, birth string
		want         int
	}{
		"the person, spelt as the register does": {"高橋　徳一", "1955-07-01", http.StatusSeeOther},
		"masked":                                 {"●橋 德一", "1955-07-01", http.StatusSeeOther},
		"another birth date":                     {"髙橋 德一", "1955-07-02", http.StatusUnprocessableEntity},
		"another name":                           {"試験 太郎", "1955-07-01", http.StatusUnprocessableEntity},
		"one character off":                      {"髙橋 德二", "1955-07-01", http.StatusUnprocessableEntity},
	} {
		h := newHouse(t)
		r := h.tokuichi(t)
		paper, err := h.office.NoticePaper(ctx, r.ID, "鈴木")
		if err != nil {
			t.Fatal(err)
		}
		h.session(t, auth.Patient, "op|x", visitOf(c.login, c.birth, string(h.office.Notices.MAC(paper.Code))))
		if w := h.ask(t, "POST", "/enrol", nil); w.Code != c.want {
			t.Errorf("%s: %d", name, w.Code)
		}
		people, err := h.store.Enrolled(ctx, "op|x")
		if err != nil || (len(people) == 1) != (c.want == http.StatusSeeOther) {
			t.Errorf("%s: %d people, %v", name, len(people), err)
		}
	}
}

func TestNoticeCodeLeavesTheAddressAndIsNotUsedUpByLooking(t *testing.T) {
	h := newHouse(t)
	r := h.tokuichi(t)
	paper, err := h.office.NoticePaper(ctx, r.ID, "鈴木")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w := h.ask(t, "GET", "/n/"+strings.ToLower(paper.Code), nil)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/notice" {
			t.Fatalf("%d %s", w.Code, w.Header())
		}
	}
	if n, err := h.store.Notice(ctx, h.office.Notices.MAC(paper.Code)); err != nil || n.UsedBy != "" {
		t.Errorf("%+v %v", n, err)
	}
	if w := h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "お知らせが見つかりません") {
		t.Errorf("%d", w.Code)
	}
}

func TestPeopleSeeTheirOwnOnly(t *testing.T) {
	h := newHouse(t)
	r := h.tokuichi(t)
	if w := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}); w.Code != http.StatusForbidden {
		t.Errorf("without a login: %d", w.Code)
	}
	h.session(t, auth.Patient, "op|x", visitOf("試験 太郎", "1986-04-12", ""))
	if w := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}); w.Code != http.StatusNotFound {
		t.Errorf("another's screen: %d %s", w.Code, w.Body)
	}
	if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil); w.Code != http.StatusNotFound {
		t.Errorf("another's PDF: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/insurer/people/"+string(r.ID)+"/notice", nil); w.Code != http.StatusSeeOther {
		t.Errorf("a patient at the clerk's desk: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/api/v1/counter/cases", nil); w.Code != http.StatusForbidden {
		t.Errorf("a patient at the counter: %d", w.Code)
	}
}

// enrolled makes a login that may show 髙橋 德一.
func (h *house) enrolled(t *testing.T) desk.PersonRecord {
	t.Helper()
	r := h.tokuichi(t)
	paper, err := h.office.NoticePaper(ctx, r.ID, "鈴木")
	if err != nil {
		t.Fatal(err)
	}
	login := auth.Identity{Subject: "op|x", Name: "髙橋 德一", BirthDate: r.Person.BirthDate, At: h.now}
	data, err := json.Marshal(visit{Login: &login})
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Patient, "op|x", string(data))
	if err := h.office.Enrol(ctx, login, h.office.Notices.MAC(paper.Code)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestScreenAndCopyAreGenuine(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	w := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"})
	screen := decode[struct {
		JWS     string
		Details details
	}](t, w)
	v := credential.Basis{Trust: &h.trust, At: h.now}.Verify(screen.JWS)
	if !v.Valid || v.Tier != credential.Live || v.Eligibility.Name != "髙橋 德一" || screen.Details.ShareText != "2割" || screen.Details.InsurerNumber != "138990" {
		t.Errorf("%+v %+v", v, screen.Details)
	}
	if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil); w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) {
		t.Errorf("%d %s", w.Code, w.Header())
	}
	if w := h.ask(t, "GET", "/api/v1/me", nil); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	if w := h.ask(t, "GET", "/i/00138990/.well-known/jwks.json", nil); w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %s", w.Code, w.Header())
	}
}

func TestReceiptsComeFromCountersOfTheTrustListOnly(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	phone, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := phone.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding
	if w := h.ask(t, "PUT", "/api/v1/phone", map[string]any{"id": "phone", "key": map[string]string{"kty": "EC", "crv": "P-256", "x": b64.EncodeToString(point[1:33]), "y": b64.EncodeToString(point[33:])}}); w.Code != http.StatusNoContent {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	private, err := h.keys.Signing(keys.Counter)
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	calls := Insurers{URL: "http://counter.example", Key: key, Client: &http.Client{Transport: inside{h}}, Now: func() time.Time { return h.now }}
	iss := testHost + "/i/00138990"
	jws := h.live(t, r.Person, "00138990", h.now)
	if _, err := calls.ReceiptKeys(ctx, iss, jws); err == nil {
		t.Error("a counter outside the trust list was answered")
	}
	h.trust.Counters = []credential.TrustedCounter{{URL: "http://counter.example", Name: "架空医院", Facility: "1319999991", JWKS: credential.KeySet{key.Public()}}}
	found, err := calls.ReceiptKeys(ctx, iss, jws)
	if err != nil || !bytes.Equal(found["phone"], point) {
		t.Fatalf("%v %v", found, err)
	}
	if err := calls.LeaveReceipt(ctx, iss, jws, map[string][]byte{"phone": []byte("sealed")}); err != nil {
		t.Fatal(err)
	}
	if w := h.ask(t, "GET", "/api/v1/receipts?key=phone", nil); !strings.Contains(w.Body.String(), b64.EncodeToString([]byte("sealed"))) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if err := calls.LeaveReceipt(ctx, testHost+"/i/06139992", jws, map[string][]byte{"phone": []byte("x")}); err == nil {
		t.Error("another insurer took the receipt")
	}
	calls.Now = func() time.Time { return h.now.Add(-5 * time.Minute) }
	if _, err := calls.ReceiptKeys(ctx, iss, jws); err == nil {
		t.Error("an old assertion was accepted")
	}
}

// inside carries calls to the house's own handler.
type inside struct{ h *house }

func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:1"
	w := httptest.NewRecorder()
	i.h.echo.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestDemoAnswersThisComputerOnly(t *testing.T) {
	h := newHouse(t)
	for name, change := range map[string]func(*http.Request){
		"another host name (DNS rebinding)": func(r *http.Request) { r.Host = "evil.example" },
		"a forwarded request":               func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") },
		"forwarded by RFC 7239":             func(r *http.Request) { r.Header.Set("Forwarded", "for=127.0.0.1") },
		"another computer":                  func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" },
	} {
		if w := h.ask(t, "GET", "/", nil, change); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	for _, host := range []string{"localhost", "127.0.0.1:9", "[::1]:8080"} {
		if w := h.ask(t, "GET", "/", nil, func(r *http.Request) { r.Host = host }); w.Code != http.StatusOK {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
}

func TestOtherSitesCannotActForAVisitor(t *testing.T) {
	h := newHouse(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	for name, change := range map[string]func(*http.Request){
		"fetch metadata": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"origin":         func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		if w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": "x"}, change); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/reception", "/api/v1/me", "/no-such-page", "/n/x"} {
		head := h.ask(t, "GET", path, nil).Header()
		csp := head.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: no %s in %q", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") || head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Referrer-Policy") != "no-referrer" || head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, head)
		}
	}
}

// facts: server.md 4: Echo v4 believes X-Forwarded-For from anyone unless told otherwise.
func TestGuessesAreCountedByTheRealAddress(t *testing.T) {
	h := newHouse(t)
	limited := false
	for range 40 {
		if h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil).Code == http.StatusTooManyRequests {
			limited = true
		}
	}
	if !limited {
		t.Error("forty guesses in a row were answered")
	}
	w := h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil, func(r *http.Request) { r.Header["x-forwarded-for"] = []string{"203.0.113.7"} })
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("with another claimed address: %d", w.Code)
	}
}

func TestPagesHoldNothingInline(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	h.session(t, auth.Counter, "鈴木", "{}")
	bad := regexp.MustCompile(`(?i)<script(?:>|[^>]*[^"]>[^<])|<style|\sstyle=|\son[a-z]+=|javascript:`)
	for _, path := range []string{"/", "/notice", "/reception", "/enrol", "/screen", "/counter", "/counter/staff", "/insurer", "/counter/methods", "/visit", "/settings", "/certificate?until=2027-05-15", "/next", "/next?why=reader", "/n/AAAAAAAAAAAAAAAA", "/insurer/staff", "/insurer/people/" + string(r.ID) + "/notice", "/none"} {
		for _, lang := range []string{"ja", "en"} {
			w := h.ask(t, "GET", path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang="+lang, nil)
			if body := w.Body.String(); bad.MatchString(body) || !strings.Contains(body, `<html lang="`+lang+`"`) || !strings.Contains(body, "デモ") && lang == "ja" {
				t.Errorf("%s (%s): %d %s", path, lang, w.Code, bad.FindString(body))
			}
		}
	}
}

func TestRoutesAndDocumentAgree(t *testing.T) {
	h := newHouse(t)
	doc := document(t)
	if err := doc.Validate(ctx); err != nil {
		t.Error(err)
	}
	param := regexp.MustCompile(`:([a-z]+)`)
	registered := map[string]bool{}
	for _, r := range h.echo.Routes() {
		if strings.HasSuffix(r.Path, "*") || r.Method == echo.RouteNotFound {
			continue
		}
		path := param.ReplaceAllString(r.Path, "{$1}")
		registered[r.Method+" "+path] = true
		if item := doc.Paths.Value(path); item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s %s is not in openapi.yaml", r.Method, path)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !registered[method+" "+path] {
				t.Errorf("openapi.yaml has %s %s, the program has not", method, path)
			}
		}
	}
}

func TestBrokenRequestsGetASentence(t *testing.T) {
	h := newHouse(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	for name, c := range map[string]struct {
		method, path string
		body         any
		want         int
	}{
		"not a code":        {"POST", "/api/v1/counter/cases", map[string]string{"text": "hello"}, 422},
		"empty":             {"POST", "/api/v1/counter/cases", map[string]string{}, 422},
		"wrong shape":       {"POST", "/api/v1/counter/cases", []int{1}, 422},
		"unknown case":      {"POST", "/api/v1/counter/cases/NONE/record", map[string]string{"outcome": "accepted"}, 404},
		"unknown outcome":   {"POST", "/api/v1/counter/cases/NONE/record", map[string]string{"outcome": "maybe"}, 422},
		"no such page":      {"GET", "/api/v1/none", nil, 404},
		"wrong method":      {"DELETE", "/api/v1/counter/cases", nil, 405},
		"wrong pair code":   {"POST", "/api/v1/counter/bridges", map[string]string{"code": "AAAA-AAAA"}, 404},
		"unknown insurer":   {"GET", "/i/99999999/.well-known/jwks.json", nil, 404},
		"nobody's receipts": {"POST", "/i/00138990/receipt/keys", map[string]string{"credential": "x"}, 403},
	} {
		w := h.ask(t, c.method, c.path, c.body)
		p := decode[problem](t, w)
		if w.Code != c.want || p.Status != c.want || p.Ja == "" || p.En == "" || p.RequestID == "" || !strings.HasPrefix(p.Type, "urn:madoguchi:problem:") || w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

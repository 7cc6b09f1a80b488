package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/auth/passkey"
	"madoguchi/card/virtual"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/barrage"
	"madoguchi/internal/facilitytest"
	"madoguchi/internal/phonetest"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
	"madoguchi/server/staff"
	"madoguchi/server/store"
	"madoguchi/server/store/storetest"
	"madoguchi/server/trust"
	console "madoguchi/server/web/counter"
	"madoguchi/server/web/kit"
	"madoguchi/server/web/patient"
)

// testApp is a whole program in memory but for its real database and keys in a temporary folder.
type testApp struct {
	now     time.Time
	ticks   func() time.Time // nil: the clock stands at now
	echo    *echo.Echo
	insurer *insurer.Services
	notices insurer.NoticeKeys
	replace func(*insurer.Stores) // for build; may be nil
	keys    *keys.Folder
	reader  *doubleReader
	hub     *agents.AgentHub // of a live server; nil: one of its own, without readers
	client  *http.Client     // of a server on loopback
	store   openedStore
	trust   credential.TrustList
	// what the counter knows besides the list; nil: nothing
	statuses  func(iss string) *credential.StatusList
	clockSkew func() credential.ClockSkew
	cookies   []*http.Cookie
	counter   *counter.Service
	facility  facilitytest.One // of the counter
	calls     *hostapi.Client  // where a test connects the counter to its insurers
	members   *staff.Services
	dir       string
	database  string
	runs      *insurer.PrintJobs
	// pickAs is what a person comes back with who was sent to the provider (atProvider)
	pickAs func(address, person string) string
}

const testHost = "https://localhost:8080"

var ctx = context.Background()

func TestMain(m *testing.M) {
	barrage.Main(time.Now)
	slog.SetDefault(slog.New(slog.DiscardHandler)) // a line a request would bury the failures
	os.Exit(m.Run())
}

// testAppDay is when a test app is opened: a day on which nothing changes.
var testAppDay = time.Date(2026, 11, 22, 10, 42, 0, 0, eligibility.Japan)

func newTestApp(t testing.TB) *testApp {
	t.Helper()
	h := &testApp{now: testAppDay}
	folder := t.TempDir()
	h.dir = folder
	var err error
	if h.keys, err = keys.Open(filepath.Join(folder, "keys")); err != nil {
		t.Fatal(err)
	}
	h.database = storetest.Database(t)
	h.store = openStore(t, h.database, h.time)
	h.trust = credential.TrustList{Version: 1, IssuedAt: h.now.Unix()}
	for _, in := range []insurer.Insurer{
		{Number: "00138990", Name: "架空市", Issuer: "架空市長", Telephone: "03-0000-0000"},
		{Number: "06139992", Name: "架空健康保険組合", Issuer: "理事長", Telephone: "06-0000-0000"},
	} {
		if err := h.store.Directory.PutSettings(ctx, in, nil,
			audit.Entry{At: h.now, Actor: "test", Action: "insurer.put"}); err != nil {
			t.Fatal(err)
		}
		key, err := h.keys.Rings.IssuerKey(in.Number)
		if err != nil {
			t.Fatal(err)
		}
		h.trust.Issuers = append(
			h.trust.Issuers,
			credential.TrustedIssuer{ISS: testHost + "/i/" + string(in.Number), Name: in.Name,
				InsurerNumbers: []eligibility.InsurerNumber{
					in.Number,
				}, JWKS: credential.KeySet{key.Public()}},
		)
	}
	chip, err := virtual.New(virtual.Description{BirthDate: eligibility.MustDate("1955-07-01")})
	if err != nil {
		t.Fatal(err)
	}
	h.reader = &doubleReader{chip: chip}
	h.facility = facilitytest.One{Code: "1319999991", Name: "架空医院", URL: "http://localhost:8080"}
	h.build(t)
	return h
}

// secret is every secret of a test app.
var secret = bytes.Repeat([]byte{1}, 32)

// openedStore is a test app's database with what the insurer's services keep in it.
type openedStore struct {
	*store.Store
	insurer.Stores
}

// time is what the test app's clock shows.
func (h *testApp) time() time.Time {
	if h.ticks != nil {
		return h.ticks()
	}
	return h.now
}

// openStore opens a test app's database. It remembers what it read as the program does; on a clock that
// stands still it never forgets by itself.
func openStore(t testing.TB, file string, now func() time.Time) openedStore {
	t.Helper()
	opened, err := store.Open(ctx, file, store.Options{Mode: "demo", Role: "all", Index: secret,
		Masters: map[string][]byte{"people": secret, "cases": secret, "session": secret},
		Recall:  store.RecallLife, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return openedStore{opened, opened.ForInsurer()}
}

// stores are what the test app's services keep, with what a test put in the place of some of it.
func (h *testApp) stores() insurer.Stores {
	all := h.store.ForInsurer()
	if h.replace != nil {
		h.replace(&all)
	}
	return all
}

// view is what the counter believes.
func (h *testApp) view() (trust.Beliefs, error) {
	v := trust.Beliefs{List: &h.trust, Statuses: h.statuses}
	if h.clockSkew != nil {
		v.ClockSkew = h.clockSkew()
	}
	return v, nil
}

// listed returns the trust list.
func (h *testApp) listed() (*credential.TrustList, error) { return &h.trust, nil }

// build assembles the program around the test app's store, with no other memory than that.
func (h *testApp) build(t testing.TB) {
	t.Helper()
	clock := h.time
	h.notices = insurer.NoticeKeys{Derive: secret, Index: secret}
	h.insurer = insurer.New(insurer.Config{
		Stores:       h.stores(),
		Keys:         h.keys.Rings,
		Certificates: h.keys.Certificates,
		Notices:      h.notices,
		Host:         testHost,
		Address:      "http://localhost:8080",
		Demo:         true,
		Now:          clock,
	})
	service := &counter.Service{
		Store:      h.store.ForCounter(),
		Believed:   h.view,
		Readers:    h.reader,
		Insurers:   func(string) counter.InsurerCalls { return nobody{} },
		Facilities: h.facility,
		Outages:    counter.Outages{Store: h.store.Outages(), Now: clock},
		Disasters:  counter.Disasters{Store: h.store.Notices(), Now: clock},
		Now:        clock,
	}
	service.Receipts = &counter.Receipts{
		Store:      service.Store,
		Facilities: h.facility,
		Insurers:   func(url string) counter.ReceiptCalls { return service.Insurers(url) },
		Held: counter.NewHeld(func(_ time.Duration, leave func()) func() bool {
			leave() // nothing is taken back
			return func() bool { return false }
		}),
		Now: clock,
	}
	service.Offline = counter.NewOfflineDay(service, h.store.ForOfflineDay())
	h.counter = service
	keys, err := passkey.New(passkey.Config{Address: "http://localhost:8080", Name: "窓口", Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	h.members = staff.New(staff.Config{Stores: h.store.ForStaff(), Passkeys: keys, Now: clock})
	err = h.members.Facilities.Add(ctx, staff.Operator{}, staff.Facility{
		Code: h.facility.Code,
		Name: h.facility.Name,
	})
	if err != nil && !errors.Is(err, staff.ErrKnownFacility) {
		t.Fatal(err)
	}
	h.runs = h.insurer.PrintJobs
	h.runs.Folder = filepath.Join(h.dir, "runs")
	t.Cleanup(h.runs.Wait)
	h.echo = newSite(
		Config{
			Insurer:    h.insurer,
			Background: ctx,
			Demo:       true,
			Staff:      []string{"鈴木"},
			Members:    h.members,
			Facility:   h.facility.Code,
			FrontDoor:  kit.FrontDoor{Address: "http://localhost:8080"},
			Now:        clock,
			Ready:      h.store.Ping,
			Counter:    h.counter,
			Readers: agents.New(
				agents.Config{
					Store: h.store.ForAgents(),
					Now:   clock,
					Names: func(string) string { return "" },
				},
			),
			Login: auth.NewLogin(
				auth.Config{Issuer: "http://127.0.0.1:1/none", Client: &http.Client{}, Now: clock},
			),
			CounterCall: hostapi.TrustedCounters(h.listed, h.insurer.Receipts.FirstUse, clock),
			Listed:      h.listed,
			Sessions: &auth.Sessions{
				Store:     h.store.Sessions(),
				Now:       clock,
				EndStolen: h.members.Sessions.EndStolen,
			},
		},
	)
}

// newSite is New for a table of permissions that fits.
func newSite(c Config) *echo.Echo {
	e, err := New(c)
	if err != nil {
		panic(err)
	}
	return e
}

// nobody is an insurer that cannot be reached: records stand all the same.
type nobody struct{}

func (nobody) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	return nil, context.DeadlineExceeded
}
func (nobody) Redeem(context.Context, string, credential.OnlineCode) (string, error) {
	return "", context.DeadlineExceeded
}
func (nobody) LeaveReceipt(context.Context, string, hostapi.Delivery) error {
	return context.DeadlineExceeded
}

// ask sends one request as a browser on this computer does.
func (h *testApp) ask(
	t *testing.T,
	method, path string,
	body any,
	change ...func(*http.Request),
) *httptest.ResponseRecorder {
	t.Helper()
	if body == nil {
		return h.do(t, httptest.NewRequest(method, path, nil), change...)
	}
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	return h.do(t, r, change...)
}

// post sends a form that is written already.
func (h *testApp) post(t *testing.T, path string, body []byte, kind string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return h.do(t, r)
}

func (h *testApp) form(t *testing.T, path string, values url.Values) *httptest.ResponseRecorder {
	t.Helper()
	return h.post(t, path, []byte(values.Encode()), "application/x-www-form-urlencoded")
}

func (h *testApp) do(
	t *testing.T, r *http.Request, change ...func(*http.Request),
) *httptest.ResponseRecorder {
	t.Helper()
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	for _, c := range h.cookies {
		r.AddCookie(c)
	}
	for _, f := range change {
		f(r)
	}
	return h.answered(t, r)
}

// session signs in by making the session that a login makes.
func (h *testApp) session(t *testing.T, kind auth.Kind, subject, data string) {
	t.Helper()
	w := httptest.NewRecorder()
	s := auth.Sessions{Store: h.store.Sessions(), Now: func() time.Time { return h.now }}
	if _, err := s.Start(ctx, w, kind, subject, []byte(data)); err != nil {
		t.Fatal(err)
	}
	h.cookies = append(h.cookies, w.Result().Cookies()...)
}

// tokuichi imports the sample of 架空市 and returns the record of 髙橋 德一.
func (h *testApp) tokuichi(t *testing.T) insurer.PersonRecord {
	t.Helper()
	if _, err := h.insurer.Importer.Import(ctx, clerkOf("00138990"),
		bytes.NewReader(insuredcsv.SampleFile("00138990"))); err != nil {
		t.Fatal(err)
	}
	found, err := h.store.Register.FindPeople(
		ctx,
		insurer.PeopleQuery{Insurer: "00138990", Text: "髙橋徳一", Limit: 1},
	)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		found, err = h.store.Register.FindPeople(
			ctx,
			insurer.PeopleQuery{Insurer: "00138990", Text: "髙橋 德一", Limit: 1},
		)
	}
	if err != nil || len(found) != 1 {
		t.Fatalf("%d people, %v", len(found), err)
	}
	return found[0]
}

// named is the first of an insurer's people with a name.
func (h *testApp) named(t *testing.T, number eligibility.InsurerNumber, name string) insurer.PersonRecord {
	t.Helper()
	found, err := h.store.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: number, Text: name, Limit: 1})
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %d people, %v", name, len(found), err)
	}
	return found[0]
}

// live issues a genuine live screen at a time.
func (h *testApp) live(
	t *testing.T, p eligibility.Person, iss eligibility.InsurerNumber, at time.Time,
) string {
	t.Helper()
	key, err := h.keys.Rings.IssuerKey(iss)
	if err != nil {
		t.Fatal(err)
	}
	out, err := credential.Issue(
		testHost+"/i/"+string(iss),
		key,
		credential.Request{Person: p, InsurerName: "架空市", Share: 20, Tier: credential.TierLive},
		at,
	)
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

// answer is decode for an answer that must have a status.
func answer[T any](t *testing.T, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	if w.Code != status {
		t.Fatalf("%d %s, want %d", w.Code, w.Body, status)
	}
	return decode[T](t, w)
}

func (h *testApp) scan(t *testing.T, text string) console.CaseJSON {
	t.Helper()
	return answer[console.CaseJSON](
		t,
		h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": text}),
		http.StatusCreated,
	)
}

// visitOf is the session of someone who has logged in.
func visitOf(name, birth, notice string) string {
	data, _ := json.Marshal(
		patient.VisitSession{Notice: []byte(notice), Login: &auth.Identity{Subject: "op|x", Name: name,
			BirthDate: eligibility.MustDate(birth), At: testAppDay}},
	)
	return string(data)
}

// enrolled makes a login that may show 髙橋 德一.
func (h *testApp) enrolled(t *testing.T) insurer.PersonRecord {
	t.Helper()
	r := h.tokuichi(t)
	h.enrol(t, r, auth.Identity{Subject: "op|x", Name: "髙橋 德一", BirthDate: r.Person.BirthDate, At: h.now})
	return r
}

// enrol binds a login to a person by the notice's code and signs it in.
func (h *testApp) enrol(t *testing.T, r insurer.PersonRecord, login auth.Identity) {
	t.Helper()
	if err := h.insurer.Enrolment.Enrol(ctx, insurer.Viewer{Login: &login},
		h.notices.MAC(h.noticeCode(t, r))); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(patient.VisitSession{Login: &login})
	if err != nil {
		t.Fatal(err)
	}
	h.session(t, auth.Patient, login.Subject, string(data))
}

func (h *testApp) noticeCode(t *testing.T, r insurer.PersonRecord) string {
	t.Helper()
	mac := func(n int64) []byte { return h.notices.MAC(h.notices.Code(r.ID, n)) }
	serial, err := h.store.Enrolment.EnsureNotice(
		ctx,
		keyOf(r),
		mac,
		audit.Entry{At: h.now, Actor: "t", Action: "t"},
	)
	if err != nil {
		t.Fatal(err)
	}
	return h.notices.Code(r.ID, serial)
}

// patientOf enrols a login as tokuichi and signs it in; the login's callback came at a time.
func (h *testApp) patientOf(t *testing.T, at time.Time) insurer.PersonRecord {
	t.Helper()
	r := h.tokuichi(t)
	h.enrol(t, r, auth.Identity{Subject: "s", Name: "髙橋　德一", BirthDate: r.Person.BirthDate, At: at})
	return r
}

// databaseText is every byte of the database's files.
func (h *testApp) databaseText(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(h.database + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

// awayPhone is a phone without network: its screen lies in an open case, and the second code is not read yet.
type awayPhone struct {
	id, jws string
	key     credential.Key
	now     time.Time
}

func (p awayPhone) proof(t *testing.T) map[string]string {
	t.Helper()
	text, err := phonetest.Proof(p.jws, p.key, p.now, "")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"text": text}
}

// phoneAway enrols tokuichi, gives the phone its screen for when it is offline, and opens a case with it.
func (h *testApp) phoneAway(t *testing.T) (insurer.PersonRecord, awayPhone) {
	t.Helper()
	r := h.patientOf(t, h.now)
	h.session(t, auth.Counter, "鈴木", "{}")
	phone := newPhone(t)
	if w := h.add(t, "A", phone); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	made := answer[struct{ JWS string }](
		t,
		h.ask(
			t,
			"POST",
			"/api/v1/people/"+string(r.ID)+"/credential",
			map[string]string{"tier": "screen", "phone": "A"},
		),
		200,
	)
	return r, awayPhone{h.scan(t, credential.NumericQR(made.JWS)).ID, made.JWS, phone.key, h.now}
}

// clerkOf is 鈴木 at work for an insurer.
func clerkOf(number eligibility.InsurerNumber) staff.Clerk {
	return staff.Clerk{Staff: "鈴木", Insurer: number, Role: staff.Everything}
}

// keyOf names a person of an insurer.
func keyOf(r insurer.PersonRecord) insurer.PersonKey {
	return insurer.PersonKey{Insurer: r.Person.Insurer, ID: r.ID}
}

// viewerOf is somebody who has logged in, by the login's subject.
func viewerOf(subject string) insurer.Viewer {
	return insurer.Viewer{Login: &auth.Identity{Subject: subject}}
}

// atDesk is 鈴木 at the facility of a test app.
var atDesk = staff.Reception{Staff: "鈴木", Facility: "1319999991", Role: staff.Everything}

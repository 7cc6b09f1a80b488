package web

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/patient"
)

// testPhone is a phone's key.
type testPhone struct {
	private *ecdsa.PrivateKey
	key     credential.Key
}

func newPhone(t *testing.T) testPhone {
	t.Helper()
	private, key := issuertest.NewPair(t)
	return testPhone{private, key}
}

// sign signs as WebCrypto does: r‖s.
func (p testPhone) sign(t *testing.T, message string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(message))
	r, s, err := ecdsa.Sign(rand.Reader, p.private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(
		append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...),
	)
}

func (h *testApp) nonce(t *testing.T, phone string) string {
	t.Helper()
	return answer[struct{ Nonce string }](
		t,
		h.ask(t, "POST", "/api/v1/phone/nonce", map[string]string{"phone": phone}),
		200,
	).Nonce
}

// holder is what a phone sends to be added.
func (h *testApp) holder(t *testing.T, id string, p testPhone) insurer.DeviceKey {
	t.Helper()
	point, err := p.private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64, nonce := base64.RawURLEncoding, h.nonce(t, id)
	return insurer.DeviceKey{
		DeviceID: id,
		X:        b64.EncodeToString(point[1:33]),
		Y:        b64.EncodeToString(point[33:]),
		Nonce:    nonce,
		Signature: p.sign(
			t,
			strings.Join([]string{"madoguchi-device-1", "add", "localhost:8080", id, nonce}, "\n"),
		),
	}
}

func holderBody(k insurer.DeviceKey) map[string]any {
	return map[string]any{
		"id":        k.DeviceID,
		"key":       map[string]string{"kty": "EC", "crv": "P-256", "x": k.X, "y": k.Y},
		"nonce":     k.Nonce,
		"signature": k.Signature,
	}
}

func (h *testApp) add(
	t *testing.T, id string, p testPhone, change ...func(*http.Request),
) *httptest.ResponseRecorder {
	t.Helper()
	return h.ask(t, "PUT", "/api/v1/phone/holder", holderBody(h.holder(t, id, p)), change...)
}

// enter comes back by the phone's key, with no other cookie than the phone's own from then on.
func (h *testApp) enter(t *testing.T, id string, p testPhone) *httptest.ResponseRecorder {
	t.Helper()
	nonce := h.nonce(t, id)
	w := h.ask(
		t,
		"POST",
		"/api/v1/phone/session",
		map[string]string{"phone": id, "key": p.key.ID[:16], "nonce": nonce,
			"signature": p.sign(
				t,
				strings.Join([]string{"madoguchi-device-1", "enter", "localhost:8080", id, nonce}, "\n"),
			)},
	)
	for _, c := range w.Result().Cookies() {
		if strings.HasSuffix(c.Name, "device") {
			h.cookies = append(h.cookies, c)
		}
	}
	return w
}

// hanako puts 試験 花子 into 架空健康保険組合, enrols her own login and signs it in.
func (h *testApp) hanako(t *testing.T, at time.Time) insurer.PersonRecord {
	t.Helper()
	p := eligibility.Person{
		Insurer:      "06139992",
		Symbol:       "１２３－４",
		Number:       "５６７",
		BranchNumber: "01",
		Name:         "試験 花子",
		Kana:         "ｼｹﾝ ﾊﾅｺ",
		BirthDate:    eligibility.MustDate("1988-11-30"),
		Address:      "大阪府架空市練習町7-8",
	}
	if _, err := h.store.Importer.ImportPeople(ctx, "06139992",
		func(yield func(string, eligibility.Person) bool) { yield("hanako", p) },
		audit.Entry{At: h.now, Actor: "t", Action: "people.import"}); err != nil {
		t.Fatal(err)
	}
	r, err := h.store.Issuer.PersonByKey(ctx, "06139992", "hanako")
	if err != nil {
		t.Fatal(err)
	}
	h.enrol(t, r, auth.Identity{Subject: "hanako", Name: "試験　花子", BirthDate: p.BirthDate, At: at})
	return r
}

// signedOut drops the login's cookie; the phone's own stays.
func (h *testApp) signedOut() {
	kept := h.cookies[:0:0]
	for _, c := range h.cookies {
		if !strings.HasSuffix(c.Name, "patient") {
			kept = append(kept, c)
		}
	}
	h.cookies = kept
}

type meAnswer struct {
	People []struct {
		ID, Name string
		LoginBy  time.Time
	}
	Lapsed        []string
	Phones        []phoneLine
	Login, Device bool
}

func refusedWith(t *testing.T, w *httptest.ResponseRecorder, key string) {
	t.Helper()
	if !strings.Contains(w.Body.String(), `"urn:madoguchi:problem:`+key+`"`) {
		t.Errorf("%d %s, want %s", w.Code, w.Body, key)
	}
}

func TestAPhoneRenewsItsScreensByItsKeyForNinetyDaysAfterTheLogin(t *testing.T) {
	h, _ := connected(t)
	login := h.now
	r := h.patientOf(t, login)
	phone := newPhone(t)
	if w := h.add(t, "A", phone); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h.signedOut()
	credentials := "/api/v1/people/" + string(r.ID) + "/credential"
	refusedWith(t, h.ask(t, "POST", credentials, map[string]string{"tier": "live"}), "session.missing")
	h.now = login.Add(90*24*time.Hour - time.Minute)
	if w := h.enter(t, "A", phone); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, body := range []map[string]string{{"tier": "live"}, {"tier": "screen", "phone": "A"}} {
		answer[struct{ JWS string }](t, h.ask(t, "POST", credentials, body), 200)
	}
	if me := answer[meAnswer](t, h.ask(t, "GET", "/api/v1/me", nil), 200); len(me.People) != 1 || me.Login ||
		!me.Device ||
		!me.People[0].LoginBy.Equal(login.Add(90*24*time.Hour)) {
		t.Errorf("%+v", me)
	}
	if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil); w.Code != 200 ||
		w.Header().Get("Madoguchi-Valid-Until") != "2027-06-01" {
		t.Errorf("the copy: %d until %q", w.Code, w.Header().Get("Madoguchi-Valid-Until"))
	}
	insert := "/people/" + string(r.ID) + "/insert.pdf"
	if w := h.ask(t, "GET", insert, nil); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Errorf("the slip for the card case: %d %.80s", w.Code, w.Body)
	}
	h.now = h.now.Add(2 * time.Minute)
	for _, body := range []map[string]string{{"tier": "live"}, {"tier": "screen", "phone": "A"}} {
		refusedWith(t, h.ask(t, "POST", credentials, body), "device.over")
	}
	if w := h.ask(t, "GET", insert, nil); w.Code == 200 {
		t.Error("the slip for the card case is given after 90 days")
	}
	if me := answer[meAnswer](t, h.ask(t, "GET", "/api/v1/me", nil), 200); len(me.People) != 0 ||
		len(me.Lapsed) != 1 {
		t.Errorf("after 90 days: %+v", me)
	}
}

func TestAnAnswerToANonceServesOnce(t *testing.T) {
	h, _ := connected(t)
	h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	nonce := h.nonce(t, "A")
	body := map[string]string{
		"phone":     "A",
		"key":       phone.key.ID[:16],
		"nonce":     nonce,
		"signature": phone.sign(t, "madoguchi-device-1\nenter\nlocalhost:8080\nA\n"+nonce),
	}
	if w := h.ask(t, "POST", "/api/v1/phone/session", body); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	refusedWith(t, h.ask(t, "POST", "/api/v1/phone/session", body), "device.proof")
	nobodyKnows(t, h.enter(t, "A", newPhone(t)))
	body["nonce"] = h.nonce(t, "A")
	refusedWith(t, h.ask(t, "POST", "/api/v1/phone/session", body), "device.proof")
}

func TestAPhonesKeyShowsAndChangesNothing(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.add(t, "B", newPhone(t))
	h.signedOut()
	h.enter(t, "A", phone)
	for _, ask := range []struct {
		name         string
		method, path string
		body         any
	}{
		{"another holder key", "PUT", "/api/v1/phone/holder", holderBody(h.holder(t, "C", newPhone(t)))},
		{"another receipt key", "PUT", "/api/v1/phone", map[string]any{
			"id":  "C",
			"key": holderBody(h.holder(t, "C", newPhone(t)))["key"],
		}},
		{"another phone's end", "POST", "/api/v1/phones/B/end", struct{}{}},
		{"an erasure", "POST", "/api/v1/me/erase", struct{}{}},
	} {
		t.Run(ask.name, func(t *testing.T) {
			refusedWith(t, h.ask(t, ask.method, ask.path, ask.body), "session.missing")
		})
	}
	if w := h.ask(t, "POST", "/enrol", nil); w.Code != http.StatusSeeOther ||
		w.Header().Get("Location") != "/login" {
		t.Errorf("enrolment: %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := h.ask(t, "GET", "/api/v1/receipts?key=B", nil); w.Code != 404 {
		t.Errorf("another phone's receipts: %d", w.Code)
	}
	if w := h.ask(t, "GET", "/api/v1/receipts?key=A", nil); w.Code != 200 {
		t.Errorf("its own receipts: %d", w.Code)
	}
	if w := h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", struct{}{}); w.Code != 201 {
		t.Errorf("a number: %d", w.Code)
	}
}

func TestAStolenSessionAddsNoKey(t *testing.T) {
	h, _ := connected(t)
	h.patientOf(t, h.now)
	owner := newPhone(t)
	h.add(t, "A", owner)
	h.now = h.now.Add(16 * time.Minute)
	thief := newPhone(t)
	refusedWith(t, h.add(t, "T", thief), "phone.login_again")
	refusedWith(t, h.add(t, "A", thief), "phone.login_again") // in the owner's phone's place
	refusedWith(
		t,
		h.ask(
			t,
			"PUT",
			"/api/v1/phone",
			map[string]any{"id": "T", "key": holderBody(h.holder(t, "T", thief))["key"]},
		),
		"phone.login_again",
	)
	refusedWith(t, h.ask(t, "POST", "/api/v1/me/erase", struct{}{}), "login.not_fresh")
	nobodyKnows(t, h.enter(t, "T", thief))
}

func TestAKeyIsAddedOnlyByWhoHoldsIt(t *testing.T) {
	h, _ := connected(t)
	h.patientOf(t, h.now)
	victim := newPhone(t)
	stolen := h.holder(t, "A", victim) // its public half, as a photographed proof shows it
	stolen.Signature = newPhone(t).sign(t, "madoguchi-device-1\nadd\nlocalhost:8080\nA\n"+stolen.Nonce)
	refusedWith(t, h.ask(t, "PUT", "/api/v1/phone/holder", holderBody(stolen)), "device.proof")
	stolen.Signature = victim.sign(t, "madoguchi-device-1\nenter\nlocalhost:8080\nA\n"+stolen.Nonce)
	refusedWith(t, h.ask(t, "PUT", "/api/v1/phone/holder", holderBody(stolen)), "device.proof")
}

func TestAnEndedPhoneShowsNothingAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, h *testApp, r insurer.PersonRecord)
	}{
		{"by the patient, from a login elsewhere", func(t *testing.T, h *testApp, r insurer.PersonRecord) {
			phones := h.cookies
			h.cookies = nil
			data, err := json.Marshal(patient.VisitSession{Login: &auth.Identity{Subject: "s", At: h.now}})
			if err != nil {
				t.Fatal(err)
			}
			h.session(t, auth.Patient, "s", string(data))
			left := answer[struct{ Phones []phoneLine }](t,
				h.ask(t, "POST", "/api/v1/phones/A/end", struct{}{}), 200)
			if len(left.Phones) != 0 {
				t.Errorf("left: %+v", left)
			}
			answer[meAnswer](t, h.ask(t, "GET", "/api/v1/me", nil), 200) // the one that asked goes on
			h.cookies = phones
		}},
		{"by the insurer", func(t *testing.T, h *testApp, r insurer.PersonRecord) {
			if n, err := h.insurer.Devices.EndDeviceOfPerson(ctx, clerkOf("06139992"), r.ID,
				"A"); err == nil {
				t.Errorf("another insurer ended %d", n)
			}
			known, err := h.insurer.Devices.DevicesOfPerson(ctx, clerkOf("00138990"), r.ID)
			if err != nil || len(known) != 1 || known[0].ID != "A" {
				t.Fatalf("%+v %v", known, err)
			}
			if n, err := h.insurer.Devices.EndDeviceOfPerson(ctx, clerkOf("00138990"), r.ID,
				"A"); err != nil ||
				n != 1 {
				t.Fatalf("%d %v", n, err)
			}
		}},
		{"by the erased person", func(t *testing.T, h *testApp, r insurer.PersonRecord) {
			if err := h.store.Register.ErasePerson(ctx, r.Person.Insurer, r.ID,
				audit.Entry{At: h.now, Actor: "t", Action: "person.erase", Person: r.ID}); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _ := connected(t)
			r := h.patientOf(t, h.now)
			phone := newPhone(t)
			h.add(t, "A", phone)
			h.enter(t, "A", phone)
			if c.name == "by the erased person" {
				h.signedOut() // a login with nobody to show stays a login
			}
			c.end(t, h, r)
			refusedWith(
				t,
				h.ask(
					t,
					"POST",
					"/api/v1/people/"+string(r.ID)+"/credential",
					map[string]string{"tier": "live"},
				),
				"session.missing",
			)
			nobodyKnows(t, h.enter(t, "A", phone))
			if n, err := h.store.VerifyAudit(ctx); err != nil || n == 0 {
				t.Errorf("audit: %d %v", n, err)
			}
		})
	}
}

func TestRemovingOneOfTwoPeopleLeavesTheOther(t *testing.T) {
	h, _ := connected(t)
	tokuichi := h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.signedOut()
	hanako := h.hanako(t, h.now) // her own login on the same phone
	if w := h.add(t, "A", phone); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h.enter(t, "A", phone)
	me := answer[meAnswer](t, h.ask(t, "GET", "/api/v1/me", nil), 200)
	if len(me.People) != 2 || me.People[0].ID != string(tokuichi.ID) || me.People[1].ID != string(hanako.ID) {
		t.Fatalf("%+v", me)
	}
	if w := h.ask(t, "POST", "/api/v1/people/"+string(hanako.ID)+"/remove", struct{}{}); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	me = answer[meAnswer](t, h.ask(t, "GET", "/api/v1/me", nil), 200)
	if len(me.People) != 1 || me.People[0].ID != string(tokuichi.ID) || me.Login {
		t.Errorf("%+v", me)
	}
	if people, err := h.insurer.Enrolment.People(ctx, viewerOf("hanako")); err != nil || len(people) != 1 {
		t.Errorf("she is enrolled no more: %d %v", len(people), err)
	}
	w := h.ask(t, "POST", "/api/v1/phone/wipe", struct{}{})
	if w.Code != 204 || w.Header().Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("wipe: %d %q", w.Code, w.Header().Get("Clear-Site-Data"))
	}
	nobodyKnows(t, h.enter(t, "A", phone))
}

func TestLoggingOutClearsNothingOfTheFamilys(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	h.enter(t, "A", phone)
	w := h.ask(t, "POST", "/logout", nil)
	if w.Header().Get("Clear-Site-Data") != "" {
		t.Error("Clear-Site-Data at logout")
	}
	answer[struct{ JWS string }](
		t,
		h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{"tier": "live"}),
		200,
	)
}

func TestErasingALoginLeavesTheInsurersRecordAndNothingElse(t *testing.T) {
	h, _ := connected(t)
	r := h.patientOf(t, h.now)
	phone := newPhone(t)
	h.add(t, "A", phone)
	w := h.ask(t, "PUT", "/api/v1/phone", map[string]any{
		"id":  "A",
		"key": holderBody(h.holder(t, "A", newPhone(t)))["key"],
	})
	if w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := h.store.Receipts.PutReceipts(ctx, keyOf(r),
		insurer.LeftReceipts{Sealed: map[string][]byte{"A": []byte("sealed")}},
		audit.Entry{At: h.now, Actor: "t", Action: "receipt.leave"}); err != nil {
		t.Fatal(err)
	}
	if got, err := h.insurer.Receipts.Receipts(ctx, viewerOf("s"), "A"); err != nil || len(got) != 1 {
		t.Fatalf("%d %v", len(got), err)
	}
	h.enter(t, "A", phone)
	if w := h.ask(t, "POST", "/api/v1/me/erase", struct{}{}); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	showsNobody(t, h.ask(t, "GET", "/api/v1/me", nil))
	nobodyKnows(t, h.enter(t, "A", phone))
	if people, err := h.insurer.Enrolment.People(ctx, viewerOf("s")); err != nil || len(people) != 0 {
		t.Errorf("still enrolled: %d %v", len(people), err)
	}
	if keys, err := h.store.Receipts.ReceiptKeys(ctx, keyOf(r), h.now); err != nil || len(keys) != 0 {
		t.Errorf("receipt keys: %d %v", len(keys), err)
	}
	if _, err := h.store.Register.Person(ctx, r.Person.Insurer, r.ID); err != nil {
		t.Errorf("the insurer's record: %v", err)
	}
	h.patientOf(t, h.now) // the same notice serves again, for the same person
	if got, err := h.insurer.Receipts.Receipts(ctx, viewerOf("s"), "A"); err != nil || len(got) != 0 {
		t.Errorf("receipts: %d %v", len(got), err)
	}
	if n, err := h.store.VerifyAudit(ctx); err != nil || n == 0 {
		t.Errorf("audit: %d %v", n, err)
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
	if w := h.add(t, "C", newPhone(t)); w.Code != 403 ||
		!strings.Contains(w.Body.String(), "phone.login_again") {
		t.Errorf("15 minutes after the login: %d %s", w.Code, w.Body)
	}
	if w := h.add(t, "B", phone); w.Code != 200 {
		t.Errorf("the same key again: %d", w.Code)
	}
	if me := answer[struct{ Phones []phoneLine }](t, h.ask(t, "GET", "/api/v1/me", nil), 200); len(
		me.Phones,
	) != 2 {
		t.Errorf("the patient is told: %+v", me)
	}
	stale := auth.Identity{Subject: "s", At: h.now, AuthTime: h.now.Add(-16 * time.Minute)}
	if err := h.insurer.Devices.AddDeviceKey(ctx, insurer.Viewer{Login: &stale},
		h.holder(t, "D", phone)); err == nil {
		t.Error("auth_time of 16 minutes ago was taken")
	}
}

type phoneLine struct{ ID string }

// Back from a screen leads to the page before it, the form that asks for a code: whoever has a screen sees
// that.
func TestBackFromAScreenFindsNoForm(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	if w := h.ask(t, "GET", "/enrol", nil); w.Code != http.StatusSeeOther || location(t, w) != "/screen" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	if w := h.ask(t, "GET", "/enrol?another=1", nil); w.Code != http.StatusOK {
		t.Errorf("another code cannot be entered: %d", w.Code)
	}
}

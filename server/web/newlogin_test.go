package web

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/auth"
	"madoguchi/auth/demoidp"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
)

// provided gives the test app the practice provider, at a real address, and a program that logs people in
// there.
func (h *testApp) provided(t *testing.T) {
	t.Helper()
	var provider *demoidp.Provider
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		provider.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	client, callback := certtest.Key(t), "http://localhost:8080/login/callback"
	var err error
	provider, err = demoidp.New(demoidp.Config{Issuer: server.URL + "/demo-idp",
		Key: certtest.Key(t), KeyID: "k",
		ClientID: "RP1", ClientKey: &client.PublicKey,
		RedirectURLs: []string{callback}, Now: h.clock,
		People: []demoidp.Person{{Subject: "p3", Name: "髙橋　德一",
			BirthDate: eligibility.MustDate("1955-07-01")}}})
	if err != nil {
		t.Fatal(err)
	}
	h.echo = newSite(Config{Insurer: h.insurer, Background: ctx, Demo: true, Staff: []string{"鈴木"},
		Now: h.clock, Ready: h.store.Ping,
		Counter: h.counter, Sessions: &auth.Sessions{Store: h.store.Sessions(), Now: h.clock},
		Login: auth.NewLogin(auth.Config{Issuer: server.URL + "/demo-idp", ClientID: "RP1", Key: client,
			KeyID: "c", Method: jwt.SigningMethodES256,
			RedirectURL: callback, Scopes: []string{"name", "birthdate"}, Client: server.Client(),
			Now: h.clock})})
}

func (h *testApp) clock() time.Time { return h.now }

// keptBy keeps the patient's session that an answer sets, alone, and returns its id.
func (h *testApp) keptBy(w *httptest.ResponseRecorder) string {
	value := ""
	for _, c := range w.Result().Cookies() {
		if c.Name == "madoguchi-patient" && c.MaxAge >= 0 && c.Value != "" {
			value = c.Value
			h.cookies = []*http.Cookie{{Name: c.Name, Value: c.Value}}
		}
	}
	return value
}

// OWASP ASVS 5.0 7.2.4, session fixation: whoever put a cookie into a patient's browser before the login
// holds nothing after it.
func TestALoginGivesTheBrowserANewSessionAndEndsTheEarlier(t *testing.T) {
	h := newTestApp(t)
	h.provided(t)
	code := h.noticeCode(t, h.tokuichi(t))
	planted := h.keptBy(h.ask(t, "GET", "/n/"+code, nil))
	if planted == "" {
		t.Fatal("opening a notice gives no session")
	}
	hash := sha256.Sum256([]byte(planted))
	begun := h.ask(t, "GET", "/login", nil)
	if again := h.keptBy(begun); begun.Code != http.StatusSeeOther || again != "" && again != planted {
		t.Fatalf("%d, session %q", begun.Code, again)
	}
	client := &http.Client{CheckRedirect: func(*http.Request,
		[]*http.Request) error {
		return http.ErrUseLastResponse
	}}
	res, err := client.PostForm(begun.Header().Get("Location"), url.Values{"person": {"p3"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), "http://localhost:8080/login/callback?") {
		t.Fatalf("%s to %q", res.Status, back)
	}
	done := h.ask(t, "GET", back.RequestURI(), nil)
	own := h.keptBy(done)
	if done.Code != http.StatusSeeOther || done.Header().Get("Location") != "/enrol" || own == "" ||
		own == planted {
		t.Fatalf("%d to %q, the session is %q, before %q", done.Code, done.Header().Get("Location"), own,
			planted)
	}
	if _, err := h.store.Sessions().Session(ctx, hash); err == nil {
		t.Error("the earlier session is still stored")
	}
	login := func() bool {
		return answer[struct{ Login bool }](t, h.ask(t, "GET", "/api/v1/me", nil), http.StatusOK).Login
	}
	if !login() {
		t.Error("the new session is nobody's")
	}
	h.cookies = []*http.Cookie{{Name: "madoguchi-patient", Value: planted}}
	if w := h.ask(t, "GET", "/enrol", nil); login() || w.Code == http.StatusOK {
		t.Errorf("the cookie of before the login is logged in: /enrol answers %d", w.Code)
	}
	if w := h.ask(t, "GET", back.RequestURI(), nil); w.Code != http.StatusForbidden {
		t.Errorf("it finishes the login once more: %d", w.Code)
	}
}

// A phone that comes back by its key gets a new session too, and its earlier one ends.
func TestAPhonesNextSessionEndsItsEarlier(t *testing.T) {
	h, _ := connected(t)
	h.patientOf(t, h.now)
	phone := newPhone(t)
	if w := h.add(t, "A", phone); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h.signedOut()
	entered := func() string {
		t.Helper()
		if w := h.enter(t, "A", phone); w.Code != http.StatusNoContent {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		last := h.cookies[len(h.cookies)-1]
		h.cookies = []*http.Cookie{last}
		return last.Value
	}
	first := entered()
	second := entered()
	if first == second {
		t.Error("the session is the same")
	}
	if _, err := h.store.Sessions().Session(ctx, sha256.Sum256([]byte(first))); err == nil {
		t.Error("the earlier session is still stored")
	}
	if _, err := h.store.Sessions().Session(ctx, sha256.Sum256([]byte(second))); err != nil {
		t.Error(err)
	}
}

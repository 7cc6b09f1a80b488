package web

import (
	"crypto/ecdsa"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/auth/demoidp"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
)

const callback = "http://localhost:8080/login/callback"

// atProvider is the test app with the demo's provider behind a server of its own, and what a person who picks
// p comes back with.
func (h *testApp) atProvider(t *testing.T) (e *echo.Echo, pick func(address string) string) {
	t.Helper()
	return h.atProviderAs(t, func(c *Config) { c.Demo = true })
}

// atProviderAs is atProvider for a server with other settings.
func (h *testApp) atProviderAs(
	t *testing.T, change func(*Config),
) (e *echo.Echo, pick func(address string) string) {
	t.Helper()
	clock := func() time.Time { return h.now }
	private, key := issuertest.NewPair(t)
	opKey, _ := issuertest.NewPair(t)
	var op *demoidp.Provider
	server := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { op.ServeHTTP(w, r) }),
	)
	t.Cleanup(server.Close)
	var public *ecdsa.PublicKey = &private.PublicKey
	op, err := demoidp.New(demoidp.Config{
		Issuer:       server.URL,
		Key:          opKey,
		KeyID:        "k",
		ClientID:     "RP1",
		ClientKey:    public,
		RedirectURLs: []string{callback},
		People: []demoidp.Person{
			{Subject: "p", Name: "髙橋　德一", BirthDate: eligibility.MustDate("1955-07-01")},
			{Subject: "a", Name: "別人　一郎", BirthDate: eligibility.MustDate("1990-01-01")},
		},
		Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		Insurer:    h.insurer,
		Background: ctx,
		Now:        clock,
		Ready:      h.store.Ping,
		Sessions:   &auth.Sessions{Store: h.store.Sessions(), Now: clock},
		Login: auth.NewLogin(auth.Config{
			Issuer:      server.URL,
			ClientID:    "RP1",
			Key:         private,
			KeyID:       key.ID,
			Method:      jwt.SigningMethodES256,
			RedirectURL: callback,
			Scopes:      []string{"name", "birthdate"},
			ACRValues:   demoidp.ACR,
			Client:      server.Client(),
			Now:         clock,
		}),
	}
	change(&config)
	h.pickAs = func(address, person string) string {
		client := &http.Client{
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		res, err := client.PostForm(address, url.Values{"person": {person}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return strings.TrimPrefix(res.Header.Get("Location"), "http://localhost:8080")
	}
	return newSite(config), func(address string) string { return h.pickAs(address, "p") }
}

// get asks as a browser on this computer that has these cookies.
func get(e http.Handler, path string, cookies ...*http.Cookie) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w.Result()
}

func named(res *http.Response, name string) *http.Cookie {
	for _, c := range res.Cookies() {
		if strings.HasSuffix(c.Name, name) {
			return c
		}
	}
	return nil
}

// A browser without a session carries its login itself; the way back makes the session.
func TestALoginThatNothingIsKeptOfComesBack(t *testing.T) {
	h := newTestApp(t)
	e, pick := h.atProvider(t)
	began := get(e, "/login")
	carried := named(began, "login")
	if began.StatusCode != http.StatusSeeOther || carried == nil || len(began.Cookies()) != 1 {
		t.Fatalf("%s %v", began.Status, began.Cookies())
	}
	if !carried.HttpOnly || carried.SameSite != http.SameSiteLaxMode || carried.MaxAge != 600 ||
		carried.Path != "/" {
		t.Errorf("%+v", carried)
	}
	state, err := url.Parse(began.Header.Get("Location"))
	if err != nil || strings.Contains(carried.Value, state.Query().Get("state")) {
		t.Error("the cookie is readable")
	}
	path := pick(began.Header.Get("Location"))
	done := get(e, path, carried)
	session, over := named(done, "patient"), named(done, "login")
	if done.Header.Get("Location") != "/enrol" || session == nil || over == nil || over.MaxAge >= 0 {
		t.Fatalf("%s %v", done.Status, done.Cookies())
	}
	if again := get(e, path, session); again.Header.Get("Location") != "/enrol" {
		t.Errorf("the same answer loaded again: %s", again.Status)
	}
	if other := get(e, path, carried); other.StatusCode != http.StatusForbidden {
		t.Errorf("the same answer in a copied browser: %s", other.Status)
	}
}

func TestACarriedLoginIsFinishedOnceAndByItsOwnBrowser(t *testing.T) {
	h := newTestApp(t)
	e, pick := h.atProvider(t)
	seal := func(key []byte, f auth.Flow) *http.Cookie {
		text, err := auth.FlowSeal{Key: key}.Seal(f)
		if err != nil {
			t.Fatal(err)
		}
		return &http.Cookie{Name: "madoguchi-login", Value: text}
	}
	start := func() (*http.Cookie, string) {
		began := get(e, "/login")
		return named(began, "login"), pick(began.Header.Get("Location"))
	}
	begun := h.now
	type attempt struct {
		name string
		try  func() *http.Response
	}
	elsewhere := []attempt{ // its own browser may still finish it, with a number
		{"no cookie", func() *http.Response { _, path := start(); return get(e, path) }},
		{
			"another browser's cookie",
			func() *http.Response { _, path := start(); other, _ := start(); return get(e, path, other) },
		},
		{"a cookie that was changed", func() *http.Response {
			c, path := start()
			swap := map[bool]string{true: "A", false: "B"}[c.Value[20] == 'B']
			c.Value = c.Value[:20] + swap + c.Value[21:]
			return get(e, path, c)
		}},
		{
			"an empty cookie",
			func() *http.Response { c, path := start(); c.Value = ""; return get(e, path, c) },
		},
	}
	for _, c := range elsewhere {
		t.Run(c.name, func(t *testing.T) {
			res := c.try()
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login/elsewhere" ||
				named(res, "patient") != nil {
				t.Errorf("%s %v", res.Status, res.Cookies())
			}
		})
	}
	cases := []attempt{
		{"sealed by a stranger", func() *http.Response {
			return get(
				e,
				"/login/callback?state=s&code=x",
				seal(make([]byte, 32), auth.Flow{State: "s", Begun: begun}),
			)
		}},
		{"eleven minutes old", func() *http.Response {
			return get(
				e,
				"/login/callback?state=s&code=x",
				seal(
					h.insurer.Devices.LoginFlowKey(),
					auth.Flow{State: "s", Begun: begun.Add(-11 * time.Minute)},
				),
			)
		}},
		{"no state", func() *http.Response { c, _ := start(); return get(e, "/login/callback?code=x", c) }},
		{
			"another state",
			func() *http.Response { c, _ := start(); return get(e, "/login/callback?state=x&code=x", c) },
		},
		{"two states", func() *http.Response { c, path := start(); return get(e, path+"&state=x", c) }},
		{"a second time, after a made-up code", func() *http.Response {
			c, path := start()
			u, err := url.Parse(path)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			q.Set("code", "x")
			if first := get(e, u.Path+"?"+q.Encode(), c); first.StatusCode != http.StatusForbidden {
				t.Errorf("a made-up code: %s", first.Status)
			}
			return get(e, path, c)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if res := c.try(); res.StatusCode != http.StatusForbidden || named(res, "patient") != nil {
				t.Errorf("%s %v", res.Status, res.Cookies())
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(elsewhere)+len(cases))
}

// An answer that is not this login's, as of another tab or a stranger's link, leaves the carried login under
// way.
func TestAnAnswerToAnotherLoginLeavesTheCarriedOneUnderWay(t *testing.T) {
	h := newTestApp(t)
	e, pick := h.atProvider(t)
	for _, wrong := range []string{"state=x&code=x", "state=&code=x", "code=x", "state=x&error=access_denied",
		"error=server_error"} {
		t.Run(wrong, func(t *testing.T) {
			began := get(e, "/login")
			carried, path := named(began, "login"), pick(began.Header.Get("Location"))
			if res := get(e, "/login/callback?"+wrong, carried); res.StatusCode != http.StatusForbidden ||
				named(res, "login") != nil {
				t.Fatalf("%s %v", res.Status, res.Cookies())
			}
			if res := get(e, path, carried); res.StatusCode != http.StatusSeeOther ||
				named(res, "patient") == nil {
				t.Errorf("the true answer afterwards: %s", res.Status)
			}
		})
	}
}

// What a login rests on stands in the audit: its level, and whether the time of the proof is the provider's
// word.
func TestTheAuditSaysWhatALoginRestsOn(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*auth.Identity)
	}{
		{"acr aal3; auth_time", func(id *auth.Identity) { id.ACR, id.AuthTime = "aal3", id.At }},
		{"acr not given; auth_time not given, time of the callback", func(*auth.Identity) {}},
		{"acr not given; auth_time", func(id *auth.Identity) {
			id.AuthTime = id.At
		}},
		{"acr aal3; auth_time not given, time of the callback", func(id *auth.Identity) { id.ACR = "aal3" }},
	} {
		t.Run(c.want, func(t *testing.T) {
			h := newTestApp(t)
			r := h.tokuichi(t)
			login := auth.Identity{Subject: "op|y", Name: "髙橋 德一", BirthDate: r.Person.BirthDate, At: h.now}
			c.change(&login)
			h.enrol(t, r, login)
			file, err := h.store.Register.PersonFile(ctx, keyOf(r), h.now, 20)
			if err != nil {
				t.Fatal(err)
			}
			if e := file.Entries[0]; e.Action != "notice.enrol" || e.Detail != c.want {
				t.Errorf("%s: %s", e.Action, e.Detail)
			}
		})
	}
}

// Who presses "cancel" at the provider is shown a calm page, in the browser that began and in any other:
// nothing happened. The next login is as good as the first.
func TestACancelledLoginIsNoError(t *testing.T) {
	h := newTestApp(t)
	e, pick := h.atProvider(t)
	began := get(e, "/login")
	carried := named(began, "login")
	address, err := url.Parse(began.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	cancelled := url.Values{
		"state": {address.Query().Get("state")},
		"error": {"access_denied"},
		"iss":   {address.Scheme + "://" + address.Host},
	}
	for _, cookies := range [][]*http.Cookie{{carried}, nil} {
		res := get(e, "/login/callback?"+cancelled.Encode(), cookies...)
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login/cancelled" ||
			named(res, "patient") != nil {
			t.Errorf("%d cookies: %s to %s", len(cookies), res.Status, res.Header.Get("Location"))
		}
	}
	if res := get(e, "/login/cancelled"); res.StatusCode != http.StatusOK {
		t.Errorf("the page: %s", res.Status)
	}
	again := get(e, "/login")
	res := get(e, pick(again.Header.Get("Location")), named(again, "login"))
	if named(res, "patient") == nil {
		t.Errorf("the login afterwards: %s", res.Status)
	}
}

package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
)

// otherNetwork is still this computer: the demo answers nobody else.
const otherNetwork = "127.0.0.9"

// handset is a browser with its own cookies on a network.
type handset struct {
	echo    *echo.Echo
	network string
	agent   string
	cookies map[string]string
}

// phone returns a browser of a patient's phone; all of them are on one network.
func phone(e *echo.Echo) *handset {
	return &handset{echo: e, network: "127.0.0.1", cookies: map[string]string{}}
}

// open asks for a page, or sends a form where there is one, and follows no redirect.
func (v *handset) open(t *testing.T, path string, form url.Values) (status int, to, body string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Host, r.RemoteAddr = "localhost:8080", v.network+":50000"
	r.Header.Set("User-Agent", v.agent)
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.echo.ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		if v.cookies[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(v.cookies, c.Name)
		}
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(text)
}

// loggedIn reports whether the browser holds a login.
func (v *handset) loggedIn(t *testing.T) bool {
	t.Helper()
	status, _, body := v.open(t, "/api/v1/me", nil)
	return status == http.StatusOK && strings.Contains(body, `"login":true`)
}

func (v *handset) state(t *testing.T) string {
	t.Helper()
	status, _, body := v.open(t, "/api/v1/login", nil)
	var said struct{ State string }
	if status != http.StatusOK || json.Unmarshal([]byte(body), &said) != nil {
		t.Fatalf("%d %s", status, body)
	}
	return said.State
}

var shownNumber = regexp.MustCompile(`id="number">(\d{4})<`)

// number goes on to the number that the browser shows.
func (v *handset) number(t *testing.T) string {
	t.Helper()
	if status, to, _ := v.open(t, "/login/wait", url.Values{}); to != "/login/wait" {
		t.Fatalf("%d to %q", status, to)
	}
	_, _, body := v.open(t, "/login/wait", nil)
	m := shownNumber.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no number is shown:\n%s", body)
	}
	return m[1]
}

// wrong is a number that is not this one.
func wrong(number string) string {
	if number == "0000" {
		return "0001"
	}
	return "0000"
}

// cameElsewhere is a login that a began and whose answer b has brought.
func cameElsewhere(t *testing.T, a, b *handset, pick func(string) string) (path string) {
	t.Helper()
	status, address, _ := a.open(t, "/login?here=1", nil)
	if status != http.StatusSeeOther {
		t.Fatalf("%d", status)
	}
	path = pick(address)
	status, to, _ := b.open(t, path, nil)
	if status != http.StatusSeeOther || to != "/login/elsewhere" {
		t.Fatalf("%d to %q", status, to)
	}
	return path
}

func TestALoginThatComesBackInAnotherBrowserIsHandedOver(t *testing.T) {
	for _, c := range []struct {
		name   string
		notice bool // a session was there before
		typed  func(number string) string
	}{
		{"a browser without a session", false, func(n string) string { return n }},
		{"a browser that read a notice", true, func(n string) string { return n }},
		{"full-width digits with a blank", false, func(n string) string {
			return strings.Map(func(r rune) rune { return r - '0' + '０' }, n[:2]) + " " + n[2:]
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			e, pick := h.atProvider(t)
			a, b := phone(e), phone(e)
			if c.notice {
				a.open(t, "/n/"+h.noticeCode(t, h.tokuichi(t)), nil)
			}
			a.open(t, "/login?here=1", nil) // an earlier try
			cameElsewhere(t, a, b, pick)
			if got := a.state(t); got != "ready" {
				t.Errorf("it came back: %q", got)
			}
			if _, to, _ := a.open(t, "/login", nil); to != "/login/wait" {
				t.Errorf("pressing the button again leads to %q", to)
			}
			number := a.number(t)
			if got := a.state(t); got != "number" || a.loggedIn(t) {
				t.Errorf("before the number was typed: %q, logged in %v", got, a.loggedIn(t))
			}
			_, _, asked := b.open(t, "/login/elsewhere", nil)
			status, to, _ := b.open(t, "/login/elsewhere", url.Values{"number": {c.typed(number)}})
			if status != http.StatusSeeOther || to != "/login/elsewhere" {
				t.Fatalf("%d to %q", status, to)
			}
			_, _, done := b.open(t, "/login/elsewhere", nil)
			for _, page := range []string{asked, done} {
				if strings.Contains(page, "髙橋") || strings.Contains(page, number) {
					t.Error("the other browser is shown the person or the number")
				}
			}
			if got := a.state(t); got != "confirmed" {
				t.Errorf("after the number: %q", got)
			}
			if status, to, _ := a.open(t, "/login/wait", url.Values{}); to != "/enrol" {
				t.Fatalf("%d to %q", status, to)
			}
			if !a.loggedIn(t) || b.loggedIn(t) {
				t.Errorf("logged in: the first %v, the other %v", a.loggedIn(t), b.loggedIn(t))
			}
			_, _, page := a.open(t, "/enrol", nil)
			if !strings.Contains(page, "髙橋　德一") || strings.Contains(page, `id="code"`) == c.notice {
				t.Error("the login or the notice is missing")
			}
		})
	}
}

// An attacker begins a login in A and lures a patient into finishing it: the patient's browser is B
// (docs/signin.md#a-login-that-comes-back-in-another-browser).
func TestALuredPatientGivesNoLoginAway(t *testing.T) {
	type scene struct {
		h    *testApp
		e    *echo.Echo
		a, b *handset
		path string // the provider's answer
		pick func(string) string
	}
	denied := func(t *testing.T, status int) {
		t.Helper()
		if status != http.StatusForbidden {
			t.Errorf("%d", status)
		}
	}
	type form = url.Values
	cases := []struct {
		name string
		try  func(t *testing.T, s scene)
	}{
		{"who types nothing", func(t *testing.T, s scene) {
			s.a.number(t)
			if got := s.a.state(t); got != "number" {
				t.Errorf("%q", got)
			}
			for _, page := range []string{"/enrol", "/screen", "/login/wait"} {
				if _, _, body := s.a.open(t, page, nil); strings.Contains(body, "髙橋") {
					t.Errorf("%s shows who logged in", page)
				}
			}
		}},
		{"who says that they began nothing", func(t *testing.T, s scene) {
			number := s.a.number(t)
			refused := form{"refuse": {"1"}}
			if status, _, _ := s.b.open(t, "/login/elsewhere", refused); status != http.StatusOK {
				t.Errorf("%d", status)
			}
			if got := s.a.state(t); got != "over" {
				t.Errorf("%q", got)
			}
			status, _, _ := s.b.open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
		}},
		{"who guesses", func(t *testing.T, s scene) {
			number := s.a.number(t)
			for i, want := range []int{422, 422, 403} {
				status, _, _ := s.b.open(t, "/login/elsewhere", form{"number": {wrong(number)}})
				if status != want {
					t.Errorf("try %d: %d", i+1, status)
				}
			}
			status, _, _ := s.b.open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
			if got := s.a.state(t); got != "over" {
				t.Errorf("%q", got)
			}
		}},
		{"who guesses before there is a number", func(t *testing.T, s scene) {
			status, _, _ := s.b.open(t, "/login/elsewhere", form{"number": {""}})
			if status != http.StatusUnprocessableEntity {
				t.Errorf("%d", status)
			}
		}},
		{"the attacker types the number in a browser of their own", func(t *testing.T, s scene) {
			number, third := s.a.number(t), phone(s.e)
			status, _, _ := third.open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
			status, _, _ = s.a.open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
			for name, value := range s.b.cookies { // the right id with a made-up secret
				if id, _, ok := strings.Cut(value, "."); ok {
					third.cookies[name] = id + ".AAAAAAAAAAAAAAAAAAAAAAAAAA"
				}
			}
			status, _, _ = third.open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
		}},
		{"the attacker has the answer's address too", func(t *testing.T, s scene) {
			status, _, _ := phone(s.e).open(t, s.path, nil) // laid down once
			denied(t, status)
			fresh := phone(s.e) // the attacker's browser loads it itself: that too wants the number
			address := cameElsewhere(t, fresh, phone(s.e), s.pick)
			status, _, _ = fresh.open(t, address, nil)
			denied(t, status)
			if fresh.loggedIn(t) {
				t.Error("logged in without the number")
			}
			number := s.a.number(t)
			status, _, _ = s.a.open(t, s.path, nil) // used up
			denied(t, status)
			status, _, _ = phone(s.e).open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
		}},
		{"a third browser polls", func(t *testing.T, s scene) {
			third := phone(s.e)
			if got := third.state(t); got != "over" {
				t.Errorf("%q", got)
			}
			third.open(t, "/login?here=1", nil) // with a login of its own
			if got := third.state(t); got != "waiting" {
				t.Errorf("%q", got)
			}
			if got := s.a.state(t); got != "ready" {
				t.Errorf("the first browser: %q", got)
			}
		}},
		{"the attacker is on another network", func(t *testing.T, s scene) {
			s.a.network = otherNetwork
			status, _, body := s.a.open(t, "/login/wait", nil)
			if denied(t, status); !strings.Contains(body, "通信の経路") {
				t.Errorf("refused for another reason:\n%s", body)
			}
			s.a.network = "127.0.0.1" // too late
			if got := s.a.state(t); got != "waiting" {
				t.Errorf("%q", got)
			}
			status, _, _ = s.b.open(t, "/login/elsewhere", nil)
			denied(t, status)
		}},
		{"the attacker goes to another network with the number", func(t *testing.T, s scene) {
			number := s.a.number(t)
			s.b.open(t, "/login/elsewhere", form{"number": {number}})
			s.a.network = otherNetwork
			status, _, body := s.a.open(t, "/login/wait", form{})
			if denied(t, status); !strings.Contains(body, "通信の経路") {
				t.Errorf("refused for another reason:\n%s", body)
			}
		}},
		{"the number comes after six minutes", func(t *testing.T, s scene) {
			number := s.a.number(t)
			s.h.now = s.h.now.Add(6 * time.Minute)
			status, _, _ := s.b.open(t, "/login/elsewhere", form{"number": {number}})
			denied(t, status)
			if got := s.a.state(t); got != "over" {
				t.Errorf("%q", got)
			}
		}},
		{"the first browser's confirmed cookie is copied", func(t *testing.T, s scene) {
			number := s.a.number(t)
			s.b.open(t, "/login/elsewhere", form{"number": {number}})
			copied := phone(s.e)
			for name, value := range s.a.cookies {
				copied.cookies[name] = value
			}
			if _, to, _ := s.a.open(t, "/login/wait", form{}); to != "/enrol" {
				t.Errorf("to %q", to)
			}
			copied.open(t, "/login/wait", form{})
			if copied.loggedIn(t) {
				t.Error("logged in twice")
			}
			s.a.open(t, "/logout", form{})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			e, pick := h.atProvider(t)
			s := scene{h: h, e: e, a: phone(e), b: phone(e), pick: pick}
			s.path = cameElsewhere(t, s.a, s.b, pick)
			c.try(t, s)
			s.a.network = "127.0.0.1"
			if s.a.loggedIn(t) || s.b.loggedIn(t) {
				t.Errorf("logged in: the attacker %v, the patient %v", s.a.loggedIn(t), s.b.loggedIn(t))
			}
		})
	}
	testenv.Refused(t, testenv.SignIn, len(cases))
}

// Tries at the same time are counted as three.
func TestTriesAtANumberAtTheSameTimeAreThree(t *testing.T) {
	h := newTestApp(t)
	e, pick := h.atProvider(t)
	a, b := phone(e), phone(e)
	cameElsewhere(t, a, b, pick)
	number := a.number(t)
	var answered atomic.Int32
	var all sync.WaitGroup
	for range 12 {
		same := phone(e)
		for name, value := range b.cookies {
			same.cookies[name] = value
		}
		all.Go(func() {
			status, _, _ := same.open(t, "/login/elsewhere", url.Values{"number": {wrong(number)}})
			if status == http.StatusUnprocessableEntity {
				answered.Add(1)
			}
		})
	}
	all.Wait()
	if answered.Load() > 2 {
		t.Errorf("%d wrong numbers were answered with another try", answered.Load())
	}
	status, _, _ := b.open(t, "/login/elsewhere", url.Values{"number": {number}})
	if status != http.StatusForbidden {
		t.Errorf("the right one afterwards: %d", status)
	}
}

// Whoever makes up a state stores nothing here; an old one is told that it took too long.
func TestAStateThatThisServerDidNotMakeIsRefused(t *testing.T) {
	h := newTestApp(t)
	e, pick := h.atProvider(t)
	_, address, _ := phone(e).open(t, "/login", nil)
	back, err := url.Parse(pick(address))
	if err != nil {
		t.Fatal(err)
	}
	state := back.Query().Get("state")
	other := auth.FlowSeal{Key: make([]byte, 32)}
	foreign, err := other.NewState(h.now)
	if err != nil {
		t.Fatal(err)
	}
	swapped := map[bool]string{true: "B", false: "A"}[state[0] == 'A'] + state[1:]
	cases := []struct{ name, state string }{
		{"none", ""},
		{"short", "x"},
		{"random", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		{"of another server", foreign},
		{"one letter changed", swapped},
		{"cut", state[:len(state)-1]},
		{"longer", state + "A"},
		{"as long as a mark", strings.Repeat("A", 16)},
		{"a mark alone", "-" + strings.Repeat("A", 16)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := phone(e)
			query := url.Values{"state": {c.state}, "code": {"x"}}
			status, _, body := v.open(t, "/login/callback?"+query.Encode(), nil)
			if status != http.StatusForbidden || len(v.cookies) != 0 ||
				!strings.Contains(body, "login-again") {
				t.Errorf("%d %v", status, v.cookies)
			}
		})
	}
	h.now = h.now.Add(auth.FlowLife + time.Second)
	v := phone(e)
	status, _, body := v.open(t, back.String(), nil)
	if status != http.StatusForbidden || len(v.cookies) != 0 || !strings.Contains(body, "10分") {
		t.Errorf("an old one: %d %v", status, v.cookies)
	}
	testenv.Refused(t, testenv.SignIn, len(cases)+1)
}

// A browser inside another app is told before the login; the usual browsers are sent on. The texts are those
// that browsers send (docs/facts/sign-in.md#browsers-inside-apps).
func TestABrowserInsideAnAppIsToldToOpenAnother(t *testing.T) {
	const (
		apple = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 " +
			"(KHTML, like Gecko) "
		google = "Mozilla/5.0 (Linux; Android 14; Pixel 8%s) AppleWebKit/537.36 (KHTML, like Gecko) "
	)
	android := func(inside string) string { return strings.Replace(google, "%s", inside, 1) }
	h := newTestApp(t)
	e, _ := h.atProvider(t)
	for _, c := range []struct {
		name, agent string
		inside      bool
	}{
		{"Safari", apple + "Version/18.5 Mobile/15E148 Safari/604.1", false},
		{"Chrome on an iPhone", apple + "CriOS/138.0.0.0 Mobile/15E148 Safari/604.1", false},
		{"Chrome on Android", android("") + "Chrome/138.0.0.0 Mobile Safari/537.36", false},
		{"Firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", false},
		{"no name", "", false},
		{"home-screen app on an iPhone", apple + "Mobile/15E148", true},
		{"LINE on an iPhone", apple + "Mobile/15E148 Safari Line/15.10.0", true},
		{"WebView on Android", android("; wv") + "Version/4.0 Chrome/138.0.0.0 Mobile Safari/537.36", true},
		{"LINE on Android", android("; wv") +
			"Version/4.0 Chrome/138.0.0.0 Mobile Safari/537.36 Line/15.10.0/IAB", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := phone(e)
			v.agent = c.agent
			status, _, body := v.open(t, "/login", nil)
			inside := status == http.StatusOK && strings.Contains(body, `id="outside"`)
			if inside != c.inside {
				t.Errorf("%d", status)
			}
			if line := strings.Contains(body, "openExternalBrowser=1"); line != strings.Contains(
				c.name,
				"LINE",
			) {
				t.Errorf("LINE's own way is offered: %v", line)
			}
			if status, _, _ := v.open(t, "/login?here=1", nil); status != http.StatusSeeOther {
				t.Errorf("going on all the same: %d", status)
			}
		})
	}
}

// Each link from the page of a failed login leads to an anchor of the page of known troubles.
func TestAFailedLoginLeadsToTheKnownTroubles(t *testing.T) {
	h := newTestApp(t)
	e, _ := h.atProvider(t)
	v := phone(e)
	v.open(t, "/login", nil)
	_, _, failed := v.open(t, "/login/callback?state=x&code=x", nil)
	_, _, help := v.open(t, "/login/help", nil)
	links := regexp.MustCompile(`href="/login/help#([a-z]+)"`).FindAllStringSubmatch(failed, -1)
	if len(links) < 7 {
		t.Fatalf("%d links", len(links))
	}
	for _, link := range links {
		if !strings.Contains(help, `id="`+link[1]+`"`) {
			t.Errorf("#%s leads nowhere", link[1])
		}
	}
	for _, id := range []string{"cancelled", "timeout", "pin", "app", "two", "private", "lock", "phone",
		"pinless", "provider", "browser"} {
		if !strings.Contains(help, `<section id="`+id+`">`) {
			t.Errorf("%s is missing", id)
		}
	}
}

package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/internal/testenv"
	"madoguchi/server/hostapi"
	"madoguchi/server/web/kit"
)

// published is the test app behind a port that a container publishes.
func (h *testApp) published(word *kit.DemoWord) *echo.Echo {
	clock := func() time.Time { return h.now }
	return newSite(Config{
		Insurer:     h.insurer,
		Counter:     h.counter,
		Readers:     nil,
		Background:  ctx,
		Demo:        true,
		Published:   true,
		Word:        word,
		Now:         clock,
		Ready:       h.store.Ping,
		CounterCall: hostapi.TrustedCounters(h.listed, h.insurer.Receipts.FirstUse, clock),
		DemoIDP:     http.NotFoundHandler(),
		Staff:       []string{"鈴木"},
		Login: auth.NewLogin(
			auth.Config{Issuer: "http://127.0.0.1:1/none", Client: &http.Client{}, Now: clock},
		),
		Sessions: &auth.Sessions{Store: h.store.Sessions(), Now: clock},
	})
}

// visitor asks the published demo from another computer that says Host: localhost.
func visitor(
	e http.Handler,
	method, path, form string,
	change func(*http.Request),
) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Host, r.RemoteAddr = "localhost:8080", "203.0.113.66:4444"
	change(r)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func unchanged(*http.Request) {}

func TestAPublishedDemoIsClosedToWhoeverDoesNotKnowItsWord(t *testing.T) {
	h := newTestApp(t)
	h.tokuichi(t)
	clock := func() time.Time { return h.now }
	word, before := kit.NewDemoWord(clock), kit.NewDemoWord(clock)
	e := h.published(word)
	with := func(c *http.Cookie) func(*http.Request) { return func(r *http.Request) { r.AddCookie(c) } }
	old := word.Cookie()
	h.now = h.now.Add(kit.DemoWordLife)
	longer := *word.Cookie()
	longer.Value = "_" + longer.Value[1:] // the first bits of its end
	forged := *word.Cookie()
	last := "AA"
	if strings.HasSuffix(forged.Value, last) { // one start in some hundreds
		last = "QQ"
	}
	forged.Value = forged.Value[:len(forged.Value)-2] + last
	forwarded := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, "127.0.0.1"); r.AddCookie(word.Cookie()) }
	}
	host := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Host = name; r.AddCookie(word.Cookie()) }
	}
	crossSite := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	cases := []struct {
		name, method, path, form string
		change                   func(*http.Request)
	}{
		{"staff sign in", "POST", "/insurer/staff", "name=%E9%88%B4%E6%9C%A8", unchanged},
		{"the list of people", "GET", "/insurer", "", unchanged},
		{"the first page", "GET", "/", "", unchanged},
		{"an import", "POST", "/insurer/import", "x", unchanged},
		{"the API", "GET", "/api/v1/me", "", unchanged},
		{"the counter's API", "POST", "/api/v1/counter/cases", "x", unchanged},
		{"static files", "GET", "/static/app.css", "", unchanged},
		{"the worker", "GET", "/sw.js", "", unchanged},
		{"a notice", "GET", "/n/AAAAAAAAAAAAAAAA", "", unchanged},
		{"the login", "GET", "/login", "", unchanged},
		{"the login's way back", "GET", "/login/callback?state=x&code=y", "", unchanged},
		{"the demo provider", "GET", "/demo-idp/auth", "", unchanged},
		{"the demo provider's token endpoint", "POST", "/demo-idp/token", "x", unchanged},
		{"an insurer's keys", "GET", "/i/00138990/.well-known/jwks.json", "", unchanged},
		{"an online code", "POST", "/i/00138990/code", "x", unchanged},
		{"the state of the database", "GET", "/readyz", "", unchanged},
		{"no such page", "GET", "/nowhere", "", unchanged},
		{"a page by another method", "HEAD", "/insurer", "", unchanged},
		{"/healthz with a tail", "GET", "/healthz/../insurer", "", unchanged},
		{"the cookie of an earlier start", "GET", "/insurer", "", with(before.Cookie())},
		{"the cookie of eight hours ago", "GET", "/insurer", "", with(old)},
		{"a cookie that says it lives longer", "GET", "/insurer", "", with(&longer)},
		{"a forged cookie", "GET", "/insurer", "", with(&forged)},
		{"an empty cookie", "GET", "/insurer", "", with(&http.Cookie{Name: kit.DemoWordCookie})},
		{
			"the word itself as a cookie",
			"GET",
			"/insurer",
			"",
			with(&http.Cookie{Name: kit.DemoWordCookie, Value: word.String()}),
		},
		{"another host name, with the cookie", "GET", "/insurer", "", host("evil.example")},
		{"a name that begins like ours", "GET", "/insurer", "", host("localhost.evil.example")},
		{"the computer's address", "GET", "/insurer", "", host("192.168.1.5:8080")},
		{"X-Forwarded-For", "GET", "/insurer", "", forwarded("X-Forwarded-For")},
		{"Forwarded", "GET", "/insurer", "", forwarded("Forwarded")},
		{"Via", "GET", "/insurer", "", forwarded("Via")},
		{"another site's page gives the word", "POST", kit.DemoWordPath, "word=" + word.String(), crossSite},
		{"a wrong word", "POST", kit.DemoWordPath, "word=" + before.String(), unchanged},
		{"an empty word", "POST", kit.DemoWordPath, "word=", unchanged},
		{"a very long word", "POST", kit.DemoWordPath, "word=" + strings.Repeat("a", 100_000), unchanged},
		{"no form", "POST", kit.DemoWordPath, "", unchanged},
		{"the word in the address", "POST", kit.DemoWordPath + "?x=" + word.String(), "x=1", unchanged},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := visitor(e, c.method, c.path, c.form, c.change)
			if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 ||
				strings.Contains(w.Body.String(), "德一") {
				t.Errorf("%d %v %.200s", w.Code, w.Result().Cookies(), w.Body)
			}
		})
	}
	testenv.Refused(t, testenv.Boundaries, len(cases))
}

// A demo that is published without a word has one that nobody knows.
func TestAPublishedDemoWithoutAWordOpensToNobody(t *testing.T) {
	h := newTestApp(t)
	if w := visitor(h.published(nil), "GET", "/insurer", "", unchanged); w.Code != http.StatusForbidden {
		t.Errorf("%d", w.Code)
	}
}

func TestTheWordOpensTheDemoForOneBrowser(t *testing.T) {
	h := newTestApp(t)
	word := kit.NewDemoWord(func() time.Time { return h.now })
	plain := strings.ReplaceAll(word.String(), "-", "")
	wide := strings.Map(func(r rune) rune { return r - '!' + '！' }, plain)
	shown := word.String()
	for _, typed := range []string{shown, plain, strings.ToUpper(shown), " " + shown + " ", wide,
		shown[:4] + " " + shown[5:]} {
		t.Run(typed, func(t *testing.T) {
			e := h.published(word)
			page := visitor(e, "GET", "/counter?x=1", "", unchanged)
			if !strings.Contains(page.Body.String(), `name="to" value="/counter?x=1"`) {
				t.Errorf("%s", page.Body)
			}
			w := visitor(
				e,
				"POST",
				kit.DemoWordPath,
				url.Values{"word": {typed}, "to": {"/counter"}}.Encode(),
				unchanged,
			)
			cookies := w.Result().Cookies()
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/counter" ||
				len(cookies) != 1 {
				t.Fatalf("%d %v %s", w.Code, cookies, w.Body)
			}
			c := cookies[0]
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 8*60*60 ||
				strings.Contains(c.Value, plain) {
				t.Errorf("%+v", c)
			}
			for path, want := range map[string]int{
				"/insurer/staff":                    200,
				"/api/v1/me":                        200, // nobody is logged in
				"/":                                 200,
				"/static/nothing":                   404,
				"/i/00138990/.well-known/jwks.json": 200,
			} {
				got := visitor(e, "GET", path, "", func(r *http.Request) { r.AddCookie(c) })
				if got.Code != want || strings.Contains(got.Body.String(), "demo.word") {
					t.Errorf("%s: %d", path, got.Code)
				}
			}
		})
	}
}

func TestTheWordLeadsToOurOwnPagesOnly(t *testing.T) {
	h := newTestApp(t)
	for _, to := range []string{
		"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "", "insurer",
		"/\t/evil.example", "http:/evil",
	} {
		word := kit.NewDemoWord(func() time.Time { return h.now })
		w := visitor(
			h.published(word),
			"POST",
			kit.DemoWordPath,
			url.Values{"word": {word.String()}, "to": {to}}.Encode(),
			unchanged,
		)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
			t.Errorf("%q: %d %s", to, w.Code, w.Header().Get("Location"))
		}
	}
	testenv.Refused(t, testenv.Boundaries, 8)
}

// Also the right word waits, else guessing would go on.
func TestGuessesOfTheWordAreLimited(t *testing.T) {
	h := newTestApp(t)
	word := kit.NewDemoWord(func() time.Time { return h.now })
	e := h.published(word)
	guess := func(text, address string) *httptest.ResponseRecorder {
		return visitor(
			e,
			"POST",
			kit.DemoWordPath,
			"word="+text,
			func(r *http.Request) { r.RemoteAddr = address },
		)
	}
	for range 10 {
		if w := guess("aaaa-aaaa", "203.0.113.66:1"); w.Code != http.StatusForbidden {
			t.Fatal(w.Code)
		}
	}
	w := guess(word.String(), "203.0.113.66:2")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "6" ||
		!strings.Contains(w.Body.String(), "6秒") || len(w.Result().Cookies()) != 0 {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := guess(word.String(), "203.0.113.67:1"); w.Code != http.StatusSeeOther {
		t.Errorf("another address: %d", w.Code)
	}
	h.now = h.now.Add(6 * time.Second)
	if w := guess(word.String(), "203.0.113.66:3"); w.Code != http.StatusSeeOther {
		t.Errorf("after the wait: %d", w.Code)
	}
}

func TestTheWordIsAnotherAtEachStartAndEasyToType(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		word := kit.NewDemoWord(func() time.Time { return testAppDay }).String()
		if len(word) != 9 || word[4] != '-' || strings.Trim(word, kit.DemoWordLetters+"-") != "" ||
			seen[word] {
			t.Errorf("%s", word)
		}
		seen[word] = true
	}
}

// The program's own calls carry the cookie; what is always open holds nothing.
func TestTheDemosOwnCallsComeInAndHealthSaysOK(t *testing.T) {
	h := newTestApp(t)
	word := kit.NewDemoWord(func() time.Time { return h.now })
	e := h.published(word)
	server := httptest.NewServer(
		http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) { r.Host = "localhost"; e.ServeHTTP(w, r) },
		),
	)
	defer server.Close()
	for _, c := range []struct {
		transport http.RoundTripper
		path      string
		want      int
	}{
		{word.WithCookie(http.DefaultTransport), "/i/00138990/.well-known/jwks.json", 200},
		{http.DefaultTransport, "/i/00138990/.well-known/jwks.json", 403},
		{(*kit.DemoWord)(nil).WithCookie(http.DefaultTransport), "/i/00138990/.well-known/jwks.json", 403},
		{http.DefaultTransport, "/healthz", 200},
		{http.DefaultTransport, kit.DemoWordPath, 200},
		{http.DefaultTransport, kit.DemoWordPath + ".css", 200},
	} {
		res, err := (&http.Client{Transport: c.transport}).Get(server.URL + c.path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.path, res.StatusCode, c.want)
		}
	}
	if w := visitor(e, "GET", "/healthz", "", unchanged); fmt.Sprint(w.Body) != "ok\n" {
		t.Errorf("%q", w.Body)
	}
}

// On its own computer a demo asks for no word.
func TestADemoThatIsNotPublishedAsksForNoWord(t *testing.T) {
	h := newTestApp(t)
	if w := h.bare("GET", "/insurer/staff", unchanged); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	if w := h.bare("GET", kit.DemoWordPath, unchanged); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
	w := h.bare("GET", "/insurer/staff", func(r *http.Request) { r.RemoteAddr = "203.0.113.66:1" })
	if w.Code != http.StatusForbidden {
		t.Errorf("from another computer: %d", w.Code)
	}
}

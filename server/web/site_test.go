package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/web/kit"
)

func TestDemoAnswersThisComputerOnly(t *testing.T) {
	h := newTestApp(t)
	for name, change := range map[string]func(*http.Request){
		"another host name (DNS rebinding)": func(r *http.Request) { r.Host = "evil.example" },
		"a forwarded request": func(r *http.Request) {
			r.Header.Set("X-Forwarded-For", "127.0.0.1")
		},
		"forwarded by RFC 7239": func(r *http.Request) { r.Header.Set("Forwarded", "for=127.0.0.1") },
		"another computer":      func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" },
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
	h := newTestApp(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	for name, change := range map[string]func(*http.Request){
		"fetch metadata": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"origin":         func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		w := h.ask(t, "POST", "/api/v1/counter/cases", map[string]string{"text": "x"}, change)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	h := newTestApp(t)
	for _, path := range []string{"/", "/reception", "/api/v1/me", "/no-such-page", "/n/x"} {
		head := h.ask(t, "GET", path, nil).Header()
		csp := head.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'",
			"require-trusted-types-for 'script'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: no %s in %q", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe-inline") || strings.Contains(csp, "'unsafe-eval'") ||
			head.Get("X-Content-Type-Options") != "nosniff" ||
			head.Get("Referrer-Policy") != "no-referrer" ||
			head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, head)
		}
	}
}

// docs/facts/server-libraries.md#echo: Echo v4 believes X-Forwarded-For from anyone unless told otherwise.
// The demo answers nothing that was forwarded, so this is asked of a server that is none.
func TestGuessesAreCountedByTheRealAddress(t *testing.T) {
	h := newTestApp(t)
	clock := func() time.Time { return h.now }
	e := newSite(Config{
		FrontDoor:  kit.FrontDoor{Address: "https://localhost:8080"},
		Insurer:    h.insurer,
		Background: ctx,
		Now:        clock,
		Ready:      h.store.Ping,
		Login: auth.NewLogin(
			auth.Config{Issuer: "http://127.0.0.1:1/none", Client: &http.Client{}, Now: clock},
		),
		Sessions: &auth.Sessions{Store: h.store.Sessions(), Now: clock},
	})
	guess := func(change func(*http.Request)) *httptest.ResponseRecorder {
		return visitor(e, "GET", "/n/AAAAAAAAAAAAAAAA", "", change)
	}
	limited := false
	for range 40 {
		limited = limited || guess(unchanged).Code == http.StatusTooManyRequests
	}
	if !limited {
		t.Fatal("forty guesses in a row were answered")
	}
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"} {
		t.Run(name, func(t *testing.T) {
			value := "203.0.113.7"
			if name == "Forwarded" {
				value = "for=" + value // RFC 7239 4
			}
			w := guess(func(r *http.Request) { r.Header.Set(name, value) })
			if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
				t.Errorf("with another claimed address: %d", w.Code)
			}
		})
	}
	if w := guess(func(r *http.Request) { r.RemoteAddr = "198.51.100.7:4444" }); w.Code ==
		http.StatusTooManyRequests {
		t.Errorf("another address pays for the first one's guesses: %d", w.Code)
	}
}

func TestPagesHoldNothingInline(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	h.session(t, auth.Clerk, "鈴木", "{}")
	h.session(t, auth.Counter, "鈴木", "{}")
	bad := regexp.MustCompile(`(?i)<script(?:>|[^>]*[^"]>[^<])|<style|\sstyle=|\son[a-z]+=|javascript:`)
	for _, path := range []string{"/", "/notice", "/reception", "/enrol?another=1", "/screen", "/counter",
		"/counter/staff", "/insurer", "/counter/methods", "/visit", "/settings",
		"/certificate?until=2027-05-15", "/papers", "/papers?hold=paper",
		"/next", "/next?why=reader", "/n/AAAAAAAAAAAAAAAA", "/insurer/staff",
		"/insurer/people/" + string(r.ID) + "/notice", "/none"} {
		for _, lang := range []string{"ja", "en"} {
			w := h.ask(
				t,
				"GET",
				path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang="+lang,
				nil,
			)
			if body := w.Body.String(); bad.MatchString(body) ||
				!strings.Contains(body, `<html lang="`+lang+`"`) ||
				!strings.Contains(body, "デモ") && lang == "ja" {
				t.Errorf("%s (%s): %d %s", path, lang, w.Code, bad.FindString(body))
			}
		}
	}
}

func TestBrokenRequestsGetASentence(t *testing.T) {
	h := newTestApp(t)
	h.session(t, auth.Counter, "鈴木", "{}")
	for name, c := range map[string]struct {
		method, path string
		body         any
		want         int
	}{
		"not a code":  {"POST", "/api/v1/counter/cases", map[string]string{"text": "hello"}, 422},
		"empty":       {"POST", "/api/v1/counter/cases", map[string]string{}, 422},
		"wrong shape": {"POST", "/api/v1/counter/cases", []int{1}, 422},
		"unknown case": {"POST", "/api/v1/counter/cases/NONE/record",
			map[string]string{"outcome": "accepted"}, 404},
		"unknown outcome": {"POST", "/api/v1/counter/cases/NONE/record",
			map[string]string{"outcome": "maybe"}, 422},
		"no such page":      {"GET", "/api/v1/none", nil, 404},
		"wrong method":      {"DELETE", "/api/v1/counter/cases", nil, 405},
		"wrong pair code":   {"POST", "/api/v1/counter/bridges", map[string]string{"code": "AAAA-AAAA"}, 404},
		"unknown insurer":   {"GET", "/i/99999999/.well-known/jwks.json", nil, 404},
		"nobody's receipts": {"POST", "/i/00138990/receipt/keys", map[string]string{"credential": "x"}, 403},
	} {
		w := h.ask(t, c.method, c.path, c.body)
		p := decode[kit.ProblemDocument](t, w)
		if w.Code != c.want || p.Status != c.want || p.Ja == "" || p.En == "" || p.RequestID == "" ||
			!strings.HasPrefix(p.Type, "urn:madoguchi:problem:") ||
			w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

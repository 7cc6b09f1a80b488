package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

// bare sends a request as it is, without holding the answer against openapi.yaml.
func (h *testApp) bare(method, path string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(""))
	r.Host, r.RemoteAddr = "localhost:8080", "127.0.0.1:50000"
	for _, c := range h.cookies {
		r.AddCookie(c)
	}
	change(r)
	w := httptest.NewRecorder()
	h.echo.ServeHTTP(w, r)
	return w
}

// Every route that changes something, also those to come: another site's page may not use a patient's
// cookies.
func TestNoOtherSitesPageChangesAnything(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	n := 0
	for _, route := range h.echo.Routes() {
		if route.Method == http.MethodGet || route.Method == http.MethodHead ||
			route.Method == http.MethodOptions ||
			route.Method == echo.RouteNotFound ||
			strings.HasPrefix(route.Path, "/i/") {
			continue // between servers: by their own assertion
		}
		n++
		path := regexp.MustCompile(`:\w+|\*`).ReplaceAllString(route.Path, "x")
		for name, change := range map[string]func(*http.Request){
			"fetch metadata": func(r *http.Request) {
				r.Header.Set("Sec-Fetch-Site", "cross-site")
				r.Header.Set("Origin", "https://evil.example")
			},
			"a sister site": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
			"origin alone":  func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
			"origin null":   func(r *http.Request) { r.Header.Set("Origin", "null") },
		} {
			if w := h.bare(route.Method, path, change); w.Code != http.StatusForbidden ||
				!strings.Contains(w.Body.String(), "ほかのサイト") {
				t.Errorf("%s %s, %s: %d", route.Method, path, name, w.Code)
			}
		}
	}
	if n < 30 {
		t.Errorf("%d routes", n)
	}
}

var postForm = regexp.MustCompile(`<form[^>]* method="post"`)

// Safari before 16.4 sends no Fetch metadata, and a form's Origin is "null" where the page's referrer policy
// is no-referrer (Fetch, append a request Origin header): such a phone could not enrol. A page's own policy
// comes before that of its answer's header (HTML, the meta element's referrer keyword).
func TestAFormsOriginIsToldToItsOwnServer(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	for _, path := range []string{"/enrol?another=1", "/settings", "/visit", "/screen", "/insurer/staff",
		"/counter/staff"} {
		body := h.bare("GET", path, func(*http.Request) {}).Body.String()
		if !postForm.MatchString(body) ||
			!strings.Contains(body, `<meta name="referrer" content="same-origin">`) {
			t.Errorf("%s has no form, or hides its origin from its own server", path)
		}
	}
	w := h.bare("POST", "/logout", func(r *http.Request) { r.Header.Set("Origin", "http://localhost:8080") })
	if w.Code != http.StatusSeeOther {
		t.Errorf("a browser without Fetch metadata: %d", w.Code)
	}
}

// What the help desk is told and what stands in the log is this server's own number, not a text of whoever
// asks.
func TestARequestsNumberIsTheServersOwn(t *testing.T) {
	h := newTestApp(t)
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	w := h.bare("GET", "/nowhere", func(r *http.Request) { r.Header.Set("X-Request-ID", "髙橋 德一") })
	if all := log.String() + w.Body.String() + w.Header().Get("X-Request-ID"); strings.Contains(all, "髙橋") ||
		w.Header().Get("X-Request-ID") == "" ||
		!strings.Contains(log.String(), w.Header().Get("X-Request-ID")) {
		t.Error(all)
	}
}

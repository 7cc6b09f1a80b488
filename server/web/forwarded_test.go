package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
	"madoguchi/server/web/kit"
	"madoguchi/server/web/permissions"
)

// forwarded are the headers by which proxies speak of a visitor, and other headers that some servers let
// rewrite a request.
var forwarded = map[string]string{
	"X-Forwarded-For":        "203.0.113.9",
	"X-Forwarded-Proto":      "http",
	"X-Forwarded-Host":       "evil.example",
	"X-Forwarded-Port":       "8443",
	"X-Forwarded-Server":     "evil.example",
	"X-Forwarded-Prefix":     "/evil",
	"X-Forwarded-Ssl":        "off",
	"X-Forwarded-Protocol":   "http",
	"X-Url-Scheme":           "http",
	"Front-End-Https":        "off",
	"X-Real-Ip":              "203.0.113.9",
	"Forwarded":              "for=203.0.113.9;host=evil.example;proto=http", // RFC 7239 4
	"Via":                    "1.1 evil.example",
	"True-Client-Ip":         "203.0.113.9",
	"Cf-Connecting-Ip":       "203.0.113.9",
	"X-Client-Ip":            "203.0.113.9",
	"X-Original-Url":         "/insurer",
	"X-Rewrite-Url":          "/insurer",
	"X-Http-Method-Override": "DELETE",
	"X-Request-Id":           "AAAA-AAAA",
}

// whoLooked is what a person's page says of those who looked at it: one more each time.
var whoLooked = regexp.MustCompile(`(?s)<section id="entries">.*?</section>`)

// whatItSays is a text answer without what is random in it: whole pages, but only the names of new cookies.
func whatItSays(w *httptest.ResponseRecorder) string {
	var cookies []string
	for _, c := range w.Result().Cookies() {
		cookies = append(cookies, c.Name)
	}
	w.Header().Del("Set-Cookie")
	kind := w.Header().Get("Content-Type")
	if !strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "json") {
		w.Header().Del("Content-Length")
		w.Body.Reset() // signed, or drawn with a number of its own
	}
	text := strings.Join(cookies, " ") + "\n" + anonymous(w, nil)
	return retry.ReplaceAllString(whoLooked.ReplaceAllString(text, ""), "")
}

// retry is when an event stream is asked for again, by chance (kit.Events).
var retry = regexp.MustCompile(`retry: \d+\n`)

// A live server without a proxy takes no word about a visitor: not one route answers otherwise to who writes
// such a header, and nothing more is stored.
func TestForwardedHeadersOfAStrangerChangeNothing(t *testing.T) {
	w := newLiveTour(t)
	tried := 0
	for _, s := range w.stops {
		row := rowOf(t, s)
		if s.method != http.MethodGet || !isLive(row) {
			continue
		}
		i := slices.IndexFunc(w.visitors, func(v askedBy) bool {
			status, _ := v.refusal(row, s)
			return status == 0 && v.owns(row)
		})
		if i < 0 {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			v := w.visitors[i]
			usual := whatItSays(w.asks(v, s))
			var headers []http.Header
			for _, name := range slices.Sorted(maps.Keys(forwarded)) {
				headers = append(headers, http.Header{name: {forwarded[name]}})
			}
			if strings.HasSuffix(s.path, "/document.pdf") { // each is a saved copy, and those are counted
				headers = headers[:5]
			}
			for _, header := range headers {
				tried++
				v.header = header
				if got := whatItSays(w.asks(v, s)); got != usual {
					t.Errorf("with %v\n%s\nwithout\n%s", header, got, usual)
				}
			}
		})
	}
	testenv.Refused(t, testenv.Boundaries, tried)
	if tried < 1000 {
		t.Errorf("only %d requests", tried)
	}
	if strings.Contains(w.databaseText(t), "203.0.113.9") {
		t.Error("the claimed address is stored")
	}
}

// Behind a proxy the server believes the proxy alone: who comes past it is refused whatever is written, and
// changes nothing; who comes through it is counted by the address that the proxy saw.
func TestOnlyTheProxySaysWhoAVisitorIs(t *testing.T) {
	h := newTestApp(t)
	e, _ := h.atProviderAs(t, func(c *Config) {
		c.FrontDoor = kit.FrontDoor{Address: "https://localhost:8080", Proxies: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.5/32"),
		}}
		c.Counter, c.Members = h.counter, h.members
	})
	ask := func(peer, path string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host, r.RemoteAddr = "localhost:8080", peer+":50000"
		maps.Copy(r.Header, header)
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, r)
		return answer
	}
	truly := func(visitor string) http.Header {
		return http.Header{"X-Forwarded-For": {visitor}, "X-Forwarded-Proto": {"https"}}
	}
	stored := watching(t, h)
	tried := 0
	for _, row := range liveRows() {
		path := row.Path()
		if row.Method() != http.MethodGet || row.Who&permissions.Agent != 0 ||
			slices.Contains([]string{"/healthz", "/readyz"}, path) { // who watches it asks it directly
			continue
		}
		for name, header := range map[string]http.Header{
			"says nothing":             nil,
			"says what the proxy says": truly("203.0.113.9"),
			"claims the proxy's address": {
				"X-Forwarded-For": {"10.0.0.5"}, "X-Real-Ip": {"10.0.0.5"}, "X-Forwarded-Proto": {"https"},
				"Forwarded": {"for=10.0.0.5;proto=https"},
			},
		} {
			for _, peer := range []string{"192.0.2.7", "127.0.0.1", "10.0.0.6"} {
				tried++
				got := ask(peer, path, header)
				if got.Code != http.StatusForbidden || len(got.Result().Cookies()) > 0 ||
					got.Header().Get("Location") != "" {
					t.Errorf("%s, from %s, who %s: %d", row.Route, peer, name, got.Code)
				}
			}
		}
	}
	if stored.changed(t) {
		t.Error("the database has changed")
	}
	testenv.Refused(t, testenv.Boundaries, tried)

	guess := func(header http.Header) int { return ask("10.0.0.5", "/n/AAAAAAAAAAAAAAAA", header).Code }
	limited := 0
	for i := range 40 { // each time behind another forged address
		forged := fmt.Sprintf("203.0.113.%d", i)
		header := truly(forged + ", 192.0.2.7")
		header["X-Real-Ip"] = []string{forged}
		if guess(header) == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited < 15 {
		t.Errorf("%d of 40 guesses were held back", limited)
	}
	if got := guess(truly("192.0.2.8")); got == http.StatusTooManyRequests {
		t.Error("another visitor pays for the guesses")
	}
	if got := guess(truly("192.0.2.7")); got != http.StatusTooManyRequests {
		t.Errorf("the guesser goes on: %d", got)
	}
}

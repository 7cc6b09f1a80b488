package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/web/kit"
)

// open is the test app as the whole network reaches it, at each request from another address, once the demo's
// word has been given.
func (h *testApp) open() http.Handler { return h.openFor("http://127.0.0.1:1/none") }

func (h *testApp) openFor(issuer string) http.Handler {
	clock := func() time.Time { return h.now }
	word := kit.NewDemoWord(clock)
	e := newSite(Config{
		Insurer:    h.insurer,
		Background: ctx,
		Demo:       true,
		Published:  true,
		Word:       word,
		Now:        clock,
		Ready:      h.store.Ping,
		Login:      auth.NewLogin(auth.Config{Issuer: issuer, Client: &http.Client{}, Now: clock}),
		Sessions:   &auth.Sessions{Store: h.store.Sessions(), Now: clock},
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(word.Cookie())
		e.ServeHTTP(w, r)
	})
}

// limited counts the refusals of n requests, each from the address that from returns.
func limited(e http.Handler, path string, n int, from func(i int) string) (refused int) {
	for i := range n {
		r := httptest.NewRequest("GET", path, nil)
		r.Host, r.RemoteAddr = "localhost:8080", from(i)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	return refused
}

// A subscriber of IPv6 has a network of 64 bits or more (RFC 4291 2.5.4, RFC 6177): another address in it is
// nobody else.
func TestAnotherAddressOfTheSameNetworkIsNobodyElse(t *testing.T) {
	h := newTestApp(t)
	const guess = "/n/AAAAAAAAAAAAAAAA"
	n := limited(h.open(), guess, 40, func(i int) string {
		return fmt.Sprintf("[2001:db8:1:2:%x::%x]:50000", i, i)
	})
	if n < 15 { // 20 at once
		t.Errorf("%d of 40 guesses out of one network were limited", n)
	}
	n = limited(h.open(), guess, 40, func(i int) string {
		return fmt.Sprintf("[2001:db8:1:%x::1]:50000", i)
	})
	if n != 0 {
		t.Errorf("%d of 40 networks were limited", n)
	}
	n = limited(h.open(), guess, 40, func(i int) string { return fmt.Sprintf("203.0.113.%d:50000", i) })
	if n != 0 {
		t.Errorf("%d of 40 addresses were limited", n)
	}
}

// A carrier gives thousands of phones one address: the patients of a mailing are not held for somebody who
// guesses.
func TestACarriersPatientsOpenTheirNotices(t *testing.T) {
	h := newTestApp(t)
	code := h.noticeCode(t, h.tokuichi(t))
	if n := limited(h.open(), "/n/"+code, 150, func(int) string { return "203.0.113.7:50000" }); n != 0 {
		t.Errorf("%d of 150 patients were sent away", n)
	}
	if n := limited(h.open(), "/n/"+code, 400, func(int) string { return "203.0.113.7:50000" }); n < 100 {
		t.Errorf("%d of 400 opened in one moment were limited", n)
	}
}

// provider is one that says where it is, and no more.
func provider(t *testing.T) string {
	t.Helper()
	var at string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(
			w,
			`{"issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q}`,
			at,
			at+"/auth",
			at+"/token",
			at+"/jwks",
		)
	}))
	t.Cleanup(server.Close)
	at = server.URL
	return at
}

// begin asks for a login as one browser and returns its cookies with the answer.
func begin(e http.Handler, address string, cookies []*http.Cookie) *http.Response {
	r := httptest.NewRequest("GET", "/login", nil)
	r.Host, r.RemoteAddr = "localhost:8080", address
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w.Result()
}

// One address of a carrier stands for thousands of phones (RFC 6598): a neighbour who begins logins without
// end blocks nobody's, and leaves nothing in the database.
func TestANeighbourBehindACarrierBlocksNobodysLogin(t *testing.T) {
	h := newTestApp(t)
	e := h.openFor(provider(t))
	for _, address := range []string{
		"203.0.113.7:50000", "100.64.0.9:1", "[2001:db8:1:2::3]:443", "[2001:db8:1:2:ffff::]:444",
		"[::ffff:203.0.113.7]:9", "10.0.0.1:80", "[64:ff9b::cb00:7107]:1", "192.0.0.2:2",
	} {
		t.Run(address, func(t *testing.T) {
			for range 1000 {
				if res := begin(e, address, nil); res.StatusCode != http.StatusSeeOther {
					t.Fatalf("%d", res.StatusCode)
				}
			}
		})
	}
	if n, err := h.store.Sessions().ExpireSessions(ctx, h.now.AddDate(1, 0, 0)); err != nil || n != 0 {
		t.Errorf("%d sessions were left, %v", n, err)
	}
}

// A browser that has a session (a notice was opened) writes at each login that it begins.
func TestABrowserWithASessionBeginsOnlySoManyLogins(t *testing.T) {
	h := newTestApp(t)
	e := h.openFor(provider(t))
	h.session(t, auth.Patient, "", "{}")
	refused := 0
	for range 60 {
		res := begin(e, "203.0.113.7:50000", h.cookies)
		if res.StatusCode == http.StatusTooManyRequests {
			refused++
			if res.Header.Get("Retry-After") != "3" {
				t.Errorf("Retry-After: %s", res.Header.Get("Retry-After"))
			}
		}
	}
	if refused != 40 { // 20 at once
		t.Errorf("%d of 60 were limited", refused)
	}
	if res := begin(e, "203.0.113.7:50000", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("another browser of the same address: %d", res.StatusCode)
	}
}

// Each copy is signed and takes a place in the insurer's list: a stolen session does not fill it.
func TestCopiesAreNotMadeWithoutEnd(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	refused := map[int]int{}
	for i := range 60 {
		path := "/people/" + string(
			r.ID,
		) + map[bool]string{true: "/document.pdf", false: "/screen.smart-health-card"}[i%2 == 0]
		refused[h.bare("GET", path, func(*http.Request) {}).Code]++
	}
	if refused[http.StatusTooManyRequests] < 20 || refused[http.StatusOK] < 20 {
		t.Errorf("%v", refused)
	}
	h.now = h.now.Add(time.Minute)
	w := h.bare("GET", "/people/"+string(r.ID)+"/document.pdf", func(*http.Request) {})
	if w.Code != http.StatusOK {
		t.Errorf("a minute later: %d", w.Code)
	}
}

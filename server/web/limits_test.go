package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
)

// open is the house as the whole network reaches it, at each request from another address.
func (h *house) open() *echo.Echo {
	clock := func() time.Time { return h.now }
	return New(Config{Office: h.office, Runs: h.runs, Background: ctx, Demo: true, Published: true, Now: clock, Ready: h.store.Ping,
		Login: auth.NewLogin(auth.Config{Issuer: "http://127.0.0.1:1/none", Client: &http.Client{}, Now: clock}), Sessions: &auth.Sessions{Store: h.store, Now: clock}})
}

// limited counts the refusals of n requests, each from the address that from returns.
func limited(e *echo.Echo, path string, n int, from func(i int) string) (refused int) {
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

// A subscriber of IPv6 has a network of 64 bits or more (RFC 4291 2.5.4, RFC 6177): another address in it is nobody else.
func TestAnotherAddressOfTheSameNetworkIsNobodyElse(t *testing.T) {
	h := newHouse(t)
	const guess = "/n/AAAAAAAAAAAAAAAA"
	if n := limited(h.open(), guess, 40, func(i int) string { return fmt.Sprintf("[2001:db8:1:2:%x::%x]:50000", i, i) }); n < 15 { // 20 at once
		t.Errorf("%d of 40 guesses out of one network were limited", n)
	}
	if n := limited(h.open(), guess, 40, func(i int) string { return fmt.Sprintf("[2001:db8:1:%x::1]:50000", i) }); n != 0 {
		t.Errorf("%d of 40 networks were limited", n)
	}
	if n := limited(h.open(), guess, 40, func(i int) string { return fmt.Sprintf("203.0.113.%d:50000", i) }); n != 0 {
		t.Errorf("%d of 40 addresses were limited", n)
	}
}

// A carrier gives thousands of phones one address: the patients of a mailing are not held for somebody who guesses.
func TestACarriersPatientsOpenTheirNotices(t *testing.T) {
	h := newHouse(t)
	code := h.noticeCode(t, h.tokuichi(t))
	if n := limited(h.open(), "/n/"+code, 150, func(int) string { return "203.0.113.7:50000" }); n != 0 {
		t.Errorf("%d of 150 patients were sent away", n)
	}
	if n := limited(h.open(), "/n/"+code, 400, func(int) string { return "203.0.113.7:50000" }); n < 100 {
		t.Errorf("%d of 400 opened in one moment were limited", n)
	}
}

// Each begun login is a row in the database, made for anybody who asks.
func TestLoginsAreNotBegunWithoutEnd(t *testing.T) {
	h := newHouse(t)
	if n := limited(h.open(), "/login", 300, func(int) string { return "203.0.113.7:50000" }); n < 50 {
		t.Errorf("%d of 300 begun logins were limited", n)
	}
	if n := limited(h.open(), "/login", 150, func(int) string { return "203.0.113.7:50000" }); n != 0 {
		t.Errorf("%d of a carrier's 150 patients were sent away", n)
	}
}

// Each copy is signed and takes a place in the insurer's list: a stolen session does not fill it.
func TestCopiesAreNotMadeWithoutEnd(t *testing.T) {
	h := newHouse(t)
	r := h.enrolled(t)
	refused := map[int]int{}
	for i := range 60 {
		path := "/people/" + string(r.ID) + map[bool]string{true: "/document.pdf", false: "/screen.smart-health-card"}[i%2 == 0]
		refused[h.bare("GET", path, func(*http.Request) {}).Code]++
	}
	if refused[http.StatusTooManyRequests] < 20 || refused[http.StatusOK] < 20 {
		t.Errorf("%v", refused)
	}
	h.now = h.now.Add(time.Minute)
	if w := h.bare("GET", "/people/"+string(r.ID)+"/document.pdf", func(*http.Request) {}); w.Code != http.StatusOK {
		t.Errorf("a minute later: %d", w.Code)
	}
}

package web

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/internal/testenv"
	"madoguchi/message"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// receiptKeyBody is what a phone sends for its receipts.
func receiptKeyBody(t *testing.T, id string) map[string]any {
	t.Helper()
	private, _ := issuertest.NewPair(t)
	point, err := private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding
	x, y := b64.EncodeToString(point[1:33]), b64.EncodeToString(point[33:])
	return map[string]any{"id": id, "key": map[string]string{"kty": "EC", "crv": "P-256", "x": x, "y": y}}
}

// Every limit of the program: how many at once, and that who waits as long as Retry-After says is not sent
// away again (RFC 9110 10.2.3).
func TestEveryLimitSaysTheTrueWait(t *testing.T) {
	type asking func() *httptest.ResponseRecorder
	for _, c := range []struct {
		name   string
		atOnce int
		wait   int // seconds
		how    func(t *testing.T, h *testApp, r insurer.PersonRecord) asking
	}{
		{"wrong notice codes of a network", 20, 3,
			func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
				return func() *httptest.ResponseRecorder {
					return h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil)
				}
			}},
		{"openings of one notice", 200, 3, func(t *testing.T, h *testApp, r insurer.PersonRecord) asking {
			code := h.noticeCode(t, r)
			return func() *httptest.ResponseRecorder { return h.ask(t, "GET", "/n/"+code, nil) }
		}},
		{"typed codes of a login", 20, 3, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.form(t, "/enrol", url.Values{"code": {"AAAAAAAAAAAAAAAA"}})
			}
		}},
		{"logins of a session", 20, 3, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder { return h.ask(t, "GET", "/login", nil) }
		}},
		{"nonces of a phone", 60, 3, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.ask(t, "POST", "/api/v1/phone/nonce", map[string]string{"phone": "P"})
			}
		}},
		{"signatures of a phone", 60, 3, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.ask(t, "POST", "/api/v1/phone/session",
					map[string]string{"phone": "P", "key": "K", "nonce": "N", "signature": "S"})
			}
		}},
		{"live screens of a person", 30, 2, func(t *testing.T, h *testApp, r insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential",
					map[string]string{"tier": "live"})
			}
		}},
		{"stored screens of a person", 30, 2, func(t *testing.T, h *testApp, r insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential", map[string]string{
					"tier":  "screen",
					"phone": "P",
				})
			}
		}},
		{"screens of people made up", 300, 1, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			n := 0
			return func() *httptest.ResponseRecorder {
				n++
				return h.ask(t, "POST", "/api/v1/people/"+fmt.Sprint(n)+"/credential",
					map[string]string{"tier": "live"})
			}
		}},
		{"online codes of a person", 10, 10, func(t *testing.T, h *testApp, r insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", nil)
			}
		}},
		{"holder keys of a login", 30, 6, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			phone, n := newPhone(t), 0
			return func() *httptest.ResponseRecorder {
				n++
				return h.add(t, fmt.Sprint("P", n), phone)
			}
		}},
		{"receipt keys of a login", 30, 6, func(t *testing.T, h *testApp, _ insurer.PersonRecord) asking {
			n := 0
			return func() *httptest.ResponseRecorder {
				n++
				return h.ask(t, "PUT", "/api/v1/phone", receiptKeyBody(t, fmt.Sprint("P", n)))
			}
		}},
		{"copies of a login", 30, 10, func(t *testing.T, h *testApp, r insurer.PersonRecord) asking {
			return func() *httptest.ResponseRecorder {
				return h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newTestApp(t)
			ask := c.how(t, h, h.enrolled(t))
			for i := range c.atOnce {
				if w := ask(); w.Code == http.StatusTooManyRequests {
					t.Fatalf("the %dth: %d", i+1, w.Code)
				}
			}
			w := ask()
			wait := message.Wait(time.Duration(c.wait) * time.Second)
			ja, en := wait.In("ja"), wait.In("en")
			said := strings.Contains(w.Body.String(), ja+"ほど待って")
			if w.Code != http.StatusTooManyRequests ||
				w.Header().Get("Retry-After") != strconv.Itoa(c.wait) ||
				!said {
				t.Fatalf("%d, Retry-After %s: %.300s", w.Code, w.Header().Get("Retry-After"), w.Body)
			}
			if strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem") &&
				!strings.Contains(w.Body.String(), "about "+en) {
				t.Errorf("%s", w.Body)
			}
			h.now = h.now.Add(time.Duration(c.wait) * time.Second)
			if w := ask(); w.Code == http.StatusTooManyRequests {
				t.Errorf("after the wait: %d %s", w.Code, w.Body)
			}
		})
	}
	testenv.Refused(t, testenv.Limits, 13)
}

// What floods one kind of thing leaves the others alone, also for whoever comes from the same address.
func TestALimitOfOneKindLeavesTheOthersAlone(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	code := h.noticeCode(t, r)
	neighbour := func(r *http.Request) { r.Header.Del("Cookie") }
	for range 60 {
		h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil, neighbour)
		h.ask(t, "POST", "/api/v1/phone/nonce", map[string]string{"phone": "flood"})
		h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/code", nil)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a right notice": h.ask(t, "GET", "/n/"+code, nil),
		"a typed code":   h.form(t, "/enrol", url.Values{"code": {"AAAAAAAAAAAAAAAA"}}),
		"another phone":  h.ask(t, "POST", "/api/v1/phone/nonce", map[string]string{"phone": "P"}),
		"a screen": h.ask(t, "POST", "/api/v1/people/"+string(r.ID)+"/credential",
			map[string]string{"tier": "live"}),
		"a copy":           h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil),
		"a login":          h.ask(t, "GET", "/login", nil),
		"a phone's key":    h.add(t, "P", newPhone(t)),
		"the first page":   h.ask(t, "GET", "/", nil),
		"whom it may show": h.ask(t, "GET", "/api/v1/me", nil),
	} {
		if w.Code == http.StatusTooManyRequests {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// The sentence of every language holds the wait, and none of the marks of the catalogue.
func TestTheWaitStandsInEveryLanguage(t *testing.T) {
	h := newTestApp(t)
	h.enrolled(t)
	for range 60 {
		h.ask(t, "POST", "/api/v1/phone/nonce", map[string]string{"phone": "P"})
		h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA", nil)
	}
	for lang, want := range map[string]string{
		"ja":      "3秒",
		"ja-easy": "3びょう",
		"en":      "3 seconds",
		"zh-Hans": "3秒",
		"vi":      "3\u00a0giây",
	} {
		in := func(r *http.Request) { r.Header.Set("Accept-Language", lang) }
		w := h.ask(t, "POST", "/api/v1/phone/nonce?lang="+lang, map[string]string{"phone": "P"}, in)
		if detail := decode[kit.ProblemDocument](t, w).Detail; lang != "ja-easy" &&
			(!strings.Contains(detail, want) || strings.ContainsAny(detail, "{}")) {
			t.Errorf("%s: %s", lang, detail)
		}
		page := h.ask(t, "GET", "/n/AAAAAAAAAAAAAAAA?lang="+lang, nil)
		if page.Code != http.StatusTooManyRequests || !strings.Contains(page.Body.String(), want) ||
			strings.Contains(page.Body.String(), "{wait}") {
			t.Errorf("%s: %d", lang, page.Code)
		}
	}
}

func TestALoginHasTenPhonesAtMost(t *testing.T) {
	h := newTestApp(t)
	h.patientOf(t, h.now)
	add := func(i int) int {
		h.now = h.now.Add(6 * time.Second)
		return h.add(t, fmt.Sprint("P", i), newPhone(t)).Code
	}
	for i := range insurer.MaxDevices {
		if got := add(i); got != http.StatusOK {
			t.Fatalf("phone %d: %d", i, got)
		}
		w := h.ask(t, "PUT", "/api/v1/phone", receiptKeyBody(t, fmt.Sprint("P", i)))
		if w.Code != http.StatusNoContent {
			t.Fatalf("its receipts: %d %s", w.Code, w.Body)
		}
	}
	h.now = h.now.Add(6 * time.Second)
	refusedTo := func(w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "phone.too_many") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	refusedTo(h.add(t, "P11", newPhone(t)))
	refusedTo(h.ask(t, "PUT", "/api/v1/phone", receiptKeyBody(t, "P11")))
	if got := add(3); got != http.StatusOK {
		t.Errorf("a new key of a phone that is there: %d", got)
	}
	if w := h.ask(t, "POST", "/api/v1/phones/P0/end", nil); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if got := add(11); got != http.StatusOK {
		t.Errorf("once another was removed: %d", got)
	}
}

// counting counts how often the list of revoked copies is read.
type counting struct {
	insurer.IssuerStore
	lists int
}

func (s *counting) Revoked(
	ctx context.Context,
	insurer eligibility.InsurerNumber,
	at time.Time,
) ([]uint32, int, error) {
	s.lists++
	return s.IssuerStore.Revoked(ctx, insurer, at)
}

func TestTheRevocationFileIsMadeAnewOnlyWhenItChanges(t *testing.T) {
	h := newTestApp(t)
	r := h.enrolled(t)
	store := &counting{IssuerStore: h.store.Issuer}
	h.replace = func(all *insurer.Stores) { all.Issuer = store }
	h.build(t)
	keys, err := h.insurer.Issuer.PublishedKeys(ctx, "00138990")
	if err != nil {
		t.Fatal(err)
	}
	path := "/i/00138990/.well-known/crl/" + keys[0].ID + ".json"
	fetch := func() string { return h.ask(t, "GET", path, nil).Body.String() }
	first := fetch()
	for range 50 {
		if fetch() != first {
			t.Fatal("it changed by itself")
		}
	}
	if store.lists != 1 {
		t.Errorf("it was made %d times", store.lists)
	}
	if w := h.ask(t, "GET", "/people/"+string(r.ID)+"/document.pdf", nil); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	if n, err := h.insurer.Issuer.Revoke(ctx, clerkOf("00138990"),
		insurer.CopySelection{Person: r.ID}); err != nil ||
		n != 1 {
		t.Fatal(n, err)
	}
	second := fetch()
	if second == first || !strings.Contains(second, `"ctr":1`) || fetch() != second || store.lists != 2 {
		t.Errorf("after a revocation: %s (made %d times)", second, store.lists)
	}
	h.now = h.now.Add(24 * time.Hour)
	if fetch() != second || store.lists != 3 {
		t.Errorf("a day later: made %d times", store.lists)
	}
	for _, bad := range []string{"x", "../jwks", strings.Repeat("A", 43)} {
		w := h.ask(t, "GET", "/i/00138990/.well-known/crl/"+bad+".json", nil)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	if store.lists != 3 {
		t.Error("unknown keys were looked up")
	}
}

// An insurer's server that sends a counter away says how long, and the counter says that on.
func TestAnInsurersWaitIsHandedOn(t *testing.T) {
	for _, c := range []struct {
		header string
		want   time.Duration
	}{
		{"17", 17 * time.Second},
		{"", time.Minute},
		{"soon", time.Minute},
		{"-3", time.Minute},
		{"0", time.Minute},
		{"7200", time.Hour},
		{"99999999999999999999", time.Minute},
		{"2147483647", time.Hour},
	} {
		t.Run(c.header, func(t *testing.T) {
			insurer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", c.header)
				w.WriteHeader(http.StatusTooManyRequests)
			}))
			defer insurer.Close()
			_, key := issuertest.NewPair(t)
			calls := &hostapi.Client{
				Key:    key,
				Client: insurer.Client(),
				Now:    func() time.Time { return testAppDay },
			}
			_, err := calls.For(clinic).Redeem(ctx, insurer.URL, credential.NewOnlineCode(insurer.URL))
			var e *eligibility.Error
			if !errors.As(err, &e) || !errors.Is(err, auth.ErrTooMany) || e.Wait != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

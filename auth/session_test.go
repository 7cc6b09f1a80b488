package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// table is a SessionStore in memory; until is what it was told of each session's end.
type table struct {
	rows  map[[32]byte]auth.Session
	until map[[32]byte]time.Time
}

func (m *table) PutSession(_ context.Context, s auth.Session, expires time.Time) error {
	m.rows[s.Hash], m.until[s.Hash] = s, expires
	return nil
}

func (m *table) ChangeSession(_ context.Context, s auth.Session, expires time.Time) error {
	if _, ok := m.rows[s.Hash]; !ok {
		return &eligibility.Error{Code: eligibility.NotFound, Key: "session"}
	}
	m.rows[s.Hash], m.until[s.Hash] = s, expires
	return nil
}

func (m *table) TouchSession(_ context.Context, hash [32]byte, used, expires time.Time) error {
	s, ok := m.rows[hash]
	if !ok {
		return &eligibility.Error{Code: eligibility.NotFound, Key: "session"}
	}
	s.UsedAt = used
	m.rows[hash], m.until[hash] = s, expires
	return nil
}

func (m *table) Session(_ context.Context, hash [32]byte) (auth.Session, error) {
	s, ok := m.rows[hash]
	if !ok {
		return s, &eligibility.Error{Code: eligibility.NotFound, Key: "session"}
	}
	return s, nil
}

func (m *table) DeleteSession(_ context.Context, hash [32]byte) error {
	delete(m.rows, hash)
	return nil
}

func (m *table) ReplaceSession(
	ctx context.Context, old [32]byte, s auth.Session, expires time.Time,
) error {
	if _, ok := m.rows[old]; !ok {
		return &eligibility.Error{Code: eligibility.NotFound, Key: "session"}
	}
	delete(m.rows, old)
	return m.PutSession(ctx, s, expires)
}

func (m *table) ExpireSessions(context.Context, time.Time) (int, error) { return 0, nil }

// browser is a visitor of a server whose time the test sets.
type browser struct {
	*auth.Sessions
	store  *table
	now    time.Time
	cookie *http.Cookie // as the server last set it
	sent   string       // the header that set it
}

func newBrowser(https bool) *browser {
	b := &browser{store: &table{map[[32]byte]auth.Session{}, map[[32]byte]time.Time{}},
		now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	b.Sessions = &auth.Sessions{Store: b.store, HTTPS: https, Now: func() time.Time { return b.now }}
	return b
}

func (b *browser) start(t *testing.T, kind auth.Kind) auth.Session {
	t.Helper()
	w := httptest.NewRecorder()
	session, err := b.Start(context.Background(), w, kind, "somebody", []byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	b.keep(t, w)
	return session
}

func (b *browser) keep(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	b.cookie, b.sent = cookies[0], w.Header().Get("Set-Cookie")
}

// finds asks with the cookie, under a name that the test gives or its own.
func (b *browser) finds(t *testing.T, kind auth.Kind, name string) bool {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: name, Value: b.cookie.Value})
	_, ok, err := b.Find(context.Background(), r, kind)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

var kinds = []auth.Kind{auth.Patient, auth.Clerk, auth.Counter, auth.Device, auth.Admin, auth.Operator}

// RFC 6265bis 4.1.3.2: a __Host- cookie is Secure, of the path / and of no Domain. HttpOnly keeps it from
// scripts, SameSite=Lax from other sites' forms. Plain http is the demo's, where browsers would drop a Secure
// cookie.
func TestASessionsCookieCarriesEveryFlag(t *testing.T) {
	for _, https := range []bool{true, false} {
		for _, kind := range kinds {
			b := newBrowser(https)
			session := b.start(t, kind)
			want := map[bool]string{true: "__Host-madoguchi-", false: "madoguchi-"}[https] + string(kind)
			c := b.cookie
			if c.Name != want || b.CookieName(kind) != want {
				t.Errorf("https %v: named %q, want %q", https, c.Name, want)
			}
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != https || c.Path != "/" ||
				c.Domain != "" ||
				c.MaxAge != 0 || strings.Contains(b.sent, "Expires") {
				t.Errorf("https %v: %s", https, b.sent)
			}
			if session.Hash != sha256.Sum256([]byte(c.Value)) {
				t.Errorf("%s: the store knows something else than the id's hash", kind)
			}
			w := httptest.NewRecorder()
			if err := b.End(context.Background(), w, session); err != nil {
				t.Fatal(err)
			}
			if b.keep(t, w); b.cookie.Name != want || b.cookie.Value != "" || b.cookie.MaxAge >= 0 ||
				!b.cookie.HttpOnly ||
				b.cookie.Secure != https || b.cookie.Path != "/" {
				t.Errorf("https %v, at the end: %s", https, b.sent)
			}
			if len(b.store.rows) != 0 {
				t.Errorf("%s: an ended session is still stored", kind)
			}
		}
	}
}

// OWASP ASVS 3.0.0 7.2 and NIST SP 800-63B 7.1: at least 64 bits; here 256.
func TestASessionsIDIs256RandomBits(t *testing.T) {
	seen := map[string]bool{}
	var ones [256]int
	const drawn = 400
	for range drawn {
		b := newBrowser(true)
		b.start(t, auth.Patient)
		raw, err := base64.RawURLEncoding.Strict().DecodeString(b.cookie.Value)
		if err != nil || len(raw) != 32 || seen[b.cookie.Value] {
			t.Fatalf("%q: %d bytes, %v", b.cookie.Value, len(raw), err)
		}
		seen[b.cookie.Value] = true
		for i := range ones {
			ones[i] += int(raw[i/8] >> (i % 8) & 1)
		}
	}
	for i, n := range ones { // a fair bit is 200 ± 10; 100 off is ten deviations
		if n < drawn/4 || n > drawn*3/4 {
			t.Errorf("bit %d was set %d times of %d", i, n, drawn)
		}
	}
}

// The lives of each kind, without use and in all. A clerk's ends soon: the screen lists everybody who is
// insured.
func TestASessionEndsWithoutUseAndInTheEndInAnyCase(t *testing.T) {
	lives := map[auth.Kind]struct{ idle, whole time.Duration }{
		auth.Patient: {12 * time.Hour, 24 * time.Hour},
		auth.Clerk:   {15 * time.Minute, 12 * time.Hour},
		auth.Counter: {12 * time.Hour, 12 * time.Hour},
		auth.Device:  {time.Hour, 12 * time.Hour},

		auth.Admin:    {15 * time.Minute, 12 * time.Hour},
		auth.Operator: {15 * time.Minute, 12 * time.Hour},
	}
	for _, kind := range kinds {
		life := lives[kind]
		t.Run(string(kind), func(t *testing.T) {
			b := newBrowser(true)
			b.start(t, kind)
			began := b.now
			until := b.store.until[sha256.Sum256([]byte(b.cookie.Value))]
			if !until.Equal(began.Add(life.idle)) {
				t.Errorf("stored until %v", until)
			}
			b.now = began.Add(life.idle)
			if !b.finds(t, kind, b.cookie.Name) {
				t.Errorf("not found after %v without use", life.idle)
			}
			b = newBrowser(true)
			b.start(t, kind)
			b.now = began.Add(life.idle + time.Second)
			if b.finds(t, kind, b.cookie.Name) || len(b.store.rows) != 0 {
				t.Errorf("%v and a second without use: found, or still stored", life.idle)
			}
			b = newBrowser(true)
			b.start(t, kind)
			for step := life.idle * 9 / 10; b.now.Before(began.Add(life.whole)); b.now = b.now.Add(step) {
				if !b.finds(t, kind, b.cookie.Name) {
					t.Fatalf("in use, gone after %v", b.now.Sub(began))
				}
			}
			b.now = began.Add(life.whole)
			if b.finds(t, kind, b.cookie.Name); life.whole > life.idle && !b.finds(t, kind, b.cookie.Name) {
				t.Errorf("in use, gone at its end of %v", life.whole)
			}
			for _, of := range []time.Duration{24 * time.Hour, 365 * 24 * time.Hour} {
				b := newBrowser(true)
				b.now = began.Add(of)
				b.start(t, kind)
				b.now = began // a clock that was wrong was set back
				if b.finds(t, kind, b.cookie.Name) {
					t.Errorf("a session that begins in %v is found", of)
				}
			}
			b.now = began.Add(life.whole + time.Second)
			if b.finds(t, kind, b.cookie.Name) || len(b.store.rows) != 0 {
				t.Errorf("in use, %v and a second after it began: found, or still stored", life.whole)
			}
		})
	}
}

func TestASessionsCookieOpensNoOtherKindsDoor(t *testing.T) {
	tried := 0
	for _, own := range kinds {
		for _, other := range kinds {
			b := newBrowser(true)
			b.start(t, own)
			if own == other {
				continue
			}
			tried++
			if b.finds(t, other, b.CookieName(other)) {
				t.Errorf("a %s's cookie under the name of a %s's was let in", own, other)
			}
		}
	}
	testenv.Refused(t, testenv.Sessions, tried)
}

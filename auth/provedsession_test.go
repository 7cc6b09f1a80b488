package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

const (
	chromium = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
		"Chrome/156.0.0.0 Safari/537.36"
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0"
)

// request is one of a browser with the cookie that the server last set.
func (b *browser) request(agent string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("User-Agent", agent)
	if b.cookie != nil {
		r.AddCookie(&http.Cookie{Name: b.cookie.Name, Value: b.cookie.Value})
	}
	return r
}

func (b *browser) startProved(t *testing.T, kind auth.Kind, subject string) auth.Session {
	t.Helper()
	w := httptest.NewRecorder()
	session, err := b.StartProved(context.Background(), w, b.request(chromium), kind, subject, []byte("data"))
	if err != nil {
		t.Fatal(err)
	}
	b.keep(t, w)
	return session
}

// A cookie that was carried to another browser ends its session there, and at its owner's.
func TestASessionEndsInAnotherBrowser(t *testing.T) {
	for _, agent := range []string{firefox, "", chromium + " "} {
		t.Run(agent, func(t *testing.T) {
			b := newBrowser(true)
			b.startProved(t, auth.Clerk, "somebody")
			if _, ok, err := b.Find(context.Background(), b.request(chromium), auth.Clerk); !ok ||
				err != nil {
				t.Fatalf("its own browser: %v %v", ok, err)
			}
			_, ok, err := b.Find(context.Background(), b.request(agent), auth.Clerk)
			if ok || !errors.Is(err, auth.ErrOtherBrowser) || len(b.store.rows) != 0 {
				t.Errorf("%v %v, %d sessions", ok, err, len(b.store.rows))
			}
			if _, ok, err := b.Find(context.Background(), b.request(chromium), auth.Clerk); ok || err != nil {
				t.Errorf("afterwards, its own browser: %v %v", ok, err)
			}
		})
	}
	testenv.Refused(t, testenv.Sessions, 3)
}

func TestWhoeverEndsStolenSessionsIsAsked(t *testing.T) {
	b := newBrowser(true)
	session := b.startProved(t, auth.Clerk, "somebody")
	full := &eligibility.Error{Code: eligibility.Unavailable, Key: "test.full"}
	var asked [32]byte
	b.EndStolen = func(_ context.Context, s auth.Session) error {
		asked = s.Hash
		return full
	}
	_, ok, err := b.Find(context.Background(), b.request(firefox), auth.Clerk)
	if ok || !errors.Is(err, full) || asked != session.Hash || len(b.store.rows) != 0 {
		t.Errorf("%v %v, %d sessions", ok, err, len(b.store.rows))
	}
}

// Sessions of patients, and of versions before, are bound to no browser.
func TestASessionWithoutABrowserLivesInAny(t *testing.T) {
	b := newBrowser(true)
	session := b.start(t, auth.Patient)
	for _, agent := range []string{chromium, firefox} {
		if _, ok, err := b.Find(context.Background(), b.request(agent), auth.Patient); !ok || err != nil {
			t.Errorf("%s: %v %v", agent, ok, err)
		}
	}
	if session.Fresh(b.now) {
		t.Error("nobody has used a passkey")
	}
}

// A proof by passkey is fresh for five minutes; a new one gives the session a new id and no longer life.
func TestAProofMakesASessionFreshUnderANewID(t *testing.T) {
	b := newBrowser(true)
	began := b.now
	session := b.startProved(t, auth.Clerk, "somebody")
	old := b.cookie.Value
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{0, true}, {5 * time.Minute, true}, {5*time.Minute + time.Second, false}, {-time.Second, false}} {
		if session.Fresh(began.Add(c.after)) != c.want {
			t.Errorf("after %v: %v", c.after, !c.want)
		}
	}
	b.now = began.Add(10 * time.Minute)
	w := httptest.NewRecorder()
	proved, err := b.Prove(context.Background(), w, session)
	if err != nil {
		t.Fatal(err)
	}
	b.keep(t, w)
	if b.cookie.Value == old || proved.Hash == session.Hash || len(b.store.rows) != 1 ||
		!proved.CreatedAt.Equal(began) || !proved.Fresh(b.now) || string(proved.Data) != "data" {
		t.Errorf("%+v", proved)
	}
	found, ok, err := b.Find(context.Background(), b.request(chromium), auth.Clerk)
	if !ok || err != nil || !found.ProvedAt.Equal(b.now) {
		t.Errorf("%+v %v %v", found, ok, err)
	}
	if _, err := b.Prove(context.Background(), w, session); err == nil {
		t.Error("a session that has ended was proved")
	}
	b.now = began.Add(12*time.Hour + time.Second)
	if _, ok, _ := b.Find(context.Background(), b.request(chromium), auth.Clerk); ok {
		t.Error("a proof made the session's whole life longer")
	}
}

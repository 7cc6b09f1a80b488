package store

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/server/store/storetest"
)

// between runs something after a session was read, as another request does.
type between struct {
	auth.SessionStore
	then func()
}

func (b *between) Session(ctx context.Context, hash [32]byte) (auth.Session, error) {
	found, err := b.SessionStore.Session(ctx, hash)
	if then := b.then; then != nil {
		b.then = nil
		then()
	}
	return found, err
}

// visitor is a browser with a session that was used two minutes ago.
func visitor(t *testing.T, store auth.SessionStore) (*auth.Sessions, *http.Request, auth.Session) {
	t.Helper()
	now := noon
	sessions := &auth.Sessions{Store: store, Now: func() time.Time { return now }}
	w := httptest.NewRecorder()
	started, err := sessions.Start(ctx, w, auth.Patient, "op|hanako", []byte("first"))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	now = noon.Add(2 * time.Minute)
	return sessions, r, started
}

// A stolen phone's page asks every few seconds: the end of its session must not be undone by a request that
// was on its way.
func TestAnEndedSessionDoesNotComeBack(t *testing.T) {
	storetest.Engines(t, testAnEndedSessionDoesNotComeBack)
}

func testAnEndedSessionDoesNotComeBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		again func(*auth.Sessions, auth.Session) error
	}{
		{"by being used", func(*auth.Sessions, auth.Session) error { return nil }},
		{"by being saved", func(s *auth.Sessions, old auth.Session) error { return s.Save(ctx, old) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := open(t)
			race := &between{SessionStore: s.Sessions()}
			sessions, r, started := visitor(t, race)
			race.then = func() {
				if err := s.Sessions().DeleteSession(ctx, started.Hash); err != nil {
					t.Error(err)
				}
			}
			if _, ok, err := sessions.Find(ctx, r, auth.Patient); ok || err != nil {
				t.Errorf("an ended session is found: %v", err)
			}
			if err := c.again(sessions, started); c.name == "by being saved" && err == nil {
				t.Error("it was saved")
			}
			if _, ok, err := sessions.Find(ctx, r, auth.Patient); ok || err != nil {
				t.Errorf("it came back: %v", err)
			}
		})
	}
}

func TestUsingASessionPutsNoOldDataBack(t *testing.T) {
	storetest.Engines(t, testUsingASessionPutsNoOldDataBack)
}

func testUsingASessionPutsNoOldDataBack(t *testing.T) {
	s, _ := open(t)
	race := &between{SessionStore: s.Sessions()}
	sessions, r, started := visitor(t, race)
	race.then = func() {
		started.Data = []byte("second")
		if err := sessions.Save(ctx, started); err != nil {
			t.Error(err)
		}
	}
	if _, ok, err := sessions.Find(ctx, r, auth.Patient); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if found, ok, err := sessions.Find(ctx, r, auth.Patient); !ok || err != nil ||
		string(found.Data) != "second" {
		t.Errorf("%q %v", found.Data, err)
	}
}

// full is a disk on which nothing more can be written.
type full struct{ auth.SessionStore }

func (full) PutSession(context.Context, auth.Session, time.Time) error          { return errStorage }
func (full) TouchSession(context.Context, [32]byte, time.Time, time.Time) error { return errStorage }

func TestAFullDiskEndsNoSession(t *testing.T) { storetest.Engines(t, testAFullDiskEndsNoSession) }

func testAFullDiskEndsNoSession(t *testing.T) {
	s, _ := open(t)
	sessions, r, _ := visitor(t, s.Sessions())
	sessions.Store = full{s.Sessions()}
	if found, ok, err := sessions.Find(ctx, r, auth.Patient); !ok || err != nil ||
		found.Subject != "op|hanako" {
		t.Errorf("%v %v", ok, err)
	}
}

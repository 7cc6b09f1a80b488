package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"madoguchi/eligibility"
)

// Kind says whose a session is.
type Kind string

const (
	Patient Kind = "patient"
	Clerk   Kind = "clerk"   // at an insurer
	Counter Kind = "counter" // reception staff
	Device  Kind = "device"  // a patient's phone that came back by its key: it may show, and nothing else
)

// lifetimes bounds the sessions of each kind: without use, and in all (docs/facts/sign-in.md#sessions).
var lifetimes = map[Kind]struct{ idle, total time.Duration }{
	Patient: {12 * time.Hour, 24 * time.Hour},
	Clerk:   {15 * time.Minute, 12 * time.Hour},
	Counter: {12 * time.Hour, 12 * time.Hour},
	Device:  {time.Hour, 12 * time.Hour}, // the key opens the next one
}

// Session is what the server knows of a browser. Only the SHA-256 of its id is stored.
type Session struct {
	Hash      [32]byte
	Kind      Kind
	Subject   string // of the login, or the staff's name; empty before a login
	CreatedAt time.Time
	UsedAt    time.Time
	Data      []byte // the caller's own; the store seals it
}

// SessionStore keeps sessions. A missing one is an *eligibility.Error with code NotFound: what has ended is
// never stored again.
type SessionStore interface {
	PutSession(ctx context.Context, s Session, expires time.Time) error    // a new one
	ChangeSession(ctx context.Context, s Session, expires time.Time) error // a known one's data
	TouchSession(ctx context.Context, hash [32]byte, used, expires time.Time) error
	Session(ctx context.Context, hash [32]byte) (Session, error)
	DeleteSession(ctx context.Context, hash [32]byte) error
	ExpireSessions(ctx context.Context, before time.Time) (int, error)
}

// Sessions gives browsers opaque 256-bit ids in a cookie.
type Sessions struct {
	Store SessionStore
	// the cookie gets the __Host- prefix and Secure; plain http is for the demo on this computer only
	HTTPS bool
	Now   func() time.Time
}

// CookieName returns the cookie's name for a kind. A person may be patient and staff in one browser.
func (s *Sessions) CookieName(kind Kind) string {
	if s.HTTPS {
		return "__Host-madoguchi-" + string(kind)
	}
	return "madoguchi-" + string(kind)
}

// Start makes a session with a new id, and sets its cookie. A login always starts a new one, so that an id
// from before it is worth nothing afterwards.
func (s *Sessions) Start(ctx context.Context, w http.ResponseWriter, kind Kind, subject string,
	data []byte) (Session, error) {
	id := randomID()
	now := s.Now()
	session := Session{
		Hash:      sha256.Sum256([]byte(id)),
		Kind:      kind,
		Subject:   subject,
		CreatedAt: now,
		UsedAt:    now,
		Data:      data,
	}
	if err := s.Store.PutSession(ctx, session, now.Add(lifetimes[kind].idle)); err != nil {
		return Session{}, err
	}
	http.SetCookie(w, s.cookie(kind, id, 0))
	return session, nil
}

// Find returns the request's session of a kind, or ok = false when there is none that still lives.
func (s *Sessions) Find(ctx context.Context, r *http.Request, kind Kind) (found Session, ok bool, err error) {
	cookie, err := r.Cookie(s.CookieName(kind))
	if err != nil {
		return Session{}, false, nil
	}
	session, err := s.Store.Session(ctx, sha256.Sum256([]byte(cookie.Value)))
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return Session{}, false, nil
	}
	if err != nil {
		return Session{}, false, err
	}
	now, life := s.Now(), lifetimes[kind]
	if session.Kind != kind ||
		now.Sub(session.UsedAt) > life.idle || now.Sub(session.CreatedAt) > life.total {
		return Session{}, false, s.Store.DeleteSession(ctx, session.Hash)
	}
	if now.Sub(session.UsedAt) > time.Minute { // once a minute is enough to keep it alive
		session.UsedAt = now
		err := s.Store.TouchSession(ctx, session.Hash, now, now.Add(life.idle))
		if errors.As(err, &e) && e.Code == eligibility.NotFound {
			return Session{}, false, nil // ended since it was read
		}
		// another failure (a full disk) ends no session before its time; the next request tries again
	}
	return session, true, nil
}

// Save stores changed data of a session. It returns NotFound when the session has ended since.
func (s *Sessions) Save(ctx context.Context, session Session) error {
	return s.Store.ChangeSession(ctx, session, session.UsedAt.Add(lifetimes[session.Kind].idle))
}

// End deletes a session and its cookie.
func (s *Sessions) End(ctx context.Context, w http.ResponseWriter, session Session) error {
	http.SetCookie(w, s.cookie(session.Kind, "", -1))
	return s.Store.DeleteSession(ctx, session.Hash)
}

func (s *Sessions) cookie(kind Kind, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     s.CookieName(kind),
		Value:    value,
		Path:     "/",
		Secure:   s.HTTPS,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
		MaxAge:   maxAge,
	}
}

package auth

import (
	"bytes"
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

	Admin    Kind = "admin"    // who administers a facility, on pages besides the counter's
	Operator Kind = "operator" // of the staff of whoever runs the server
)

// lifetimes bounds the sessions of each kind: without use, and in all (docs/facts/sign-in.md#sessions).
var lifetimes = map[Kind]struct{ idle, total time.Duration }{
	Patient: {12 * time.Hour, 24 * time.Hour},
	Clerk:   {15 * time.Minute, 12 * time.Hour},
	Counter: {12 * time.Hour, 12 * time.Hour},
	Device:  {time.Hour, 12 * time.Hour}, // the key opens the next one

	Admin:    {15 * time.Minute, 12 * time.Hour},
	Operator: {15 * time.Minute, 12 * time.Hour},
}

// Session is what the server knows of a browser. Only the SHA-256 of its id is stored.
type Session struct {
	Hash      [32]byte
	Kind      Kind
	Subject   string // of the login, the staff's member id, or the name of the demo's; empty before a login
	CreatedAt time.Time
	UsedAt    time.Time
	Data      []byte // the caller's own; the store seals it

	// Browser is BrowserOf the browser that the session is bound to; empty for one that is bound to none.
	Browser []byte
	// ProvedAt is when the subject last used a passkey; zero where none was used.
	ProvedAt time.Time
}

// FreshProof is how long after a passkey was used what is grave needs no other.
const FreshProof = 5 * time.Minute

// Fresh reports whether the subject used a passkey within FreshProof.
func (s Session) Fresh(now time.Time) bool {
	age := now.Sub(s.ProvedAt)
	return !s.ProvedAt.IsZero() && age >= 0 && age <= FreshProof
}

// ErrOtherBrowser is what Find returns for a session that came from another browser than its own: it is
// ended.
var ErrOtherBrowser = &eligibility.Error{Code: eligibility.Denied, Key: "staff.other_browser"}

// BrowserOf is by what a browser is known again: a hash of its User-Agent. It is no secret, and tells a
// cookie that was carried to another machine only where that has another browser or version.
func BrowserOf(r *http.Request) []byte {
	sum := sha256.Sum256([]byte("madoguchi browser 1\x00" + r.UserAgent()))
	return sum[:16]
}

// SessionStore keeps sessions. A missing one is an *eligibility.Error with code NotFound: what has ended is
// never stored again.
type SessionStore interface {
	PutSession(ctx context.Context, s Session, expires time.Time) error    // a new one
	ChangeSession(ctx context.Context, s Session, expires time.Time) error // a known one's data
	TouchSession(ctx context.Context, hash [32]byte, used, expires time.Time) error
	Session(ctx context.Context, hash [32]byte) (Session, error)
	DeleteSession(ctx context.Context, hash [32]byte) error
	// ReplaceSession stores a session in the place of another one, which is NotFound when it has ended.
	ReplaceSession(ctx context.Context, old [32]byte, s Session, expires time.Time) error
	ExpireSessions(ctx context.Context, before time.Time) (int, error)
}

// Sessions gives browsers opaque 256-bit ids in a cookie.
type Sessions struct {
	Store SessionStore
	// the cookie gets the __Host- prefix and Secure; plain http is for the demo on this computer only
	HTTPS bool
	Now   func() time.Time
	// EndStolen, if set, ends a session that came from another browser and says so in the audit. Whatever it
	// returns, the session is deleted.
	EndStolen func(ctx context.Context, s Session) error
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
	return s.start(ctx, w, Session{Kind: kind, Subject: subject, Data: data})
}

// StartProved is Start for who has used a passkey just now: the session is bound to the browser of the
// request, and Fresh.
func (s *Sessions) StartProved(ctx context.Context, w http.ResponseWriter, r *http.Request, kind Kind,
	subject string, data []byte) (Session, error) {
	session := Session{Kind: kind, Subject: subject, Data: data, Browser: BrowserOf(r), ProvedAt: s.Now()}
	return s.start(ctx, w, session)
}

func (s *Sessions) start(ctx context.Context, w http.ResponseWriter, session Session) (Session, error) {
	id := randomID()
	now := s.Now()
	session.Hash, session.CreatedAt, session.UsedAt = sha256.Sum256([]byte(id)), now, now
	if err := s.Store.PutSession(ctx, session, now.Add(lifetimes[session.Kind].idle)); err != nil {
		return Session{}, err
	}
	s.hand(w, session.Kind, id)
	return session, nil
}

// Prove gives a session whose subject has used a passkey just now a new id and its cookie: the old id is
// worth nothing afterwards. The session's whole life goes on from its start. It returns NotFound when the
// session has ended since it was found.
func (s *Sessions) Prove(ctx context.Context, w http.ResponseWriter, session Session) (Session, error) {
	id := randomID()
	now := s.Now()
	old := session.Hash
	session.Hash, session.UsedAt, session.ProvedAt = sha256.Sum256([]byte(id)), now, now
	if err := s.Store.ReplaceSession(ctx, old, session, now.Add(lifetimes[session.Kind].idle)); err != nil {
		return Session{}, err
	}
	s.hand(w, session.Kind, id)
	return session, nil
}

// Find returns the request's session of a kind, or ok = false when there is none that still lives. A session
// that is bound to another browser is ended, and Find returns ErrOtherBrowser.
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
	if session.Kind != kind || session.Over(now) {
		return Session{}, false, s.Store.DeleteSession(ctx, session.Hash)
	}
	if len(session.Browser) != 0 && !bytes.Equal(session.Browser, BrowserOf(r)) {
		var untold error
		if s.EndStolen != nil {
			untold = s.EndStolen(ctx, session)
		}
		if err := errors.Join(untold, s.Store.DeleteSession(ctx, session.Hash)); err != nil {
			return Session{}, false, err
		}
		return Session{}, false, ErrOtherBrowser
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

// sessionLeeway is how far the clocks of a site's instances may be apart.
const sessionLeeway = 5 * time.Minute

// Over reports whether a session's life has ended, without use or in all. One of the future, by a clock that
// was wrong and was set back, has ended: else it would live as long as the clock was wrong.
func (s Session) Over(now time.Time) bool {
	life, latest := lifetimes[s.Kind], now.Add(sessionLeeway)
	ofFuture := s.CreatedAt.After(latest) || s.UsedAt.After(latest)
	return now.Sub(s.UsedAt) > life.idle || now.Sub(s.CreatedAt) > life.total || ofFuture
}

// hand gives the browser the id of its session.
func (s *Sessions) hand(w http.ResponseWriter, kind Kind, id string) {
	http.SetCookie(w, s.cookie(kind, id, 0))
}

// Forget takes a kind's cookie off the browser, whose session the caller has ended.
func (s *Sessions) Forget(w http.ResponseWriter, kind Kind) {
	http.SetCookie(w, s.cookie(kind, "", -1))
}

// Save stores changed data of a session. It returns NotFound when the session has ended since.
func (s *Sessions) Save(ctx context.Context, session Session) error {
	return s.Store.ChangeSession(ctx, session, session.UsedAt.Add(lifetimes[session.Kind].idle))
}

// End deletes a session and its cookie.
func (s *Sessions) End(ctx context.Context, w http.ResponseWriter, session Session) error {
	s.Forget(w, session.Kind)
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

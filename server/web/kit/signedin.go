package kit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pwa"
	"madoguchi/server/staff"
)

// Members knows the staff who sign in by passkey.
type Members interface {
	// Member returns a member who may work now; any other is NotFound.
	Member(ctx context.Context, id staff.MemberID) (staff.Member, error)
	// Names returns the names of all members of an organisation, also of those who have left.
	Names(
		ctx context.Context, by staff.Principal, of staff.Organisation,
	) (map[staff.MemberID]string, error)
}

// SignedIn is who of the staff asks, and by which session.
type SignedIn struct {
	Session auth.Session
	// Opener is whose session it is. Of the demo's staff who are picked by name it is what Member is.
	Opener staff.Member
	// Member is who acts: the opener, or at a counter PC the colleague who gave the PIN since.
	Member staff.Member

	proved staff.MemberID // whose passkey Session.ProvedAt speaks of
}

// staffSession is what a session of staff holds besides its subject.
type staffSession struct {
	Acting staff.MemberID `json:"acting,omitempty"` // empty: the opener
	Proved staff.MemberID `json:"proved,omitempty"` // who used a passkey last; empty: the opener, to sign in
}

// Fresh reports whether who acts used a passkey within auth.FreshProof. The demo's staff who are picked by
// name have none, and are not asked for one.
func (v SignedIn) Fresh(now time.Time) bool {
	return v.Member.ID == "" || v.proved == v.Member.ID && v.Session.Fresh(now)
}

// signedInKey is where a request's SignedIn stands in its context.
const signedInKey = "staff"

// SignedIn returns who of the staff is signed in for a kind's pages, as the members are stored now. It
// returns ErrSignedOut for nobody, for a member who may work no more, and for one whom these pages are not
// for; and auth.ErrOtherBrowser.
func (s *Kit) SignedIn(c echo.Context, kind auth.Kind) (SignedIn, error) {
	ctx := c.Request().Context()
	session, ok, err := s.Sessions.Find(ctx, c.Request(), kind)
	if err == nil && !ok {
		err = ErrSignedOut
	}
	if err != nil {
		return SignedIn{}, err
	}
	v, err := s.whose(ctx, session)
	if err != nil {
		return SignedIn{}, err
	}
	c.Set(signedInKey, v)
	return v, nil
}

// whose returns whose a session is. No passkey opened one that is bound to no browser: only the demo has such
// sessions.
func (s *Kit) whose(ctx context.Context, session auth.Session) (SignedIn, error) {
	if len(session.Browser) == 0 {
		if !s.Demo {
			return SignedIn{}, ErrSignedOut
		}
		picked := staff.Member{Name: session.Subject, Role: staff.Everything}
		return SignedIn{Session: session, Opener: picked, Member: picked}, nil
	}
	if s.Members == nil {
		return SignedIn{}, ErrSignedOut
	}
	var data staffSession
	if err := json.Unmarshal(session.Data, &data); err != nil {
		return SignedIn{}, fmt.Errorf("reading a session of staff: %w", err)
	}
	opener, err := s.atWork(ctx, staff.MemberID(session.Subject), session.Kind)
	if err != nil {
		return SignedIn{}, err
	}
	v := SignedIn{Session: session, Opener: opener, Member: opener, proved: data.Proved}
	if v.proved == "" {
		v.proved = opener.ID
	}
	if data.Acting != "" && data.Acting != opener.ID {
		if v.Member, err = s.atWork(ctx, data.Acting, session.Kind); err != nil {
			return SignedIn{}, err
		}
		if v.Member.Organisation != opener.Organisation {
			return SignedIn{}, ErrSignedOut
		}
	}
	return v, nil
}

// atWork returns a member who may have a session of a kind now, or ErrSignedOut.
func (s *Kit) atWork(ctx context.Context, id staff.MemberID, kind auth.Kind) (staff.Member, error) {
	m, err := s.Members.Member(ctx, id)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return staff.Member{}, ErrSignedOut.Because(err)
	}
	if err != nil {
		return staff.Member{}, err
	}
	if !m.MayHold(kind) {
		return staff.Member{}, ErrSignedOut
	}
	return m, nil
}

// SignInMember starts the session of a member who has used a passkey just now, in the place of what this
// browser had of that kind.
func (s *Kit) SignInMember(c echo.Context, kind auth.Kind, m staff.Member) error {
	ctx := c.Request().Context()
	before, ok, err := s.Sessions.Find(ctx, c.Request(), kind)
	if err != nil && !errors.Is(err, auth.ErrOtherBrowser) {
		return err
	}
	if ok {
		if err := s.Sessions.Store.DeleteSession(ctx, before.Hash); err != nil {
			return err
		}
	}
	_, err = s.Sessions.StartProved(ctx, c.Response(), c.Request(), kind, string(m.ID), []byte("{}"))
	return err
}

// Prove notes that who acts has used a passkey just now: the session gets a new id.
func (s *Kit) Prove(c echo.Context, v SignedIn) error {
	data, err := json.Marshal(staffSession{Acting: v.Member.ID, Proved: v.Member.ID})
	if err != nil {
		return err
	}
	v.Session.Data = data
	_, err = s.Sessions.Prove(c.Request().Context(), c.Response(), v.Session)
	return err
}

// LetAct has a colleague act in a session from now on.
func (s *Kit) LetAct(c echo.Context, v SignedIn, m staff.Member) error {
	data, err := json.Marshal(staffSession{Acting: m.ID, Proved: v.proved})
	if err != nil {
		return err
	}
	v.Session.Data = data
	return s.Sessions.Save(c.Request().Context(), v.Session)
}

// StaffHandler answers staff, who are let in before it runs. Each room makes its own principal of
// the member, once a request.
type StaffHandler func(c echo.Context, member staff.Member) error

// CallFor refuses a program's request without a session of that kind of staff.
func (s *Kit) CallFor(kind auth.Kind, do StaffHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := s.SignedIn(c, kind)
		if err != nil {
			return err
		}
		return do(c, v.Member)
	}
}

// PageFor sends a visitor without a session of that kind of staff to the sign-in, and in the demo to where a
// name is picked.
func (s *Kit) PageFor(kind auth.Kind, do StaffHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, err := s.SignedIn(c, kind)
		if errors.Is(err, ErrSignedOut) {
			if s.Demo {
				return c.Redirect(http.StatusSeeOther, staffHome[kind]+"/staff")
			}
			return c.Redirect(http.StatusSeeOther, ThenBack("/staff", c))
		}
		if err != nil {
			return err
		}
		return do(c, v.Member)
	}
}

// ErrProveAgain is what a program is answered that needs a fresh passkey; its place names the page on which
// one is used.
var ErrProveAgain = &eligibility.Error{Code: eligibility.Denied, Key: "staff.prove_again"}

// ProvePath is the page on which staff who are signed in use their passkey again.
const ProvePath = "/staff/prove"

// Fresh lets staff do something grave only when they used a passkey within auth.FreshProof. A page sends them
// to use it, and from there back; a form is then empty again. A program is refused with ErrProveAgain. It
// stands inside of PageFor or CallFor.
func (s *Kit) Fresh(do StaffHandler) StaffHandler {
	return func(c echo.Context, member staff.Member) error {
		v, ok := c.Get(signedInKey).(SignedIn)
		switch {
		case !ok:
			return ErrSignedOut
		case v.Fresh(s.Now()):
			return do(c, member)
		case ForPrograms(c.Request()):
			back := url.Values{"back": {HomeOf(v.Session.Kind)}}.Encode()
			return ErrProveAgain.With(message.Args{"address": message.Text(ProvePath + "?" + back)})
		}
		return c.Redirect(http.StatusSeeOther, ThenBack(ProvePath, c))
	}
}

// ThenBack is the address of a page that leads back to the one that was asked for; what was sent as a form
// leads to the page of that address.
func ThenBack(page string, c echo.Context) string {
	r := c.Request()
	back := r.URL.EscapedPath()
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		back = PrintableAddress(r.URL)
	}
	return page + "?" + url.Values{"back": {back}}.Encode()
}

// HomeOf is the first page of a kind of staff.
func HomeOf(kind auth.Kind) string {
	if home, ok := staffHome[kind]; ok {
		return home
	}
	return "/staff/me"
}

// StaffPath returns an address to which staff may be led on: a path of this server for staff, with its query,
// but none of the sign-in itself. Anything else is other.
func StaffPath(address, other string) string {
	path := pwa.LocalPath(address)
	u, err := url.Parse(path)
	if err != nil || !forStaff(u.Path) || strings.Contains(u.Path, "..") ||
		strings.HasSuffix(u.Path, "/staff") || u.Path == ProvePath ||
		strings.HasPrefix(u.Path, "/staff/invite") {
		return other
	}
	return path
}

// KindsAt are the kinds of staff that the pages below a path are for, the first one to be looked for first.
func KindsAt(path string) []auth.Kind {
	for kind, home := range staffHome {
		if path == home || strings.HasPrefix(path, home+"/") || strings.HasPrefix(path, home+"?") {
			return []auth.Kind{kind}
		}
	}
	return []auth.Kind{auth.Admin, auth.Clerk, auth.Operator, auth.Counter}
}

// Named puts the names of the colleagues of who asks in the place of their IDs, as records and the audit hold
// them; records of before hold names, which stay.
func (s *Kit) Named(c echo.Context, text string) string {
	v, ok := c.Get(signedInKey).(SignedIn)
	if !ok || v.Member.ID == "" || text == "" {
		return text
	}
	const key = "staff names"
	names, ok := c.Get(key).(*strings.Replacer)
	if !ok {
		all, err := s.Members.Names(c.Request().Context(), v.Member, v.Member.Organisation)
		if err != nil {
			return text // the ID still says who it was
		}
		var pairs []string
		for id, name := range all {
			pairs = append(pairs, string(id), name)
		}
		names = strings.NewReplacer(pairs...)
		c.Set(key, names)
	}
	return names.Replace(text)
}

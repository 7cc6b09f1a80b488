package patient

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// Codes that enrol: a notice's, and one of the insurer's desk. A session holds the MAC of one of the two,
// from the scan until its login is bound.

// hasCode reports whether a code that enrols is held.
func (v VisitSession) hasCode() bool { return v.Notice != nil || v.Desk != nil }

// letGo forgets the code that is held.
func (v *VisitSession) letGo() { v.Notice, v.Desk = nil, nil }

// errCodeWait is what somebody is told who has to wait because of wrong codes from the same network: a login
// is the way around it.
var errCodeWait = &eligibility.Error{Code: eligibility.Limited, Key: "enrol.wait"}

// errScannedNotice is insurer.ErrNoticeCode where a code was scanned: the door has no field to enter it
// again.
var errScannedNotice = &eligibility.Error{Code: eligibility.NotFound, Key: "notice.unknown_scanned"}

// isNoCode reports whether a text was no code that enrols.
func isNoCode(err error) bool {
	return errors.Is(err, insurer.ErrNoticeCode) || errors.Is(err, insurer.ErrDeskCode)
}

// scanned is a kind of code that enrols, as its QR's address brings it.
type scanned struct {
	macOf  func(text string) ([]byte, error)                      // without looking it up
	lookUp func(ctx context.Context, text string) ([]byte, error) // returns the same
	keep   func(v *VisitSession, mac []byte)                      // in the session
	name   string                                                 // in a cookie
}

func (s *Portal) scannedNotice() scanned {
	notices := s.Insurer.Enrolment
	keep := func(v *VisitSession, mac []byte) { v.Notice = mac }
	return scanned{macOf: notices.MACOf, lookUp: notices.NoticeFor, keep: keep, name: "n"}
}

func (s *Portal) scannedAtDesk() scanned {
	desk := s.Insurer.Desk
	keep := func(v *VisitSession, mac []byte) { v.Desk = mac }
	return scanned{macOf: desk.MACOf, lookUp: desk.CodeFor, keep: keep, name: "d"}
}

func (s *landingPages) openNotice(c echo.Context) error { return s.openCode(c, s.scannedNotice()) }
func (s *landingPages) openDesk(c echo.Context) error   { return s.openCode(c, s.scannedAtDesk()) }

// openCode takes a code that enrols off the address at once and keeps it in the session. It never uses the
// code up, and it is never logged. A code that is none, or no more, gets the same door with a sentence.
//
// Wrong ones are counted by the login where there is one, else by network. Each try is counted before it is
// looked up and given back when it was right, so that beyond the limit nobody learns which is. There a code
// is not looked up but given to the browser, to be looked up after the login, by which it is then counted:
// whoever shares an address with somebody who guesses has the way in all the same.
func (s *landingPages) openCode(c echo.Context, of scanned) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	limit, key, now := &s.Limits.Guesses, kit.RemoteKey(c), s.Now()
	if v.Login != nil {
		limit, key = &s.Limits.Scanned, v.Login.Subject
	}
	if err := limit.Allow(key, now); err != nil {
		if v.Login == nil {
			err = s.carryCode(c, of, err)
		}
		return s.refuseCode(c, err)
	}
	mac, err := of.lookUp(c.Request().Context(), c.Param("code"))
	if !isNoCode(err) {
		limit.GiveBack(key, now)
	}
	if err != nil {
		return s.refuseCode(c, err)
	}
	if err := s.Limits.Notices.Allow(string(mac), now); err != nil {
		return err
	}
	s.takeCarried(c, &v) // an older one
	v.letGo()
	of.keep(&v, mac)
	if err := s.keepVisit(c, session, known, v); err != nil {
		return err
	}
	s.KeepChosenLanguage(c)
	return c.Redirect(http.StatusSeeOther, "/notice")
}

// carryCode gives a code's MAC to the browser until after its login, and returns the refusal that says so.
// Nothing is stored here. The MAC is a keyed hash: nobody can make that of a code.
func (s *Portal) carryCode(c echo.Context, of scanned, refusal error) error {
	var wait *eligibility.Error
	mac, err := of.macOf(c.Param("code"))
	if err != nil || !errors.As(refusal, &wait) {
		return refusal
	}
	c.SetCookie(s.codeCookie(of.name+base64.RawURLEncoding.EncodeToString(mac), carriedLife))
	carried := *errCodeWait
	carried.Wait = wait.Wait
	return &carried
}

// carriedLife is how long a browser carries a code, as long as a login may be under way.
const carriedLife = auth.FlowLife

// takeCarried moves the code that the browser carries, which was scanned last, into a visit.
func (s *Portal) takeCarried(c echo.Context, v *VisitSession) {
	cookie, err := c.Cookie(s.codeCookie("", 0).Name)
	if err != nil {
		return
	}
	c.SetCookie(s.codeCookie("", -time.Second))
	for _, of := range []scanned{s.scannedNotice(), s.scannedAtDesk()} {
		text, ok := strings.CutPrefix(cookie.Value, of.name)
		mac, err := base64.RawURLEncoding.DecodeString(text)
		if ok && err == nil && len(mac) == sha256.Size {
			v.letGo()
			of.keep(v, mac)
		}
	}
}

func (s *Portal) codeCookie(value string, life time.Duration) *http.Cookie {
	cookie := s.flowCookie(value, int(life/time.Second))
	cookie.Name = s.Sessions.CookieName("code")
	return cookie
}

// refuseCode shows the door with why a code is of no use, or when it can be tried again. Other errors are the
// error page's.
func (s *landingPages) refuseCode(c echo.Context, err error) error {
	var e *eligibility.Error
	if !errors.As(err, &e) || !isNoCode(err) && !errors.Is(err, insurer.ErrNoticeVoid) &&
		e.Key != errCodeWait.Key {
		return err
	}
	if errors.Is(err, insurer.ErrNoticeCode) {
		err = errScannedNotice
	}
	e, status := kit.AsProblem(err)
	if status == http.StatusTooManyRequests {
		kit.RetryAfter(c.Response().Header(), e.Wait)
	}
	view := LandingView{
		Page:    s.Translated(c, "door.title.notice"),
		Kept:    heldScreens(c),
		Refusal: kit.FormError(e),
		Wait:    status == http.StatusTooManyRequests,
	}
	return s.ShowPublic(c, status, "landing", view)
}

// typedCode looks a typed code up: a notice's, else one of the desk. Neither is told as no notice's.
func (s *loginPages) typedCode(c echo.Context, v *VisitSession, typed string) error {
	ctx := c.Request().Context()
	mac, err := s.Insurer.Enrolment.NoticeFor(ctx, typed)
	if err == nil || !isNoCode(err) {
		v.Notice = mac
		return err
	}
	mac, atDesk := s.Insurer.Desk.CodeFor(ctx, typed)
	if atDesk != nil && !isNoCode(atDesk) {
		return atDesk
	}
	if atDesk == nil {
		v.Desk, err = mac, nil
	}
	return err
}

// bind binds the login to the person of the code that is held. Logins that do not fit are counted by code, so
// that a paper in wrong hands is not tried without end; one that fits is never held up by them.
func (s *loginPages) bind(c echo.Context, v VisitSession) error {
	ctx := c.Request().Context()
	code := v.Notice
	var err error
	if v.Desk != nil {
		code, err = v.Desk, s.Insurer.Desk.Enrol(ctx, viewerOf(v), v.Desk)
	} else {
		err = s.Insurer.Enrolment.Enrol(ctx, viewerOf(v), v.Notice)
	}
	if errors.Is(err, insurer.ErrNotByNotice) || errors.Is(err, insurer.ErrDeskMisfit) {
		if tooMany := s.Limits.Misfits.Allow(string(code), s.Now()); tooMany != nil {
			return tooMany
		}
	}
	return err
}

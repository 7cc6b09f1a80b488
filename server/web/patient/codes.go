package patient

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

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

// isNoCode reports whether a text was no code that enrols.
func isNoCode(err error) bool {
	return errors.Is(err, insurer.ErrNoticeCode) || errors.Is(err, insurer.ErrDeskCode)
}

// lookUp looks a scanned code up, and counts wrong ones against guessing: by the login where there is one, so
// that no neighbour behind a carrier's address holds up anybody who has logged in, else by network. Each try
// is counted before it is looked at and given back when it was right: beyond the limit nobody learns which.
func (s *Portal) lookUp(c echo.Context, v VisitSession, find func() ([]byte, error)) ([]byte, error) {
	limit, key := &s.Limits.Guesses, kit.RemoteKey(c)
	if v.Login != nil {
		limit, key = &s.Limits.Typed, v.Login.Subject
	}
	now := s.Now()
	var wait *eligibility.Error
	if err := limit.Allow(key, now); errors.As(err, &wait) {
		if v.Login != nil {
			return nil, err
		}
		beyond := *errCodeWait
		beyond.Wait = wait.Wait
		return nil, &beyond
	}
	mac, err := find()
	if !isNoCode(err) {
		limit.GiveBack(key, now)
	}
	return mac, err
}

// openCode takes a code that enrols off the address at once and keeps it in the session. It never uses the
// code up, and it is never logged. A code that is none, or no more, gets the same door with a sentence.
func (s *landingPages) openCode(
	c echo.Context, find func(text string) ([]byte, error), keep func(v *VisitSession, mac []byte),
) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	mac, err := s.lookUp(c, v, func() ([]byte, error) { return find(c.Param("code")) })
	if err != nil {
		return s.refuseCode(c, err)
	}
	if err := s.Limits.Notices.Allow(string(mac), s.Now()); err != nil {
		return err
	}
	v.letGo()
	keep(&v, mac)
	if err := s.keepVisit(c, session, known, v); err != nil {
		return err
	}
	s.KeepChosenLanguage(c)
	return c.Redirect(http.StatusSeeOther, "/notice")
}

func (s *landingPages) openNotice(c echo.Context) error {
	return s.openCode(c, func(text string) ([]byte, error) {
		return s.Insurer.Enrolment.NoticeFor(c.Request().Context(), text)
	}, func(v *VisitSession, mac []byte) { v.Notice = mac })
}

func (s *landingPages) openDesk(c echo.Context) error {
	return s.openCode(c, func(text string) ([]byte, error) {
		return s.Insurer.Desk.CodeFor(c.Request().Context(), text)
	}, func(v *VisitSession, mac []byte) { v.Desk = mac })
}

// refuseCode shows the door with why a code is of no use, or when to try again. Other errors are the error
// page's.
func (s *landingPages) refuseCode(c echo.Context, err error) error {
	var e *eligibility.Error
	if !errors.As(err, &e) || !isNoCode(err) && !errors.Is(err, insurer.ErrNoticeVoid) &&
		e.Key != errCodeWait.Key {
		return err
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

package patient

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// How a representative (代理人) is bound: the code of the insurer's desk, the own login, and a yes. It works
// without a program in the page.
type representPages struct{ *Portal }

func (s representPages) routes(r *kit.Router) {
	r.Public("GET /r/:code", s.open)
	r.Public("GET /represent", s.page)
	r.Public("POST /represent/code", s.typed)
	s.logins(r).Add("POST /represent", s.accept)
}

// RepresentView is a representative's registration (/represent).
type RepresentView struct {
	kit.Page
	Read       bool   // a code is held in the session
	Name       string // of the login; empty where nobody is logged in
	LoginFirst bool   // the login is too old to be bound
	Code       string // what was typed, to be corrected
}

// open takes a code off the address at once. It never uses the code up, and it is never logged.
func (s representPages) open(c echo.Context) error { return s.take(c, c.Param("code"), "") }

// typed is the code where it could not be scanned.
func (s representPages) typed(c echo.Context) error {
	return s.take(c, c.FormValue("code"), c.FormValue("code"))
}

// take looks a code up and holds it in the session. Codes are limited by network, wrong ones the more: there
// are 80 bits to guess, and whoever guesses locks nobody else's code.
func (s representPages) take(c echo.Context, code, typed string) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	mac, err := s.Insurer.Representatives.CodeFor(c.Request().Context(), code)
	if errors.Is(err, insurer.ErrRepresentCode) {
		if tooMany := s.Limits.Guesses.Allow(kit.RemoteKey(c), s.Now()); tooMany != nil {
			return tooMany
		}
		return s.show(c, http.StatusNotFound, VisitSession{}, typed, kit.FormError(insurer.ErrRepresentCode))
	}
	if err != nil {
		return err
	}
	if err := s.Limits.Notices.Allow(string(mac), s.Now()); err != nil {
		return err
	}
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	v.Represent = mac
	if err := s.keepVisit(c, session, known, v); err != nil {
		return err
	}
	s.KeepChosenLanguage(c)
	return c.Redirect(http.StatusSeeOther, "/represent")
}

func (s representPages) page(c echo.Context) error {
	_, v, _, err := s.patientSession(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, v, "", nil)
}

func (s representPages) show(
	c echo.Context, status int, v VisitSession, typed string, problem *kit.Problem,
) error {
	view := RepresentView{Page: s.Translated(c, "represent.title"), Code: printableInput(typed)}
	view.Path = "/represent"
	if v.Represent != nil {
		in, err := s.Insurer.Representatives.InsurerOf(c.Request().Context(), v.Represent)
		switch {
		case errors.Is(err, insurer.ErrRepresentCode):
			status, problem = http.StatusNotFound, kit.FormError(insurer.ErrRepresentCode)
		case err != nil:
			return err
		default:
			view.Read, view.Insurer = true, kit.InsurerView(in.Contact())
		}
	}
	if v.Login != nil {
		view.Name = v.Login.Name
	}
	view.Error = problem
	view.LoginFirst = problem != nil && problem.Message.Key == insurer.ErrEnrolAgain.Key
	return s.ShowPublic(c, status, "represent-login", view)
}

// accept binds the login to the person of the code. What does not fit is let go, so that a new code can be
// read; an old login is asked to log in again, with the code kept.
func (s representPages) accept(c echo.Context, who viewerSession) error {
	session, v := who.loginSession, who.visit
	if err := s.Limits.Typed.Allow(session.Subject, s.Now()); err != nil {
		return err
	}
	err := s.Insurer.Representatives.Accept(c.Request().Context(), viewerOf(v), v.Represent)
	if errors.Is(err, insurer.ErrEnrolAgain) {
		return s.show(c, http.StatusForbidden, v, "", kit.FormError(insurer.ErrEnrolAgain))
	}
	var refusal *eligibility.Error
	refused := errors.As(err, &refusal) &&
		(refusal.Code == eligibility.NotFound || refusal.Code == eligibility.Conflict)
	if err != nil && !refused {
		return err
	}
	v.Represent = nil
	if err := s.keepVisit(c, session, true, v); err != nil {
		return err
	}
	if refused {
		return s.show(c, http.StatusUnprocessableEntity, v, "", kit.FormError(refusal))
	}
	return c.Redirect(http.StatusSeeOther, "/screen")
}

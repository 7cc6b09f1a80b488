package patient

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// enrolPage asks for a code, or whether what was read is the login's own. Whoever has a screen and holds no
// code comes here by Back after the registration: they see their screen, not an empty form. The parameter
// another asks for the form all the same.
func (s *loginPages) enrolPage(c echo.Context, who viewerSession) error {
	if !who.visit.hasCode() && c.QueryParam("another") == "" {
		people, err := s.Insurer.Enrolment.People(c.Request().Context(), who.Viewer)
		if err != nil {
			return err
		}
		if len(people) > 0 {
			return c.Redirect(http.StatusSeeOther, "/screen")
		}
	}
	return s.showEnrol(c, http.StatusOK, who.visit, "", nil)
}

func (s *loginPages) showEnrol(
	c echo.Context,
	status int,
	v VisitSession,
	typed string,
	problem *kit.Problem,
) error {
	view := EnrolView{
		Page:    s.Translated(c, "enrol.title"),
		Name:    v.Login.Name,
		Birth:   v.Login.BirthDate.Japanese(),
		HasCode: v.hasCode(),
		AtDesk:  v.Desk != nil,
		Code:    printableInput(typed),
	}
	view.Error, view.Insurer = problem, s.HelpDesk(c)
	view.LoginFirst = problem != nil && problem.Message.Key == insurer.ErrEnrolAgain.Key
	return s.Show(c, status, "enrol", view)
}

// enrol binds the login to the person of the code. A wrong code comes back on the form, to be mended; an old
// login is asked to log in again, with the code kept.
func (s *loginPages) enrol(c echo.Context, who viewerSession) error {
	session, v := who.loginSession, who.visit
	if err := s.Limits.Typed.Allow(session.Subject, s.Now()); err != nil {
		return err
	}
	typed := c.FormValue("code")
	var err error
	if !v.hasCode() {
		err = s.typedCode(c, &v, typed)
	}
	if err == nil {
		err = s.bind(c, v)
	}
	if errors.Is(err, insurer.ErrEnrolAgain) { // the code stays read until after the login
		if err := s.keepVisit(c, session, true, v); err != nil {
			return err
		}
		return s.showEnrol(c, http.StatusForbidden, v, "", kit.FormError(insurer.ErrEnrolAgain))
	}
	if errors.Is(err, insurer.ErrNotByNotice) {
		return s.sendToDesk(c, session, v)
	}
	var e *eligibility.Error
	if errors.As(err, &e) && (e.Code == eligibility.NotFound || e.Code == eligibility.Conflict) {
		v.letGo() // what does not fit is let go, so that another code can be typed
		if err := s.keepVisit(c, session, true, v); err != nil {
			return err
		}
		return s.showEnrol(c, http.StatusUnprocessableEntity, v, typed, kit.FormError(e))
	}
	if err != nil {
		return err
	}
	v.letGo()
	if err := s.keepVisit(c, session, true, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/screen")
}

// sendToDesk shows whom to call where a notice's code is not enough for this login: the same page whether the
// login does not fit or the person's data are withheld (不開示).
func (s *loginPages) sendToDesk(c echo.Context, session auth.Session, v VisitSession) error {
	view := EnrolView{
		Page:   s.Translated(c, "enrol.desk.title"),
		Name:   v.Login.Name,
		Birth:  v.Login.BirthDate.Japanese(),
		ToDesk: kit.FormError(insurer.ErrNotByNotice),
	}
	in, err := s.codeInsurer(c.Request().Context(), v)
	if err != nil {
		return err
	}
	view.Insurer = kit.InsurerView(in.Contact())
	v.letGo() // so that another code can be entered
	if err := s.keepVisit(c, session, true, v); err != nil {
		return err
	}
	return s.Show(c, http.StatusUnprocessableEntity, "enrol", view)
}

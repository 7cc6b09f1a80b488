package patient

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/web/kit"
)

func (s *loginPages) routes(r *kit.Router) {
	r.Public("GET /login", s.beginLogin)
	r.Public("GET /login/callback", s.finishLogin)
	r.Public("GET /login/help", s.troublePage)
	r.Public("GET /login/cancelled", s.cancelledPage)
	(handoverPages{s.Portal, s}).handoverRoutes(r)
	(representPages{s.Portal}).routes(r)
	r.Public("POST /logout", s.logout)
	logins := s.logins(r)
	logins.Add("GET /enrol", s.enrolPage)
	logins.Add("POST /enrol", s.enrol)
}

// beginLogin sends the browser to the provider. What the way back needs is kept in the session where there
// is one, and else sealed in a cookie: whoever begins logins without end stores nothing here, and no
// neighbour behind a carrier's address can use them up.
func (s *loginPages) beginLogin(c echo.Context) error {
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	if known {
		if err := s.Limits.Begun.Allow(string(session.Hash[:]), s.Now()); err != nil {
			return err
		}
	}
	if (handoverPages{s.Portal, s}).cameBackElsewhere(c, v) { // back in the browser that began it
		return c.Redirect(http.StatusSeeOther, "/login/wait")
	}
	if insideApp(c.Request().UserAgent()) && c.QueryParam("here") == "" {
		return (handoverPages{s.Portal, s}).insideAppPage(c)
	}
	state, err := s.flowSeal().NewState(s.Now())
	if err != nil {
		return err
	}
	address, flow, err := s.Login.Begin(c.Request().Context(), state)
	if err != nil {
		return err
	}
	if !known {
		if err := s.carryFlow(c, flow); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, address)
	}
	v.Flow, v.Pending = &flow, nil
	if err := s.keepVisit(c, session, known, v); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// finishLogin makes a new session for the login, carrying over only the code that was opened before. An
// answer to another login than the one under way (two tabs, a stranger's link) ends nothing.
func (s *loginPages) finishLogin(c echo.Context) error {
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	state := c.QueryParam("state")
	if known && v.Login != nil && v.Done != "" && v.Done == state {
		return s.afterLogin(c, v) // the same answer loaded again
	}
	ctx := c.Request().Context()
	var flow auth.Flow
	mine := known && v.Flow != nil && v.Flow.State == state
	if mine {
		flow = *v.Flow
	} else if flow, err = s.carriedFlow(c, state); errors.Is(err, auth.ErrFlow) {
		return (handoverPages{s.Portal, s}).layDown(c, state)
	} else if err != nil {
		return err
	}
	if err := s.Limits.Answers.Allow(kit.RemoteKey(c), s.Now()); err != nil { // the provider is asked
		return err
	}
	if mine { // a flow is finished once, whatever comes of it
		v.Flow = nil
		err = s.keepVisit(c, session, known, v)
	} else {
		err = s.useFlow(c, flow)
	}
	if err != nil {
		return err
	}
	if first, err := (handoverPages{s.Portal, s}).handovers().Spend(ctx, flow.State); err != nil {
		return err
	} else if !first { // it was laid down for this browser: that wants the number
		return auth.ErrFlow
	}
	login, err := s.Login.Finish(ctx, flow, c.QueryParams())
	if errors.Is(err, auth.ErrCancelled) {
		return c.Redirect(http.StatusSeeOther, "/login/cancelled")
	}
	if err != nil {
		return err
	}
	return s.logIn(c, session, known, v.after(login, flow.State))
}

// after is the visit of a login that is finished: of the one before, only the opened code is carried over.
func (v VisitSession) after(login auth.Identity, state string) VisitSession {
	return VisitSession{
		Notice:    v.Notice,
		Desk:      v.Desk,
		Represent: v.Represent,
		Login:     &login,
		Done:      state,
	}
}

// logIn makes the session of a login that is finished, and ends the one before it.
func (s *loginPages) logIn(c echo.Context, session auth.Session, known bool, v VisitSession) error {
	ctx := c.Request().Context()
	s.takeCarried(c, &v)
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if known {
		if err := s.Sessions.End(ctx, c.Response(), session); err != nil {
			return err
		}
	}
	if _, err := s.Sessions.Start(ctx, c.Response(), auth.Patient, v.Login.Subject, data); err != nil {
		return err
	}
	return s.afterLogin(c, v)
}

// afterLogin leads to the screen, or first to the enrolment of whoever has no screen yet or has just opened
// a notice.
func (s *loginPages) afterLogin(c echo.Context, v VisitSession) error {
	if v.Represent != nil {
		return c.Redirect(http.StatusSeeOther, "/represent")
	}
	people, err := s.Insurer.Enrolment.People(c.Request().Context(), viewerOf(v))
	if err != nil {
		return err
	}
	if len(people) > 0 && !v.hasCode() {
		return c.Redirect(http.StatusSeeOther, "/screen")
	}
	return c.Redirect(http.StatusSeeOther, "/enrol")
}

// logout ends a login. A phone that had no network when its patient logged out says when that was: a login of
// a later moment stays.
func (s *loginPages) logout(c echo.Context) error {
	session, v, known, err := s.patientSession(c)
	if err != nil {
		return err
	}
	before, err := time.Parse(time.RFC3339, c.FormValue("before"))
	later := err == nil && v.Login != nil && v.Login.At.After(before)
	if known && !later {
		if err := s.Sessions.End(c.Request().Context(), c.Response(), session); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, "/")
}

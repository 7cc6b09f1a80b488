package patient

import (
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// visitor is who asks: the principal, with the browser's sessions for the handlers that change them.
type visitor struct {
	insurer.Viewer
	session auth.Session // of the login
	entered auth.Session // of the phone
}

// handler answers a visitor, who is let in before it runs.
type handler func(c echo.Context, who visitor) error

// showing answers a viewer of the person whom the address names.
type showing func(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error

// asks makes the principal of a request, or returns ErrSignedOut with a viewer who is nobody. What a phone
// may show is looked up anew each time, so that an end counts at once.
func (s *Pages) asks(c echo.Context) (visitor, error) {
	var who visitor
	var login *auth.Identity
	session, v, err := s.signedIn(c)
	switch {
	case err == nil:
		login, who.session = v.Login, session
	case !errors.Is(err, kit.ErrSignedOut):
		return who, err
	}
	ctx := c.Request().Context()
	entered, ok, err := s.Sessions.Find(ctx, c.Request(), auth.Device)
	if err != nil {
		return who, err
	}
	var phone deviceSession
	if ok {
		if err := json.Unmarshal(entered.Data, &phone); err != nil {
			return who, err
		}
		who.entered = entered
	}
	device := insurer.Device{ID: phone.DeviceID, KeyID: phone.KeyID}
	if who.Viewer, err = s.Insurer.Devices.Viewer(ctx, login, device); err != nil {
		return who, err
	}
	if who.SignedOut() {
		return who, kit.ErrSignedOut
	}
	return who, nil
}

// call is an answer to a phone's program; a visitor without a session is refused.
func (s *Pages) call(do handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := s.asks(c)
		if err != nil {
			return err
		}
		return do(c, who)
	}
}

// callAnybody is call, also for visitors without a session: they may be shown nobody.
func (s *Pages) callAnybody(do handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := s.asks(c)
		if err != nil && !errors.Is(err, kit.ErrSignedOut) {
			return err
		}
		return do(c, who)
	}
}

// callLogin is call for what a login alone may do, whatever phone it is.
func (s *Pages) callLogin(do handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		session, v, err := s.signedIn(c)
		if err != nil {
			return err
		}
		return do(c, visitor{Viewer: viewerOf(v), session: session})
	}
}

// viewerOf is the principal of a session by its login alone.
func viewerOf(v VisitSession) insurer.Viewer { return insurer.Viewer{Login: v.Login} }

// callOf is call for the person whom the address names.
func (s *Pages) callOf(do showing) echo.HandlerFunc {
	return s.call(func(c echo.Context, who visitor) error {
		return do(c, who.Viewer, audit.PersonID(c.Param("id")))
	})
}

// pageOf is callOf for a page or file: a visitor without a session is sent to the login.
func (s *Pages) pageOf(do showing) echo.HandlerFunc {
	answer := s.callOf(do)
	return func(c echo.Context) error { return s.toLogin(c, answer(c)) }
}

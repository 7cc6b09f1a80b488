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

// viewerSession is who asks: the principal, with the browser's sessions for the handlers that change them.
type viewerSession struct {
	insurer.Viewer
	loginSession  auth.Session // of the login
	deviceSession auth.Session // of the phone
}

// viewerHandler answers a visitor, who is let in before it runs.
type viewerHandler func(c echo.Context, who viewerSession) error

// personHandler answers a viewer of the person whom the address names.
type personHandler func(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error

// viewer makes the principal of a request, or returns ErrSignedOut with a viewer who is nobody. What a phone
// may show is looked up anew each time, so that an end counts at once.
func (s *Portal) viewer(c echo.Context) (viewerSession, error) {
	var who viewerSession
	var login *auth.Identity
	session, v, err := s.signedIn(c)
	switch {
	case err == nil:
		login, who.loginSession = v.Login, session
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
		who.deviceSession = entered
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
func (s *Portal) call(do viewerHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := s.viewer(c)
		if err != nil {
			return err
		}
		return do(c, who)
	}
}

// callAnybody is call, also for visitors without a session: they may be shown nobody.
func (s *Portal) callAnybody(do viewerHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, err := s.viewer(c)
		if err != nil && !errors.Is(err, kit.ErrSignedOut) {
			return err
		}
		return do(c, who)
	}
}

// callLogin is call for what a login alone may do, whatever phone it is.
func (s *Portal) callLogin(do viewerHandler) echo.HandlerFunc {
	return func(c echo.Context) error {
		session, v, err := s.signedIn(c)
		if err != nil {
			return err
		}
		return do(c, viewerSession{Viewer: viewerOf(v), loginSession: session})
	}
}

// viewerOf is the principal of a session by its login alone.
func viewerOf(v VisitSession) insurer.Viewer { return insurer.Viewer{Login: v.Login} }

// callOf is call for the person whom the address names.
func (s *Portal) callOf(do personHandler) echo.HandlerFunc {
	return s.call(func(c echo.Context, who viewerSession) error {
		return do(c, who.Viewer, audit.PersonID(c.Param("id")))
	})
}

// pageOf is callOf for a page or file: a visitor without a session is sent to the login.
func (s *Portal) pageOf(do personHandler) echo.HandlerFunc {
	answer := s.callOf(do)
	return func(c echo.Context) error { return s.toLogin(c, answer(c)) }
}

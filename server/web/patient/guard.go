package patient

import (
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
	"madoguchi/server/web/permissions"
)

// viewerSession is who asks: the principal, with the browser's sessions for the handlers that change them.
type viewerSession struct {
	insurer.Viewer
	loginSession  auth.Session // of the login
	visit         VisitSession // what that holds, where the login alone lets in
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

// viewers come by their login, by their phone's key, or by both.
func (s *Portal) viewers(r *kit.Router) kit.Entry[viewerSession] {
	return kit.Entry[viewerSession]{
		Router: r,
		Who:    permissions.Patient | permissions.Device,
		Guard:  s.viewer,
		SignIn: "/login",
	}
}

// anybody is viewers, also without a session: they may be shown nobody.
func (s *Portal) anybody(r *kit.Router) kit.Entry[viewerSession] {
	return kit.Entry[viewerSession]{
		Router: r,
		Who:    permissions.Public | permissions.Patient | permissions.Device,
		Guard: func(c echo.Context) (viewerSession, error) {
			who, err := s.viewer(c)
			if errors.Is(err, kit.ErrSignedOut) {
				err = nil
			}
			return who, err
		},
	}
}

// logins come by their login alone, whatever phone it is.
func (s *Portal) logins(r *kit.Router) kit.Entry[viewerSession] {
	return kit.Entry[viewerSession]{
		Router: r,
		Who:    permissions.Patient,
		Guard: func(c echo.Context) (viewerSession, error) {
			session, v, err := s.signedIn(c)
			if err != nil {
				return viewerSession{}, err
			}
			return viewerSession{Viewer: viewerOf(v), loginSession: session, visit: v}, nil
		},
		SignIn: "/login",
	}
}

// viewerOf is the principal of a session by its login alone.
func viewerOf(v VisitSession) insurer.Viewer { return insurer.Viewer{Login: v.Login} }

// ofPerson is an answer about the person whom the address names.
func ofPerson(do personHandler) viewerHandler {
	return func(c echo.Context, who viewerSession) error {
		return do(c, who.Viewer, audit.PersonID(c.Param("id")))
	}
}

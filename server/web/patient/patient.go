package patient

import (
	"encoding/json"
	"errors"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/web/kit"
)

// Routes adds the patients' pages and what these call.
func (s *Portal) Routes(r *kit.Router) {
	(&landingPages{s}).routes(r)
	(&loginPages{s}).routes(r)
	(&screenPages{s}).routes(r)
	devices := &devicePages{s}
	devices.deviceRequestRoutes(r)
	devices.deviceRoutes(r)
}

// visit is what a patient's session holds besides its subject.
type VisitSession struct {
	Notice []byte `json:"notice,omitempty"` // MAC of the notice code that brought them here
	Desk   []byte `json:"desk,omitempty"`   // MAC of a code of the insurer's desk, in its place
	// Represent is the MAC of the code for a representative that brought them here.
	Represent []byte         `json:"represent,omitempty"`
	Flow      *auth.Flow     `json:"flow,omitempty"` // a login under way
	Login     *auth.Identity `json:"login,omitempty"`
	Done      string         `json:"done,omitempty"` // state of the flow by which Login came
	// Pending is a login that came back in another browser, until its number was typed there. It shows
	// nobody.
	Pending *pendingLogin `json:"pending,omitempty"`
}

// patientSession returns the request's patient session and its visit; a new anonymous one is not made here.
func (s *Portal) patientSession(c echo.Context) (auth.Session, VisitSession, bool, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), auth.Patient)
	if err != nil || !ok {
		return session, VisitSession{}, false, err
	}
	var v VisitSession
	err = json.Unmarshal(session.Data, &v)
	return session, v, err == nil, err
}

// keepVisit stores a visit in the session, starting an anonymous one where there is none.
func (s *Portal) keepVisit(c echo.Context, session auth.Session, known bool, v VisitSession) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if !known {
		_, err := s.Sessions.Start(ctx, c.Response(), auth.Patient, "", data)
		return err
	}
	session.Data = data
	err = s.Sessions.Save(ctx, session)
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return kit.ErrSignedOut // ended by another request, from another phone perhaps
	}
	return err
}

// signedIn returns the session of a patient who has logged in.
func (s *Portal) signedIn(c echo.Context) (auth.Session, VisitSession, error) {
	session, v, ok, err := s.patientSession(c)
	if err == nil && (!ok || session.Subject == "" || v.Login == nil) {
		err = kit.ErrSignedOut
	}
	return session, v, err
}

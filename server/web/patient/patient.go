package patient

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/pwa"
	"madoguchi/server/web/kit"
)

func (s *Pages) Routes(e *echo.Echo) {
	e.GET("/", s.home)
	e.GET("/n/:code", s.openNotice)
	e.GET("/notice", s.noticePage)
	e.GET("/login", s.beginLogin)
	e.GET("/login/callback", s.finishLogin)
	e.POST("/logout", s.logout)
	e.GET("/enrol", s.enrolPage)
	e.POST("/enrol", s.enrol)
	e.GET(pwa.ManifestPath, s.manifest)
	e.GET("/screen", s.screenPage)
	e.GET("/people/:id/document.pdf", s.pageOf(s.document))
	e.GET("/people/:id/masked.pdf", s.pageOf(s.maskedDocument))
	e.GET("/people/:id/insert.pdf", s.pageOf(s.ownInsertPDF))
	e.GET("/declaration.pdf", s.declarationPDF)
	e.GET("/people/:id/name.ttf", s.callOf(s.nameFont))
	e.GET("/api/v1/me", s.callAnybody(s.me))
	e.POST("/api/v1/people/:id/credential", s.callOf(s.credential))
	s.phoneRoutes(e)
	s.deviceRoutes(e)
	s.landingRoutes(e)
}

// visit is what a patient's session holds besides its subject.
type VisitSession struct {
	Notice []byte         `json:"notice,omitempty"` // MAC of the notice code that brought them here
	Flow   *auth.Flow     `json:"flow,omitempty"`   // a login under way
	Login  *auth.Identity `json:"login,omitempty"`
	Done   string         `json:"done,omitempty"` // state of the flow by which Login came
}

// patient returns the request's patient session and its visit; a new anonymous one is not made here.
func (s *Pages) patient(c echo.Context) (auth.Session, VisitSession, bool, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), auth.Patient)
	if err != nil || !ok {
		return session, VisitSession{}, false, err
	}
	var v VisitSession
	err = json.Unmarshal(session.Data, &v)
	return session, v, err == nil, err
}

// keep stores a visit in the session, starting an anonymous one where there is none.
func (s *Pages) keep(c echo.Context, session auth.Session, known bool, v VisitSession) error {
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
func (s *Pages) signedIn(c echo.Context) (auth.Session, VisitSession, error) {
	session, v, ok, err := s.patient(c)
	if err == nil && (!ok || session.Subject == "" || v.Login == nil) {
		err = kit.ErrSignedOut
	}
	return session, v, err
}

// toLogin sends a page's visitor to the login where the session is missing.
func (s *Pages) toLogin(c echo.Context, err error) error {
	if errors.Is(err, kit.ErrSignedOut) {
		return c.Redirect(http.StatusSeeOther, "/login")
	}
	return err
}

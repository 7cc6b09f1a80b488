package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/pwa"
)

func (s *Site) patientRoutes(e *echo.Echo) {
	e.GET("/n/:code", s.openNotice)
	e.GET("/notice", s.noticePage)
	e.GET("/login", s.beginLogin)
	e.GET("/login/callback", s.finishLogin)
	e.POST("/logout", s.logout)
	e.GET("/enrol", s.enrolPage)
	e.POST("/enrol", s.enrol)
	e.GET(pwa.ManifestPath, s.manifest)
	e.GET("/screen", s.screenPage)
	e.GET("/people/:id/document.pdf", s.document)
	e.GET("/people/:id/masked.pdf", s.maskedDocument)
	e.GET("/people/:id/insert.pdf", s.ownInsertPDF)
	e.GET("/declaration.pdf", s.declarationPDF)
	e.GET("/people/:id/name.ttf", s.nameFont)
	e.GET("/api/v1/me", s.me)
	e.POST("/api/v1/people/:id/credential", s.credential)
	s.phoneRoutes(e)
	s.deviceRoutes(e)
}

// visit is what a patient's session holds besides its subject.
type visit struct {
	Notice []byte         `json:"notice,omitempty"` // MAC of the notice code that brought them here
	Flow   *auth.Flow     `json:"flow,omitempty"`   // a login under way
	Login  *auth.Identity `json:"login,omitempty"`
	Done   string         `json:"done,omitempty"` // state of the flow by which Login came
}

// patient returns the request's patient session and its visit; a new anonymous one is not made here.
func (s *Site) patient(c echo.Context) (auth.Session, visit, bool, error) {
	session, ok, err := s.Sessions.Find(c.Request().Context(), c.Request(), auth.Patient)
	if err != nil || !ok {
		return session, visit{}, false, err
	}
	var v visit
	err = json.Unmarshal(session.Data, &v)
	return session, v, err == nil, err
}

// keep stores a visit in the session, starting an anonymous one where there is none.
func (s *Site) keep(c echo.Context, session auth.Session, known bool, v visit) error {
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
		return errSignedOut // ended by another request, from another phone perhaps
	}
	return err
}

// signedIn returns the session of a patient who has logged in.
func (s *Site) signedIn(c echo.Context) (auth.Session, visit, error) {
	session, v, ok, err := s.patient(c)
	if err == nil && (!ok || session.Subject == "" || v.Login == nil) {
		err = errSignedOut
	}
	return session, v, err
}

// toLogin sends a page's visitor to the login where the session is missing.
func (s *Site) toLogin(c echo.Context, err error) error {
	if errors.Is(err, errSignedOut) {
		return c.Redirect(http.StatusSeeOther, "/login")
	}
	return err
}

package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/server/desk"
)

// What a patient's phone asks besides its screens: its own keys, online codes, files.

func (s *Site) phoneRoutes(e *echo.Echo) {
	e.PUT("/api/v1/phone", s.putPhone)
	e.PUT("/api/v1/phone/holder", s.putHolder)
	e.GET("/api/v1/receipts", s.receipts)
	e.POST("/api/v1/people/:id/code", s.newCode)
	e.GET("/api/v1/people/:id/code", s.codeAsked)
	e.POST("/api/v1/people/:id/code/answer", s.answerCode)
	e.GET("/people/:id/screen.smart-health-card", s.file)
	for _, path := range []string{"/c/:code", "/C/:code"} { // codes are printed in capitals for readers that type them
		e.GET(path, s.codePage)
	}
}

// point is a P-256 public key as WebCrypto exports it.
type point struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

func (p point) ok() bool { return p.KTY == "EC" && p.CRV == "P-256" }

func (s *Site) putPhone(c echo.Context) error {
	_, v, err := s.signedIn(c)
	if err != nil {
		return err
	}
	var body struct {
		ID  string `json:"id"`
		Key point  `json:"key"`
	}
	if err := c.Bind(&body); err != nil || !body.Key.ok() || len(body.ID) > 64 {
		return errRequest
	}
	if err := s.Office.PutPhone(c.Request().Context(), *v.Login, body.ID, body.Key.X, body.Key.Y); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// phone is a phone that shows screens by its key, as the patient is told of it.
type phone struct {
	ID      string    `json:"id"`
	AddedAt time.Time `json:"addedAt"`
	LoginBy time.Time `json:"loginBy"`
}

func phones(known []desk.Phone) []phone {
	out := []phone{}
	for _, p := range known {
		out = append(out, phone{p.ID, p.At, p.Until})
	}
	return out
}

// putHolder adds the key with which this phone proves its screens and comes back without a login, and answers with all
// phones of this login.
func (s *Site) putHolder(c echo.Context) error {
	_, v, err := s.signedIn(c)
	if err != nil {
		return err
	}
	var body struct {
		ID        string `json:"id"`
		Key       point  `json:"key"`
		Nonce     string `json:"nonce"`
		Signature string `json:"signature"`
	}
	if err := c.Bind(&body); err != nil || !body.Key.ok() {
		return errRequest
	}
	ctx := c.Request().Context()
	if err := s.Office.AddHolder(ctx, *v.Login, desk.HolderKey{Phone: body.ID, X: body.Key.X, Y: body.Key.Y, Nonce: body.Nonce, Signature: body.Signature}); err != nil {
		return err
	}
	known, err := s.Office.Phones(ctx, v.Login.Subject)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string][]phone{"phones": phones(known)})
}

// newCode makes the code of eight characters: what a reader's QR says, and what can be read aloud.
func (s *Site) newCode(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	code, expires, err := s.Office.NewCode(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, struct {
		Code       string    `json:"code"`
		Address    string    `json:"address"` // capitals only, for a small alphanumeric QR
		ExpiresAt  time.Time `json:"expiresAt"`
		ServerTime time.Time `json:"serverTime"`
	}{code, strings.ToUpper(s.Office.Address) + "/C/" + code, expires, s.Now()})
}

// codeAsked tells the phone whether a facility asks to look, and which.
func (s *Site) codeAsked(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	state, facility, err := s.Office.CodeAsked(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		State    desk.CodeState `json:"state"`
		Facility string         `json:"facility"`
	}{state, facility})
}

func (s *Site) answerCode(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	var body struct {
		Allow *bool `json:"allow"`
	}
	if err := c.Bind(&body); err != nil || body.Allow == nil {
		return errRequest.In("allow")
	}
	if err := s.Office.AnswerCode(c.Request().Context(), subject, id, *body.Allow); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// file hands out the .smart-health-card file.
func (s *Site) file(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return s.toLogin(c, err)
	}
	if err := s.copies.Take(subject, s.Now()); err != nil {
		return err
	}
	data, err := s.Office.File(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	name := "shikaku-joho-" + strings.ReplaceAll(eligibility.DateOf(s.Now()).String(), "-", "") + ".smart-health-card"
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Blob(http.StatusOK, "application/smart-health-card", data)
}

// codePage is what an ordinary camera opens instead of a counter's reader: it says whose the code is for, and shows nothing.
func (s *Site) codePage(c echo.Context) error {
	return s.show(c, http.StatusOK, "code", CodeView{Page: s.page(c, "受付で読み取るコード", "A code for the counter")})
}

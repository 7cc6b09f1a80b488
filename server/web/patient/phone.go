package patient

import (
	"encoding/base64"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// What a patient's phone asks besides its screens: its own keys, online codes, files.

func (s *Pages) phoneRoutes(e *echo.Echo) {
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

func (s *Pages) putPhone(c echo.Context) error {
	_, v, err := s.signedIn(c)
	if err != nil {
		return err
	}
	var body struct {
		ID  string `json:"id"`
		Key point  `json:"key"`
	}
	if err := c.Bind(&body); err != nil || !body.Key.ok() || len(body.ID) > 64 {
		return kit.ErrRequest
	}
	if err := s.Limits.Sealing.Allow(v.Login.Subject, s.Now()); err != nil {
		return err
	}
	if err := s.Insurer.Devices.PutPhone(c.Request().Context(), *v.Login, body.ID, body.Key.X, body.Key.Y); err != nil {
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

func phones(known []insurer.Phone) []phone {
	out := []phone{}
	for _, p := range known {
		out = append(out, phone{p.ID, p.At, p.Until})
	}
	return out
}

// answerPhones says which phones a login has.
func (s *Pages) answerPhones(c echo.Context, subject string) error {
	known, err := s.Insurer.Devices.Phones(c.Request().Context(), subject)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string][]phone{"phones": phones(known)})
}

// putHolder adds the key with which this phone proves its screens and comes back without a login, and answers with all
// phones of this login.
func (s *Pages) putHolder(c echo.Context) error {
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
		return kit.ErrRequest
	}
	if err := s.Limits.Holders.Allow(v.Login.Subject, s.Now()); err != nil {
		return err
	}
	if err := s.Insurer.Devices.AddHolder(c.Request().Context(), *v.Login, insurer.HolderKey{Phone: body.ID, X: body.Key.X, Y: body.Key.Y, Nonce: body.Nonce, Signature: body.Signature}); err != nil {
		return err
	}
	return s.answerPhones(c, v.Login.Subject)
}

// receipts hands out what lies here for one phone: to its login, or to the phone itself for all whom it shows.
func (s *Pages) receipts(c echo.Context) error {
	a, err := s.asks(c)
	if err != nil {
		return err
	}
	key, now := c.QueryParam("key"), s.Now()
	var subjects []string
	if a.login != nil {
		subjects = append(subjects, a.login.Subject)
	}
	for _, g := range a.grants {
		if g.Phone == key && now.Before(g.Until()) && !slices.Contains(subjects, g.Subject) {
			subjects = append(subjects, g.Subject)
		}
	}
	if len(subjects) == 0 {
		return insurer.ErrNotEnrolled
	}
	type receipt struct {
		Person string    `json:"person"`
		At     time.Time `json:"at"`
		Sealed string    `json:"sealed"`
	}
	out := struct {
		Receipts []receipt `json:"receipts"`
	}{[]receipt{}}
	for _, subject := range subjects {
		sealed, err := s.Insurer.Receipts.Receipts(c.Request().Context(), subject, key)
		if err != nil {
			return err
		}
		for _, r := range sealed {
			if _, shown, _ := a.mayShow(r.Person, subject, now); !shown {
				continue // taken off this phone
			}
			out.Receipts = append(out.Receipts, receipt{string(r.Person), r.At, base64.RawURLEncoding.EncodeToString(r.Sealed)})
		}
	}
	slices.SortStableFunc(out.Receipts, func(a, b receipt) int { return b.At.Compare(a.At) })
	return c.JSON(http.StatusOK, out)
}

// newCode makes the code of eight characters: what a reader's QR says, and what can be read aloud.
func (s *Pages) newCode(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	if err := s.MayMake(&s.Limits.Numbers, subject, string(id)); err != nil {
		return err
	}
	code, expires, err := s.Insurer.OnlineCodes.NewCode(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, struct {
		Code       string    `json:"code"`
		Address    string    `json:"address"` // capitals only, for a small alphanumeric QR; its last eight characters are shown to nobody
		ExpiresAt  time.Time `json:"expiresAt"`
		ServerTime time.Time `json:"serverTime"`
	}{code.Spoken, s.Insurer.OnlineCodes.Link(code), expires, s.Now()})
}

// codeAsked tells the phone whether a facility asks to look, and which.
func (s *Pages) codeAsked(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	state, facility, err := s.Insurer.OnlineCodes.CodeAsked(c.Request().Context(), subject, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		State    insurer.CodeState `json:"state"`
		Facility string            `json:"facility"`
	}{state, facility})
}

func (s *Pages) answerCode(c echo.Context) error {
	subject, id, err := s.showing(c)
	if err != nil {
		return err
	}
	var body struct {
		Allow *bool `json:"allow"`
	}
	if err := c.Bind(&body); err != nil || body.Allow == nil {
		return kit.ErrRequest.In("allow")
	}
	if err := s.Insurer.OnlineCodes.AnswerCode(c.Request().Context(), subject, id, *body.Allow); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// codePage is what an ordinary camera opens instead of a counter's reader: it says whose the code is for, and shows nothing.
func (s *Pages) codePage(c echo.Context) error {
	return s.Show(c, http.StatusOK, "code", CodeView{Page: s.NewPage(c, message.New("staff.title.aCodeForTheCounter", nil))})
}

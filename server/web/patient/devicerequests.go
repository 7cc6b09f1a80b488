package patient

import (
	"encoding/base64"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/message"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// What a patient's phone asks besides its screens: its own keys, receipts, online codes.

func (s *devicePages) deviceRequestRoutes(r *kit.Router) {
	logins := s.logins(r)
	logins.Add("PUT /api/v1/phone", s.putReceiptKey)
	logins.Add("PUT /api/v1/phone/holder", s.putDeviceKey)
	viewers := s.viewers(r)
	viewers.Add("GET /api/v1/receipts", s.receipts)
	viewers.Add("POST /api/v1/people/:id/code", ofPerson(s.newCode))
	viewers.Add("GET /api/v1/people/:id/code", ofPerson(s.codeAsked))
	viewers.Add("POST /api/v1/people/:id/code/answer", ofPerson(s.answerCode))
	// codes are printed in capitals for readers that type them
	r.Public("GET /c/:code", s.codePage)
	r.Public("GET /C/:code", s.codePage)
}

// publicKeyJSON is a P-256 public key as WebCrypto exports it.
type publicKeyJSON struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

func (p publicKeyJSON) isP256() bool { return p.KTY == "EC" && p.CRV == "P-256" }

func (s *devicePages) putReceiptKey(c echo.Context, who viewerSession) error {
	var body struct {
		ID  string        `json:"id"`
		Key publicKeyJSON `json:"key"`
	}
	if err := c.Bind(&body); err != nil || !body.Key.isP256() || len(body.ID) > 64 {
		return kit.ErrRequest
	}
	if err := s.Limits.Sealing.Allow(who.Login.Subject, s.Now()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.Insurer.Devices.PutReceiptKey(ctx, who.Viewer, body.ID, body.Key.X, body.Key.Y); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// deviceJSON is a phone that shows screens by its key, as the patient is told of it.
type deviceJSON struct {
	ID      string    `json:"id"`
	AddedAt time.Time `json:"addedAt"`
	LoginBy time.Time `json:"loginBy"`

	Kind insurer.DeviceKind `json:"kind,omitempty"`
}

func deviceList(known []insurer.KnownDevice) []deviceJSON {
	out := []deviceJSON{}
	for _, p := range known {
		out = append(out, deviceJSON{p.ID, p.At, p.Until, p.Kind})
	}
	return out
}

// answerDevices says which phones a login has.
func (s *devicePages) answerDevices(c echo.Context, viewer insurer.Viewer) error {
	known, err := s.Insurer.Devices.DevicesOfViewer(c.Request().Context(), viewer)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string][]deviceJSON{"phones": deviceList(known)})
}

// putDeviceKey adds the key with which this phone proves its screens and comes back without a login, and
// answers with all phones of this login.
func (s *devicePages) putDeviceKey(c echo.Context, who viewerSession) error {
	var body struct {
		ID        string        `json:"id"`
		Key       publicKeyJSON `json:"key"`
		Nonce     string        `json:"nonce"`
		Signature string        `json:"signature"`
	}
	if err := c.Bind(&body); err != nil || !body.Key.isP256() {
		return kit.ErrRequest
	}
	if err := s.Limits.DeviceKeys.Allow(who.Login.Subject, s.Now()); err != nil {
		return err
	}
	key := insurer.DeviceKey{
		DeviceID:  body.ID,
		X:         body.Key.X,
		Y:         body.Key.Y,
		Nonce:     body.Nonce,
		Signature: body.Signature,
		Kind:      deviceKind(c.Request().Header),
	}
	if err := s.Insurer.Devices.AddDeviceKey(c.Request().Context(), who.Viewer, key); err != nil {
		return err
	}
	return s.answerDevices(c, who.Viewer)
}

// receipts hands out what lies here for one phone: to its login, or to the phone itself for all whom it
// shows.
func (s *devicePages) receipts(c echo.Context, who viewerSession) error {
	sealed, err := s.Insurer.Receipts.Receipts(c.Request().Context(), who.Viewer, c.QueryParam("key"))
	if err != nil {
		return err
	}
	type receipt struct {
		Person string    `json:"person"`
		At     time.Time `json:"at"`
		Sealed string    `json:"sealed"`
	}
	out := struct {
		Receipts []receipt `json:"receipts"`
	}{[]receipt{}}
	for _, r := range sealed {
		out.Receipts = append(out.Receipts, receipt{
			string(r.Person), r.At, base64.RawURLEncoding.EncodeToString(r.Sealed),
		})
	}
	return c.JSON(http.StatusOK, out)
}

// newCode makes the code of eight characters: what a reader's QR says, and what can be read aloud.
func (s *devicePages) newCode(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	subject, err := s.Insurer.Enrolment.LoginFor(viewer, id)
	if err != nil {
		return err
	}
	if err := s.MayMake(&s.Limits.Numbers, subject, string(id)); err != nil {
		return err
	}
	code, expires, err := s.Insurer.OnlineCodes.NewCode(c.Request().Context(), viewer, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, struct {
		Code string `json:"code"`
		// capitals only, for a small alphanumeric QR; its last eight characters are shown to nobody
		Address    string    `json:"address"`
		ExpiresAt  time.Time `json:"expiresAt"`
		ServerTime time.Time `json:"serverTime"`
	}{code.Spoken, s.Insurer.OnlineCodes.Link(code), expires, s.Now()})
}

// codeAsked tells the phone whether a facility asks to look, and which.
func (s *devicePages) codeAsked(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	state, facility, err := s.Insurer.OnlineCodes.CodeAsked(c.Request().Context(), viewer, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		State    insurer.CodeState `json:"state"`
		Facility string            `json:"facility"`
	}{state, facility})
}

func (s *devicePages) answerCode(c echo.Context, viewer insurer.Viewer, id audit.PersonID) error {
	if _, err := s.Insurer.Enrolment.LoginFor(viewer, id); err != nil {
		return err
	}
	var body struct {
		Allow *bool `json:"allow"`
	}
	if err := c.Bind(&body); err != nil || body.Allow == nil {
		return kit.ErrRequest.In("allow")
	}
	if err := s.Insurer.OnlineCodes.AnswerCode(c.Request().Context(), viewer, id, *body.Allow); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// codePage is what an ordinary camera opens instead of a counter's reader: it says whose the code is for, and
// shows nothing.
func (s *devicePages) codePage(c echo.Context) error {
	return s.Show(
		c,
		http.StatusOK,
		"code",
		CodeView{Page: s.NewPage(c, message.New("staff.title.aCodeForTheCounter", nil))},
	)
}

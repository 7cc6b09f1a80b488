package patient

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/auth"
	"madoguchi/pwa"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

// A patient's phone that comes back by its key, and who may show whom: a login its own people, a phone's key
// those that it was granted.

func (s *devicePages) deviceRoutes(r *kit.Router) {
	r.Public("POST /api/v1/phone/nonce", s.newNonce)
	r.Public("POST /api/v1/phone/session", s.startDeviceSession)
	s.anybody(r).Add("POST /api/v1/phone/wipe", s.wipeDevice)
	s.viewers(r).Add("POST /api/v1/people/:id/remove", s.removePerson)
	logins := s.logins(r)
	logins.Add("POST /api/v1/phones/:phone/end", s.endDevice)
	logins.Add("POST /api/v1/me/erase", s.eraseMe)
	r.Public("GET "+pwa.WorkerPath, echo.WrapHandler(pwa.Worker(s.NoWorker)))
}

// deviceSession is what a phone's session holds.
type deviceSession struct {
	DeviceID string `json:"phone"`
	KeyID    string `json:"key"`
}

// newNonce gives a phone something to sign. It is the same for phones that nobody knows.
func (s *devicePages) newNonce(c echo.Context) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	var body struct {
		Phone string `json:"phone"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	nonce, ends, err := s.Insurer.Devices.Challenge(body.Phone)
	if err != nil {
		return err
	}
	if err := s.Limits.Devices.Allow(body.Phone, s.Now()); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Nonce     string    `json:"nonce"`
		ExpiresAt time.Time `json:"expiresAt"`
	}{nonce, ends})
}

// KeptCookie says, readable for the page, that this browser once held screens: so an empty store can be
// explained.
const KeptCookie = "madoguchi-kept"

// heldScreens reports whether this browser once held screens, by its phone's key.
func heldScreens(c echo.Context) bool {
	_, err := c.Cookie(KeptCookie)
	return err == nil
}

// startDeviceSession starts the session of a phone that signed its nonce. That nobody knows the phone is no
// error: new phones and ended ones ask too.
func (s *devicePages) startDeviceSession(c echo.Context) error {
	if err := s.MayAsk(c); err != nil {
		return err
	}
	var body struct {
		Phone     string `json:"phone"`
		Key       string `json:"key"`
		Nonce     string `json:"nonce"`
		Signature string `json:"signature"`
	}
	if err := c.Bind(&body); err != nil || len(body.Phone) > 64 {
		return kit.ErrRequest
	}
	if err := s.Limits.Devices.Allow(body.Phone, s.Now()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	proof := insurer.DeviceProof{
		DeviceID:  body.Phone,
		KeyID:     body.Key,
		Nonce:     body.Nonce,
		Signature: body.Signature,
	}
	if _, err := s.Insurer.Devices.AuthenticateDevice(ctx, proof); errors.Is(err, insurer.ErrDeviceUnknown) {
		return c.JSON(http.StatusOK, struct {
			Known bool `json:"known"`
		}{})
	} else if err != nil {
		return err
	}
	data, err := json.Marshal(deviceSession{body.Phone, body.Key})
	if err != nil {
		return err
	}
	if old, ok, err := s.Sessions.Find(ctx, c.Request(), auth.Device); err != nil {
		return err
	} else if ok {
		if err := s.Sessions.Store.DeleteSession(ctx, old.Hash); err != nil {
			return err
		}
	}
	if _, err := s.Sessions.Start(ctx, c.Response(), auth.Device, insurer.DeviceSubject(body.Phone),
		data); err != nil {
		return err
	}
	c.SetCookie(s.keptCookie(int((400 * 24 * time.Hour).Seconds()))) // browsers keep no cookie longer
	return c.NoContent(http.StatusNoContent)
}

func (s *devicePages) keptCookie(maxAge int) *http.Cookie {
	return &http.Cookie{
		Name:     KeptCookie,
		Value:    "1",
		Path:     "/",
		Secure:   s.HTTPS,
		SameSite: http.SameSiteLaxMode,
		MaxAge:   maxAge,
	}
}

// removePerson takes one person off this phone. A login of that person in this browser ends too: else it
// would go on showing.
func (s *devicePages) removePerson(c echo.Context, who viewerSession) error {
	ctx, id := c.Request().Context(), audit.PersonID(c.Param("id"))
	if id == "" { // would mean everybody
		return insurer.ErrNotEnrolled
	}
	if len(who.People) > 0 {
		if err := s.Insurer.Devices.EndOwnDevice(ctx, who.Viewer, id, who.deviceSession.Hash); err != nil {
			return err
		}
	}
	if who.Login != nil {
		people, err := s.Insurer.Enrolment.People(ctx, who.ByLogin())
		if err != nil {
			return err
		}
		for _, r := range people {
			if r.ID == id {
				if err := s.Sessions.End(ctx, c.Response(), who.loginSession); err != nil {
					return err
				}
				break
			}
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// wipeDevice ends everything that this browser may show, and asks it to drop what it stored. Only here:
// Clear-Site-Data is for the whole origin, that is for everybody on the phone.
func (s *devicePages) wipeDevice(c echo.Context, who viewerSession) error {
	ctx := c.Request().Context()
	if len(who.People) > 0 {
		if err := s.Insurer.Devices.EndOwnDevice(ctx, who.Viewer, "", who.deviceSession.Hash); err != nil {
			return err
		}
	}
	for _, kind := range []auth.Kind{auth.Device, auth.Patient} {
		if session, ok, err := s.Sessions.Find(ctx, c.Request(), kind); err != nil {
			return err
		} else if ok {
			if err := s.Sessions.End(ctx, c.Response(), session); err != nil {
				return err
			}
		}
	}
	c.SetCookie(s.keptCookie(-1))
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.NoContent(http.StatusNoContent)
}

// endDevice takes another phone, or this one, away from a login: a phone's own key cannot.
func (s *devicePages) endDevice(c echo.Context, who viewerSession) error {
	ctx := c.Request().Context()
	err := s.Insurer.Devices.EndDeviceOfLogin(ctx, who.Viewer, c.Param("phone"), who.loginSession.Hash)
	if err != nil {
		return err
	}
	return s.answerDevices(c, who.Viewer)
}

// eraseMe deletes what is kept here about a login.
func (s *devicePages) eraseMe(c echo.Context, who viewerSession) error {
	ctx := c.Request().Context()
	if err := s.Insurer.Enrolment.EraseLogin(ctx, who.Viewer); err != nil {
		return err
	}
	if err := s.Sessions.End(ctx, c.Response(), who.loginSession); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

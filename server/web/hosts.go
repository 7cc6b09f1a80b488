package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
)

// Calls between servers: a counter's server asks an insurer's, at the iss of the trust list, and proves itself by an
// assertion of at most a minute whose key stands in the same list (DESIGN.md 3).

// CounterCheck verifies a counter server's assertion for a call to iss and returns who it is.
type CounterCheck func(assertion, iss string) (desk.Caller, error)

const assertionLife = 60 * time.Second

var errAssertion = &eligibility.Error{Code: eligibility.Denied, Key: "hosts.assertion",
	Ja: "この受付サーバーからの呼び出しは認められていません。信頼リストと時計を確かめてください。",
	En: "This counter server's call is not allowed. Check the trust list and the clock."}

// TrustedCounters checks assertions against a trust list: ES256 by a key of a counter in the list, issued by that counter
// for this iss, living at most a minute.
func TrustedCounters(list func() (*credential.TrustList, error), now func() time.Time) CounterCheck {
	return func(assertion, iss string) (desk.Caller, error) {
		trust, err := list()
		if err != nil {
			return desk.Caller{}, err
		}
		var caller desk.Caller
		var claims jwt.RegisteredClaims
		_, err = jwt.ParseWithClaims(assertion, &claims, func(t *jwt.Token) (any, error) {
			kid, _ := t.Header["kid"].(string)
			counter, ok := trust.Counter(claims.Issuer)
			key, known := counter.JWKS.Find(kid)
			if !ok || !known || t.Header["typ"] != "counter+jwt" {
				return nil, errors.New("not a counter of the trust list")
			}
			caller = desk.Caller{URL: counter.URL, Name: counter.Name}
			return key.Key, nil
		}, jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(iss), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(30*time.Second), jwt.WithTimeFunc(now))
		if err != nil {
			return desk.Caller{}, errAssertion.Because(err)
		}
		if claims.IssuedAt == nil || claims.ExpiresAt.Sub(claims.IssuedAt.Time) > assertionLife {
			return desk.Caller{}, errAssertion.Because(errors.New("it lives longer than a minute"))
		}
		return caller, nil
	}
}

func (s *Site) hostRoutes(e *echo.Echo) {
	e.GET("/i/:insurer/.well-known/jwks.json", s.jwks)
	e.GET("/i/:insurer/.well-known/keys.jwt", s.keyEndorsements)
	e.GET("/i/:insurer/.well-known/crl/:file", s.revocationFile)
	e.GET("/i/:insurer/status.jwt", s.statusList)
	e.GET("/i/:insurer/time.jwt", s.hostTime)
	e.POST("/i/:insurer/code", s.redeem)
	e.POST("/i/:insurer/receipt/keys", s.receiptKeys)
	e.POST("/i/:insurer/receipt", s.leaveReceipt)
}

// issuer returns the insurer of the address.
func (s *Site) issuer(c echo.Context) (eligibility.InsurerNumber, error) {
	in, err := s.Office.Insurer(c.Request().Context(), eligibility.InsurerNumber(c.Param("insurer")))
	return in.Number, err
}

// jwks publishes an insurer's keys.
func (s *Site) jwks(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	keys, err := s.Office.PublishedKeys(c.Request().Context(), number)
	if err != nil {
		return err
	}
	public(c)
	return c.JSON(http.StatusOK, keys)
}

// keyEndorsements publishes what the insurer's keys say of those that came after them, for counters between
// two trust lists.
func (s *Site) keyEndorsements(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	text, err := s.Office.Endorsements(number)
	if err != nil {
		return err
	}
	public(c)
	return c.Blob(http.StatusOK, "application/keyset+jwt", []byte(text))
}

// revocationFile publishes the revocation list of one key, for verifiers of SMART Health Cards.
func (s *Site) revocationFile(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	kid, ok := strings.CutSuffix(c.Param("file"), ".json")
	if !ok {
		return echo.ErrNotFound
	}
	file, err := s.Office.RevocationFile(c.Request().Context(), number, kid)
	if err != nil {
		return err
	}
	public(c)
	return c.JSONBlob(http.StatusOK, file)
}

// statusList publishes the signed list of revoked copies, for consoles: one whole list, so that fetching it tells nothing.
// It is sent gzipped where the caller takes that: base64 in base64 would cost three quarters more.
func (s *Site) statusList(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	list, err := s.Office.StatusList(c.Request().Context(), number)
	if err != nil {
		return err
	}
	public(c)
	return zipped(c, http.StatusOK, "application/statuslist+jwt", []byte(list))
}

// public lets any verifier in any browser read an answer (SMART Health Cards want CORS).
func public(c echo.Context) {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
}

// redeem answers a counter server with the screen of an online code. Each counter has a budget, so that codes cannot be
// tried out.
func (s *Site) redeem(c echo.Context) error {
	_, caller, err := s.caller(c)
	if err != nil {
		return err
	}
	if err := s.limits.codes.Take(caller.URL, s.Now()); err != nil {
		return err
	}
	var body struct {
		Code   string `json:"code"`
		Spoken bool   `json:"spoken"`
	}
	if err := c.Bind(&body); err != nil {
		return errRequest
	}
	code, _, err := credential.ReadCode(body.Code)
	if err != nil {
		return desk.ErrOnlineCode
	}
	jws, err := s.Office.Redeem(c.Request().Context(), caller, code, body.Spoken)
	if errors.Is(err, desk.ErrCodeWaiting) {
		return c.JSON(http.StatusAccepted, map[string]bool{"waiting": true})
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"credential": jws})
}

// caller verifies who calls, for one insurer.
func (s *Site) caller(c echo.Context) (eligibility.InsurerNumber, desk.Caller, error) {
	number, err := s.issuer(c)
	if err != nil {
		return "", desk.Caller{}, err
	}
	assertion, ok := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", desk.Caller{}, errAssertion
	}
	caller, err := s.CounterCall(assertion, s.Office.ISS(number))
	return number, caller, err
}

func (s *Site) receiptKeys(c echo.Context) error {
	number, _, err := s.caller(c)
	if err != nil {
		return err
	}
	var body struct {
		Credential string `json:"credential"`
	}
	if err := c.Bind(&body); err != nil {
		return errRequest
	}
	keys, err := s.Office.ReceiptKeys(c.Request().Context(), number, body.Credential)
	if err != nil {
		return err
	}
	out := struct {
		Keys map[string]string `json:"keys"`
	}{map[string]string{}}
	for id, key := range keys {
		out.Keys[id] = base64.RawURLEncoding.EncodeToString(key)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Site) leaveReceipt(c echo.Context) error {
	number, caller, err := s.caller(c)
	if err != nil {
		return err
	}
	var body struct {
		Credential string            `json:"credential"`
		Sealed     map[string]string `json:"sealed"`
	}
	if err := c.Bind(&body); err != nil || len(body.Sealed) > 20 {
		return errRequest
	}
	sealed, err := decodeAll(body.Sealed)
	if err != nil {
		return errRequest.In("sealed")
	}
	if err := s.Office.LeaveReceipt(c.Request().Context(), number, body.Credential, caller.Name, sealed); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

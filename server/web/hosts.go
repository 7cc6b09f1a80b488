package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// Calls between servers: a counter's server asks an insurer's, at the iss of the trust list, and proves itself by an
// assertion of at most a minute whose key stands in the same list (DESIGN.md 3).

// CounterCheck verifies a counter server's assertion for a call to iss and returns the counter's name.
type CounterCheck func(assertion, iss string) (name string, err error)

const assertionLife = 60 * time.Second

var errAssertion = &eligibility.Error{Code: eligibility.Denied, Key: "hosts.assertion",
	Ja: "この受付サーバーからの呼び出しは認められていません。信頼リストと時計を確かめてください。",
	En: "This counter server's call is not allowed. Check the trust list and the clock."}

// TrustedCounters checks assertions against a trust list: ES256 by a key of a counter in the list, issued by that counter
// for this iss, living at most a minute.
func TrustedCounters(list func() (*credential.TrustList, error), now func() time.Time) CounterCheck {
	return func(assertion, iss string) (string, error) {
		trust, err := list()
		if err != nil {
			return "", err
		}
		var name string
		var claims jwt.RegisteredClaims
		_, err = jwt.ParseWithClaims(assertion, &claims, func(t *jwt.Token) (any, error) {
			kid, _ := t.Header["kid"].(string)
			counter, ok := trust.Counter(claims.Issuer)
			key, known := counter.JWKS.Find(kid)
			if !ok || !known || t.Header["typ"] != "counter+jwt" {
				return nil, errors.New("not a counter of the trust list")
			}
			name = counter.Name
			return key.Key, nil
		}, jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience(iss), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(30*time.Second), jwt.WithTimeFunc(now))
		if err != nil {
			return "", errAssertion.Because(err)
		}
		if claims.IssuedAt == nil || claims.ExpiresAt.Sub(claims.IssuedAt.Time) > assertionLife {
			return "", errAssertion.Because(errors.New("it lives longer than a minute"))
		}
		return name, nil
	}
}

// Insurers makes the counter's calls.
type Insurers struct {
	URL    string // this counter server, as the trust list names it
	Key    credential.Key
	Client *http.Client
	Now    func() time.Time
}

// ReceiptKeys asks for the keys of the phones that may read a receipt for this screen.
func (i *Insurers) ReceiptKeys(ctx context.Context, iss, jws string) (map[string][]byte, error) {
	var out struct {
		Keys map[string]string `json:"keys"`
	}
	if err := i.post(ctx, iss, "/receipt/keys", map[string]string{"credential": jws}, &out); err != nil {
		return nil, err
	}
	return decodeAll(out.Keys)
}

// LeaveReceipt leaves sealed receipts for this screen's phones.
func (i *Insurers) LeaveReceipt(ctx context.Context, iss, jws string, sealed map[string][]byte) error {
	body := struct {
		Credential string            `json:"credential"`
		Sealed     map[string]string `json:"sealed"`
	}{jws, map[string]string{}}
	for id, data := range sealed {
		body.Sealed[id] = base64.RawURLEncoding.EncodeToString(data)
	}
	return i.post(ctx, iss, "/receipt", body, nil)
}

// maxAnswer bounds an insurer's answer.
const maxAnswer = 64 << 10

func (i *Insurers) post(ctx context.Context, iss, path string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing a call: %w", err)
	}
	now := i.Now()
	assertion, err := credential.SignJWT(i.Key, "counter+jwt", jwt.RegisteredClaims{Issuer: i.URL, Audience: jwt.ClaimStrings{iss},
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(assertionLife))})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, iss+path, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("calling the insurer: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+assertion)
	res, err := i.Client.Do(req)
	if err != nil {
		return fmt.Errorf("calling the insurer: %w", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the insurer's answer: %w", err)
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("the insurer answered %s: %.200s", res.Status, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("reading the insurer's answer: %w", err)
	}
	return nil
}

func decodeAll(in map[string]string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for id, text := range in {
		data, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("reading a key: %w", err)
		}
		out[id] = data
	}
	return out, nil
}

func (s *Site) hostRoutes(e *echo.Echo) {
	e.GET("/i/:insurer/.well-known/jwks.json", s.jwks)
	e.POST("/i/:insurer/receipt/keys", s.receiptKeys)
	e.POST("/i/:insurer/receipt", s.leaveReceipt)
}

// issuer returns the insurer of the address.
func (s *Site) issuer(c echo.Context) (eligibility.InsurerNumber, error) {
	in, err := s.Office.Insurer(c.Request().Context(), eligibility.InsurerNumber(c.Param("insurer")))
	return in.Number, err
}

// jwks publishes an insurer's keys for any verifier in any browser (SMART Health Cards want CORS).
func (s *Site) jwks(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	set, err := s.Office.Published(number)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
	return c.JSON(http.StatusOK, set)
}

// caller verifies who calls, for one insurer.
func (s *Site) caller(c echo.Context) (eligibility.InsurerNumber, string, error) {
	number, err := s.issuer(c)
	if err != nil {
		return "", "", err
	}
	assertion, ok := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", "", errAssertion
	}
	name, err := s.CounterCall(assertion, s.Office.ISS(number))
	return number, name, err
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
	number, name, err := s.caller(c)
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
	if err := s.Office.LeaveReceipt(c.Request().Context(), number, body.Credential, name, sealed); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

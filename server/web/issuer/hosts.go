package issuer

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/web/kit"
	"madoguchi/server/web/permissions"
)

// Calls between servers: a counter's server asks an insurer's, at the iss of the trust list, and proves
// itself by an assertion of at most a minute whose key stands in the same list (docs/trust.md, "Calls between
// servers").

// Routes adds them, and what anybody may fetch: keys, revocation lists, the time, the counters of the trust
// list.
func (s *API) Routes(r *kit.Router) {
	r.Public("GET /i/:insurer/.well-known/jwks.json", s.jwks)
	r.Public("GET /i/:insurer/.well-known/keys.jwt", s.keyEndorsements)
	r.Public("GET /i/:insurer/.well-known/crl/:file", s.revocationFile)
	r.Public("GET /i/:insurer/status.jwt", s.statusList)
	r.Public("GET /i/:insurer/time.jwt", s.hostTime)
	r.Public("GET /api/v1/counters", s.counters)
	hosts := kit.Entry[hostapi.Host]{Router: r, Who: permissions.Host, Guard: s.host}
	hosts.Add("POST /i/:insurer/code", s.redeem)
	hosts.Add("POST /i/:insurer/receipt/keys", s.receiptKeys)
	hosts.Add("POST /i/:insurer/receipt", s.leaveReceipt)
}

// issuer returns the insurer of the address.
func (s *API) issuer(c echo.Context) (eligibility.InsurerNumber, error) {
	in, err := s.Insurer.Directory.Insurer(
		c.Request().Context(),
		eligibility.InsurerNumber(c.Param("insurer")),
	)
	return in.Number, err
}

// jwks publishes an insurer's keys.
func (s *API) jwks(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	keys, err := s.Insurer.Issuer.PublishedKeys(c.Request().Context(), number)
	if err != nil {
		return err
	}
	allowAnyOrigin(c)
	return c.JSON(http.StatusOK, keys)
}

// keyEndorsements publishes what the insurer's keys say of those that came after them, for counters between
// two trust lists.
func (s *API) keyEndorsements(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	text, err := s.Insurer.Issuer.Endorsements(number)
	if err != nil {
		return err
	}
	allowAnyOrigin(c)
	return c.Blob(http.StatusOK, "application/keyset+jwt", []byte(text))
}

// revocationFile publishes the revocation list of one key, for verifiers of SMART Health Cards.
func (s *API) revocationFile(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	kid, ok := strings.CutSuffix(c.Param("file"), ".json")
	if !ok {
		return echo.ErrNotFound
	}
	file, err := s.Insurer.Issuer.RevocationFile(c.Request().Context(), number, kid)
	if err != nil {
		return err
	}
	allowAnyOrigin(c)
	return c.JSONBlob(http.StatusOK, file)
}

// statusList publishes the signed list of revoked copies, for consoles: one whole list, so that fetching it
// tells nothing. It is sent gzipped where the caller takes that: base64 in base64 would cost three quarters
// more.
func (s *API) statusList(c echo.Context) error {
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	list, err := s.Insurer.Issuer.StatusList(c.Request().Context(), number)
	if err != nil {
		return err
	}
	allowAnyOrigin(c)
	return kit.SendCompressed(c, http.StatusOK, "application/statuslist+jwt", []byte(list))
}

// allowAnyOrigin lets any verifier in any browser read an answer (SMART Health Cards want CORS).
func allowAnyOrigin(c echo.Context) {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
}

// redeem answers a counter server with the screen of an online code.
func (s *API) redeem(c echo.Context, host hostapi.Host) error {
	var body struct {
		Code string `json:"code"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	code, err := credential.ReadOnlineCode(body.Code)
	if err != nil {
		return hostapi.ErrOnlineCode
	}
	jws, err := s.Insurer.OnlineCodes.Redeem(c.Request().Context(), host, code, codeBudget{s})
	if errors.Is(err, hostapi.ErrCodeWaiting) {
		return c.JSON(http.StatusAccepted, map[string]bool{"waiting": true})
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"credential": jws})
}

// codeBudget counts tries at online codes (credential/code.go has the sums).
type codeBudget struct{ *API }

// Guess: see insurer.CodeBudget.
func (b codeBudget) Guess(counter string, insurer eligibility.InsurerNumber) error {
	return b.Limits.Codes.Allow(counter+" "+string(insurer), b.Now())
}

// Question: see insurer.CodeBudget.
func (b codeBudget) Question(counter string, person audit.PersonID) error {
	if err := b.Limits.Questions.Allow(counter, b.Now()); err != nil {
		return err
	}
	return b.Limits.PatientsAsked.Allow(string(person), b.Now())
}

// receiptKeys answers a counter server with the keys of the phones that may read its receipt.
func (s *API) receiptKeys(c echo.Context, host hostapi.Host) error {
	if err := s.Limits.ReceiptCalls.Allow(host.Server.URL, s.Now()); err != nil {
		return err
	}
	var body struct {
		Credential string `json:"credential"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	keys, err := s.Insurer.Receipts.ReceiptKeys(c.Request().Context(), host, body.Credential)
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

// leaveReceipt takes receipts that a counter server sealed to phones.
func (s *API) leaveReceipt(c echo.Context, host hostapi.Host) error {
	if err := s.Limits.ReceiptCalls.Allow(host.Server.URL, s.Now()); err != nil {
		return err
	}
	var body struct {
		Credential string            `json:"credential"`
		ID         string            `json:"id"`
		Sealed     map[string]string `json:"sealed"`
	}
	if err := c.Bind(&body); err != nil {
		return kit.ErrRequest
	}
	sealed, err := hostapi.DecodeAll(body.Sealed)
	if err != nil {
		return kit.ErrRequest.In("sealed")
	}
	delivery := hostapi.Delivery{ID: body.ID, Credential: body.Credential, Sealed: sealed}
	if err := s.Insurer.Receipts.LeaveReceipt(c.Request().Context(), host, delivery); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// counters publishes the counter servers of the trust list with their keys, for phones that verify receipts:
// the whole list to anybody, so that asking tells nothing.
func (s *API) counters(c echo.Context) error {
	trust, err := s.Listed()
	if err != nil {
		return err
	}
	data, err := json.Marshal(struct {
		Counters []credential.TrustedCounter `json:"counters"`
	}{append([]credential.TrustedCounter{}, trust.Counters...)})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=600")
	return kit.SendCompressed(c, http.StatusOK, echo.MIMEApplicationJSON, data)
}

// host makes the principal of a call: the counter server that proved itself, for the insurer of the address.
func (s *API) host(c echo.Context) (hostapi.Host, error) {
	number, caller, err := s.caller(c)
	if err != nil {
		return hostapi.Host{}, err
	}
	return hostapi.Host{Server: caller, Insurer: number}, nil
}

// caller verifies who calls, for one insurer. It reads the body and puts it back for the handler.
func (s *API) caller(c echo.Context) (eligibility.InsurerNumber, hostapi.Caller, error) {
	number, err := s.issuer(c)
	if err != nil {
		return "", hostapi.Caller{}, err
	}
	assertion, ok := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", hostapi.Caller{}, hostapi.ErrAssertion
	}
	path, ok := strings.CutPrefix(c.Request().URL.Path, "/i/"+string(number))
	if !ok || c.Request().URL.RawQuery != "" {
		return "", hostapi.Caller{}, hostapi.ErrAssertion
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return "", hostapi.Caller{}, err
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(body))
	call := hostapi.HostCall{ISS: s.Insurer.Issuer.ISS(number), Path: path, Body: body}
	caller, err := s.CounterCall(c.Request().Context(), assertion, call)
	return number, caller, err
}

var timeNonce = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// hostTime signs the time for a question. It wants no assertion, since a counter with a wrong clock cannot
// make one.
func (s *API) hostTime(c echo.Context) error {
	if err := s.Limits.Times.Allow(kit.RemoteKey(c), s.Now()); err != nil {
		return err
	}
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	nonce := c.QueryParam("nonce")
	if !timeNonce.MatchString(nonce) {
		return kit.ErrRequest.In("nonce")
	}
	signed, err := s.Insurer.Issuer.SignTime(number, nonce)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/time+jwt", []byte(signed))
}

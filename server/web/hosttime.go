package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"

	"madoguchi/credential"
)

// The time between servers: a counter asks an insurer, which signs its answer. Both sides stand here.

const (
	askTimeAgain = 5 * time.Minute // an issuer is asked once in so long, whatever it answered
	askTimeLimit = 2 * time.Second // somebody waits at the counter
)

var timeNonce = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// hostTime signs the time for a question. It wants no assertion, since a counter with a wrong clock cannot
// make one.
func (s *Site) hostTime(c echo.Context) error {
	if err := s.limits.times.Take(from(c), s.Now()); err != nil {
		return err
	}
	number, err := s.issuer(c)
	if err != nil {
		return err
	}
	nonce := c.QueryParam("nonce")
	if !timeNonce.MatchString(nonce) {
		return errRequest.In("nonce")
	}
	signed, err := s.Office.SignTime(number, nonce)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/time+jwt", []byte(signed))
}

// AskTime asks an issuer for its signed time, unless it was measured or asked lately; it reports whether that
// was measured anew.
func (i *Insurers) AskTime(ctx context.Context, iss string) bool {
	if i.Trust == nil || !i.mayAsk(iss) {
		return false
	}
	trust, err := i.Trust()
	if err != nil {
		return false
	}
	issuer, ok := trust.Issuer(iss)
	if !ok {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeLimit)
	defer cancel()
	nonce, asked := rand.Text(), i.Now()
	signed, err := i.get(ctx, credential.TimeURL(iss, nonce), maxAnswer)
	if err != nil {
		return false
	}
	got := i.Now()
	at, err := credential.OpenTime(string(signed), iss, issuer.JWKS, nonce)
	if err != nil {
		return false
	}
	return i.hear(iss, at, asked, got)
}

// mayAsk reports whether an issuer should be asked for its time, and notes that it is.
func (i *Insurers) mayAsk(iss string) bool {
	i.measured.mu.Lock()
	defer i.measured.mu.Unlock()
	now := i.Now()
	if s, ok := i.measured.issuers[iss]; ok && i.counts(s) {
		return false
	}
	if last, ok := i.measured.asked[iss]; ok && now.Sub(last).Abs() < askTimeAgain {
		return false
	}
	if i.measured.asked == nil {
		i.measured.asked = map[string]time.Time{}
	}
	i.measured.asked[iss] = now
	return true
}

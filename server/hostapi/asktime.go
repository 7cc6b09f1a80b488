package hostapi

import (
	"context"
	"crypto/rand"
	"time"

	"madoguchi/credential"
)

// The time between servers: a counter asks an insurer, which signs its answer. Both sides stand here.

const (
	askTimeAgain = 5 * time.Minute // an issuer is asked once in so long, whatever it answered
	askTimeLimit = 2 * time.Second // somebody waits at the counter
)

// AskTime asks an issuer for its signed time, unless it was measured or asked lately; it reports whether that
// was measured anew.
func (i *Client) AskTime(ctx context.Context, iss string) bool {
	if i.Trust == nil || !i.mayAsk(iss) {
		return false
	}
	trust, err := i.Trust()
	if err != nil {
		return false
	}
	issuer, ok := trust.IssuerByISS(iss)
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
	return i.noteClock(iss, at, asked, got)
}

// mayAsk reports whether an issuer should be asked for its time, and notes that it is.
func (i *Client) mayAsk(iss string) bool {
	i.Measured.mu.Lock()
	defer i.Measured.mu.Unlock()
	now := i.Now()
	if s, ok := i.Measured.Issuers[iss]; ok && i.isCurrent(s) {
		return false
	}
	if last, ok := i.Measured.Asked[iss]; ok && now.Sub(last).Abs() < askTimeAgain {
		return false
	}
	if i.Measured.Asked == nil {
		i.Measured.Asked = map[string]time.Time{}
	}
	i.Measured.Asked[iss] = now
	return true
}

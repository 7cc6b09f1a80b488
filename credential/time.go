package credential

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// What an issuer says the time is, signed for one question: so a counter knows how far its clock is from the
// clock by which that issuer's screens begin and end (docs/trust.md, "Clocks").

const timeType = "time+jwt"

type timeClaims struct {
	ISS   string `json:"iss"`
	Nonce string `json:"nonce"`
	IAT   int64  `json:"iat"`
}

// ErrTime is wrapped by every refusal of a signed time.
var ErrTime = errors.New("credential: the signed time is not acceptable")

// TimeURL returns where an issuer answers a question with this nonce. Whoever asks needs no assertion: one
// with a wrong clock cannot make any that counts.
func TimeURL(iss, nonce string) string { return iss + "/time.jwt?nonce=" + url.QueryEscape(nonce) }

// SignTime signs the time of iss for a question with this nonce.
func SignTime(iss string, key Key, nonce string, now time.Time) (string, error) {
	return SignJWT(key, timeType, timeClaims{iss, nonce, now.Unix()})
}

// OpenTime verifies the answer of iss to a counter's question and returns the time, in whole seconds that
// were cut off.
func OpenTime(jws, iss string, keys KeySet, nonce string) (time.Time, error) {
	_, body, err := openJWS(jws, func(h header) (PublicKey, bool) {
		key, ok := keys.Find(h.KID)
		return key, ok && h.Type == timeType && h.Zip == ""
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrTime, err)
	}
	var c timeClaims
	if err := readExactly(body, &c); err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrTime, err)
	}
	if c.ISS != iss || c.Nonce != nonce || nonce == "" || c.IAT < 1 {
		return time.Time{}, fmt.Errorf("%w: it answers another question", ErrTime)
	}
	return time.Unix(c.IAT, 0), nil
}

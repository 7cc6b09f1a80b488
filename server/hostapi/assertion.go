package hostapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// A counter server proves itself for each call by an assertion: a JWT signed by its key on the trust list,
// for one insurer, one path and one body, for at most a minute and one use. Method and address stand in it as
// in RFC 9449 4.2 (htm, htu); the body's hash is our own claim.

const (
	assertionType   = "counter+jwt"
	assertionLife   = 60 * time.Second
	assertionLeeway = 30 * time.Second
	minJTI, maxJTI  = 22, 128 // 128 bits in base64url are 22 characters
)

// assertionClaims are the claims of an assertion.
type assertionClaims struct {
	jwt.RegisteredClaims
	Method  string `json:"htm"`
	Address string `json:"htu"`         // the iss with the path behind it, without a query
	Body    string `json:"body_sha256"` // base64url of the SHA-256 of the body as it is sent
}

// HostCall is a call between servers as an assertion is bound to it.
type HostCall struct {
	ISS  string // whom it is for
	Path string // behind the iss, e.g. /code
	Body []byte
}

func (h HostCall) bodyHash() string {
	sum := sha256.Sum256(h.Body)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// assert signs an assertion of the counter server at url for a call.
func (h HostCall) assert(url string, key credential.Key, now time.Time) (string, error) {
	return credential.SignJWT(key, assertionType, assertionClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    url,
			Audience:  jwt.ClaimStrings{h.ISS},
			ID:        rand.Text(),
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(assertionLife)),
		},
		Method: http.MethodPost, Address: h.ISS + h.Path, Body: h.bodyHash()})
}

// CounterCheck verifies a counter server's assertion for a call and returns who it is.
type CounterCheck func(ctx context.Context, assertion string, call HostCall) (Caller, error)

// FirstUse reports whether a counter server's jti was not used before, and keeps it until ends.
type FirstUse func(ctx context.Context, counter, jti string, ends time.Time) (bool, error)

var ErrAssertion = &eligibility.Error{Code: eligibility.Denied, Key: "hosts.assertion"}

// TrustedCounters checks assertions against a trust list: ES256 by a key of a counter in the list, issued by
// that counter for this call, living at most a minute, never used before.
func TrustedCounters(
	list func() (*credential.TrustList, error), first FirstUse, now func() time.Time,
) CounterCheck {
	return func(ctx context.Context, assertion string, call HostCall) (Caller, error) {
		trust, err := list()
		if err != nil {
			return Caller{}, err
		}
		var caller Caller
		var claims assertionClaims
		_, err = jwt.ParseWithClaims(
			assertion,
			&claims,
			func(t *jwt.Token) (any, error) {
				kid, _ := t.Header["kid"].(string)
				if t.Header["typ"] != assertionType ||
					len(t.Header) != 3 { // no crit (RFC 7515 4.1.11), no key of its own
					return nil, errors.New("its header is not that of a counter's assertion")
				}
				counter, ok := trust.CounterByURL(claims.Issuer)
				key, known := counter.JWKS.Find(kid)
				if !ok || !known {
					return nil, errors.New("not a counter of the trust list")
				}
				caller = Caller{URL: counter.URL, Name: counter.Name}
				return key.Key, nil
			},
			jwt.WithValidMethods([]string{"ES256"}),
			jwt.WithAudience(call.ISS),
			jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(),
			jwt.WithLeeway(assertionLeeway),
			jwt.WithTimeFunc(now),
			jwt.WithStrictDecoding(),
		)
		if err == nil {
			err = claims.fits(call)
		}
		if err != nil {
			return Caller{}, ErrAssertion.Because(err)
		}
		fresh, err := first(ctx, caller.URL, claims.ID, claims.ExpiresAt.Add(assertionLeeway))
		if err != nil {
			return Caller{}, err
		}
		if !fresh {
			return Caller{}, ErrAssertion.Because(errors.New("it was used before"))
		}
		return caller, nil
	}
}

// fits compares what the parser does not.
func (a *assertionClaims) fits(call HostCall) error {
	switch {
	case a.IssuedAt == nil || !a.ExpiresAt.After(a.IssuedAt.Time) ||
		a.ExpiresAt.Sub(a.IssuedAt.Time) > assertionLife:
		return errors.New("it does not live for at most a minute")
	case len(a.Audience) != 1:
		return errors.New("it is for several insurers")
	case len(a.ID) < minJTI || len(a.ID) > maxJTI:
		return errors.New("its jti is too short or too long")
	case a.Method != http.MethodPost || a.Address != call.ISS+call.Path:
		return errors.New("it is for another call")
	case a.Body != call.bodyHash():
		return errors.New("it is for another body")
	}
	return nil
}

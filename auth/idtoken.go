package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// metadata are the members of a provider's configuration that are used here besides its endpoints (OpenID
// Connect Discovery 1.0 section 3, RFC 9207 section 3).
type metadata struct {
	PromisesIssuer bool      `json:"authorization_response_iss_parameter_supported"`
	Claims         *[]string `json:"claims_supported"`
	ACRValues      *[]string `json:"acr_values_supported"`
}

// givesAuthTime reports whether an id_token must carry auth_time: it must, unless the provider lists its
// claims without it.
func (m metadata) givesAuthTime() bool {
	return m.Claims == nil || slices.Contains(*m.Claims, "auth_time")
}

// givesACR reports whether an id_token must carry acr: it must, unless the provider lists no value, or its
// claims without acr.
func (m metadata) givesACR() bool {
	if m.ACRValues != nil {
		return len(*m.ACRValues) > 0
	}
	return m.Claims == nil || slices.Contains(*m.Claims, "acr")
}

// idClaims are the claims of an id_token that go-oidc leaves to its caller. A null counts as missing (OpenID
// Connect Core 5.3.2).
type idClaims struct {
	AuthorizedParty *string  `json:"azp"`
	AccessTokenHash *string  `json:"at_hash"`
	ACR             *string  `json:"acr"`
	AuthTime        *float64 `json:"auth_time"` // seconds; a text is no number
}

// maxSubject is how long a sub may be (OpenID Connect Core 2).
const maxSubject = 255

// authProof is what an id_token says about the authentication. Both fields are zero where the provider gives
// none.
type authProof struct {
	at  time.Time
	acr string
}

// tokenContext is what an id_token is checked against.
type tokenContext struct {
	flow        Flow
	accessToken string // that came with it
	meta        metadata
	now         time.Time
}

// checkIDToken goes through OpenID Connect Core 3.1.3.7 from point 3 on and 3.1.3.8, as far as go-oidc has
// not: it has verified the signature, iss, that aud names this client, and exp.
func (l *Login) checkIDToken(id *oidc.IDToken, c tokenContext) (authProof, error) {
	var claims idClaims
	flow, now := c.flow, c.now
	if err := id.Claims(&claims); err != nil {
		return authProof{}, err
	}
	azp := claims.AuthorizedParty
	switch {
	case id.Subject == "" || len(id.Subject) > maxSubject:
		return authProof{}, errors.New("sub is empty or longer than 255 characters")
	case len(id.Audience) > 1 && azp == nil:
		return authProof{}, errors.New("several audiences and no azp")
	case azp != nil && *azp != l.config.ClientID:
		return authProof{}, fmt.Errorf("azp is %q", *azp)
	case flow.Nonce == "" || id.Nonce != flow.Nonce:
		return authProof{}, errors.New("nonce is another login's")
	case id.IssuedAt.Before(flow.Begun.Add(-clockLeeway)): // also where iat is missing
		return authProof{}, fmt.Errorf("issued at %v, before the login began", id.IssuedAt)
	case id.IssuedAt.After(now.Add(clockLeeway)):
		return authProof{}, fmt.Errorf("issued at %v, ahead of now", id.IssuedAt)
	}
	if claims.AccessTokenHash != nil {
		if *claims.AccessTokenHash == "" {
			return authProof{}, errors.New("at_hash is empty")
		}
		if err := id.VerifyAccessToken(c.accessToken); err != nil {
			return authProof{}, err
		}
	}
	at, err := l.checkAuthTime(claims.AuthTime, c.meta, now)
	if err != nil {
		return authProof{}, err
	}
	acr, err := l.checkACR(claims.ACR, c.meta)
	return authProof{at, acr}, err
}

// checkAuthTime holds auth_time against the max_age that was sent (3.1.3.7 point 13). The difference is
// taken in floating point, where nothing overflows.
func (l *Login) checkAuthTime(claim *float64, meta metadata, now time.Time) (time.Time, error) {
	if claim == nil {
		if l.config.NoAuthTime || !meta.givesAuthTime() {
			return time.Time{}, nil
		}
		return time.Time{}, errors.New("auth_time is missing although max_age was sent")
	}
	age := float64(now.UnixMilli())/1000 - *claim
	switch {
	case *claim < 1:
		return time.Time{}, fmt.Errorf("auth_time %v is no time", *claim)
	case age < -clockLeeway.Seconds():
		return time.Time{}, fmt.Errorf("auth_time lies %.0f s ahead", -age)
	case age > (proofLife + clockLeeway).Seconds():
		return time.Time{}, fmt.Errorf("auth_time is %.0f s old", age)
	}
	return time.UnixMilli(int64(*claim * 1000)), nil
}

// checkACR holds acr against what was asked (3.1.3.7 point 12). Where nothing was asked any level will do.
func (l *Login) checkACR(claim *string, meta metadata) (string, error) {
	asked := strings.Fields(l.config.ACRValues)
	switch {
	case claim == nil && (len(asked) == 0 || l.config.NoACR || !meta.givesACR()):
		return "", nil
	case claim == nil:
		return "", fmt.Errorf("acr is missing although %q was asked", asked)
	case len(asked) > 0 && !slices.Contains(asked, *claim):
		return "", fmt.Errorf("acr is %q, asked was %q", *claim, asked)
	}
	return *claim, nil
}

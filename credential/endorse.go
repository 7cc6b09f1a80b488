package credential

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// How a counter learns an insurer's new key between two trust lists: the key used until then endorses it, in
// a signed statement that the insurer publishes beside its key set (docs/trust.md, "New keys"). Whoever
// answers at the insurer's address but holds none of its keys can add nothing.

const (
	endorsementType = "keyset+jwt"
	// maxEndorsements bounds the statements that an issuer publishes at once, and what they hold.
	maxEndorsements  = 32
	maxEndorsedKeys  = 8
	maxEndorsedBytes = 64 << 10
)

type endorsementClaims struct {
	ISS     string       `json:"iss"`
	Version int64        `json:"version"`
	IAT     int64        `json:"iat"`
	JWKS    endorsedKeys `json:"jwks"`
}

// endorsedKeys is a key set of which every key must be one that this program signs with: unlike a published
// set, which may hold keys for other uses, an endorsement that is not understood whole says nothing.
type endorsedKeys []PublicKey

func (k endorsedKeys) MarshalJSON() ([]byte, error) { return json.Marshal(KeySet(k)) }

func (k *endorsedKeys) UnmarshalJSON(data []byte) error {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := readExactly(data, &set); err != nil {
		return err
	}
	if len(set.Keys) == 0 || len(set.Keys) > maxEndorsedKeys {
		return fmt.Errorf("%d keys in an endorsement", len(set.Keys))
	}
	for _, raw := range set.Keys {
		var key PublicKey
		if err := key.UnmarshalJSON(raw); err != nil {
			return err
		}
		if _, twice := KeySet(*k).Find(key.ID); twice {
			return fmt.Errorf("the key %q stands twice", key.ID)
		}
		*k = append(*k, key)
	}
	return nil
}

// Endorsement is a statement by which one key of an issuer vouches for others.
type Endorsement struct {
	Version int64
	Keys    KeySet
}

// ErrEndorsement is wrapped by every refusal of endorsements.
var ErrEndorsement = errors.New("credential: the key endorsements are not acceptable")

// EndorsementsURL returns where an issuer publishes them: one JWS a line, the oldest first.
func EndorsementsURL(iss string) string { return iss + "/.well-known/keys.jwt" }

// SignEndorsement lets a key of iss vouch for others. Versions of one issuer only go up.
func SignEndorsement(iss string, signer Key, version int64, keys KeySet, now time.Time) (string, error) {
	if len(keys) == 0 || len(keys) > maxEndorsedKeys || version < 1 {
		return "", fmt.Errorf("credential: an endorsement of %d keys, version %d", len(keys), version)
	}
	return SignJWT(signer, endorsementType, endorsementClaims{iss, version, now.Unix(), endorsedKeys(keys)})
}

// EndorsementCheck is what endorsements are judged by.
type EndorsementCheck struct {
	ISS    string
	Listed KeySet                // the issuer's keys by the signed trust list
	Since  time.Time             // when that list was signed: what was said before it does not count
	Gone   func(kid string) bool // keys that neither sign nor are endorsed any more; nil: none
	Now    time.Time
}

// Open verifies what an issuer published and returns the statements that count, the oldest first: those by a
// listed key, and those by a key that one of them endorsed. A statement by any other signer says nothing. It
// refuses the whole text when one statement is not well-formed, of another issuer or type, from the future,
// falsely signed, or older than the one before it, and when none counts.
func (c EndorsementCheck) Open(text string) ([]Endorsement, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(text) > maxEndorsedBytes || len(lines) > maxEndorsements {
		return nil, fmt.Errorf("%w: they are too large", ErrEndorsement)
	}
	believed := slices.DeleteFunc(slices.Clone(c.Listed), func(k PublicKey) bool { return c.withdrawn(k.ID) })
	var counted []Endorsement
	last := int64(0)
	for _, line := range lines {
		claims, signed, err := c.read(line, believed)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEndorsement, err)
		}
		if claims.Version <= last {
			return nil, fmt.Errorf("%w: version %d follows %d", ErrEndorsement, claims.Version, last)
		}
		last = claims.Version
		if !signed || time.Unix(claims.IAT, 0).Before(c.Since) {
			continue
		}
		e := Endorsement{Version: claims.Version}
		for _, key := range claims.JWKS {
			if !c.withdrawn(key.ID) {
				e.Keys = append(e.Keys, key)
			}
		}
		believed = append(believed, e.Keys...)
		counted = append(counted, e)
	}
	if len(counted) == 0 {
		return nil, fmt.Errorf("%w: no listed key signed any of them since the trust list", ErrEndorsement)
	}
	return counted, nil
}

func (c EndorsementCheck) withdrawn(kid string) bool { return c.Gone != nil && c.Gone(kid) }

// read opens one statement; signed reports whether one of these keys signed it.
func (c EndorsementCheck) read(jws string,
	believed KeySet) (claims endorsementClaims, signed bool, err error) {
	h, input, body, signature, err := splitJWS(jws)
	if err != nil {
		return claims, false, err
	}
	if h.Type != endorsementType || h.Zip != "" {
		return claims, false, errHeader
	}
	key, signed := believed.Find(h.KID)
	if signed && jwt.SigningMethodES256.Verify(input, signature, key.Key) != nil {
		return claims, false, errSignature
	}
	if err := readExactly(body, &claims); err != nil {
		return claims, false, err
	}
	switch {
	case claims.ISS != c.ISS:
		err = fmt.Errorf("it is of %q", claims.ISS)
	case claims.Version < 1 || claims.IAT < 1 || len(claims.JWKS) == 0:
		err = errors.New("it lacks a version, a time or keys")
	case time.Unix(claims.IAT, 0).After(c.Now.Add(60 * time.Second)):
		err = errors.New("it is from the future")
	}
	return claims, signed, err
}

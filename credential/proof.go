package credential

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The live proof of a screen: while the phone is offline it signs, every 15 s, the time and the hash of
// the shown credential with its own key, and shows that as a second, small code
// (docs/facts/smart-health-card.md#proof-by-the-phone). It proves that the phone that holds the screen
// is there now; it does not stop somebody who relays both codes by video at once, so staff look at the
// card all the same.

const (
	proofType = "live+jwt"
	// holderIDLength is how much of the holder key's thumbprint a screen carries: 16 characters, 96 bits.
	holderIDLength = 16
	// ProofLife is how far a proof's time may lie from now, either way.
	ProofLife = 45 * time.Second
	// ProofEvery is how often a phone makes a new proof.
	ProofEvery = 15 * time.Second
	// maxProof bounds a proof's text: 405 characters without a nonce.
	maxProof = 1024
)

type proofHeader struct {
	Typ string `json:"typ"`
	Alg string `json:"alg"`
	JWK jwk    `json:"jwk"`
}

type proofClaims struct {
	IAT   int64  `json:"iat"`
	Hash  string `json:"sd_hash"` // SHA-256 of the shown JWS, base64url
	Nonce string `json:"nonce,omitempty"`
}

// HolderKeyID returns the part of a holder key's thumbprint that a screen carries as hcnf.kid.
func HolderKeyID(k PublicKey) string { return k.ID[:holderIDLength] }

// ReadHolderKey reads a phone's public key from its P-256 coordinates, base64url.
func ReadHolderKey(x, y string) (PublicKey, error) {
	return jwk{
		KTY: "EC",
		CRV: "P-256",
		X:   x,
		Y:   y,
	}.public()
}

func cardHash(jws string) string {
	sum := sha256.Sum256([]byte(jws))
	return b64.EncodeToString(sum[:])
}

// LooksLikeProof reports whether a scanned text is a second code rather than a screen: its header says
// live+jwt.
func LooksLikeProof(text string) bool {
	head, _, found := strings.Cut(strings.TrimSpace(text), ".")
	raw, err := b64.DecodeString(head)
	return found && err == nil && bytes.Contains(raw, []byte(`"`+proofType+`"`))
}

// Faults of a proof, as failed checks of the holder.
var (
	proofForm  = check{name: checkHolder.name, failed: "verdict.holder.failed_form"}
	proofKey   = check{name: checkHolder.name, failed: "verdict.holder.failed_key"}
	proofCard  = check{name: checkHolder.name, failed: "verdict.holder.failed_card"}
	proofOld   = check{name: checkHolder.name, failed: "verdict.holder.failed_old"}
	proofAhead = check{name: checkHolder.name, failed: "verdict.holder.failed_ahead"}
	proofNonce = check{name: checkHolder.name, failed: "verdict.holder.failed_nonce"}
)

// Prove adds the holder's proof to the Verdict of a screen. nonce is the number that this counter gave to the
// phone for this case, or empty: a proof with another nonce is refused, so that an old answer does not serve
// again. Only the holder check and the clock's change. The proof must be of now by this computer's own clock
// and by what was measured.
func (v Verdict) Prove(proof, jws string, b Verifier, nonce string) Verdict {
	if v.Tier != TierOffline || v.Eligibility == nil {
		return v
	}
	kept := v.Checks[:0:0]
	for _, c := range v.Checks {
		if c.Name != checkHolder.name && c.Name != checkClock.name {
			kept = append(kept, c)
		}
	}
	v.Checks = kept
	c := b.clocks(v.Issuer)
	wrong, bad := judgeProof(proof, jws, v.HolderKeyID, c.measured, nonce)
	badByOwn := bad
	if c.skew != 0 {
		_, badByOwn = judgeProof(proof, jws, v.HolderKeyID, c.own, nonce)
	}
	switch {
	case !c.correctable(), !bad && badByOwn:
		v.failUntilClockIsSet(c)
		v.skip(checkHolder)
	case bad:
		v.fail(wrong)
		v.noteClock(c)
	default:
		v.pass(checkHolder)
		v.noteClock(c)
	}
	return v.sorted()
}

// judgeProof returns the first fault of a proof.
func judgeProof(proof, jws, holderID string, at time.Time, nonce string) (check, bool) {
	claims, key, ok := openProof(proof)
	if !ok {
		return proofForm, true
	}
	made := time.Unix(claims.IAT, 0)
	switch {
	case HolderKeyID(key) != holderID:
		return proofKey, true
	case claims.Hash != cardHash(jws):
		return proofCard, true
	case at.Sub(made) > ProofLife:
		return proofOld, true
	case made.Sub(at) > ProofLife:
		return proofAhead, true
	case subtle.ConstantTimeCompare([]byte(claims.Nonce), []byte(nonce)) != 1:
		return proofNonce, true
	}
	return check{}, false
}

// openProof verifies a proof by the key in its own header, which the caller binds by its thumbprint
// (RFC 7800's way).
func openProof(proof string) (proofClaims, PublicKey, bool) {
	proof = strings.TrimSpace(proof)
	parts := strings.Split(proof, ".")
	if len(proof) > maxProof || len(parts) != 3 {
		return proofClaims{}, PublicKey{}, false
	}
	var head proofHeader
	var claims proofClaims
	if !strictPart(parts[0], &head) || head.Typ != proofType || head.Alg != "ES256" || head.JWK.D != "" {
		return proofClaims{}, PublicKey{}, false
	}
	key, err := head.JWK.public()
	signature, bad := fromBase64(parts[2])
	if err != nil || bad != nil ||
		jwt.SigningMethodES256.Verify(parts[0]+"."+parts[1], signature, key.Key) != nil {
		return proofClaims{}, PublicKey{}, false
	}
	return claims, key, strictPart(parts[1], &claims) && claims.IAT > 0 && claims.IAT < 1<<40
}

// strictPart reads one part of a JWT without unknown or repeated members.
func strictPart(part string, into any) bool {
	raw, err := fromBase64(part)
	return err == nil && readExactly(raw, into) == nil
}

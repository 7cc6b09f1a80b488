package card

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// IssuerKey is a public key that signs the certificates of a card's issuing keys (認証局の CV 公開鍵). The operator supplies
// them: they are not on the card and this program ships none but the test key of card/virtual.
type IssuerKey struct {
	ID  string // 16 bytes in hexadecimal, as certificates name their issuer
	Key *rsa.PublicKey
}

// IssuerKeys are the keys that a server trusts.
type IssuerKeys []IssuerKey

// ParseIssuerKeys reads [{"keyId":"hex","n":"base64url","e":"base64url"}].
func ParseIssuerKeys(data []byte) (IssuerKeys, error) {
	var list []struct {
		KeyID string `json:"keyId"`
		N     string `json:"n"`
		E     string `json:"e"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("reading issuer keys: %w", err)
	}
	var keys IssuerKeys
	for _, k := range list {
		id, err1 := hex.DecodeString(k.KeyID)
		n, err2 := base64.RawURLEncoding.DecodeString(k.N)
		e, err3 := base64.RawURLEncoding.DecodeString(k.E)
		if err1 != nil || err2 != nil || err3 != nil || len(id) != 16 || len(e) > 4 {
			return nil, errors.New("card: an issuer key needs keyId (16 bytes, hexadecimal), n and e (base64url)")
		}
		key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if key.N.BitLen() < 2048 || key.E < 3 {
			return nil, errors.New("card: an issuer key is shorter than 2048 bits")
		}
		keys = append(keys, IssuerKey{ID: k.KeyID, Key: key})
	}
	return keys, nil
}

const (
	tagCVCertificate = 0x7F21
	tagCVBody        = 0x5F4E
	tagCVSignature   = 0x5F37
	tagExponent      = 0x90
	tagModulus       = 0x91
)

var errCertificate = errors.New("card: the issuing key's certificate is malformed")

// cvCertificate is a card-verifiable certificate: issuer key id 16 ‖ subject key id 16 ‖ public key, and a signature.
type cvCertificate struct {
	issuer, subject string
	key             *rsa.PublicKey
	body, signature []byte
}

func parseCVCertificate(data []byte) (cvCertificate, error) {
	outer, ok := readObject(data)
	if !ok || outer.tag != tagCVCertificate {
		return cvCertificate{}, errCertificate
	}
	parts, ok := children(outer.value)
	if !ok {
		return cvCertificate{}, errCertificate
	}
	body, ok1 := child(parts, tagCVBody)
	signature, ok2 := child(parts, tagCVSignature)
	if !ok1 || !ok2 || len(body.value) < 33 {
		return cvCertificate{}, errCertificate
	}
	key, err := parsePublicKey(body.value[32:])
	if err != nil {
		return cvCertificate{}, errCertificate
	}
	return cvCertificate{hex.EncodeToString(body.value[:16]), hex.EncodeToString(body.value[16:32]), key, body.value, signature.value}, nil
}

// parsePublicKey reads the objects 90 (exponent) and 91 (modulus).
func parsePublicKey(value []byte) (*rsa.PublicKey, error) {
	parts, ok := children(value)
	if !ok {
		return nil, errCertificate
	}
	e, ok1 := child(parts, tagExponent)
	n, ok2 := child(parts, tagModulus)
	if !ok1 || !ok2 || len(e.value) > 4 || len(n.value) < 256 || len(n.value) > 1024 {
		return nil, errCertificate
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n.value), E: int(new(big.Int).SetBytes(e.value).Int64())}
	if key.N.BitLen() < 2048 || key.E < 3 || key.E&1 == 0 {
		return nil, errCertificate
	}
	return key, nil
}

// signedBy reports whether one of the trusted keys, found by its id, signed the certificate; known is false when none has
// that id.
func (c cvCertificate) signedBy(keys IssuerKeys) (known, valid bool) {
	for _, k := range keys {
		if k.ID == c.issuer {
			known = true
			if verifyRSA(k.Key, c.body, c.signature) {
				return true, true
			}
		}
	}
	return known, false
}

// verifyRSA verifies PKCS #1 v1.5 with SHA-256 over data.
func verifyRSA(key *rsa.PublicKey, data, signature []byte) bool {
	sum := sha256.Sum256(data)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

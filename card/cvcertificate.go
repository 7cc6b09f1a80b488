package card

import (
	"encoding/hex"
	"errors"
)

const (
	tagCVCertificate = 0x7F21
	tagCVBody        = 0x5F4E
	tagCVSignature   = 0x5F37
)

var errCertificate = errors.New("card: the issuing key's certificate is malformed")

// cvCertificate is a card-verifiable certificate: issuer key id 16 ‖ subject key id 16 ‖ public key, and a
// signature.
type cvCertificate struct {
	issuer          string
	key             publicKey
	body, signature []byte
}

func parseCVCertificate(data []byte) (cvCertificate, error) {
	parts, ok := contentOf(data, tagCVCertificate)
	body, ok1 := findChild(parts, tagCVBody)
	signature, ok2 := findChild(parts, tagCVSignature)
	if !ok || !ok1 || !ok2 || len(parts) != 2 || len(body.value) < 33 {
		return cvCertificate{}, errCertificate
	}
	key, err := parsePublicKey(body.value[32:])
	if err != nil {
		return cvCertificate{}, errCertificate
	}
	return cvCertificate{hex.EncodeToString(body.value[:16]), key, body.value, signature.value}, nil
}

// signedBy reports whether one of the trusted keys with the issuer's id, or one without an id, signed the
// certificate.
func (c cvCertificate) signedBy(keys IssuerKeys) bool {
	for _, k := range keys {
		if k.ID != "" && k.ID != c.issuer {
			continue
		}
		if key, err := newPublicKey(k.Key); err == nil && key.verify(c.body, c.signature) {
			return true
		}
	}
	return false
}

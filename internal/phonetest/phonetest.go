// Package phonetest does in a test what a patient's phone does: it proves that it holds a screen, and opens
// receipts.
package phonetest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"madoguchi/credential"
)

type jwk struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

type header struct {
	Type string `json:"typ"`
	Alg  string `json:"alg"`
	JWK  jwk    `json:"jwk"`
}

type claims struct {
	IAT   int64  `json:"iat"`
	Hash  string `json:"sd_hash"`
	Nonce string `json:"nonce,omitempty"`
}

// Proof makes the second code of a phone without network for the screen jws, at a time: a JWS in compact form
// (docs/facts/smart-health-card.md#proof-by-the-phone). The nonce is the number that a counter asked for, or
// empty.
func Proof(jws string, phone credential.Key, at time.Time, nonce string) (string, error) {
	point, err := phone.Public().Key.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		return "", err
	}
	b64 := base64.RawURLEncoding
	key := jwk{KTY: "EC", CRV: "P-256", X: b64.EncodeToString(point[1:33]), Y: b64.EncodeToString(point[33:])}
	head, err := json.Marshal(header{Type: "live+jwt", Alg: "ES256", JWK: key})
	if err != nil {
		return "", err
	}
	shown := sha256.Sum256([]byte(jws))
	body, err := json.Marshal(claims{IAT: at.Unix(), Hash: b64.EncodeToString(shown[:]), Nonce: nonce})
	if err != nil {
		return "", err
	}
	input := b64.EncodeToString(head) + "." + b64.EncodeToString(body)
	signature, err := phone.Sign(input)
	return input + "." + signature, err
}

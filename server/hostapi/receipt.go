package hostapi

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"madoguchi/credential"
)

const (
	MaxReceipt        = 1000 // bytes of a sealed receipt
	MaxReceiptDevices = 20   // of one person, by all logins: as many keys are handed out, the newest
	PointBytes        = 65   // an uncompressed P-256 point (SEC 1 2.3.3)
	TagBytes          = 16   // of AES-256-GCM
)

// ReceiptWindow is how long after a screen's end an insurer still takes its receipt, and how long a counter
// keeps one that could not be left: a case takes minutes, but a server may be down over a long weekend.
const ReceiptWindow = 7 * 24 * time.Hour

// receiptType is the typ of a receipt's JWS.
const receiptType = "receipt+jwt"

// Receipt is what a counter tells the patient's phone, and nobody else, about a check.
type Receipt struct {
	At      time.Time
	Outcome Outcome
	Ground  Ground // of an accepted case
	Method  string // code of docs/rules.md
}

// receiptClaims are what the counter signs. The facility's name is none of them: phones take it from the
// trust list, by iss.
type receiptClaims struct {
	Issuer string `json:"iss"` // URL of the counter server
	// base64url SHA-256 of the phone's public key: it is good on that phone only
	Audience string  `json:"aud"`
	IssuedAt int64   `json:"iat"`
	Outcome  Outcome `json:"outcome"`
	Ground   Ground  `json:"ground,omitempty"`
	Method   string  `json:"method"`
}

// Delivery is what a counter leaves in one call: the receipts of one record.
type Delivery struct {
	// what the counter calls it, 26 random Base32 letters: left again after an answer that was lost, it is
	// known. Empty from servers of before.
	ID         string
	Credential string            // the screen that the patient showed
	Sealed     map[string][]byte // by the phone's key id
}

// ReceiptSigner is the counter server that a receipt is of.
type ReceiptSigner struct {
	URL string // as the trust list names it
	Key credential.Key
}

// Seal signs a receipt and seals it to a phone's P-256 public key (65 bytes, uncompressed).
func (s ReceiptSigner) Seal(r Receipt, phone []byte) ([]byte, error) {
	sum := sha256.Sum256(phone)
	text, err := credential.SignJWT(s.Key, receiptType, receiptClaims{
		Issuer:   s.URL,
		Audience: base64.RawURLEncoding.EncodeToString(sum[:]),
		IssuedAt: r.At.Unix(),
		Outcome:  r.Outcome,
		Ground:   r.Ground,
		Method:   r.Method,
	})
	if err != nil {
		return nil, err
	}
	sealed, err := sealToKey([]byte(text), phone)
	if err == nil && len(sealed) > MaxReceipt {
		err = fmt.Errorf("a receipt of %d bytes is larger than insurers take", len(sealed))
	}
	return sealed, err
}

// sealToKey encrypts a text to a P-256 public key: an ephemeral public key followed by AES-256-GCM under
// HKDF-SHA-256 of the ECDH secret. The key is used once, so the nonce is zero.
func sealToKey(text, phone []byte) ([]byte, error) {
	to, err := ecdh.P256().NewPublicKey(phone)
	if err != nil {
		return nil, fmt.Errorf("reading the phone's key: %w", err)
	}
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	secret, err := once.ECDH(to)
	if err != nil {
		return nil, fmt.Errorf("agreeing on a key: %w", err)
	}
	public := once.PublicKey().Bytes()
	key, err := hkdf.Key(
		sha256.New,
		secret,
		append(append([]byte{}, public...), phone...),
		"madoguchi-receipt-1",
		32,
	)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aead.Seal(public, make([]byte, aead.NonceSize()), text, nil), nil
}

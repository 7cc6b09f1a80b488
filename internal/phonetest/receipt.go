package phonetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"io"
	"slices"
)

// ReceiptInfo is the name of the protocol by which counters seal receipts.
const ReceiptInfo = "madoguchi-receipt-1"

// BothPoints is the salt of a receipt: the sender's point, then the phone's.
func BothPoints(theirs, own []byte) []byte { return slices.Concat(theirs, own) }

// OpenReceipt opens a sealed receipt as pwa/src/patient/receipts.ts does.
func OpenReceipt(phone *ecdh.PrivateKey, sealed []byte) ([]byte, error) {
	return Unseal(phone, sealed, BothPoints, ReceiptInfo)
}

// Unseal opens what begins with the sender's point of 65 bytes: AES-256-GCM with a nonce of zeros, under
// HKDF-SHA-256 (RFC 5869) of the ECDH secret with a salt made of both points.
func Unseal(
	phone *ecdh.PrivateKey, sealed []byte, salt func(theirs, own []byte) []byte, info string,
) ([]byte, error) {
	if len(sealed) < 65 {
		return nil, io.ErrUnexpectedEOF
	}
	theirs, err := ecdh.P256().NewPublicKey(sealed[:65])
	if err != nil {
		return nil, err
	}
	secret, err := phone.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, secret, salt(theirs.Bytes(), phone.PublicKey().Bytes()), info, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, make([]byte, 12), sealed[65:], nil)
}

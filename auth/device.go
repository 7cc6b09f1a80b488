package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"strings"
	"time"

	"madoguchi/eligibility"
)

// A phone that was added after a login signs in again with its key: it asks for a nonce, signs it, and gets a
// session of its own (kind Device). The private key cannot leave the phone, so a stolen cookie is of little
// use and a copy of the server's database of none.

// NonceLife is how long a phone may take to answer a nonce. A weak signal may need several tries.
const NonceLife = 2 * time.Minute

// Use says what a phone's signature is for, so that a signature for one thing never serves for another.
type Use string

const (
	UseSignIn    Use = "enter" // a session for what the phone may show
	UseAddDevice Use = "add"   // adding the key after a login: only who holds a key may add it
)

// ErrDeviceProof is the one answer to a nonce or signature that is wrong, old or for another phone.
var ErrDeviceProof = &eligibility.Error{Code: eligibility.Denied, Key: "device.proof"}

// DeviceChallenges makes nonces and verifies the answers. A nonce carries its own end and is authenticated,
// so nothing is stored for callers who never answer; that it is answered only once is the store's part.
type DeviceChallenges struct {
	// secret of this server, 32 bytes
	Key []byte
	// host, with port, of the address that people open: a signature for another site is worth nothing here
	Host string
}

const (
	nonceRandom = 16
	nonceTag    = 16
	nonceSize   = 8 + nonceRandom + nonceTag
)

// New returns a nonce for one phone and the time until which it can be answered.
func (c DeviceChallenges) New(phone string, now time.Time) (nonce string, expiresAt time.Time) {
	expiresAt = now.Add(NonceLife)
	b := binary.BigEndian.AppendUint64(make([]byte, 0, nonceSize), uint64(expiresAt.UnixMilli()))
	b = append(b, make([]byte, nonceRandom)...)
	rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, c.tag(phone, b)...)), expiresAt
}

// Verify checks that a nonce is ours, for this phone and still good, and that the key (65 bytes, uncompressed
// P-256) signed it for this use: ES256, r‖s as WebCrypto writes it. It returns the nonce's bytes and end for
// the caller to use it up.
func (c DeviceChallenges) Verify(use Use, phone, nonce, signature string, public []byte,
	now time.Time) (used []byte, expiresAt time.Time, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(b) != nonceSize {
		return nil, time.Time{}, ErrDeviceProof
	}
	head, tag := b[:8+nonceRandom], b[8+nonceRandom:]
	expiresAt = time.UnixMilli(int64(binary.BigEndian.Uint64(b)))
	if subtle.ConstantTimeCompare(tag, c.tag(phone, head)) != 1 || now.After(expiresAt) {
		return nil, time.Time{}, ErrDeviceProof
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	if err != nil || len(raw) != 64 {
		return nil, time.Time{}, ErrDeviceProof
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return nil, time.Time{}, ErrDeviceProof.Because(err)
	}
	sum := sha256.Sum256([]byte(DeviceMessage(use, c.Host, phone, nonce)))
	if !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])) {
		return nil, time.Time{}, ErrDeviceProof
	}
	return head, expiresAt, nil
}

// DeviceMessage is what a phone signs. It begins as no JWS does, for the same key also signs live proofs, and
// no part can hold the line feed that ends it.
func DeviceMessage(use Use, host, phone, nonce string) string {
	return strings.Join([]string{"madoguchi-device-1", string(use), host, phone, nonce}, "\n")
}

func (c DeviceChallenges) tag(phone string, head []byte) []byte {
	h := hmac.New(sha256.New, c.Key)
	h.Write([]byte("madoguchi-device-nonce-1\x00"))
	h.Write(head)
	h.Write([]byte(phone))
	return h.Sum(nil)[:nonceTag]
}

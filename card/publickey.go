package card

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"math/big"
)

// publicKey verifies signatures of one algorithm. Only its implementations know the sizes of keys and
// signatures.
type publicKey interface {
	// verify reports whether signature is by this key over message; the algorithm brings its hash.
	verify(message, signature []byte) bool
	// verifyDigests reports whether signature is by this key over several SHA-256 digests in one DigestInfo,
	// as visual DF28 has it.
	verifyDigests(digests, signature []byte) bool
}

var errPublicKey = errors.New("card: a public key is malformed or of a kind that is not accepted")

func newPublicKey(key crypto.PublicKey) (publicKey, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits >= 2048 && bits <= 8192 && k.E >= 3 && k.E&1 == 1 && k.N.Bit(0) == 1 {
			return rsaKey{k}, nil
		}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P384() {
			return p384Key{k}, nil
		}
	}
	return nil, errPublicKey
}

// rsaKey is sha256WithRSA, PKCS #1 v1.5: every card issued so far.
type rsaKey struct{ key *rsa.PublicKey }

func (k rsaKey) verify(message, signature []byte) bool {
	sum := sha256.Sum256(message)
	return rsa.VerifyPKCS1v15(k.key, crypto.SHA256, sum[:], signature) == nil
}

// p384Key is ECDSA on P-384 with SHA-384, announced for the next generation of cards (final report of
// 2024-03). Whether those cards write signatures as r ‖ s (BSI TR-03111 5.2.1, ISO/IEC 7816-8) or as an ASN.1
// sequence (TR-03111 5.2.2) is not published; either is accepted.
type p384Key struct{ key *ecdsa.PublicKey }

func (k p384Key) verify(message, signature []byte) bool {
	sum := sha512.Sum384(message)
	if len(signature) == 96 {
		r, s := new(big.Int).SetBytes(signature[:48]), new(big.Int).SetBytes(signature[48:])
		if ecdsa.Verify(k.key, sum[:], r, s) {
			return true
		}
	}
	return ecdsa.VerifyASN1(k.key, sum[:], signature)
}

const (
	tagExponent = 0x90
	tagModulus  = 0x91

	tagPublicKey = 0x7F49
	tagOID       = 0x06
	tagPoint     = 0x86
)

// ecdsaSHA384 is id-TA-ECDSA-SHA-384, 0.4.0.127.0.7.2.2.2.2.4 (BSI TR-03110-3 A.6.4).
const ecdsaSHA384 = "\x04\x00\x7F\x00\x07\x02\x02\x02\x02\x04"

// parsePublicKey reads the objects 90 (exponent) and 91 (modulus) as today's cards write them.
//
// For P-384 it reads 7F49{06 OID, 86 point}, the public key object of card-verifiable certificates by the
// standards (ISO/IEC 7816-8; BSI TR-03110-3 D.3.3). Whether the next card uses that form is not published:
// this is the place to change when it is.
func parsePublicKey(value []byte) (publicKey, error) {
	if parts, ok := contentOf(value, tagPublicKey); ok {
		return parsePoint(parts)
	}
	parts, ok := readChildren(value)
	e, ok1 := findChild(parts, tagExponent)
	n, ok2 := findChild(parts, tagModulus)
	if !ok || !ok1 || !ok2 || len(e.value) > 4 || len(n.value) > 1025 {
		return nil, errPublicKey
	}
	return newPublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(n.value),
		E: int(new(big.Int).SetBytes(e.value).Int64())})
}

func parsePoint(parts []object) (publicKey, error) {
	oid, ok1 := findChild(parts, tagOID)
	point, ok2 := findChild(parts, tagPoint)
	if !ok1 || !ok2 || string(oid.value) != ecdsaSHA384 {
		return nil, errPublicKey
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P384(), point.value)
	if err != nil {
		return nil, errPublicKey
	}
	return newPublicKey(key)
}

package virtual

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/hex"
	"encoding/pem"
	"sync"

	"madoguchi/card"
)

//go:embed testkeys/ca.pem
var caPEM []byte

//go:embed testkeys/issuing.pem
var issuingPEM []byte

// Key ids: seven digits, 08 05, three digits, four pad bytes; test ids begin with 6
// (docs/facts/my-number-card.md#keys-and-cv-certificates).
var (
	caID      = keyID("6000020", "001")
	visualID  = keyID("6000023", "001")
	textKeyID = keyID("6000033", "001")
)

func keyID(seven, three string) []byte {
	id := make([]byte, 16)
	copy(id, seven)
	id[7], id[8] = 0x08, 0x05
	copy(id[9:], three)
	return id
}

// TestIssuerKeys returns the public test key that vouches for virtual cards.
func TestIssuerKeys() card.IssuerKeys {
	return card.IssuerKeys{{ID: hex.EncodeToString(caID), Key: &readKey(caPEM).PublicKey}}
}

// readKey reads an embedded test key.
func readKey(data []byte) *rsa.PrivateKey {
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic("virtual: the embedded test key is broken: " + err.Error())
	}
	return key.(*rsa.PrivateKey)
}

// lazyKey makes a key when it is first needed: most uses of a card need one of five.
func lazyKey() func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic("virtual: making a key: " + err.Error()) // crypto/rand never fails
		}
		return key
	})
}

// publicKey writes the objects 90 and 91.
func publicKey(key *rsa.PublicKey) []byte {
	return append([]byte{0x90, 0x03, 0x01, 0x00, 0x01},
		longObject(0x91, key.N.FillBytes(make([]byte, key.Size())))...)
}

// signData is sha256WithRSA.
func signData(key *rsa.PrivateKey, data ...[]byte) []byte {
	h := sha256.New()
	for _, d := range data {
		h.Write(d)
	}
	return signDigest(key, crypto.SHA256, h.Sum(nil))
}

// signDigest pads and signs; hash 0 signs what is given as it is.
func signDigest(key *rsa.PrivateKey, hash crypto.Hash, digest []byte) []byte {
	s, err := rsa.SignPKCS1v15(nil, key, hash, digest)
	if err != nil {
		panic("virtual: " + err.Error()) // a 2048-bit key signs up to 245 bytes
	}
	return s
}

// issuingCA is who vouches for the records of the 券面 applications.
type issuingCA struct{ ca, key *rsa.PrivateKey }

func newIssuing(forged bool) issuingCA {
	i := issuingCA{readKey(caPEM), readKey(issuingPEM)}
	if forged {
		i.ca = lazyKey()()
	}
	return i
}

// certificate is the CV certificate of the issuing key under one of its ids: 7F21{5F4E, 5F37}.
func (i issuingCA) certificate(id []byte) []byte {
	body := append(append(append([]byte{}, caID...), id...), publicKey(&i.key.PublicKey)...)
	return longObject(0x7F21, longObject(0x5F4E, body), longObject(0x5F37, signData(i.ca, body)))
}

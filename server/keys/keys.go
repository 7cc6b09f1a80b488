// Package keys makes and loads the secrets of this program from one folder: files that only their owner may
// read. Everyone else takes a crypto.Signer or the bytes of one secret, so that an HSM can stand here later.
//
// An insurer signs with the current key of its ring. What it publishes is the whole ring: the next key at
// least a day before it may sign, the current one, and retired ones until the last copy (PDF) that they
// signed has ended. The ring is a file to read at 3 a.m., issuer-NNNNNNNN.json; beside it lie the private
// halves of the current and the next key. docs/keys.md is the operator's page.
//
// Losing a signing key is survivable: its public half stays published from the ring, a new one signs, screens
// renew themselves within seconds. Losing people.key or cases.key loses the sealed records: back the folder
// up.
package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"sync"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// Folder is a folder of keys. Its methods may be called by several goroutines, and several processes may use
// one folder.
type Folder struct {
	// Host is the https address in front of the insurers' iss (HOST/i/NNNNNNNN). It is set before the first
	// use; without it no key vouches for the next one.
	Host string

	disk

	guard guard

	mu    sync.Mutex
	rings map[eligibility.InsurerNumber]held
}

// Names of the secrets: 32 random bytes each.
const (
	People = "people.key" // seals what an insurer stores
	Cases  = "cases.key"  // seals what a counter records
	Index  = "index.key"  // blind indexes
	Notice = "notice.key" // notice codes are derived from it
)

// Names of the signing keys: P-256, PKCS #8 PEM.
const (
	Trust   = "trust.pem"   // signs the demo's trust list; live servers never hold one
	Client  = "client.pem"  // proves this server to the sign-in service
	Counter = "counter.pem" // proves this counter server to insurers
	Session = "session.key" // seals sessions, and what is kept of staff
)

// Open opens a folder of keys, making it if need be. It refuses a folder that other users can enter.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the key folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("looking at the key folder: %w", err)
	}
	if err := ownerOnly(info); err != nil {
		return nil, err
	}
	return &Folder{disk: disk{dir: dir}, rings: map[eligibility.InsurerNumber]held{}}, nil
}

// Secret returns the 32 bytes of a secret, made on the first call. It returns ErrGone, ErrOther or ErrDamaged
// where the database knows better (Guard).
func (f *Folder) Secret(name string) ([]byte, error) {
	data, err := f.load(name, func() ([]byte, error) {
		secret := make([]byte, 32)
		rand.Read(secret)
		return []byte(hex.EncodeToString(secret) + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	return f.secretOf(name, data)
}

// Signing returns a P-256 signing key, made on the first call, or the errors of Secret.
func (f *Folder) Signing(name string) (*ecdsa.PrivateKey, error) {
	data, err := f.load(name, newPEM)
	if err != nil {
		return nil, err
	}
	return f.signingOf(name, data)
}

// newPEM makes a P-256 key.
func newPEM() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

func readPEM(name string, data []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("keys: %s is not a PEM file", name)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", name, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, fmt.Errorf("keys: %s is not a P-256 key", name)
	}
	return key, nil
}

// SigningKey is Signing with the key's id.
func (f *Folder) SigningKey(name string) (credential.Key, error) {
	private, err := f.Signing(name)
	if err != nil {
		return credential.Key{}, err
	}
	return credential.NewKey(private)
}

package keys

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"

	"madoguchi/credential"
)

// Names of the secrets: 32 random bytes each.
const (
	People  = "people.key"  // seals what an insurer stores
	Cases   = "cases.key"   // seals what a counter records
	Session = "session.key" // seals sessions
	Index   = "index.key"   // blind indexes
	Notice  = "notice.key"  // notice codes are derived from it
)

// Names of the signing keys: P-256, PKCS #8 PEM.
const (
	Trust   = "trust.pem"   // signs the demo's trust list; live servers never hold one
	Client  = "client.pem"  // proves this server to the sign-in service, where that wants ES256
	Counter = "counter.pem" // proves this counter server to insurers
)

// Secrets are the keys of this program itself: they belong to no insurer, and each has one file.
type Secrets struct{ files *files }

// Secret returns the 32 bytes of a secret, made on the first call. It returns ErrGone, ErrOther or ErrDamaged
// where the database knows better (Guard).
func (s *Secrets) Secret(name string) ([]byte, error) {
	data, err := s.files.load(name, func() ([]byte, error) {
		secret := make([]byte, 32)
		rand.Read(secret)
		return []byte(hex.EncodeToString(secret) + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	return s.files.secretOf(name, data)
}

// Has reports whether the file of a key lies in the folder. It makes none.
func (s *Secrets) Has(name string) (bool, error) {
	_, err := s.files.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Signing returns a P-256 signing key, made on the first call, or the errors of Secret.
func (s *Secrets) Signing(name string) (*ecdsa.PrivateKey, error) {
	data, err := s.files.load(name, newPEM)
	if err != nil {
		return nil, err
	}
	return s.files.signingOf(name, data)
}

// SigningKey is Signing with the key's id.
func (s *Secrets) SigningKey(name string) (credential.Key, error) {
	private, err := s.Signing(name)
	if err != nil {
		return credential.Key{}, err
	}
	return credential.NewKey(private)
}

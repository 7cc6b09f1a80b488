// Package keys makes and loads the secrets of this program from one folder: files that only their owner may read. Everyone
// else takes a crypto.Signer or the bytes of one secret, so that an HSM can stand here later.
//
// Losing a signing key is survivable: a new one is made and published, screens renew themselves within seconds, and only
// saved copies (PDF) must be made anew. Losing people.key or cases.key loses the sealed records: back the folder up.
package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// Folder is a folder of keys. Its methods may be called by several goroutines.
type Folder struct {
	dir string

	mu      sync.Mutex
	issuers map[eligibility.InsurerNumber]credential.Key
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
	Session = "session.key" // seals sessions
)

var errOpenRights = &eligibility.Error{Code: eligibility.Denied, Key: "keys.rights",
	Ja: "鍵のファイルをほかの利用者も読めるため、起動できません。鍵のフォルダーの権利を 0700、ファイルを 0600 にしてください。",
	En: "Other users can read a key file. Set the key folder to 0700 and its files to 0600."}

// Open opens a folder of keys, making it if need be.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the key folder: %w", err)
	}
	return &Folder{dir: dir, issuers: map[eligibility.InsurerNumber]credential.Key{}}, nil
}

// Secret returns the 32 bytes of a secret, made on the first call.
func (f *Folder) Secret(name string) ([]byte, error) {
	data, err := f.load(name, func() ([]byte, error) {
		secret := make([]byte, 32)
		rand.Read(secret)
		return []byte(hex.EncodeToString(secret) + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(secret) != 32 {
		return nil, fmt.Errorf("keys: %s does not hold 32 bytes in hexadecimal", name)
	}
	return secret, nil
}

// Signing returns a P-256 signing key, made on the first call.
func (f *Folder) Signing(name string) (*ecdsa.PrivateKey, error) {
	data, err := f.load(name, func() ([]byte, error) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
	})
	if err != nil {
		return nil, err
	}
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

// IssuerKey returns an insurer's own signing key, made on the first call.
func (f *Folder) IssuerKey(insurer eligibility.InsurerNumber) (credential.Key, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if key, ok := f.issuers[insurer]; ok {
		return key, nil
	}
	private, err := f.Signing("issuer-" + string(insurer) + ".pem")
	if err != nil {
		return credential.Key{}, err
	}
	key, err := credential.NewKey(private)
	if err != nil {
		return credential.Key{}, err
	}
	f.issuers[insurer] = key
	return key, nil
}

// load reads a file, or makes it: written whole under another name, flushed, then named, so that a crash leaves either
// nothing or a key.
func (f *Folder) load(name string, content func() ([]byte, error)) ([]byte, error) {
	path := filepath.Join(f.dir, name)
	info, err := os.Stat(path)
	if err == nil {
		if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			return nil, errOpenRights.Because(fmt.Errorf("%s has mode %o", name, info.Mode().Perm()))
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the key %s: %w", name, err)
		}
		return data, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("looking for the key %s: %w", name, err)
	}
	data, err := content()
	if err != nil {
		return nil, fmt.Errorf("making the key %s: %w", name, err)
	}
	return data, f.write(path, data)
}

func (f *Folder) write(path string, data []byte) error {
	file, err := os.CreateTemp(f.dir, ".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("storing a key: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Link(file.Name(), path) // never replaces a key that another process has just made
	}
	if err != nil {
		return fmt.Errorf("storing a key: %w", err)
	}
	return nil
}

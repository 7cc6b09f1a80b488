package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"madoguchi/server/durable"
)

// files are the files of a key folder as the database lets them be used: each key is made once, never anew
// beside data that it opens, and compared with what the database knows whenever it is read.
type files struct {
	disk
	checks checks
}

// load reads a file, or makes it.
func (f *files) load(name string, content func() ([]byte, error)) ([]byte, error) {
	data, err := f.read(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	err = f.locked(func() error {
		data, err = f.loadLocked(name, content)
		return err
	})
	return data, err
}

func (f *files) loadLocked(name string, content func() ([]byte, error)) ([]byte, error) {
	data, err := f.read(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	if err := f.checks.mayMake(name); err != nil {
		return nil, err
	}
	if data, err = content(); err != nil {
		return nil, fmt.Errorf("making %s: %w", name, err)
	}
	return data, f.put(name, data, durable.Options{New: true}) // it never replaces a key
}

// known loads a signing key that must be there.
func (f *files) known(file string) (crypto.Signer, error) {
	data, err := f.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, aboutFile(ErrGone, file)
	}
	if err != nil {
		return nil, err
	}
	return f.signerOf(file, data)
}

// secretOf reads the text of a secret and compares it.
func (f *files) secretOf(file string, text []byte) ([]byte, error) {
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != 32 {
		return nil, aboutFile(ErrDamaged, file)
	}
	value, err := hkdf.Key(sha256.New, secret, nil, checkLabel+file, checkSize)
	if err != nil {
		return nil, fmt.Errorf("computing a check value: %w", err)
	}
	return secret, f.checks.check(file, value)
}

// signingOf reads the text of a P-256 signing key and compares it.
func (f *files) signingOf(file string, text []byte) (*ecdsa.PrivateKey, error) {
	key, err := readP256(file, text)
	if err != nil {
		return nil, aboutFile(ErrDamaged, file).Because(err)
	}
	return key, f.compared(file, key)
}

// signerOf reads the text of a signing key, P-256 or RSA, and compares it.
func (f *files) signerOf(file string, text []byte) (crypto.Signer, error) {
	key, err := readPEM(file, text)
	if err != nil {
		return nil, aboutFile(ErrDamaged, file).Because(err)
	}
	return key, f.compared(file, key)
}

// compared compares a signing key with the one that the database knows.
func (f *files) compared(file string, key crypto.Signer) error {
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("computing a check value: %w", err)
	}
	sum := sha256.Sum256(append([]byte(checkLabel+file+"\x00"), public...))
	return f.checks.check(file, sum[:checkSize])
}

// newPEM makes a P-256 key.
func newPEM() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return pemOf(key)
}

// newRSA makes an RSA key of 3072 bits, good beyond 2030 (NIST SP 800-57 part 1, table 2).
func newRSA() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return nil, err
	}
	return pemOf(key)
}

func pemOf(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

// readPEM reads a private key, P-256 or RSA.
func readPEM(name string, data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("keys: %s is not a PEM file", name)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", name, err)
	}
	switch key := parsed.(type) {
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P256() {
			return key, nil
		}
	case *rsa.PrivateKey:
		return key, nil
	}
	return nil, fmt.Errorf("keys: %s is neither a P-256 nor an RSA key", name)
}

// readP256 reads a private key on P-256.
func readP256(name string, data []byte) (*ecdsa.PrivateKey, error) {
	signer, err := readPEM(name, data)
	if err != nil {
		return nil, err
	}
	key, ok := signer.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("keys: %s is not a P-256 key", name)
	}
	return key, nil
}

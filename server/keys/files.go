package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
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
func (f *files) known(file string) (*ecdsa.PrivateKey, error) {
	data, err := f.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, aboutFile(ErrGone, file)
	}
	if err != nil {
		return nil, err
	}
	return f.signingOf(file, data)
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

// signingOf reads the text of a signing key and compares it.
func (f *files) signingOf(file string, text []byte) (*ecdsa.PrivateKey, error) {
	key, err := readPEM(file, text)
	if err != nil {
		return nil, aboutFile(ErrDamaged, file).Because(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("computing a check value: %w", err)
	}
	sum := sha256.Sum256(append([]byte(checkLabel+file+"\x00"), public...))
	return key, f.checks.check(file, sum[:checkSize])
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

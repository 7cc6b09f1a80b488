// Package issuertest gives tests the keys that issuers, counters and phones sign with.
package issuertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"madoguchi/credential"
)

// NewPair makes a P-256 key: itself, and as credentials know it.
func NewPair(t testing.TB) (*ecdsa.PrivateKey, credential.Key) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.NewKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return private, key
}

// NewKey makes a key of which a test needs no more than what credentials do with it.
func NewKey(t testing.TB) credential.Key {
	t.Helper()
	_, key := NewPair(t)
	return key
}

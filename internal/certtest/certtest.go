// Package certtest makes the keys and certificates (RFC 5280) of parties that tests make up.
package certtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// Key makes a P-256 key.
func Key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Certificate signs a certificate of a public key; a template that is its own parent gives a root's.
func Certificate(
	t testing.TB, template, parent *x509.Certificate, public crypto.PublicKey, by crypto.Signer,
) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Authority is a certification authority.
type Authority struct {
	Key  *ecdsa.PrivateKey
	Cert *x509.Certificate
}

// NewAuthority makes an authority whose certificate is valid from one time to another.
func NewAuthority(t testing.TB, name string, from, until time.Time) Authority {
	t.Helper()
	key := Key(t)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             from,
		NotAfter:              until,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	return Authority{key, Certificate(t, template, template, &key.PublicKey, key)}
}

// Issue signs a certificate of somebody's public key.
func (a Authority) Issue(
	t testing.TB, template *x509.Certificate, public crypto.PublicKey,
) *x509.Certificate {
	t.Helper()
	return Certificate(t, template, a.Cert, public, a.Key)
}

// Roots is what somebody trusts who trusts this authority alone.
func (a Authority) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Cert)
	return pool
}

// Signer is who signs documents: a key, and its certificates, the authority's last.
type Signer struct {
	Key   crypto.Signer
	Chain []*x509.Certificate
}

// NewSigner makes 架空市, certified by an authority of its own, at a time within the certificates' dates.
func NewSigner(t testing.TB, at time.Time) Signer {
	t.Helper()
	authority := NewAuthority(t, "Test CA", at.Add(-time.Hour), at.AddDate(2, 0, 0))
	key := Key(t)
	own := authority.Issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "架空市"},
		NotBefore:    at.Add(-time.Hour),
		NotAfter:     at.AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, &key.PublicKey)
	return Signer{key, []*x509.Certificate{own, authority.Cert}}
}

// Root is the authority's certificate as a file has it (PEM).
func (s Signer) Root() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Chain[len(s.Chain)-1].Raw})
}

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// liveCA is the authority from which the parties of the live walk order certificates. Their programs know it
// by the system's own setting for roots, browsers by its key.
type liveCA struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	file        string // its certificate, PEM
	serial      int64
}

func newLiveCA(t *testing.T) *liveCA {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "架空認証局", Country: []string{"JP"}},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(10, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	ca := &liveCA{key: key, serial: 1, file: filepath.Join(t.TempDir(), "ca.pem")}
	if ca.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ca.file, ca.pem(der), 0o644); err != nil {
		t.Fatal(err)
	}
	return ca
}

func (ca *liveCA) pem(ders ...[]byte) (text []byte) {
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return text
}

// answer signs a certificate request (PKCS #10) for 90 days and returns it with its chain.
func (ca *liveCA) answer(t *testing.T, request []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(request)
	if block == nil {
		t.Fatalf("no certificate request: %s", request)
	}
	asked, err := x509.ParseCertificateRequest(block.Bytes)
	if err == nil {
		err = asked.CheckSignature()
	}
	if err != nil {
		t.Fatal(err)
	}
	return ca.issue(t, asked.Subject, asked.DNSNames, asked.PublicKey)
}

// issue signs a certificate and returns it with its chain.
func (ca *liveCA) issue(t *testing.T, subject pkix.Name, names []string, public any) []byte {
	t.Helper()
	ca.serial++
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(ca.serial),
		Subject:      subject,
		DNSNames:     names,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(0, 0, 90),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, ca.certificate, public, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return ca.pem(der, ca.certificate.Raw)
}

// pin is the CA's key as browsers are told to believe it: the SHA-256 of its SubjectPublicKeyInfo.
func (ca *liveCA) pin() string {
	sum := sha256.Sum256(ca.certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

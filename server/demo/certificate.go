//go:build !nodemo

package demo

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/durable"
	"madoguchi/server/insurer"
	"madoguchi/server/keys"
)

// The demo's CA for PDFs: made at the first start, its key in the demo's key folder (0600). Its certificate
// is for `verify --roots` and for pdfsig; it says DEMO in its name and is to be trusted by nobody.
const (
	AuthorityKey  = "DEMO-pdf-ca.pem"
	AuthorityFile = "DEMO-pdf-ca.crt"
	authorityName = "DEMO Madoguchi PDF CA - do not trust"
)

// Certify gives each of the demo's insurers a certificate for signing PDFs, on the way of real ones: request,
// answer, import. One of this CA's that works for a month more stays, and so does anybody else's.
func Certify(ring *keys.Folder, folder string, insurers []insurer.Insurer, now time.Time) error {
	key, err := ring.Signing(AuthorityKey)
	if err != nil {
		return err
	}
	authority, err := authorityOf(key, now)
	if err != nil {
		return fmt.Errorf("making the demo's CA: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw})
	if err := durable.WriteFile(filepath.Join(folder, AuthorityFile), text, durable.Options{}); err != nil {
		return fmt.Errorf("storing the demo's CA: %w", err)
	}
	for _, in := range insurers {
		_, chain, err := ring.Certificates.DocumentSigner(in.Number, now)
		var refused *eligibility.Error
		switch {
		case err == nil && chain[0].Issuer.CommonName != authorityName:
			continue // what somebody imported to try it out stays
		case err == nil && now.AddDate(0, 1, 0).Before(chain[0].NotAfter):
			continue
		case errors.As(err, &refused) && refused.Code == eligibility.Internal:
			continue // a damaged key file is the operator's to look at; copies go out unsigned meanwhile
		}
		if err := sign(ring.Certificates, in, key, authority, text, now); err != nil {
			return fmt.Errorf("certifying the demo's insurer %s: %w", in.Number, err)
		}
	}
	return nil
}

// authorityOf is the CA's certificate. It starts with its key's year and is the same at each start of that
// year.
func authorityOf(key *ecdsa.PrivateKey, now time.Time) (*x509.Certificate, error) {
	year := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(int64(now.Year())),
		Subject:               pkix.Name{CommonName: authorityName, Organization: []string{"DEMO"}},
		NotBefore:             year,
		NotAfter:              year.AddDate(5, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return issued(template, template, &key.PublicKey, key)
}

// sign plays the CA for one insurer.
func sign(
	certificates *keys.Certificates,
	in insurer.Insurer,
	key *ecdsa.PrivateKey,
	authority *x509.Certificate,
	root []byte,
	now time.Time,
) error {
	subject, err := keys.ParseSubject("CN=DEMO " + in.Name + ",O=DEMO " + in.Name + ",C=JP")
	if err != nil {
		return err
	}
	text, err := certificates.Request(in.Number, subject)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return err
	}
	serial := sha256.Sum256(append([]byte(now.UTC().Format(time.RFC3339)), in.Number...))
	own, err := issued(
		&x509.Certificate{
			SerialNumber: new(big.Int).SetBytes(serial[:15]),
			RawSubject:   request.RawSubject,
			NotBefore:    now.Add(-time.Hour),
			NotAfter:     now.AddDate(1, 0, 0),
			KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		},
		authority,
		request.PublicKey,
		key,
	)
	if err != nil {
		return err
	}
	chain := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Raw}), root...)
	_, err = certificates.Import(in.Number, chain, now)
	return err
}

func issued(template, parent *x509.Certificate, public any, by *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, template, parent, public, by) // RFC 6979
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

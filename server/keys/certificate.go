package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"madoguchi/eligibility"
)

// Refusals of a certificate.
var (
	ErrNoRequest       = &eligibility.Error{Code: eligibility.Conflict, Key: "certificate.no_request"}
	ErrDocumentKey     = &eligibility.Error{Code: eligibility.Internal, Key: "certificate.key"}
	ErrNoCertificate   = &eligibility.Error{Code: eligibility.NotFound, Key: "certificate.none"}
	ErrNotCertificates = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "certificate.form",
		Field: "cert",
	}
	ErrPrivateKeyInside = &eligibility.Error{
		Code:  eligibility.Denied,
		Key:   "certificate.private_key",
		Field: "cert",
	}
	ErrOtherKey = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "certificate.other_key",
		Field: "cert",
	}
	ErrNotYet = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "certificate.not_yet",
		Field: "cert",
	}
	ErrOver = &eligibility.Error{
		Code:  eligibility.Conflict,
		Key:   "certificate.over",
		Field: "cert",
	}
	ErrUsage = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "certificate.usage",
		Field: "cert",
	}
	ErrOrder = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "certificate.order",
		Field: "cert",
	}
	ErrChain = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "certificate.chain",
		Field: "cert",
	}
)

func documentKeyFile(insurer eligibility.InsurerNumber) string {
	return "pdf-" + string(insurer) + ".pem"
}
func certificateFile(insurer eligibility.InsurerNumber) string {
	return "pdf-" + string(insurer) + ".crt"
}

// Certificates are the keys that sign the insurers' PDFs, one an insurer, and what certification authorities
// say of them.
type Certificates struct{ files *files }

// Request returns a certificate request (PKCS #10, PEM) for an insurer's key that signs PDFs, which is made
// on the first call and stays the same: a certificate that is being renewed goes on signing until the new one
// is imported.
func (c *Certificates) Request(insurer eligibility.InsurerNumber, subject Subject) ([]byte, error) {
	if _, err := c.files.load(documentKeyFile(insurer), newPEM); err != nil {
		return nil, err
	}
	key, err := c.documentKey(insurer)
	if err != nil {
		return nil, err
	}
	template := &x509.CertificateRequest{RawSubject: subject.der, SignatureAlgorithm: x509.ECDSAWithSHA256}
	der, err := x509.CreateCertificateRequest(nil, template, key) // RFC 6979: the same request each time
	if err != nil {
		return nil, fmt.Errorf("making the certificate request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), nil
}

// Import stores the certificate of an insurer's PDF key and its chain: PEM, the insurer's first, each
// followed by its issuer; the root may be left out. Whatever is wrong is refused with the sentence of one of
// the errors above, and what was there stays.
func (c *Certificates) Import(
	insurer eligibility.InsurerNumber,
	text []byte,
	now time.Time,
) ([]*x509.Certificate, error) {
	key, err := c.documentKey(insurer)
	if err != nil {
		return nil, err
	}
	chain, err := readChain(text)
	if err != nil {
		return nil, err
	}
	if err := checkChain(chain, key, now); err != nil {
		return nil, err
	}
	var stored bytes.Buffer // what was checked, and no text around it
	for _, each := range chain {
		if err := pem.Encode(&stored, &pem.Block{Type: "CERTIFICATE", Bytes: each.Raw}); err != nil {
			return nil, fmt.Errorf("writing the certificate: %w", err)
		}
	}
	return chain, c.files.locked(func() error {
		return c.files.replace(certificateFile(insurer), stored.Bytes())
	})
}

// DocumentSigner returns the key that signs an insurer's PDFs and its certificates, the insurer's first. It
// returns ErrNoRequest or ErrNoCertificate while there is none, and ErrOver once it has expired.
func (c *Certificates) DocumentSigner(
	insurer eligibility.InsurerNumber,
	now time.Time,
) (crypto.Signer, []*x509.Certificate, error) {
	key, err := c.documentKey(insurer)
	if err != nil {
		return nil, nil, err
	}
	text, err := c.files.read(certificateFile(insurer))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, about(ErrNoCertificate, "insurer", string(insurer))
	}
	if err != nil {
		return nil, nil, err
	}
	chain, err := readChain(text)
	if err != nil {
		return nil, nil, err
	}
	if err := checkChain(chain, key, now); err != nil {
		return nil, nil, err
	}
	return key, chain, nil
}

func (c *Certificates) documentKey(insurer eligibility.InsurerNumber) (*ecdsa.PrivateKey, error) {
	data, err := c.files.read(documentKeyFile(insurer))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, about(ErrNoRequest, "insurer", string(insurer))
	}
	if err != nil {
		return nil, err
	}
	key, err := c.files.signingOf(documentKeyFile(insurer), data)
	if errors.Is(err, ErrDamaged) {
		return nil, about(ErrDocumentKey, "file", documentKeyFile(insurer)).Because(err)
	}
	return key, err
}

// readChain reads the certificates of a PEM text; what stands between them (subject lines of a CA's file) is
// ignored.
func readChain(text []byte) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if bytes.HasSuffix([]byte(block.Type), []byte("PRIVATE KEY")) {
			return nil, ErrPrivateKeyInside
		}
		if block.Type != "CERTIFICATE" {
			return nil, ErrNotCertificates.Because(fmt.Errorf("it holds a %s", block.Type))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, ErrNotCertificates.Because(err)
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, ErrNotCertificates
	}
	return chain, nil
}

// checkChain looks at a chain as RFC 5280 section 6 does, step by step, so that each fault gets its own
// sentence.
func checkChain(chain []*x509.Certificate, key *ecdsa.PrivateKey, now time.Time) error {
	if !key.PublicKey.Equal(chain[0].PublicKey) {
		return ErrOtherKey
	}
	for _, c := range chain {
		if now.Before(c.NotBefore) {
			return about(ErrNotYet, "subject", name(c), "at", minute(c.NotBefore))
		}
		if now.After(c.NotAfter) {
			return about(ErrOver, "subject", name(c), "at", minute(c.NotAfter))
		}
	}
	if use := chain[0].KeyUsage; use != 0 &&
		use&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return ErrUsage
	}
	for i, c := range chain[:len(chain)-1] {
		issuer := chain[i+1]
		if !bytes.Equal(c.RawIssuer, issuer.RawSubject) {
			return about(ErrOrder, "subject", name(c), "issuer", c.Issuer.String())
		}
		if err := c.CheckSignatureFrom(issuer); err != nil {
			return about(ErrChain, "subject", name(c), "issuer", name(issuer)).Because(err)
		}
	}
	// The rest of RFC 5280: path lengths, name constraints, critical extensions that nobody knows.
	last := chain[len(chain)-1]
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(last)
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if _, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		return about(ErrChain, "subject", name(chain[0]), "issuer", name(last)).Because(err)
	}
	return nil
}

func name(c *x509.Certificate) string { return c.Subject.String() }

// minute writes a time as people at the keyboard read it.
func minute(t time.Time) string { return t.In(eligibility.Japan).Format("2006-01-02 15:04 MST") }

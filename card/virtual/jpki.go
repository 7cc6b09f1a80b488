package virtual

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
)

//go:embed testkeys/user.pem
var userPEM []byte

//go:embed testkeys/signature.pem
var signaturePEM []byte

// authority is one of the two certificate authorities of the JPKI application, with a self-signed root.
type authority struct {
	root *x509.Certificate
	key  *rsa.PrivateKey
}

const (
	userAuthority      = "JPKI for user authentication"
	signatureAuthority = "JPKI for digital signature"
)

func newAuthority(key *rsa.PrivateKey, unit string) authority {
	root := &x509.Certificate{
		SerialNumber: big.NewInt(6),
		KeyUsage:     x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		Subject: pkix.Name{Country: []string{"JP"}, Organization: []string{"JPKI-TEST"},
			OrganizationalUnit: []string{unit, "Japan Agency for Local Authority Information Systems"}},
		NotBefore:             eligibility.MustDate("2016-01-01").Time(),
		NotAfter:              endOf(eligibility.MustDate("2043-06-30")),
		IsCA:                  true,
		BasicConstraintsValid: true,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
	return authority{newCertificate(root, root, key, &key.PublicKey), key}
}

// newCertificate has a certificate made. RSA signatures are deterministic, so a root made twice is the same.
func newCertificate(template, issuer *x509.Certificate, key *rsa.PrivateKey,
	public *rsa.PublicKey) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, public, key)
	if err != nil {
		panic("virtual: making a certificate: " + err.Error()) // the templates are ours
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic("virtual: reading a certificate: " + err.Error())
	}
	return c
}

// endOf is the last second of a day in Japan, when certificates end.
func endOf(d eligibility.Date) time.Time { return d.AddDays(1).Time().Add(-time.Second) }

// TestUserRoots returns the root that issues the user certificates of virtual cards.
func TestUserRoots() card.UserRoots {
	return card.UserRoots{newAuthority(readKey(userPEM), userAuthority).root}
}

// jpkiFiles are the contents of 公的個人認証 (docs/facts/my-number-card.md#jpki-files,
// docs/facts/jpki-and-certificates.md), made when one of them is first needed. The signature
// certificate lacks the four attributes of a real one, which nothing here reads.
type jpkiFiles struct {
	user, userCA, signature, signatureCA []byte
}

func newJPKIFiles(d Description, userKey, signatureKey *rsa.PrivateKey) jpkiFiles {
	user, signing := readKey(userPEM), readKey(signaturePEM)
	if d.Variant == ForgedIssuer {
		user, signing = lazyKey()(), lazyKey()()
	}
	userCA, signatureCA := newAuthority(user, userAuthority), newAuthority(signing, signatureAuthority)
	var serial [16]byte
	rand.Read(serial[:])
	template := func(subject pkix.Name, usage x509.KeyUsage) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber:       new(big.Int).SetBytes(serial[:8]),
			Subject:            subject,
			KeyUsage:           usage,
			NotBefore:          d.CertificateFrom.Time(),
			NotAfter:           endOf(d.CertificateUntil),
			SignatureAlgorithm: x509.SHA256WithRSA,
		}
	}
	opaque := strings.ToUpper(fmt.Sprintf("%x", serial))
	return jpkiFiles{
		user: newCertificate(template(pkix.Name{Country: []string{"JP"}, CommonName: opaque + "001A"},
			x509.KeyUsageDigitalSignature),
			userCA.root, user, &userKey.PublicKey).Raw,
		userCA: userCA.root.Raw,
		signature: newCertificate(template(pkix.Name{Country: []string{"JP"}, Locality: []string{"Kakuu-shi"},
			CommonName: opaque + "002A"},
			x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment), signatureCA.root, signing,
			&signatureKey.PublicKey).Raw,
		signatureCA: signatureCA.root.Raw,
	}
}

// lazyJPKI makes the certificates and their keys on first use.
func lazyJPKI(d Description, userKey, signatureKey func() *rsa.PrivateKey) func() jpkiFiles {
	return sync.OnceValue(func() jpkiFiles { return newJPKIFiles(d, userKey(), signatureKey()) })
}

// tokenLabel is JPKI 0006: 160 bytes, the first 32 the label.
func tokenLabel(v Variant) []byte {
	label := map[Variant]string{
		Phone:   "JPKIAPGPSETOKEN",
		IPhone:  "JPKIAPIOSTOKEN",
		OldCard: "JPKIAPICCTOKEN",
	}[v]
	if label == "" {
		label = "JPKIAPICCTOKEN2"
	}
	return append(fmt.Appendf(nil, "%-32s", label), make([]byte, 128)...)
}

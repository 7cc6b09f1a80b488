package sign_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
	"madoguchi/pdf"
)

// at is when the documents of these tests are signed. poppler judges certificates by the real clock.
var at = time.Now().In(eligibility.Japan).Truncate(time.Second)

// identity is a key with its chain: own certificate, CA.
type identity struct{ certtest.Signer }

func (i identity) roots() *x509.CertPool {
	return certtest.Authority{Cert: i.Chain[len(i.Chain)-1]}.Roots()
}

// newIdentity makes a CA and a certificate for signing, P-256 or RSA.
func newIdentity(t testing.TB, kind string, ends time.Time) identity {
	t.Helper()
	ca := certtest.NewAuthority(t, "Test Root "+kind, at.Add(-48*time.Hour), at.AddDate(5, 0, 0))
	var key crypto.Signer = certtest.Key(t)
	if kind == "RSA" {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			t.Fatal(err)
		}
	}
	own := ca.Issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(200),
		Subject:      pkix.Name{CommonName: "架空市 " + kind},
		NotBefore:    at.Add(-48 * time.Hour),
		NotAfter:     ends,
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}, key.Public())
	return identity{certtest.Signer{Key: key, Chain: []*x509.Certificate{own, ca.Cert}}}
}

func fresh(t testing.TB, kind string) identity {
	return newIdentity(t, kind, at.AddDate(1, 0, 0))
}

// sheet is a document that gopdf composed.
func sheet(t testing.TB) []byte {
	t.Helper()
	data, _, err := pdf.EligibilitySheet(
		pdf.Sheet{
			Person: eligibility.Person{
				Insurer:   "00138990",
				Number:    "0001234",
				Name:      "髙橋 德一",
				BirthDate: eligibility.MustDate("1955-07-01"),
			},
			InsurerName: "架空市",
			Issuer:      "架空市長",
			Telephone:   "03-0000-0000",
			IssuedAt:    at,
			Registered:  eligibility.MustDate("2026-11-01"),
			Expires:     eligibility.MustDate("2027-03-01"),
			Code:        pdf.CodeMatrix{Size: 21, Black: func(x, y int) bool { return x*y%3 == 0 }},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func written(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t testing.TB, program string, args ...string) (string, error) {
	t.Helper()
	testenv.Need(t, program)
	out, err := exec.Command(program, args...).CombinedOutput()
	return string(out), err
}

func mustRun(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := run(t, program, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return out
}

func pemFile(t testing.TB, certificates ...*x509.Certificate) string {
	t.Helper()
	var b bytes.Buffer
	for _, c := range certificates {
		if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			t.Fatal(err)
		}
	}
	return written(t, "certificates.pem", b.Bytes())
}

// nssStore is a certificate store of the test's own that trusts these CAs, for poppler.
func nssStore(t testing.TB, authorities ...*x509.Certificate) string {
	t.Helper()
	dir := t.TempDir()
	mustRun(t, "certutil", "-N", "--empty-password", "-d", "sql:"+dir)
	for _, c := range authorities {
		mustRun(t, "certutil", "-A", "-d", "sql:"+dir, "-n", c.Subject.CommonName, "-t", "CT,CT,CT", "-i",
			pemFile(t, c), "-a")
	}
	return dir
}

// pdfsig returns what poppler says.
func pdfsig(t testing.TB, store string, data []byte) string {
	t.Helper()
	// the exit code varies between versions
	out, _ := run(t, "pdfsig", "-nssdir", "sql:"+store, written(t, "signed.pdf", data))
	return out
}

func count(t testing.TB, text, part string, want int) {
	t.Helper()
	if got := strings.Count(text, part); got != want {
		t.Errorf("%q stands there %d times, want %d:\n%s", part, got, want, text)
	}
}

//go:build !nodemo

package demo

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/server/keys"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)

const city eligibility.InsurerNumber = "00138990"

// newFolder is a demo's data folder with its key folder.
func newFolder(t *testing.T) (ring *keys.Folder, folder string) {
	t.Helper()
	folder = t.TempDir()
	ring, err := keys.Open(filepath.Join(folder, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return ring, folder
}

func certify(t *testing.T, ring *keys.Folder, folder string, now time.Time) {
	t.Helper()
	if err := Certify(ring, folder, Insurers, now); err != nil {
		t.Fatal(err)
	}
}

// leaf is an insurer's certificate, as it signs at a time.
func leaf(
	t *testing.T, ring *keys.Folder, insurer eligibility.InsurerNumber, now time.Time,
) *x509.Certificate {
	t.Helper()
	key, chain, err := ring.Certificates.DocumentSigner(insurer, now)
	if err != nil {
		t.Fatal(err)
	}
	if public, ok := chain[0].PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(key.Public()) {
		t.Errorf("%s: the certificate is of another key", insurer)
	}
	return chain[0]
}

// authority reads the CA's certificate as an operator hands it to verify --roots (docs/keys.md).
func authority(t *testing.T, folder string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, AuthorityFile))
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		t.Fatalf("%s", text)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// docs/keys.md: the demo makes a CA of its own and certificates by it; trust it nowhere.
func TestEachInsurerOfTheDemoGetsACertificateThatNobodyTakesForReal(t *testing.T) {
	ring, folder := newFolder(t)
	certify(t, ring, folder, noon)
	ca := authority(t, folder)
	name := ca.Subject.CommonName
	if !strings.Contains(name, "DEMO") || !strings.Contains(name, "do not trust") {
		t.Errorf("the CA is called %s", ca.Subject)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for _, in := range Insurers {
		t.Run(string(in.Number), func(t *testing.T) {
			c := leaf(t, ring, in.Number, noon)
			_, err := c.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: noon,
				KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
			if err != nil {
				t.Error(err)
			}
			if c.Subject.CommonName != "DEMO "+in.Name {
				t.Errorf("it is called %s", c.Subject)
			}
			if c.IsCA || c.KeyUsage&x509.KeyUsageCertSign != 0 ||
				c.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
				t.Errorf("it may do %b, a CA: %v", c.KeyUsage, c.IsCA)
			}
			if !c.NotAfter.Equal(noon.AddDate(1, 0, 0)) {
				t.Errorf("it ends at %s", c.NotAfter)
			}
		})
	}
	if len(Insurers) < 2 || leaf(t, ring, Insurers[0].Number, noon).PublicKey.(*ecdsa.PublicKey).Equal(
		leaf(t, ring, Insurers[1].Number, noon).PublicKey) {
		t.Error("two insurers share a key")
	}
}

func TestACertificateStaysUntilItsLastMonth(t *testing.T) {
	end := noon.AddDate(1, 0, 0)
	for _, c := range []struct {
		name string
		next time.Time
		same bool
	}{
		{"the same minute", noon.Add(time.Minute), true},
		{"the next day", noon.AddDate(0, 0, 1), true},
		{"a month and a second before its end", noon.AddDate(0, 11, 0).Add(-time.Second), true},
		{"a month before its end", noon.AddDate(0, 11, 0), false},
		{"after its end", end.AddDate(0, 0, 1), false},
		{"after years", noon.AddDate(3, 0, 0), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ring, folder := newFolder(t)
			certify(t, ring, folder, noon)
			before := leaf(t, ring, city, noon)
			certify(t, ring, folder, c.next)
			after := leaf(t, ring, city, c.next)
			if before.Equal(after) != c.same {
				t.Errorf("the same: %v, want %v", !c.same, c.same)
			}
			if !before.PublicKey.(*ecdsa.PublicKey).Equal(after.PublicKey) {
				t.Error("a renewed certificate is of another key")
			}
			if !c.same && !after.NotAfter.Equal(c.next.AddDate(1, 0, 0)) {
				t.Errorf("the new one ends at %s", after.NotAfter)
			}
		})
	}
}

// The CA's key stays, and its certificate is the same at each start of a year.
func TestTheAuthorityIsTheSameAtEachStart(t *testing.T) {
	ring, folder := newFolder(t)
	certify(t, ring, folder, noon)
	first := authority(t, folder)
	certify(t, ring, folder, noon.AddDate(0, 0, 30))
	if again := authority(t, folder); !again.Equal(first) {
		t.Error("a month later it is another")
	}
	certify(t, ring, folder, noon.AddDate(0, 0, 45)) // in 2027
	next := authority(t, folder)
	if next.Equal(first) || !next.PublicKey.(*ecdsa.PublicKey).Equal(first.PublicKey) {
		t.Error("in the next year it is the same certificate, or another key")
	}
	info, err := os.Stat(filepath.Join(folder, "keys", AuthorityKey))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// imported gives an insurer a certificate of somebody else's CA.
func imported(t *testing.T, ring *keys.Folder, insurer eligibility.InsurerNumber, end time.Time) {
	t.Helper()
	subject, err := keys.ParseSubject("CN=架空市,C=JP")
	if err != nil {
		t.Fatal(err)
	}
	text, err := ring.Certificates.Request(insurer, subject)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	by := certtest.Key(t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1),
		RawSubject:   request.RawSubject,
		NotBefore:    noon.Add(-time.Hour),
		NotAfter:     end,
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "Another CA"}}, request.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if _, err := ring.Certificates.Import(insurer, own, noon); err != nil {
		t.Fatal(err)
	}
}

// What somebody imported to try it out stays, also in its last month; once it is over the demo's comes.
func TestACertificateOfAnotherAuthorityStays(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		want string // who issued what signs then
	}{
		{"at once", noon, "Another CA"},
		{"on its last day", noon.AddDate(0, 0, 9), "Another CA"},
		{"once it is over", noon.AddDate(0, 0, 11), authorityName},
	} {
		t.Run(c.name, func(t *testing.T) {
			ring, folder := newFolder(t)
			imported(t, ring, city, noon.AddDate(0, 0, 10))
			certify(t, ring, folder, c.at)
			if got := leaf(t, ring, city, c.at).Issuer.CommonName; got != c.want {
				t.Errorf("by %s, want %s", got, c.want)
			}
		})
	}
}

// docs/keys.md: a damaged key file is the operator's to look at; it is not made anew, and the others sign.
func TestADamagedKeyIsLeftAlone(t *testing.T) {
	ring, folder := newFolder(t)
	certify(t, ring, folder, noon)
	file := filepath.Join(folder, "keys", "pdf-"+string(city)+".pem")
	damaged := []byte("-----BEGIN PRIVATE KEY-----\n")
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	later := noon.AddDate(1, 0, 1)
	certify(t, ring, folder, later)
	if text, err := os.ReadFile(file); err != nil || !bytes.Equal(text, damaged) {
		t.Errorf("the file became %q %v", text, err)
	}
	if _, _, err := ring.Certificates.DocumentSigner(city, later); err == nil {
		t.Error("a damaged key signs")
	}
	leaf(t, ring, Insurers[1].Number, later)
}

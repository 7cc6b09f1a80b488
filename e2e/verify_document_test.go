package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
)

// signatory is an insurer's key for PDFs, its certificate, and the CA's.
type signatory struct {
	key   *ecdsa.PrivateKey
	chain []*x509.Certificate
}

func newSignatory(t *testing.T, at time.Time) signatory {
	t.Helper()
	make := func(template, parent *x509.Certificate, public *ecdsa.PublicKey,
		by *ecdsa.PrivateKey) *x509.Certificate {
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
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"},
		NotBefore: at.Add(-time.Hour), NotAfter: at.AddDate(2, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	ca := make(root, root, &authority.PublicKey, authority)
	leaf := make(&x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "架空市"},
		NotBefore: at.Add(-time.Hour), NotAfter: at.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature}, ca, &own.PublicKey, authority)
	return signatory{own, []*x509.Certificate{leaf, ca}}
}

func (s signatory) root() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.chain[1].Raw})
}

func (s signatory) sign(t *testing.T, document []byte, at time.Time, jws string) []byte {
	t.Helper()
	data, err := sign.Sign(document, s.key, s.chain, at, sign.Options{Credential: jws})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// codeless is a sheet on which no code is to be seen.
func codeless(t *testing.T) []byte {
	t.Helper()
	return sheetWith(t, pdf.CodeMatrix{Size: 21, Black: func(int, int) bool { return false }})
}

func described(t *testing.T, document []byte, at time.Time, jws string) []byte {
	t.Helper()
	data, err := sign.Describe(document, at, sign.Options{Credential: jws})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestVerifyReadsAPDFsPacketAndSignature(t *testing.T) {
	b := newBench(t)
	request := credential.Request{Tier: credential.TierSaved, RID: 4711, Expires: credential.LatestEnd(b.at)}
	paper := b.issue(t, request)
	request.RID = 4712
	other := b.issue(t, request)
	insurer, stranger := newSignatory(t, b.at), newSignatory(t, b.at)
	signed := insurer.sign(t, sheet(t, paper), b.at, paper)
	tampered := bytes.Clone(signed)
	tampered[bytes.Index(tampered, []byte("/Title"))+15] ^= 1
	forged := described(t, codeless(t), b.at, altered(paper))
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"root.pem", insurer.root()},
		{"stranger.pem", stranger.root()},
		{"signed.pdf", signed},
		{"tampered.pdf", tampered},
		{"longer.pdf", append(bytes.Clone(signed), "\n% more\n"...)},
		{"unsigned.pdf", described(t, sheet(t, paper), b.at, paper)},
		{"packet.pdf", described(t, codeless(t), b.at, paper)},
		{"signed-packet.pdf", insurer.sign(t, codeless(t), b.at, paper)},
		{"mismatch.pdf", insurer.sign(t, sheet(t, paper), b.at, other)},
		{"two-packets.pdf", append(described(t, codeless(t), b.at, paper),
			described(t, codeless(t), b.at, other)...)},
		{"two-codes.pdf", append(sheet(t, paper), sheet(t, other)...)},
		{"code-twice.pdf", append(sheet(t, paper), sheet(t, paper)...)},
		{"forged.pdf", forged},
		{"hidden.pdf", bytes.Replace(signed, []byte("/ByteRange"),
			[]byte("/ByteRangf"), 1)},
		{"none.pdf", codeless(t)},
	} {
		b.write(t, c.name, c.data)
	}
	for _, c := range []struct {
		args, document, match string
		code                  int
	}{
		{"signed.pdf --roots root.pem", "passed", "passed", 0},
		{"signed.pdf", "not checked", "passed", 0},
		{"signed.pdf --roots stranger.pem", "failed", "passed", 1},
		{"tampered.pdf --roots root.pem", "failed", "passed", 1},
		{"tampered.pdf", "failed", "passed", 1},
		{"hidden.pdf --roots root.pem", "failed", "passed", 1},
		{"longer.pdf --roots root.pem", "failed", "passed", 1},
		{"unsigned.pdf --roots root.pem", "not checked", "passed", 0},
		{"packet.pdf", "not checked", "passed", 0},
		{"signed-packet.pdf --roots root.pem", "passed", "passed", 0},
		{"mismatch.pdf --roots root.pem", "passed", "failed", 1},
		{"two-packets.pdf", "not checked", "failed", 1},
		{"two-codes.pdf", "not checked", "failed", 1},
		{"code-twice.pdf", "not checked", "", 0},
		{"forged.pdf", "not checked", "passed", 1},
		{"none.pdf", "", "", 2},
		{"signed.pdf --roots signed.pdf", "", "", 2},
		{"signed.pdf --roots nowhere.pem", "", "", 2},
	} {
		t.Run(c.args, func(t *testing.T) {
			v, answered := b.verify(t, c.code, "--trust trust "+c.args)
			if !answered {
				return
			}
			got := map[string]string{}
			for i, check := range v.Checks {
				got[check.Name] = check.Result
				if check.Reason == "" || check.En == "" || i > 0 && v.Checks[i-1].Result == "passed" &&
					check.Result != "passed" {
					t.Errorf("%s: check %d: %+v", c.args, i, v.Checks)
				}
			}
			if got["document"] != c.document || got["match"] != c.match {
				t.Errorf("%s: %+v", c.args, v)
			}
		})
	}
}

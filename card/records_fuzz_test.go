package card

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"

	"madoguchi/eligibility"
)

func FuzzParseCVCertificate(f *testing.F) {
	f.Add([]byte{0x7F, 0x21, 0x82, 0x00, 0x01, 0x00})
	body := append(make([]byte, 32),
		append([]byte{0x90, 3, 1, 0, 1, 0x91, 0x82, 1, 0}, bytes.Repeat([]byte{0xC1}, 256)...)...)
	f.Add(tagged(0x7F21, tagged(0x5F4E, body), tagged(0x5F37, make([]byte, 256))))
	point := append([]byte{0x04}, make([]byte, 96)...)
	f.Add(tagged(0x7F21, tagged(0x5F4E, make([]byte, 32),
		tagged(0x7F49, []byte{0x06, 0x0A}, []byte(ecdsaSHA384), tagged(0x86, point))),
		tagged(0x5F37, make([]byte, 96))))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseCVCertificate(data)
		if err == nil && (c.key == nil || len(c.issuer) != 32 || c.signedBy(nil)) {
			t.Errorf("%+v", c)
		}
		if err == nil && c.key.verify(c.body, c.signature) && c.key.verify(nil, c.signature) {
			t.Error("one signature fits two texts")
		}
	})
}

func FuzzParseText(f *testing.F) {
	f.Add(tagged(0xFF20, tagged(0xDF21, make([]byte, 8)), tagged(0xDF22, []byte("試験　太郎")),
		tagged(0xDF23, []byte("架空市")), tagged(0xDF24, []byte("19800217")), tagged(0xDF25, []byte("1"))))
	f.Add(tagged(0xFF30, tagged(0xDF31, make([]byte, 32)), tagged(0xDF32, make([]byte, 32)),
		tagged(0xDF33, make([]byte, 256))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, ok := parsePerson(data); ok && (r.Name == "" || !r.BirthDate.Exact()) {
			t.Errorf("%+v", r)
		}
		if h := examineHashes(data, data, data); h.signed && h.fit {
			t.Error("random bytes are a signed record")
		}
	})
}

func FuzzParseFace(f *testing.F) {
	f.Add(tagged(0xFF20, tagged(0xDF22, []byte("19800217")), tagged(0xDF23, []byte("1")), tagged(0xDF24),
		tagged(0xDF25), tagged(0xDF26), tagged(0xDF27), tagged(0xDF28)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e FaceEvidence
		pictures, ok := parseFace(data, &e)
		if ok && (len(e.Digests.Texts) != 32 || !bytes.HasPrefix(pictures.Photo, []byte{0xDF, 0x27})) {
			t.Errorf("%+v", pictures)
		}
		if r := VerifyFace(e, eligibility.MustDate("1980-02-17"), [32]byte{}, nil); r.Outcome.Passed() {
			t.Error("random bytes are a signed record")
		}
	})
}

// The dates of whatever DER lies in the certificate's file are read or refused.
func FuzzCertificateDates(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	issue := func(c x509.Certificate) []byte {
		c.SerialNumber, c.NotBefore = big.NewInt(1), eligibility.MustDate("2026-04-01").Time()
		c.NotAfter = eligibility.MustDate(
			"2030-07-01").Time()
		der, err := x509.CreateCertificate(rand.Reader, &c, &c, &key.PublicKey, key)
		if err != nil {
			f.Fatal(err)
		}
		return der
	}
	der := issue(x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	root, err := x509.ParseCertificate(der)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Add(issue(x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature}))
	f.Add([]byte{0x30, 0x82, 0x00, 0x02, 0x30, 0x00})
	f.Fuzz(func(t *testing.T, der []byte) {
		for _, roots := range []UserRoots{nil, {root}} {
			dates, r := datesPlan.begin().verifyDates(der, eligibility.MustDate("2026-11-25"), roots)
			good := r.Outcome == Confirmed || r.Outcome == Unverified
			if good && (!dates.Until.Exact() || dates.State == "") ||
				!good && dates != (CertificateDates{}) || roots == nil && r.Outcome == Confirmed {
				t.Errorf("%+v %+v", dates, r)
			}
		}
	})
}

package card_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// A certificate that ends on 2026-08-20: three months after is 2026-11-20, the last day of the third
// month after the month of expiry is 2026-11-30
// (docs/facts/cards-and-certificates.md#three-months-of-grace).
func TestStateOfTheCertificateFollowsItsLastDay(t *testing.T) {
	chip := insert(t, virtual.Description{CertificateFrom: eligibility.MustDate("2021-09-01"),
		CertificateUntil: eligibility.MustDate("2026-08-20")})
	for _, want := range []struct {
		day   string
		state eligibility.CertificateState
		key   string
	}{
		{"2026-08-20", eligibility.CertificateValid, "card.certificate_valid"},
		{"2026-08-21", eligibility.CertificateGrace, "card.certificate_grace"},
		{"2026-11-30", eligibility.CertificateGrace, "card.certificate_grace"},
		{"2026-12-01", eligibility.CertificateExpired, "card.certificate_expired"},
	} {
		t.Run(want.day, func(t *testing.T) {
			chip.Insert()
			s, w := open(t, chip)
			dates, r := card.CheckCertificate(context.Background(), s, eligibility.MustDate(want.day),
				virtual.TestUserRoots())
			if r.Outcome != card.Confirmed || r.Key != want.key || dates.State != want.state ||
				w.verifies != 0 {
				t.Errorf("%+v %+v", dates, r)
			}
			if dates.Until.String() != "2026-08-20" || dates.MayWorkTo.String() != "2026-11-30" ||
				dates.WarnUntil.String() != "2026-11-20" {
				t.Errorf("%+v", dates)
			}
			if len(r.NotProven) == 0 || !strings.Contains(r.Text("ja"), "このPCのエージェントが確認") {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestNothingButDatesIsKeptOfACertificate(t *testing.T) {
	s, w := open(t, insert(t, virtual.Description{}))
	var der []byte
	w.change = func(p place, content []byte) []byte {
		if p == (place{"jpki", 0x000A}) {
			der = content
		}
		return nil
	}
	dates, r := card.CheckCertificate(context.Background(), s, today, virtual.TestUserRoots())
	n := 4 + int(der[2])<<8 + int(der[3])
	c, err := x509.ParseCertificate(der[:n])
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal([]any{dates, r})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{c.Subject.CommonName, c.SerialNumber.String(), c.SerialNumber.Text(16)} {
		if strings.Contains(strings.ToUpper(string(said)), strings.ToUpper(secret)) {
			t.Errorf("%s is given away", secret)
		}
	}
}

func TestWithoutRootsTheDatesAreUnverified(t *testing.T) {
	s, _ := open(t, insert(t, virtual.Description{}))
	dates, r := card.CheckCertificate(context.Background(), s, today, nil)
	if r.Outcome != card.Unverified || dates.State != eligibility.CertificateValid {
		t.Errorf("%+v %+v", dates, r)
	}
}

// made has certificates made by crypto/x509 that a card should not hold.
type made struct {
	ca  *x509.Certificate
	key *ecdsa.PrivateKey
}

func makeCA(t *testing.T, change func(*x509.Certificate)) made {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               virtual.TestUserRoots()[0].Subject,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
		NotBefore:             day("2023-07-01"),
		NotAfter:              day("2033-07-01"),
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made{ca, key}
}

func (m made) leaf(t *testing.T, change func(*x509.Certificate)) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: "X"},
		KeyUsage:     x509.KeyUsageDigitalSignature,
		NotBefore:    day("2026-04-01"),
		NotAfter:     day("2030-07-01"),
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, m.ca, &m.key.PublicKey, m.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func day(s string) time.Time { return eligibility.MustDate(s).Time() }

func TestCertificatesThatSayNothing(t *testing.T) {
	same := func(*x509.Certificate) {}
	root := makeCA(t, same)
	// All generations of the real CA bear one name: the second root has the name of the first and another
	// key.
	roots := card.UserRoots{makeCA(t, same).ca, root.ca}
	unusable := makeCA(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	noCA := makeCA(t, func(c *x509.Certificate) { c.IsCA = false })
	ended := makeCA(t, func(c *x509.Certificate) { c.NotAfter = day("2025-10-01") })
	for _, c := range []struct {
		name  string
		der   []byte
		roots card.UserRoots
		want  card.Outcome
		key   string
	}{
		{"right, by the second root", root.leaf(t, same), roots, card.Confirmed, "card.certificate_valid"},
		{"issued by another of its name", makeCA(t, same).leaf(t, same), roots, card.Refused,
			"card.certificate_issuer"},
		{"signature certificate",
			root.leaf(t, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageContentCommitment }), roots,
			card.Refused, "card.certificate_purpose"},
		{"no key usage", root.leaf(t, func(c *x509.Certificate) { c.KeyUsage = 0 }), roots, card.Refused,
			"card.certificate_purpose"},
		{"a CA's", root.leaf(t, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }),
			roots, card.Refused, "card.certificate_purpose"},
		{"unknown critical extension", root.leaf(t, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), roots, card.Refused, "card.certificate_purpose"},
		{"not begun", root.leaf(t, func(c *x509.Certificate) { c.NotBefore = day("2026-11-26") }), roots,
			card.Refused, "card.certificate_not_begun"},
		{"root may not sign", unusable.leaf(t, same), card.UserRoots{unusable.ca}, card.Refused,
			"card.certificate_issuer"},
		{"root is no CA", noCA.leaf(t, same), card.UserRoots{noCA.ca}, card.Refused,
			"card.certificate_issuer"},
		{"issued after the root's end", ended.leaf(t, same), card.UserRoots{ended.ca}, card.Refused,
			"card.certificate_issuer"},
		{"garbage", []byte{0x30, 0x82, 0x00, 0x01, 0x00}, roots, card.Refused, "card.certificate_purpose"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, w := open(t, insert(t, virtual.Description{}))
			w.change = func(p place, _ []byte) []byte {
				if p == (place{"jpki", 0x000A}) {
					return append(c.der, 0xFF, 0xFF, 0xFF)
				}
				return nil
			}
			dates, r := card.CheckCertificate(context.Background(), s, today, c.roots)
			if r.Outcome != c.want || r.Key != c.key ||
				c.want == card.Refused && dates != (card.CertificateDates{}) {
				t.Errorf("%+v %+v", dates, r)
			}
		})
	}
}

func TestCertificateOfAForgedCardOrAPhoneIsRefused(t *testing.T) {
	for _, c := range []struct {
		variant virtual.Variant
		key     string
	}{
		{virtual.ForgedIssuer, "card.certificate_issuer"},
		{virtual.Phone, "card.phone"},
		{virtual.IPhone, "card.phone"},
		{virtual.OldCard, "card.juki"},
	} {
		t.Run(fmt.Sprint(c.variant), func(t *testing.T) {
			s, _ := open(t, insert(t, virtual.Description{Variant: c.variant}))
			_, r := card.CheckCertificate(context.Background(), s, today, virtual.TestUserRoots())
			if r.Outcome != card.Refused || r.Key != c.key {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestUserRootsAreReadFromPEM(t *testing.T) {
	block := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	ca := makeCA(t, func(*x509.Certificate) {})
	two := append(block("CERTIFICATE", ca.ca.Raw), block("CERTIFICATE", virtual.TestUserRoots()[0].Raw)...)
	if roots, err := card.ParseUserRoots(two); err != nil || len(roots) != 2 {
		t.Errorf("%v %v", roots, err)
	}
	leaf := ca.leaf(t, func(*x509.Certificate) {})
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"nothing", nil},
		{"a user's", block("CERTIFICATE", leaf)},
		{"another block", block("KEY", ca.ca.Raw)},
		{"garbage", block("CERTIFICATE", []byte{1})},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := card.ParseUserRoots(c.data); err == nil {
				t.Errorf("%s was read", c.name)
			}
		})
	}
}

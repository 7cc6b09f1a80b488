package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
)

// hsm stands for a signer outside this process: it knows nothing but crypto.Signer, and may be out of order.
type hsm struct {
	*ecdsa.PrivateKey
	answer []byte
	err    error
}

// Sign hides the private key's type from the code under test.
func (h hsm) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if h.answer != nil || h.err != nil {
		return h.answer, h.err
	}
	return h.PrivateKey.Sign(random, digest, opts)
}

func TestKeyInAnHSMSignsTheSameWay(t *testing.T) {
	private := certtest.Key(t)
	key, err := NewKey(hsm{PrivateKey: private})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // r and s are sometimes shorter than 32 bytes in DER
		v := (Verifier{Trust: trusting(key), Now: issuedAt}).Verify(
			issue(t, key, Request{Tier: TierLive}).JWS,
		)
		if !v.Valid {
			t.Fatalf("%+v", v.Checks)
		}
	}
	for _, c := range []struct {
		name   string
		broken hsm
	}{
		{"unreachable", hsm{private, nil, errors.New("no token")}},
		{"rubbish", hsm{private, []byte("rubbish"), nil}},
		{"bytes behind", hsm{private, []byte{0x30, 6, 2, 1, 1, 2, 1, 1, 0}, nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			key.signer = c.broken
			out, err := Issue(testISS, key, Request{Person: tokuichi, InsurerName: "架空市", Tier: TierLive},
				issuedAt)
			if err == nil {
				t.Errorf("%q", out.JWS)
			}
			if _, err := SignJWT(key, trustType, TrustList{}); err == nil {
				t.Errorf("a list was signed")
			}
		})
	}
}

func TestOnlyP256KeysServe(t *testing.T) {
	big, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		signer crypto.Signer
	}{
		{"P-384", big},
		{"Ed25519", ed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewKey(c.signer); err == nil {
				t.Errorf("%s was taken", c.name)
			}
		})
	}
	if _, err := Thumbprint(&big.PublicKey); err == nil {
		t.Error("a P-384 key has a thumbprint")
	}
	if _, err := (PublicKey{ID: "x", Key: &big.PublicKey}).MarshalJSON(); err == nil {
		t.Error("a P-384 key was published")
	}
	key := newKey(t)
	x, y, err := coordinates(key.public)
	if err != nil {
		t.Fatal(err)
	}
	if read, err := ReadDeviceKey(x, y); err != nil || read.ID != key.ID {
		t.Errorf("a phone's key: %v", err)
	}
	for _, bad := range [][2]string{{y, x}, {x, ""}, {x + "=", y}, {x, y[:42]}, {x, x}} {
		if _, err := ReadDeviceKey(bad[0], bad[1]); err == nil {
			t.Errorf("%v was taken for a phone's key", bad)
		}
	}
}

func TestRequestsBeyondTheirTierAreNotSigned(t *testing.T) {
	key := newKey(t)
	// issued in November: the first day of the fourth month after
	end := eligibility.MustDate("2027-03-01").Time()
	for _, c := range []struct {
		name string
		r    Request
	}{
		{"no tier", Request{}},
		{"an unknown tier", Request{Tier: "paper"}},
		{"a screen without a phone", Request{Tier: TierOffline}},
		{"a screen of a whole key", Request{Tier: TierOffline, DeviceKeyID: strings.Repeat("A", 43)}},
		{"a copy without an end", Request{Tier: TierSaved}},
		{"a copy that has ended", Request{Tier: TierSaved, Expires: issuedAt}},
		{"a copy a second too long", Request{Tier: TierSaved, Expires: end.Add(time.Second)}},
		{"a copy beyond the indices", Request{Tier: TierSaved, Expires: end, RID: MaxRID}},
		{"a share above all", Request{Tier: TierLive, Share: 101}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.Person, c.r.InsurerName = tokuichi, "架空市"
			if out, err := Issue(testISS, key, c.r, issuedAt); err == nil {
				t.Errorf("%q", out.JWS)
			}
		})
	}
	for _, iss := range []string{"", "http://localhost/i/00138990", testISS + "/", "https://a@b/i/00138990"} {
		_, err := Issue(iss, key, Request{Person: tokuichi, InsurerName: "架空市", Tier: TierLive}, issuedAt)
		if err != ErrUnverifiable {
			t.Errorf("%q: %v", iss, err)
		}
	}
	if _, err := encodeJSON(math.NaN()); err == nil {
		t.Error("NaN has a JSON form")
	}
	if _, err := SignJWT(key, trustType, math.NaN()); err == nil {
		t.Error("NaN was signed")
	}
}

func TestTooLongACardIsNotDrawn(t *testing.T) {
	for _, jws := range []string{strings.Repeat("A", MaxJWS+1), strings.Repeat("A", 5000)} {
		if _, err := QRMatrix(jws); err != ErrTooLong {
			t.Errorf("%d characters: %v", len(jws), err)
		}
	}
	// version 22: 4·22 + 17 modules
	if qr, err := QRMatrix(strings.Repeat("z", MaxJWS)); err != nil || qr.Size != 105 {
		t.Errorf("%d characters: %d modules, %v", MaxJWS, qr.Size, err)
	}
}

// The calls between hosts read the list too.
func TestTrustListFindsWhomItNames(t *testing.T) {
	key := newKey(t)
	list := trusting(key)
	list.Counters = []TrustedCounter{{URL: "https://desk.example.jp", Name: "架空医院",
		JWKS: KeySet{key.Public()}}}
	if c, ok := list.CounterByURL("https://desk.example.jp"); !ok || c.Name != "架空医院" {
		t.Error("the counter is not found")
	}
	if _, ok := list.CounterByURL("https://desk.example.jp/"); ok {
		t.Error("another address is found")
	}
	if i, ok := list.IssuerByISS(testISS); !ok || i.Name != "架空市" {
		t.Error("the issuer is not found")
	}
	if err := list.Check(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		name   string
		change func(*TrustList)
	}{
		{"iss with a slash", func(l *TrustList) { l.Issuers[0].ISS += "/" }},
		{"iss over http", func(l *TrustList) { l.Issuers[0].ISS = "http://localhost/i/00138990" }},
		{"iss twice", func(l *TrustList) { l.Issuers = append(l.Issuers, l.Issuers[0]) }},
		{"no keys", func(l *TrustList) { l.Issuers[0].JWKS = nil }},
		{"an impossible number", func(l *TrustList) {
			l.Issuers[0].InsurerNumbers = []eligibility.InsurerNumber{"138990"}
		}},
		{"a counter over http", func(l *TrustList) { l.Counters[0].URL = "http://desk.example.jp" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := *trusting(key)
			changed.Counters = append([]TrustedCounter{}, list.Counters...)
			c.change(&changed)
			if changed.Check() == nil {
				t.Errorf("nothing to say")
			}
		})
	}
	opened := trusting(key)
	opened.indexKeys()
	opened.Issuers = nil // whoever changes an opened list is not answered from the old one
	if _, issuers := opened.keyWithIssuers(key.ID); len(issuers) > 0 {
		t.Error("an issuer that was taken off is still found")
	}
}

func TestInsurerOpensOnlyItsOwnCards(t *testing.T) {
	key := newKey(t)
	jws := issue(t, key, copyRequest()).JWS
	own := KeySet{key.Public()}
	card, err := Open(jws, testISS, own)
	if err != nil || card.Tier != TierSaved || card.Eligibility.Name != "髙橋 德一" {
		t.Errorf("its own: %+v, %v", card, err)
	}
	for _, c := range []struct {
		name     string
		jws, iss string
	}{
		{"another address", jws, "https://other.example/i/00138990"},
		{"rubbish", "rubbish", testISS},
		{"no card inside", signBody(t, key, "{}"), testISS},
		{"not compressed", signPacked(t, key, []byte("{}")), testISS},
		{"a trust list", signJSON(t, key, trustType, "{}"), testISS},
	} {
		t.Run(c.name, func(t *testing.T) {
			if card, err := Open(c.jws, c.iss, own); err == nil {
				t.Errorf("%+v", card)
			}
		})
	}
}

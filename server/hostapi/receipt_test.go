package hostapi

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/issuertest"
	"madoguchi/internal/phonetest"
	"madoguchi/internal/testenv"
)

func phoneKey(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// receiptSigner is a counter server.
func receiptSigner(t *testing.T) ReceiptSigner {
	t.Helper()
	key := issuertest.NewKey(t)
	return ReceiptSigner{URL: "https://clinic.example.jp", Key: key}
}

// claimsOf are the claims of a compact JWS (RFC 7515 7.1), its signature not looked at.
func claimsOf(t *testing.T, jws []byte) (claims map[string]any) {
	t.Helper()
	parts := strings.Split(string(jws), ".")
	if len(parts) != 3 {
		t.Fatalf("%q", jws)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		t.Fatalf("%q %v", text, err)
	}
	return claims
}

// opening is a way to open a receipt.
type opening struct {
	phone  *ecdh.PrivateKey
	sealed []byte
	salt   func(theirs, own []byte) []byte
	info   string
}

func TestAReceiptOpensAsThePhoneOpensItAndInNoOtherWay(t *testing.T) {
	phone := phoneKey(t)
	counter := receiptSigner(t)
	sealed, err := counter.Seal(
		Receipt{At: time.Unix(1795309200, 0), Outcome: Accepted, Ground: ByChip, Method: "N1e"},
		phone.PublicKey().Bytes(),
	)
	if err != nil {
		t.Fatal(err)
	}
	text, err := phonetest.Unseal(phone, sealed, phonetest.BothPoints, phonetest.ReceiptInfo)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(phone.PublicKey().Bytes())
	want := map[string]any{"iss": counter.URL, "aud": base64.RawURLEncoding.EncodeToString(sum[:]),
		"iat": float64(1795309200), "outcome": "accepted", "ground": "chip", "method": "N1e"}
	if got := claimsOf(t, text); !maps.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	flipped := func(at int) []byte {
		b := bytes.Clone(sealed)
		b[at] ^= 1
		return b
	}
	sole := func(pick func(theirs, own []byte) []byte) opening {
		return opening{phone, sealed, pick, phonetest.ReceiptInfo}
	}
	of := func(key *ecdh.PrivateKey, sealed []byte) opening {
		return opening{key, sealed, phonetest.BothPoints, phonetest.ReceiptInfo}
	}
	cases := map[string]opening{
		"by another phone":   of(phoneKey(t), sealed),
		"without a salt":     sole(func(_, _ []byte) []byte { return nil }),
		"the sender's point": sole(func(theirs, _ []byte) []byte { return theirs }),
		"the phone's point":  sole(func(_, own []byte) []byte { return own }),
		"the points turned": sole(func(theirs, own []byte) []byte {
			return phonetest.BothPoints(own, theirs)
		}),
		"without info":          {phone, sealed, phonetest.BothPoints, ""},
		"another info":          {phone, sealed, phonetest.BothPoints, "madoguchi-receipt-2"},
		"with its first byte":   of(phone, flipped(65)),
		"with its last byte":    of(phone, flipped(len(sealed)-1)),
		"with a point's byte":   of(phone, flipped(64)),
		"without its last byte": of(phone, sealed[:len(sealed)-1]),
	}
	testenv.Refused(t, testenv.Servers, len(cases))
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		t.Run(name, func(t *testing.T) {
			o := cases[name]
			if text, err := phonetest.Unseal(o.phone, o.sealed, o.salt, o.info); err == nil {
				t.Errorf("opened as %q", text)
			}
		})
	}
}

// The nonce is always zero, so a key must never seal twice: each receipt has a point of its own.
func TestNoTwoReceiptsAreSealedUnderOneKey(t *testing.T) {
	phone, counter := phoneKey(t), receiptSigner(t)
	seen := map[string]bool{}
	for range 20 {
		sealed, err := counter.Seal(Receipt{}, phone.PublicKey().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if seen[string(sealed[:65])] || seen[string(sealed[65:])] {
			t.Fatal("a key or a text stands twice")
		}
		seen[string(sealed[:65])], seen[string(sealed[65:])] = true, true
	}
}

// NIST SP 800-56A 5.6.2.3: a point is on the curve and is no other's.
func TestAReceiptIsSealedToAPointOfP256Only(t *testing.T) {
	good := phoneKey(t).PublicKey().Bytes()
	off := bytes.Clone(good)
	off[64] ^= 1
	compressed := append([]byte{2 | good[64]&1}, good[1:33]...)
	cases := map[string][]byte{"none": nil, "infinity": {0}, "off the curve": off, "compressed": compressed,
		"a byte short": good[:64],
		"a byte long":  append(bytes.Clone(good), 0), "zeros": append([]byte{4}, make([]byte, 64)...),
		"without its form": good[1:]}
	testenv.Refused(t, testenv.Servers, len(cases))
	for name, key := range cases {
		if sealed, err := receiptSigner(t).Seal(Receipt{}, key); err == nil {
			t.Errorf("%s: %d bytes", name, len(sealed))
		}
	}
}

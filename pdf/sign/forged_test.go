package sign_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/internal/certtest"
	"madoguchi/internal/testenv"
	"madoguchi/pdf/sign"
)

// rewrapped puts a changed container into a document's hole: other bytes of the same number, zeros behind
// them.
func rewrapped(t *testing.T, data []byte, change func(der []byte) []byte) []byte {
	t.Helper()
	_, cms := parts(t, data)
	der := change(bytes.Clone(cms))
	begin := bytes.Index(data, []byte("/Contents <")) + len("/Contents <")
	if len(der) > len(cms) {
		t.Fatalf("%d bytes do not fit the %d of the hole", len(der), len(cms))
	}
	out := bytes.Clone(data)
	copy(out[begin:], bytes.Repeat([]byte("0"), 2*len(cms)))
	copy(out[begin:], hex.EncodeToString(der))
	return out
}

// container is a SignedData cut into what surrounds the signature's value: it stands last (RFC 5652 5.3).
func container(t *testing.T, der []byte) (value []byte, at int) {
	t.Helper()
	var whole asn1.RawValue
	rest, err := asn1.Unmarshal(der, &whole)
	if err != nil || len(bytes.Trim(rest, "\x00")) > 0 {
		t.Fatal(err)
	}
	end := len(der) - len(rest)
	for at = end - 2; at > 0; at-- { // the OCTET STRING that ends where everything ends
		var octets []byte
		if der[at] != asn1.TagOctetString {
			continue
		}
		if rest, err := asn1.Unmarshal(der[at:end], &octets); err == nil && len(rest) == 0 &&
			len(octets) >= 64 {
			return octets, end - len(octets)
		}
	}
	t.Fatal("no signature value")
	return nil, 0
}

// The covered bytes and their digest are right and the certificate is the insurer's; only the signature is
// not its key's.
func TestASignatureValueThatIsNotTheCertificatesIsWrong(t *testing.T) {
	changes := map[string]func(value []byte){
		"a bit of its end":       func(v []byte) { v[len(v)-1] ^= 1 },
		"a bit of its middle":    func(v []byte) { v[len(v)/2] ^= 1 },
		"a bit near its start":   func(v []byte) { v[8] ^= 1 },
		"zeros in its last half": func(v []byte) { clear(v[len(v)/2:]) },
		"random in its end":      func(v []byte) { rand.Read(v[len(v)-16:]) },
	}
	testenv.Refused(t, testenv.Documents, 2*len(changes))
	for _, kind := range []string{"P-256", "RSA"} {
		data := signed(t, fresh(t, kind), sheet(t), sign.Options{Credential: code})
		if s := read(t, data).Signatures[0]; !s.Intact() {
			t.Fatalf("%+v", s)
		}
		for _, name := range slices.Sorted(maps.Keys(changes)) {
			t.Run(kind+" "+name, func(t *testing.T) {
				forged := rewrapped(t, data, func(der []byte) []byte {
					value, at := container(t, der)
					changes[name](value)
					copy(der[at:], value)
					return der
				})
				s := read(t, forged).Signatures[0]
				if !s.Digest || s.Right || s.Intact() || s.Cause == nil {
					t.Errorf("%+v", s)
				}
			})
		}
	}
}

// RFC 5035 4: signing-certificate-v2 binds the certificate. Without it, or with another's hash in it, a
// certificate of the same key (another insurer's name on it) could be put in its place.
func TestACertificatePutInTheSignersPlaceIsWrong(t *testing.T) {
	authority, key := certtest.Key(t), certtest.Key(t)
	root := certificateOf(t, "Test Root", 1, true, authority, authority, nil)
	own := certificateOf(t, "架空市 A", 200, false, key, authority, root, strings.Repeat("x", 64))
	insurer := identity{certtest.Signer{Key: key, Chain: []*x509.Certificate{own, root}}}
	data := signed(t, insurer, sheet(t), sign.Options{Credential: code})
	twins := map[string]*x509.Certificate{ // what the signer info names, issuer and serial, is the same
		"another name":    certificateOf(t, "架空町 B", 200, false, key, authority, root),
		"the same name":   certificateOf(t, "架空市 A", 200, false, key, authority, root),
		"another's key":   certificateOf(t, "架空市 A", 200, false, certtest.Key(t), authority, root),
		"a root's rights": certificateOf(t, "架空市 A", 200, true, key, authority, root),
	}
	testenv.Refused(t, testenv.Documents, len(twins))
	for _, name := range slices.Sorted(maps.Keys(twins)) {
		t.Run(name, func(t *testing.T) {
			twin := twins[name]
			if bytes.Equal(twin.Raw, own.Raw) {
				t.Fatal("the very same certificate")
			}
			s := read(t, rewrapped(t, data, func(der []byte) []byte {
				return exchanged(t, der, own.Raw,
					twin.Raw)
			})).Signatures
			if len(s) != 1 || s[0].Intact() || s[0].Cause == nil {
				t.Errorf("%+v", s)
			}
		})
	}
}

// exchanged replaces one certificate of a container by another; lengths are set anew by encoding/asn1.
func exchanged(t *testing.T, der, old, with []byte) []byte {
	t.Helper()
	var walk func(data []byte) []byte
	walk = func(data []byte) []byte {
		var out []byte
		for len(data) > 0 {
			var one asn1.RawValue
			rest, err := asn1.Unmarshal(data, &one)
			if err != nil {
				t.Fatal(err)
			}
			data = rest
			switch {
			case bytes.Equal(one.FullBytes, old):
				out = append(out, with...)
			case one.IsCompound && bytes.Contains(one.Bytes, old):
				again, err := asn1.Marshal(asn1.RawValue{Class: one.Class, Tag: one.Tag, IsCompound: true,
					Bytes: walk(one.Bytes)})
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, again...)
			default:
				out = append(out, one.FullBytes...)
			}
		}
		return out
	}
	return walk(bytes.TrimRight(der, "\x00"))
}

// certificateOf makes a certificate. The signer's own bears an organization, so that its twins, which bear
// none, fit the hole.
func certificateOf(t *testing.T, name string, serial int64, ca bool, key, authority *ecdsa.PrivateKey,
	parent *x509.Certificate,
	organization ...string) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: at.Add(-48 * time.Hour),
		NotAfter: at.AddDate(1, 0, 0),
		IsCA:     ca, BasicConstraintsValid: ca, KeyUsage: x509.KeyUsageDigitalSignature}
	template.Subject.CommonName = name
	template.Subject.Organization = organization
	if parent == nil {
		template.KeyUsage, parent = x509.KeyUsageCertSign, template
	}
	return certtest.Certificate(t, template, parent, key.Public(), authority)
}

// ISO 32000-1 12.8.1: what stands behind the covered bytes is not signed, be it one blank. A viewer shows
// what it says.
func TestOneByteBehindTheSignatureIsNoWholeDocument(t *testing.T) {
	data := signed(t, fresh(t, "P-256"), sheet(t), sign.Options{Credential: code})
	if s := read(t, data).Signatures[0]; !s.Whole || s.After != 0 {
		t.Fatalf("%+v", s)
	}
	added := []string{"\n", " ", "\x00", "%", "%%EOF\n", "1 0 obj\n<<>>\nendobj\n", "\r\n\r\n",
		strings.Repeat(" ", 4096)}
	testenv.Refused(t, testenv.Documents, len(added))
	for _, more := range added {
		s := read(t, append(bytes.Clone(data), more...)).Signatures[0]
		if s.Whole || s.After != len(more) || !s.Intact() {
			t.Errorf("%.20q behind it: %+v", more, s)
		}
	}
}

// The digest in a signature's attributes is of this document's bytes and of no other's.
func TestASignatureOfAnotherDocumentIsWrong(t *testing.T) {
	i := fresh(t, "P-256")
	one := signed(t, i, sheet(t), sign.Options{Credential: code})
	two := signed(t, i, sheet(t), sign.Options{Credential: code[:len(code)-1] + "A"})
	_, cms := parts(t, two)
	s := read(t, rewrapped(t, one, func([]byte) []byte { return cms })).Signatures[0]
	if s.Digest || !s.Right || s.Intact() {
		t.Errorf("%+v", s)
	}
}

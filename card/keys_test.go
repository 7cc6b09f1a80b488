package card

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
)

// opensslKey is a key that openssl made and signs with: what this package verifies is made by somebody else.
type opensslKey struct {
	t    *testing.T
	path string
	pem  []byte // public
	key  any
}

func newOpensslKey(t *testing.T, args ...string) opensslKey {
	t.Helper()
	testenv.Need(t, "openssl")
	k := opensslKey{t: t, path: filepath.Join(t.TempDir(), "key.pem")}
	openssl(t, nil, append(append([]string{"genpkey"}, args...), "-out", k.path)...)
	k.pem = openssl(t, nil, "pkey", "-in", k.path, "-pubout")
	block, _ := pem.Decode(k.pem)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	k.key = key
	return k
}

func rsaByOpenssl(t *testing.T) opensslKey {
	return newOpensslKey(t, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
}

func p384ByOpenssl(t *testing.T) opensslKey {
	return newOpensslKey(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
}

func openssl(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, errs.String())
	}
	return out
}

// sign signs data with openssl: SHA-256 and PKCS #1 v1.5, or ECDSA with SHA-384.
func (k opensslKey) sign(data ...[]byte) []byte {
	hash := "-sha256"
	if _, ok := k.key.(*ecdsa.PublicKey); ok {
		hash = "-sha384"
	}
	return openssl(k.t, bytes.Join(data, nil), "dgst", hash, "-sign", k.path)
}

// objects writes the key as a card does (docs/facts/my-number-card.md#keys-and-cv-certificates), or for
// P-384 as BSI TR-03110-3 D.3.3 does.
func (k opensslKey) objects() []byte {
	switch key := k.key.(type) {
	case *rsa.PublicKey:
		return append([]byte{0x90, 3, 1, 0, 1, 0x91, 0x82, 1, 0}, key.N.Bytes()...)
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil {
			k.t.Fatal(err)
		}
		oid := []byte{0x06, 0x0A, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x04}
		return tagged(0x7F49, oid, tagged(0x86, point))
	}
	return nil
}

func tagged(tag uint32, values ...[]byte) []byte {
	value := bytes.Join(values, nil)
	head := []byte{byte(tag >> 8), byte(tag)}
	if tag < 0x100 {
		head = head[1:]
	}
	return append(append(head, 0x82, byte(len(value)>>8), byte(len(value))), value...)
}

var idOfCA = strings.Repeat("36", 16)

func cvCertificateBy(t *testing.T, ca, subject opensslKey) []byte {
	id := bytesOf(t, idOfCA)
	body := append(append(append([]byte{}, id...), make([]byte, 16)...), subject.objects()...)
	return tagged(0x7F21, tagged(0x5F4E, body), tagged(0x5F37, ca.sign(body)))
}

func TestIssuerKeysAreReadFromJSONAndPEM(t *testing.T) {
	ca := rsaByOpenssl(t)
	list, err := json.Marshal([]map[string]string{{"keyId": idOfCA,
		"n": base64.RawURLEncoding.EncodeToString(ca.key.(*rsa.PublicKey).N.Bytes()), "e": "AQAB"}})
	if err != nil {
		t.Fatal(err)
	}
	named := bytes.Replace(ca.pem, []byte("KEY-----\n"), []byte("KEY-----\nKey-Id: "+idOfCA+"\n\n"), 1)
	issuing := rsaByOpenssl(t)
	certificate, err := parseCVCertificate(cvCertificateBy(t, ca, issuing))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"JSON", list},
		{"PEM", ca.pem},
		{"PEM with id", named},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys, err := ParseIssuerKeys(c.data)
			if err != nil || len(keys) != 1 || !certificate.signedBy(keys) {
				t.Errorf("%+v %v", keys, err)
			}
		})
	}
	keys, err := ParseIssuerKeys(bytes.Replace(list, []byte(idOfCA), []byte(strings.Repeat("37", 16)), 1))
	if err != nil || certificate.signedBy(keys) {
		t.Errorf("a key with another id was taken: %v", err)
	}
	if keys, err := ParseIssuerKeys(issuing.pem); err != nil || certificate.signedBy(keys) {
		t.Errorf("another key was taken: %v", err)
	}
	weak := newOpensslKey(t, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
	p256 := newOpensslKey(t, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"nothing", nil},
		{"text", []byte("key")},
		{"short RSA", weak.pem},
		{"P-256", p256.pem},
		{"text behind", append(ca.pem, "x"...)},
		{"id too short", bytes.Replace(list, []byte(idOfCA), []byte("36"), 1)},
		{"private key", readFile(t, ca.path)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if keys, err := ParseIssuerKeys(c.data); err == nil {
				t.Errorf("%s was read as %+v", c.name, keys)
			}
		})
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A card of the next generation, as far as standards let one be made: every key on P-384, every signature by
// openssl.
func TestCardWithKeysOnP384IsConfirmed(t *testing.T) {
	for _, c := range []struct {
		name string
		rs   bool
	}{
		{"ASN.1 signatures", false},
		{"r and s side by side", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			ca, issuing, chip := p384ByOpenssl(t), p384ByOpenssl(t), p384ByOpenssl(t)
			form := func(signature []byte) []byte {
				if !c.rs {
					return signature
				}
				var pair struct{ R, S *big.Int }
				if _, err := asn1.Unmarshal(signature, &pair); err != nil {
					t.Fatal(err)
				}
				return append(pair.R.FillBytes(make([]byte, 48)), pair.S.FillBytes(make([]byte, 48))...)
			}
			birth, key := tagged(0xDF11, []byte("19800217")), tagged(0xDF12, chip.objects())
			var challenge [32]byte
			e := Evidence{
				Label:       []byte("JPKIAPICCTOKEN2"),
				Certificate: cvCertificateBy(t, ca, issuing),
				Record:      tagged(0xFF10, birth, key, tagged(0xDF13, form(issuing.sign(birth, key)))),
				Signature:   form(chip.sign(challenge[:])),
			}
			keys, err := ParseIssuerKeys(ca.pem)
			if err != nil {
				t.Fatal(err)
			}
			born := eligibility.MustDate("1980-02-17")
			if r := VerifyBirthDate(e, born, challenge, keys); r.Outcome != Confirmed {
				t.Errorf("%+v", r)
			}
			e.Signature = form(chip.sign([]byte("another challenge")))
			if r := VerifyBirthDate(e, born, challenge, keys); r.Outcome != Refused {
				t.Errorf("%s, replayed: %+v", c.name, r)
			}
		})
	}
}

func TestPublicKeysOfOtherKindsAreRefused(t *testing.T) {
	p384 := p384ByOpenssl(t).objects()
	otherOID := bytes.Clone(p384)
	otherOID[16] = 0x03 // SHA-256
	offCurve := bytes.Clone(p384)
	offCurve[len(offCurve)-1] ^= 1
	rsaObjects := rsaByOpenssl(t).objects()
	even := bytes.Clone(rsaObjects)
	even[4] = 2
	for _, c := range []struct {
		name  string
		value []byte
	}{
		{"another algorithm", otherOID},
		{"point off the curve", offCurve},
		{"even exponent", even},
		{"no modulus", rsaObjects[:5]},
		{"short modulus",
			append(bytes.Clone(rsaObjects[:6]), append([]byte{0x81, 0x80}, rsaObjects[9:9+128]...)...)},
		{"nothing", []byte{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if key, err := parsePublicKey(c.value); err == nil {
				t.Errorf("%+v", key)
			}
		})
	}
}

// Visual DF28: openssl's own ASN.1 writer makes the DigestInfo (RFC 8017 A.2.4 with 96 bytes in its octet
// string) and openssl pads and signs it.
func TestSignatureOverThreeDigestsIsThatOfOneDigestInfo(t *testing.T) {
	key := rsaByOpenssl(t)
	var digests []byte
	for _, part := range []string{"birth, sex, key", "name, address", "photo"} {
		sum := sha256.Sum256([]byte(part))
		digests = append(digests, sum[:]...)
	}
	dir := t.TempDir()
	config, der := filepath.Join(dir, "info.cnf"), filepath.Join(dir, "info.der")
	text := "asn1=SEQUENCE:info\n[info]\nalg=SEQUENCE:alg\nd=FORMAT:HEX,OCTETSTRING:" +
		hex.EncodeToString(digests) + "\n[alg]\noid=OID:sha256\nn=NULL\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	openssl(t, nil, "asn1parse", "-genconf", config, "-noout", "-out", der)
	// pkeyutl takes 64 bytes at most
	signature := openssl(t, readFile(t, der), "rsautl", "-sign", "-pkcs", "-inkey", key.path)
	public, err := newPublicKey(key.key)
	if err != nil {
		t.Fatal(err)
	}
	if !public.verifyDigests(digests, signature) {
		t.Error("openssl's signature was refused")
	}
	swapped := append(append(bytes.Clone(digests[32:64]), digests[:32]...), digests[64:]...)
	for _, c := range []struct {
		name string
		d    []byte
	}{
		{"two swapped", swapped},
		{"two only", digests[:64]},
		{"one byte less", digests[:95]},
		{"none", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if public.verifyDigests(c.d, signature) {
				t.Errorf("accepted")
			}
		})
	}
}

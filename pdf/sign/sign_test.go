package sign_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/pdf/sign"
)

const code = "eyJhbGciOiJFUzI1NiJ9.q1YqLU4tUrJSKk7OSC1RAA.c2lnbmF0dXJl"

func signed(t testing.TB, i identity, document []byte, o sign.Options) []byte {
	t.Helper()
	data, err := sign.Sign(document, i.Key, i.Chain, at, o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t testing.TB, data []byte) sign.Found {
	t.Helper()
	f, err := sign.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSignaturesAreValidAndTrustedInPopplerAndOpenSSL(t *testing.T) {
	for _, kind := range []string{"P-256", "RSA"} {
		t.Run(kind, func(t *testing.T) {
			i := fresh(t, kind)
			data := signed(t, i, sheet(t), sign.Options{Credential: code})
			store := nssStore(t, i.Chain[1])
			said := pdfsig(t, store, data)
			for _, want := range []string{"Signature is Valid.", "Certificate is Trusted.",
				"Total document signed", "ETSI.CAdES.detached", "SHA-256"} {
				count(t, said, want, 1)
			}
			mustRun(t, "qpdf", "--check", written(t, "signed.pdf", data))
			content, cms := parts(t, data)
			mustRun(t, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in",
				written(t, "signature.der", cms), "-content", written(t, "content", content), "-CAfile",
				pemFile(t, i.Chain[1]), "-purpose", "any", "-out", os.DevNull)
			print := mustRun(t, "openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in",
				written(t, "signature.der", cms))
			if strings.Contains(print, "signingTime") {
				t.Error("a B-B signature has no signing-time attribute")
			}
			f := read(t, data)
			if len(f.Signatures) != 1 {
				t.Fatalf("%+v", f)
			}
			s := f.Signatures[0]
			if !s.Whole || !s.Intact() || !s.Claimed.Equal(at) || len(s.Chain) != 2 || s.Cause != nil {
				t.Errorf("%+v", s)
			}
			if err := s.Trusted(i.roots(), at); err != nil {
				t.Error(err)
			}
			if s.Trusted(fresh(t, kind).roots(), at) == nil {
				t.Error("trusted by a stranger's root")
			}
		})
	}
}

// parts cuts the covered bytes and the CMS out of a file as anybody would who knows ISO 32000-1 section
// 12.8.1 only.
func parts(t *testing.T, data []byte) (content, cms []byte) {
	t.Helper()
	m := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+)\]`).FindSubmatch(data)
	if m == nil {
		t.Fatal("no ByteRange")
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1]))
	}
	content = append(bytes.Clone(data[:n[0]]), data[n[1]:n[1]+n[2]]...)
	cms, err := hex.DecodeString(string(data[n[0]+1 : n[1]-1]))
	if err != nil {
		t.Fatal(err)
	}
	return content, cms
}

func TestAFlippedByteIsFoundWhereverItIsAndByPopplerToo(t *testing.T) {
	i := fresh(t, "P-256")
	data := signed(t, i, sheet(t), sign.Options{Credential: code})
	before := len(sheet(t))
	for place := 0; place < len(data); place++ {
		if inHole(data, place) { // letters' case means nothing there, and other digits are other tests
			continue
		}
		data[place] ^= 1
		f, err := sign.Read(data)
		if err == nil && (len(f.Signatures) == 0 || f.Signatures[0].Intact() && f.Signatures[0].Whole) {
			t.Errorf("byte %d flipped, not found", place)
		}
		data[place] ^= 1
		if place < before {
			place += before / 300 // the pages are all alike; of what signing adds each byte is tried
		}
	}
	broken := bytes.Clone(data)
	broken[len(sheet(t))/2] ^= 1
	count(t, pdfsig(t, nssStore(t, i.Chain[1]), broken), "Digest Mismatch", 1)
}

// inHole reports whether a place lies in the signature's hole, which is not covered.
func inHole(data []byte, place int) bool {
	begin := bytes.Index(data, []byte("/Contents <"))
	return place > begin && place < begin+bytes.IndexByte(data[begin:], '>')
}

func TestBytesAddedBehindASignatureShow(t *testing.T) {
	i := fresh(t, "P-256")
	data := signed(t, i, sheet(t), sign.Options{})
	longer, err := sign.Describe(data, at, sign.Options{Credential: code})
	if err != nil {
		t.Fatal(err)
	}
	s := read(t, longer).Signatures[0]
	if s.Whole || !s.Intact() || s.After != len(longer)-len(data) {
		t.Errorf("%+v", s)
	}
}

func TestTwoSignaturesStandTogether(t *testing.T) {
	a, b := fresh(t, "P-256"), fresh(t, "RSA")
	data := signed(t, b, signed(t, a, sheet(t), sign.Options{Credential: code}), sign.Options{})
	said := pdfsig(t, nssStore(t, a.Chain[1], b.Chain[1]), data)
	count(t, said, "Signature is Valid.", 2)
	count(t, said, "Certificate is Trusted.", 2)
	mustRun(t, "qpdf", "--check", written(t, "signed.pdf", data))
	f := read(t, data)
	if len(f.Signatures) != 2 || f.Signatures[0].Whole || !f.Signatures[0].Intact() ||
		!f.Signatures[1].Whole ||
		!f.Signatures[1].Intact() ||
		len(f.Credentials) != 1 {
		t.Errorf("%+v", f)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for _, kind := range []string{"P-256", "RSA"} {
		i := fresh(t, kind)
		document := sheet(t)
		if !bytes.Equal(
			signed(t, i, document, sign.Options{Credential: code}),
			signed(t, i, document, sign.Options{Credential: code}),
		) {
			t.Errorf("%s: the bytes differ", kind)
		}
	}
}

func TestTheDocumentsDescriptionAgreesWithItself(t *testing.T) {
	data, err := sign.Describe(sheet(t), at, sign.Options{Credential: code})
	if err != nil {
		t.Fatal(err)
	}
	path := written(t, "described.pdf", data)
	mustRun(t, "qpdf", "--check", path)
	info := mustRun(t, "pdfinfo", "-isodates", path)
	for _, want := range []string{"資格情報（写し）", "架空市", "Madoguchi", at.Format("2006-01-02T15:04:05+09"),
		"Metadata Stream: yes"} {
		count(
			t,
			strings.Join(strings.Fields(info), " "),
			want,
			map[bool]int{true: 2, false: 1}[strings.HasPrefix(want, "20")],
		)
	}
	packet := mustRun(t, "pdfinfo", "-meta", path)
	for _, want := range []string{"<mdg:jws>" + code + "</mdg:jws>", `xmlns:mdg="urn:madoguchi:credential:1"`,
		"資格情報（写し）", "<rdf:li>ja</rdf:li>", "<pdf:Producer>Madoguchi</pdf:Producer>", "<xmp:CreateDate>" +
			at.Format("2006-01-02T15:04:05-07:00")} {
		count(t, packet, want, 1)
	}
	if f := read(t, data); len(f.Credentials) != 1 || f.Credentials[0] != code || len(f.Signatures) != 0 {
		t.Errorf("%+v", f)
	}
	if f := read(t, sheet(t)); len(f.Credentials) != 0 || len(f.Signatures) != 0 {
		t.Errorf("a bare document: %+v", f)
	}
}

func TestACertificateThatEndedSinceIsToldApart(t *testing.T) {
	i := newIdentity(t, "P-256", at.Add(time.Hour))
	s := read(t, signed(t, i, sheet(t), sign.Options{})).Signatures[0]
	if err := s.Trusted(i.roots(), at.Add(2*time.Hour)); !errors.Is(err, sign.ErrExpired) {
		t.Error(err)
	}
	if err := s.Trusted(i.roots(), at.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeSignedOrReadIsSaid(t *testing.T) {
	i, other := fresh(t, "P-256"), fresh(t, "P-256")
	if _, err := sign.Sign(sheet(t), i.Key, other.Chain, at, sign.Options{}); !errors.Is(err, sign.ErrKey) {
		t.Errorf("another's certificate: %v", err)
	}
	if _, err := sign.Sign(sheet(t), i.Key, nil, at, sign.Options{}); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no certificate: %v", err)
	}
	_, err := sign.Sign([]byte("words"), i.Key, i.Chain, at, sign.Options{})
	if !errors.Is(err, sign.ErrStructure) {
		t.Errorf("no PDF: %v", err)
	}
	if _, err := sign.Read([]byte("words")); !errors.Is(err, sign.ErrFormat) {
		t.Errorf("no PDF: %v", err)
	}
	if _, err := sign.Read(make([]byte, sign.MaxBytes+1)); !errors.Is(err, sign.ErrLarge) {
		t.Errorf("too large: %v", err)
	}
	locked := written(t, "locked.pdf", nil)
	mustRun(t, "qpdf", "--encrypt", "user", "owner", "256", "--", written(t, "plain.pdf", sheet(t)), locked)
	data, err := os.ReadFile(locked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sign.Read(data); !errors.Is(err, sign.ErrLocked) {
		t.Errorf("encrypted: %v", err)
	}
}

// The attacks on PDF signatures that pdf-insecurity.org names "signature wrapping" and "universal signature
// forgery".
func TestForgedRangesAreWrongSignatures(t *testing.T) {
	i := fresh(t, "P-256")
	data := signed(t, i, sheet(t), sign.Options{})
	figures := regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+)\]`)
	forge := func(array string) []byte {
		return figures.ReplaceAllFunc(data, func(old []byte) []byte {
			return append(
				[]byte("/ByteRange "+array),
				bytes.Repeat([]byte(" "), max(len(old)-len(array)-11, 0))...)
		})
	}
	for name, broken := range map[string][]byte{
		"no figures":      forge("[]"),
		"a null":          forge("[null]"),
		"everything":      forge("[0 9 9 9]"),
		"negative":        forge("[0 -1 -1 -1]"),
		"huge":            forge("[0 99999999 999999999 99999999999]"),
		"not from zero":   forge("[9 1000 2000 1000]"),
		"a hole of words": forge("[0 100 200 100]"),
		"empty contents": regexp.MustCompile(`/Contents <[0-9a-f]+`).ReplaceAllFunc(data,
			func(old []byte) []byte {
				return append([]byte("/Contents <"), bytes.Repeat([]byte("0"), len(old)-11)...)
			}),
		"renamed entry": bytes.Replace(data, []byte("/Contents <3"), []byte("/Content1 <3"), 1),
	} {
		f, err := sign.Read(broken)
		if err != nil || len(f.Signatures) != 1 || f.Signatures[0].Intact() || f.Signatures[0].Cause == nil {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	for _, kind := range []string{"P-256", "RSA"} {
		i, document := fresh(b, kind), sheet(b)
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				signed(b, i, document, sign.Options{Credential: code})
			}
		})
		data := signed(b, i, document, sign.Options{Credential: code})
		b.Run("read "+kind, func(b *testing.B) {
			for b.Loop() {
				read(b, data)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	i := fresh(f, "P-256")
	data := signed(f, i, sheet(f), sign.Options{Credential: code})
	f.Add(data[len(sheet(f)):]) // the update alone; the pages only slow the fuzzer down
	f.Add([]byte("%PDF-1.4\n1 0 obj<</ByteRange[0 20 60 9]/Contents<00>>>endobj"))
	f.Add(
		[]byte("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R>>startxref\n9\n%%EOF"),
	)
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := sign.Read(append([]byte("%PDF-1.4\n"), data...))
		if err == nil {
			for _, s := range found.Signatures {
				if s.Intact() && len(s.Chain) == 0 {
					t.Error("right without a certificate")
				}
			}
		}
		if _, err := sign.Describe(data, at, sign.Options{Credential: code}); err == nil &&
			!bytes.Contains(data, []byte("startxref")) {
			t.Error("described what is no PDF")
		}
	})
}

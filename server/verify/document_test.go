package verify

import (
	"bytes"
	"testing"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
	"madoguchi/server/pdfcode"
)

// signatory signs an insurer's PDFs.
type signatory struct{ certtest.Signer }

func newSignatory(t *testing.T) signatory { return signatory{certtest.NewSigner(t, made)} }

func (s signatory) sign(t *testing.T, document []byte, jws string) []byte {
	t.Helper()
	data, err := sign.Sign(document, s.Key, s.Chain, made, sign.Options{Credential: jws})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sheet is the PDF that a patient saves, with this code to be seen; none for "".
func sheet(t *testing.T, jws string) []byte {
	t.Helper()
	code := pdf.CodeMatrix{Size: 21, Black: func(int, int) bool { return false }}
	if jws != "" {
		qr, err := credential.QRMatrix(jws)
		if err != nil {
			t.Fatal(err)
		}
		code = pdf.CodeMatrix{Size: qr.Size, Black: qr.Black}
	}
	data, _, err := pdf.EligibilitySheet(pdf.Sheet{
		Person: eligibility.Person{
			Insurer:   "00138990",
			Number:    "0001234",
			Name:      "髙橋 德一",
			BirthDate: eligibility.MustDate("1955-07-01"),
		},
		InsurerName: "架空市",
		Issuer:      "架空市長",
		Telephone:   "03-0000-0000",
		IssuedAt:    made,
		Registered:  eligibility.MustDate("2026-11-01"),
		Expires:     eligibility.MustDate("2027-03-01"),
		Code:        code,
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// described is a PDF with a code in its XMP packet, unsigned.
func described(t *testing.T, document []byte, jws string) []byte {
	t.Helper()
	data, err := sign.Describe(document, made, sign.Options{Credential: jws})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// docs/trust.md: of a PDF both codes are read, either is enough, and different ones fail the check match; the
// check document is the PDF's own signature.
func TestAPDFIsJudgedByItsCodesAndItsSignature(t *testing.T) {
	b := newTable(t)
	code, other := b.issue(t, saved(4711)), b.issue(t, saved(4712))
	insurer, stranger := newSignatory(t), newSignatory(t)
	b.write(t, "root.pem", insurer.Root())
	b.write(t, "stranger.pem", stranger.Root())
	signed := insurer.sign(t, sheet(t, code), code)
	altered := bytes.Clone(signed)
	altered[bytes.Index(altered, []byte("/Title"))+15] ^= 1
	longer := append(bytes.Clone(signed), "\n% more\n"...)
	const passed, failed, unchecked = credential.Passed, credential.Failed, credential.NotChecked
	for _, c := range []struct {
		name            string
		data            []byte
		roots           string
		valid           bool
		document, match credential.Result
	}{
		{"unsigned, seen and in the packet", described(t, sheet(t, code), code), "", true, unchecked, passed},
		{"in the packet alone", described(t, sheet(t, ""), code), "", true, unchecked, passed},
		{"seen alone", sheet(t, code), "", true, unchecked, ""},
		{"two different codes", described(t, sheet(t, code), other), "", false, unchecked, failed},
		{"signed, by whom nobody asked", signed, "", true, unchecked, passed},
		{"signed by the CA's insurer", signed, "root.pem", true, passed, passed},
		{"signed by another CA's", signed, "stranger.pem", false, failed, passed},
		{"a byte changed after it was signed", altered, "root.pem", false, failed, passed},
		{"something added after it", longer, "root.pem", false, failed, passed},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.write(t, "copy.pdf", c.data)
			asked := Question{File: b.path("copy.pdf"), Trust: b.path("trust"), Now: made}
			if c.roots != "" {
				asked.Roots = b.path(c.roots)
			}
			v, err := asked.Verdict()
			if err != nil || v.Valid != c.valid || result(v, pdfcode.CheckDocument) != c.document ||
				result(v, pdfcode.CheckMatch) != c.match {
				t.Errorf("valid %v, want %v: %+v %v", v.Valid, c.valid, v.Checks, err)
			}
			if c.valid && v.RID != "AABJn" { // 4711 = 1·64² + 9·64 + 39, in the digits of base64url
				t.Errorf("another copy: %s", v.RID)
			}
		})
	}
}

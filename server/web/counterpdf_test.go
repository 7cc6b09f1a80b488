package web

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"madoguchi/auth"
	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/certtest"
	"madoguchi/internal/issuertest"
	"madoguchi/pdf"
	"madoguchi/pdf/sign"
	console "madoguchi/server/web/counter"
)

// sheetOf is the sheet of a code that is seen as QR; of "" the masked one, which has none.
func (h *testApp) sheetOf(t *testing.T, code string) []byte {
	t.Helper()
	s := pdf.Sheet{
		Person: eligibility.Person{
			Insurer:   "00138990",
			Number:    "0001234",
			Name:      "髙橋 德一",
			BirthDate: eligibility.MustDate("1955-07-01"),
		},
		InsurerName: "架空市",
		Issuer:      "架空市長",
		IssuedAt:    h.now,
		Registered:  eligibility.MustDate("2026-11-01"),
		Expires:     eligibility.MustDate("2027-03-01"),
		Masked:      code == "",
	}
	if code != "" {
		matrix, err := credential.QRMatrix(code)
		if err != nil {
			t.Fatal(err)
		}
		s.Code = pdf.CodeMatrix{Size: matrix.Size, Black: matrix.Black}
	}
	data, _, err := pdf.EligibilitySheet(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// copyOf is the sheet of a code that also stands in its packet, unsigned.
func (h *testApp) copyOf(t *testing.T, seen, inside string) []byte {
	t.Helper()
	data, err := sign.Describe(h.sheetOf(t, seen), h.now, sign.Options{Credential: inside})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pdfStop is the tour's stop at the PDFs.
func (h *testApp) pdfStop(t *testing.T, code string) stop {
	t.Helper()
	return stop{method: "POST", route: console.PDFPath, path: console.PDFPath, kind: "application/pdf",
		body: h.copyOf(t, code, code)}
}

// saved is a copy's code of a person by an issuer.
func (h *testApp) saved(t *testing.T, p eligibility.Person, iss string, key credential.Key) string {
	t.Helper()
	out, err := credential.Issue(iss, key, credential.Request{
		Person: p, InsurerName: "架空市", Share: 20,
		Tier: credential.TierSaved, RID: 4711, Expires: h.now.AddDate(0, 1, 0),
	}, h.now)
	if err != nil {
		t.Fatal(err)
	}
	return out.JWS
}

// strangersPDF is a PDF as other programs make them, with a picture of these sides whose bytes are given.
func strangersPDF(width, height int, picture []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n2 0 obj\n<</Type/XObject/Subtype/Image"+
		"/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode/Length %d>>\n"+
		"stream\n%s\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%%%EOF\n",
		width, height, len(picture), picture)
	return b.Bytes()
}

// bombOf inflates to n zeros.
func bombOf(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(make([]byte, n)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// docs/counter.md: what staff drop as a PDF opens a case with what its code and its own signature are worth,
// or is told what it is, with what to do next.
func TestACounterReadsThePDFThatAPatientShows(t *testing.T) {
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	key, err := h.keys.Rings.IssuerKey("00138990")
	if err != nil {
		t.Fatal(err)
	}
	wife := p
	wife.Name, wife.BranchNumber, wife.Sex = "試験 花子", "03", eligibility.Female
	wife.BirthDate = eligibility.MustDate("1958-11-30")
	const iss = testHost + "/i/00138990"
	code, hers := h.saved(t, p, iss, key), h.saved(t, wife, iss, key)
	insurer := certtest.NewSigner(t, h.now)
	signed, err := sign.Sign(h.sheetOf(t, code), insurer.Key, insurer.Chain, h.now,
		sign.Options{Credential: code})
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(signed)
	altered[bytes.Index(altered, []byte("/Title"))+15] ^= 1
	replace := func(old, with string) []byte {
		out := bytes.Replace(signed, []byte(old), []byte(with), 1)
		if bytes.Equal(out, signed) {
			t.Fatalf("no %s", old)
		}
		return out
	}
	of := func(iss string) []byte { // by a key that is not on the list
		foreign := h.saved(t, p, iss, issuertest.NewKey(t))
		return h.copyOf(t, foreign, foreign)
	}
	another := p
	another.Insurer = "06139992"
	anothers := h.saved(t, another, iss, key)
	forged := code[:len(code)-20] + "AAAA" + code[len(code)-16:]
	old := h.live(t, p, "00138990", h.now.AddDate(0, 0, -1))
	notice, err := pdf.LinkCode("https://hoken.example.jp/n/AAAAAAAAAAAAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	insert, _, err := pdf.EligibilitySheet(pdf.Sheet{InsurerName: "架空市", IssuedAt: h.now, Code: *notice,
		Person: p})
	if err != nil {
		t.Fatal(err)
	}
	half := credential.NumericQR(code)
	for _, c := range []struct {
		name  string
		data  []byte
		says  string // the key of the refusal, else of the gravest check that tells of the PDF or its code
		opens bool
		valid bool
	}{
		{"our copy, unsigned", h.copyOf(t, code, code), "verdict.document.not_signed", true, true},
		{"our copy, signed", signed, "verdict.document.signer_not_checked", true, true},
		{"printed and scanned anew: QR alone", h.sheetOf(t, code), "verdict.document.not_signed", true, true},
		{"the packet alone", h.copyOf(t, "", code), "verdict.document.not_signed", true, true},
		{"altered after it was signed", altered, "verdict.document.altered", true, false},
		{"added to after it was signed", append(bytes.Clone(signed), "\n% more\n"...),
			"verdict.document.added_to", true, false},
		{"a signature that was hidden", replace("/ByteRange", "/ByteRangf"), "verdict.document.altered", true,
			false},
		{"a code that is not the packet's", h.copyOf(t, code, hers), "verdict.match.failed", true, false},
		{"a forged code", h.copyOf(t, "", forged), "verdict.signature.failed", true, false},
		{"an insurer that is not on the list", of("https://hoken.example.jp/i/06139992"),
			"verdict.issuer.failed", true, false},
		// the issuer of the specification's own examples
		{"a foreign SMART Health Card", of("https://spec.smarthealth.cards/examples/issuer"),
			"verdict.issuer.failed", true, false},
		{"a listed insurer with another's number", h.copyOf(t, anothers, anothers), "verdict.insurer.failed",
			true, false},
		{"yesterday's screen, printed", h.sheetOf(t, old), "verdict.time.failed", true, false},
		{"two people's copies in one", append(h.copyOf(t, code, code), h.copyOf(t, hers, hers)...),
			"scan.pdf_several", false, false},
		{"two people's packets alone", append(h.copyOf(t, "", code), h.copyOf(t, "", hers)...),
			"scan.pdf_several", false, false},
		{"the copy with its numbers hidden", h.sheetOf(t, ""), "scan.pdf_masked", false, false},
		{"a paper notice", insert, "scan.notice", false, false},
		{"Mynaportal's, or a shop's", strangersPDF(1, 1, nil), "scan.pdf_without_code", false, false},
		{"half a code in the packet", h.copyOf(t, "", half[:len(half)/2]), "scan.pdf_damaged", false, false},
		{"a code whose payload was changed", h.copyOf(t, "", code[:400]+"AAAA"+code[404:]),
			"scan.pdf_damaged", false, false},
		{"behind a password", replace("/Root", "/Encrypt 9 0 R/Root"), "lens.locked", false, false},
		{"a picture that inflates to more than it says", strangersPDF(64, 64, bombOf(t, 64<<20)),
			"scan.pdf_without_code", false, false},
		{"a picture of 900 megapixels", strangersPDF(30000, 30000, bombOf(t, 1<<20)), "scan.pdf_large",
			false, false},
		{"4 MB and a byte", append(bytes.Clone(signed), make([]byte, 4<<20-len(signed)+1)...),
			"scan.pdf_large", false, false},
		{"no PDF", []byte("hello"), "sign.format", false, false},
		{"the header of one alone", []byte("%PDF-1.7"), "lens.format", false, false},
		{"nothing", nil, "sign.format", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := h.post(t, console.PDFPath, c.data, "application/pdf")
			if !c.opens {
				h.refusedAs(t, w, c.says)
				return
			}
			got := answer[console.CaseJSON](t, w, http.StatusCreated)
			if got.Verdict.Valid != c.valid || got.Acceptable != c.valid {
				t.Errorf("valid %v, acceptable %v", got.Verdict.Valid, got.Acceptable)
			}
			var said []string
			for _, check := range got.Verdict.Checks {
				said = append(said, check.Result+" "+check.Key)
			}
			want := "failed " + c.says
			if c.valid {
				want = "not checked " + c.says
			}
			if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, want) }) {
				t.Errorf("%q", said)
			}
		})
	}
}

// refusedAs holds an answer to a problem document of a key, whose sentence has a next step.
func (h *testApp) refusedAs(t *testing.T, w *httptest.ResponseRecorder, key string) {
	t.Helper()
	said := decode[struct{ Type, Detail string }](t, w)
	if w.Code/100 != 4 || said.Type != "urn:madoguchi:problem:"+key || strings.Count(said.Detail, "。") < 2 {
		t.Errorf("%d %+v, want %s", w.Code, said, key)
	}
}

// Nothing of a PDF outlives the answer but its code, which the open case holds, sealed, as it does after a
// scan; a form of another site cannot send one.
func TestNothingOfAPDFIsKept(t *testing.T) {
	h := newTestApp(t)
	p := h.tokuichi(t).Person
	h.session(t, auth.Counter, "鈴木", "{}")
	key, err := h.keys.Rings.IssuerKey("00138990")
	if err != nil {
		t.Fatal(err)
	}
	code := h.saved(t, p, testHost+"/i/00138990", key)
	document := append(h.copyOf(t, code, code), "\n% MARKOFTHISFILE\n"...)
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", ""} {
		if w := h.post(t, console.PDFPath, document, kind); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("as %q: %d", kind, w.Code)
		}
	}
	answer[console.CaseJSON](t, h.post(t, console.PDFPath, document, "application/pdf"), http.StatusCreated)
	database := false
	for _, folder := range []string{h.dir, filepath.Dir(h.database)} {
		err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			database = database || bytes.HasPrefix(data, []byte("SQLite format 3"))
			for _, part := range []string{"MARKOFTHISFILE", "%PDF-", code} {
				if bytes.Contains(data, []byte(part)) {
					t.Errorf("%s holds %s", path, part[:5])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !database {
		t.Error("the database was not looked at")
	}
}

package counter

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/pdfcode"
	"madoguchi/server/qrscan"
	"madoguchi/server/staff"
)

// MaxPDF is the largest PDF that the counter looks at, in bytes: our copy with embedded fonts has about a
// tenth of it.
const MaxPDF = 4 << 20

// What a PDF is when it opens no case.
var (
	ErrPDFLarge   = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.pdf_large", Field: "pdf"}
	errPDFCode    = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.pdf_without_code", Field: "pdf"}
	errPDFDamaged = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.pdf_damaged", Field: "pdf"}
	errPDFMasked  = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.pdf_masked", Field: "pdf"}
	errPDFSeveral = &eligibility.Error{Code: eligibility.Invalid, Key: "scan.pdf_several", Field: "pdf"}
)

// OpenPDF starts a case with the code of a PDF, which is a patient's saved copy (写し): as Open does, and the
// verdict tells of the PDF too. Of the PDF nothing is stored but its code. Who signed it is not checked, as
// the code has a signature of its own.
//
// One with codes of several people, or of none, opens no case: an *Error with code Invalid tells what it is.
func (c *Service) OpenPDF(ctx context.Context, reception staff.Reception, document []byte) (CaseView, error) {
	facility, err := c.FacilityOf(ctx, reception)
	if err != nil {
		return CaseView{}, err
	}
	read, codes, err := readPDF(document)
	if err != nil {
		return CaseView{}, err
	}
	shown, err := c.readShown(ctx, facility, codes.JWS)
	if errors.Is(err, errIncomplete) {
		return CaseView{}, errPDFDamaged.Because(err) // reading it again changes nothing
	}
	if err != nil {
		return CaseView{}, err
	}
	shown.verdict = read.Judge(shown.verdict, codes, pdfcode.Signers{At: c.Now()})
	return c.openShown(ctx, reception, shown)
}

// openShown stores a case with what was read.
func (c *Service) openShown(
	ctx context.Context, reception staff.Reception, shown shownScreen,
) (CaseView, error) {
	view := CaseView{ID: rand.Text(), At: c.Now(), caseBody: caseBody{
		JWS:     shown.jws,
		Staff:   reception.Staff,
		Verdict: shown.verdict,
	}}
	outcome := openingOutcome(view.Verdict)
	if c.Judged != nil {
		c.Judged(outcome)
	}
	return view, c.cases().put(ctx, reception, view, "case.open", outcome)
}

// readPDF reads the one code of a PDF.
func readPDF(document []byte) (pdfcode.Reading, pdfcode.Codes, error) {
	if len(document) > MaxPDF {
		return pdfcode.Reading{}, pdfcode.Codes{}, ErrPDFLarge
	}
	read, err := pdfcode.Read(document)
	codes := pdfcode.Pick(read.Texts)
	switch {
	case errors.Is(err, qrscan.ErrLarge):
		return read, codes, ErrPDFLarge.Because(err)
	case errors.Is(err, qrscan.ErrNonePDF):
		return read, codes, withoutCode(read).Because(err)
	case err != nil:
		return read, codes, err
	case codes.JWS == "":
		return read, codes, withoutCode(read)
	case len(pdfcode.Pick(read.Pictures.Texts).Others) > 0,
		pdfcode.Pick(read.Pictures.Texts).JWS == "" && len(codes.Others) > 0:
		return read, codes, errPDFSeveral
	}
	return read, codes, nil
}

// withoutCode says what a PDF is that has no code of ours.
func withoutCode(read pdfcode.Reading) *eligibility.Error {
	isNotice := func(text string) bool { return noticeAddress.MatchString(strings.TrimSpace(text)) }
	isPart := func(text string) bool {
		_, err := credential.Read(text)
		return errors.Is(err, credential.ErrIncomplete)
	}
	switch {
	case slices.ContainsFunc(read.Texts, isNotice):
		return errNotice
	case pdfcode.Pick(read.Texts).Proof != "":
		return errProofFirst
	case slices.ContainsFunc(read.Texts, isPart):
		return errPDFDamaged
	case read.Title == pdf.SheetTitle:
		return errPDFMasked
	}
	return errPDFCode
}

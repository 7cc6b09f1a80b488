package insurer

import (
	"context"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/staff"
)

var errSample = &eligibility.Error{Code: eligibility.NotFound, Key: "sample.unknown"}

// SamplePaper makes a paper for somebody who does not exist, marked as a sample, with the settings of the
// clerk's insurer as they are now.
func (d *Documents) SamplePaper(ctx context.Context, clerk staff.Clerk, kind SampleKind) ([]byte, error) {
	insurer := clerk.Insurer
	in, err := d.Directory.Insurer(ctx, insurer)
	if err != nil {
		return nil, err
	}
	branding, err := d.Directory.branding(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, document := range AllDocuments() {
		for _, sample := range document.Samples {
			if sample.Kind == kind {
				now := d.now()
				day := eligibility.DateOf(now)
				data, _, err := sample.make(d, personPage{
					Person:   samplePerson(insurer, false, day),
					Insurer:  in,
					Branding: branding,
					Day:      day,
					Made:     now,
				})
				return data, err
			}
		}
	}
	return nil, errSample
}

// sampleNotice is a notice with a code that nobody has.
func sampleNotice(d *Documents, p personPage) ([]byte, pdf.Report, error) {
	const code = "ABCDEFGHIJKLMNOP"
	n, err := d.noticeData(p.Person, p.Insurer, p.Branding, code, landingAddress(d.address, code), p.Day)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	n.Demo = true
	address, err := d.Directory.stateAddress(p.Insurer)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	if n.State, err = pdf.LinkCode(address); err != nil {
		return nil, pdf.Report{}, err
	}
	return pdf.NoticePage(n, p.Made)
}

// sampleNotice70 is the notice of somebody of 70 years and more, with the share of the costs.
func sampleNotice70(d *Documents, p personPage) ([]byte, pdf.Report, error) {
	p.Person = samplePerson(p.Insurer.Number, true, p.Day)
	return sampleNotice(d, p)
}

// sampleCertificate is a certificate of a size.
func sampleCertificate(layout RunLayout) func(*Documents, personPage) ([]byte, pdf.Report, error) {
	return func(_ *Documents, p personPage) ([]byte, pdf.Report, error) {
		return pdf.CertificatePage(certificateOf(p.Person, p.Day), p.Branding, p.Made, layouts[layout], true)
	}
}

// samplePerson is nobody: a name that says so, and a card that no register has.
func samplePerson(insurer eligibility.InsurerNumber, old bool, day eligibility.Date) eligibility.Person {
	p := eligibility.Person{
		Insurer:      insurer,
		Symbol:       "見本",
		Number:       "0000000",
		BranchNumber: "00",
		Name:         "見本 太郎",
		Kana:         "ミホン タロウ",
		Sex:          eligibility.Male,
		BirthDate: day.AddMonths(
			-12 * 45,
		),
		QualifiedOn:  day.AddMonths(-36),
		CoverageFrom: day.AddMonths(-36),
		PostCode:     "000-0000",
		Address:      "東京都架空市架空町1-2-3",
	}
	if old {
		p.BirthDate, p.AssignedShare, p.ValidFrom = day.AddMonths(-12*72), 20, day
	}
	if insurer.System() == "39" {
		p.Symbol, p.BranchNumber, p.BirthDate, p.AssignedShare, p.ValidFrom = "", "", day.AddMonths(
			-12*80,
		), 10, day
	}
	return p
}

package insurer

import (
	"context"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/staff"
)

// SampleKind is a paper that a clerk may look at before anything is printed.
type SampleKind string

const (
	SampleNotice      SampleKind = "notice"
	SampleNotice70    SampleKind = "notice-70"
	SampleCards       SampleKind = "certificate-cards"
	SampleCard        SampleKind = "certificate-card"
	SampleCertificate SampleKind = "certificate-a4"
	SampleInsert      SampleKind = "insert"
	SampleDeclaration SampleKind = "declaration"
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
	now := d.now()
	day := eligibility.DateOf(now)
	p := samplePerson(insurer, kind == SampleNotice70, day)
	var data []byte
	switch kind {
	case SampleNotice, SampleNotice70:
		n, err := d.noticeData(
			p,
			in,
			branding,
			"ABCDEFGHIJKLMNOP",
			landingAddress(d.address, "ABCDEFGHIJKLMNOP"),
			day,
		)
		if err != nil {
			return nil, err
		}
		n.Demo = true
		address, err := d.Directory.stateAddress(in)
		if err != nil {
			return nil, err
		}
		if n.State, err = pdf.LinkCode(address); err != nil {
			return nil, err
		}
		data, _, err = pdf.NoticePage(n, now)
		return data, err
	case SampleCards, SampleCard, SampleCertificate:
		layout := map[SampleKind]pdf.CertificateLayout{SampleCards: pdf.CardSheet, SampleCard: pdf.CardSingle, SampleCertificate: pdf.CertificateA4}[kind]
		data, _, err = pdf.CertificatePage(certificateOf(p, day), branding, now, layout, true)
	case SampleInsert:
		data, _, err = pdf.InsertSheet(
			pdf.Insert{
				Person:      p,
				Share:       onlyShare(p, day),
				InsurerName: in.Name,
				Issuer:      in.Issuer,
				MadeOn:      day,
			},
			now,
		)
	case SampleDeclaration:
		data, _, err = pdf.DeclarationSheet(pdf.Declaration{}, now)
	default:
		err = errSample
	}
	return data, err
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

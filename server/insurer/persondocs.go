package insurer

import (
	"context"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

var (
	errNotDue     = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.not_due"}
	errReasonLong = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.reason", Field: "reason"}
)

// OneCertificate is a clerk's request for one person's 資格確認書.
type OneCertificate struct {
	Person audit.PersonID
	Layout RunLayout
	Reason string // needed where the rules give the person none; kept in the audit chain
}

// CertificateOf makes one person's 資格確認書 for the clerk of the person's insurer.
func (d *Documents) CertificateOf(
	ctx context.Context, clerk staff.Clerk, wanted OneCertificate,
) ([]byte, pdf.Report, error) {
	layout, reason := wanted.Layout, wanted.Reason
	size, ok := layouts[layout]
	if !ok {
		return nil, pdf.Report{}, errRunOption.In("layout")
	}
	if utf8.RuneCountInString(reason) > 40 || eligibility.HoldsMyNumber(reason) {
		return nil, pdf.Report{}, errReasonLong
	}
	record, in, branding, err := d.forPaper(ctx, clerk, wanted.Person)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	now := d.now()
	day := eligibility.DateOf(now)
	if due, _ := paperDue(record.Person, CertificateRun, day); !due && reason == "" {
		return nil, pdf.Report{}, errNotDue
	}
	data, report, err := pdf.CertificatePage(certificateOf(record.Person, day), branding, now, size, d.demo)
	if err != nil {
		return nil, report, err
	}
	detail := string(layout)
	if reason != "" {
		detail += " 理由: " + reason
	}
	entry := personEntry(now, clerk, record.ID, "certificate.show")
	entry.Detail = detail + " " + string(in.Number)
	return data, report, d.store.Note(ctx, entry)
}

// forPaper returns what a person's paper needs.
func (d *Documents) forPaper(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID,
) (PersonRecord, Insurer, pdf.Branding, error) {
	record, err := d.store.Person(ctx, clerk.Insurer, id)
	if err != nil {
		return record, Insurer{}, pdf.Branding{}, notFoundAs(err, ErrNoPerson)
	}
	in, err := d.Directory.Insurer(ctx, record.Person.Insurer)
	if err != nil {
		return record, in, pdf.Branding{}, err
	}
	branding, err := d.Directory.branding(ctx, in)
	return record, in, branding, err
}

// InsertFor makes the slip for the card case of a person whom the viewer may show.
func (d *Documents) InsertFor(ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
	record, in, err := d.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	return d.makeInsert(record, in)
}

// InsertOf is InsertFor for the clerk of the person's insurer.
func (d *Documents) InsertOf(ctx context.Context, clerk staff.Clerk, id audit.PersonID) ([]byte, error) {
	record, in, _, err := d.forPaper(ctx, clerk, id)
	if err != nil {
		return nil, err
	}
	data, err := d.makeInsert(record, in)
	if err != nil {
		return nil, err
	}
	return data, d.store.Note(ctx, personEntry(d.now(), clerk, id, "insert.show"))
}

func (d *Documents) makeInsert(record PersonRecord, in Insurer) ([]byte, error) {
	now := d.now()
	day := eligibility.DateOf(now)
	if err := notLost(record.Person, day); err != nil {
		return nil, err
	}
	data, _, err := pdf.InsertSheet(
		pdf.Insert{
			Person:      record.Person,
			Share:       onlyShare(record.Person, day),
			InsurerName: in.Name,
			Issuer:      in.Issuer,
			MadeOn:      day,
		},
		now,
	)
	return data, err
}

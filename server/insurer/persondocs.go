package insurer

import (
	"cmp"
	"context"
	"time"
	"unicode/utf8"

	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

var (
	errNotDue     = &eligibility.Error{Code: eligibility.Conflict, Key: "paper.not_due"}
	errDocument   = &eligibility.Error{Code: eligibility.NotFound, Key: "paper.unknown"}
	errReasonLong = &eligibility.Error{Code: eligibility.Invalid, Key: "paper.reason", Field: "reason"}
)

// CertificateOf makes one person's 資格確認書 for the clerk of the person's insurer.
func (d *Documents) CertificateOf(
	ctx context.Context, clerk staff.Clerk, wanted OneDocument,
) ([]byte, pdf.Report, error) {
	layout, reason := cmp.Or(wanted.Layout, LayoutCard), wanted.Reason
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

// OneDocument is a clerk's wish for one person's document.
type OneDocument struct {
	Kind   DocumentKind
	Person audit.PersonID
	Layout RunLayout // of a document that has several
	Reason string    // where the rules do not give it to the person; kept in the audit chain
}

// ForClerk makes one person's document for the clerk of the person's insurer. It returns an error with code
// NotFound for a document that clerks do not get.
func (d *Documents) ForClerk(
	ctx context.Context, clerk staff.Clerk, wanted OneDocument,
) ([]byte, pdf.Report, error) {
	document, ok := findDocument(wanted.Kind)
	if !ok || document.Clerk == nil {
		return nil, pdf.Report{}, errDocument
	}
	return document.Clerk.make(d, ctx, clerk, wanted)
}

// ForViewer makes a document of a person whom the viewer may show. It returns an error with code NotFound for
// one that patients do not get.
func (d *Documents) ForViewer(
	ctx context.Context, viewer Viewer, id audit.PersonID, kind DocumentKind,
) ([]byte, error) {
	document, ok := findDocument(kind)
	if !ok || document.Viewer == nil {
		return nil, errDocument
	}
	return document.Viewer.make(d, ctx, viewer, id)
}

// ForAnybody makes a form that says nothing of anyone. It returns an error with code NotFound for a document
// of somebody.
func (d *Documents) ForAnybody(kind DocumentKind) ([]byte, error) {
	document, ok := findDocument(kind)
	if !ok || document.Anybody == nil {
		return nil, errDocument
	}
	data, _, err := document.Anybody.make(d.now())
	return data, err
}

// forClerk hands a page out to the clerk of the person's insurer, noted in the audit chain.
func forClerk(
	kind DocumentKind, page composer,
) func(*Documents, context.Context, staff.Clerk, OneDocument) ([]byte, pdf.Report, error) {
	return func(
		d *Documents, ctx context.Context, clerk staff.Clerk, wanted OneDocument,
	) ([]byte, pdf.Report, error) {
		record, in, branding, err := d.forPaper(ctx, clerk, wanted.Person)
		if err != nil {
			return nil, pdf.Report{}, err
		}
		data, report, err := d.page(page, personPage{Person: record.Person, Insurer: in, Branding: branding})
		if err != nil {
			return nil, report, err
		}
		return data, report, d.store.Note(ctx, personEntry(d.now(), clerk, record.ID, string(kind)+".show"))
	}
}

// forViewer hands a page out to whoever may be shown the person's screen.
func forViewer(
	page composer,
) func(*Documents, context.Context, Viewer, audit.PersonID) ([]byte, error) {
	return func(d *Documents, ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
		record, in, err := d.Enrolment.shownPerson(ctx, viewer, id)
		if err != nil {
			return nil, err
		}
		branding, err := d.Directory.branding(ctx, in)
		if err != nil {
			return nil, err
		}
		data, _, err := d.page(page, personPage{Person: record.Person, Insurer: in, Branding: branding})
		return data, err
	}
}

// page composes a page of today, for nobody whose eligibility has ended.
func (d *Documents) page(page composer, p personPage) ([]byte, pdf.Report, error) {
	p.Made = d.now()
	p.Day = eligibility.DateOf(p.Made)
	if err := notLost(p.Person, p.Day); err != nil {
		return nil, pdf.Report{}, err
	}
	return page(p)
}

// sampleOf is a page of the person who does not exist.
func sampleOf(page composer) func(*Documents, personPage) ([]byte, pdf.Report, error) {
	return func(_ *Documents, p personPage) ([]byte, pdf.Report, error) { return page(p) }
}

func noticeForClerk(
	d *Documents, ctx context.Context, clerk staff.Clerk, wanted OneDocument,
) ([]byte, pdf.Report, error) {
	return d.NoticePage(ctx, clerk, wanted.Person)
}

func insertPage(p personPage) ([]byte, pdf.Report, error) {
	return pdf.InsertSheet(pdf.Insert{
		Person:      p.Person,
		Share:       onlyShare(p.Person, p.Day),
		InsurerName: p.Insurer.Name,
		Issuer:      p.Insurer.Issuer,
		MadeOn:      p.Day,
	}, p.Made)
}

func declarationPage(made time.Time) ([]byte, pdf.Report, error) {
	return pdf.DeclarationSheet(pdf.Declaration{}, made)
}

func declarationOfNobody(p personPage) ([]byte, pdf.Report, error) { return declarationPage(p.Made) }

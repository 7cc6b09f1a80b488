package insurer

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"madoguchi/eligibility"
	"madoguchi/message"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/printing"
)

// runPaper is what all kinds of paper share: whom to print and whom to skip.
type runPaper struct {
	jobs     *PrintJobs
	run      PrintRun
	in       Insurer
	branding pdf.Branding
	made     time.Time // of the files: the run's beginning, so that a file printed again is the same
}

// Why a person of the plan is not printed, by its key; the record may have changed since.
const (
	skipErased   = "print.skip.erased"
	skipNotDue   = "print.skip.not_due"
	skipWithheld = "print.skip.withheld"
)

// skipped is the reason as the index of a run has it.
func skipped(key string) string { return message.New(key, nil).Text("ja") }

// loadPeople returns the people behind refs, with the reason for each who is skipped.
func (p runPaper) loadPeople(ctx context.Context, refs []string) ([]PersonRecord, []printing.Person, error) {
	ids := make([]audit.PersonID, len(refs))
	for i, ref := range refs {
		ids[i] = audit.PersonID(ref)
	}
	found, err := p.jobs.people.People(ctx, p.run.Insurer, ids)
	if err != nil {
		return nil, nil, err
	}
	records := make([]PersonRecord, len(refs))
	people := make([]printing.Person, len(refs))
	dueOf := runDue(p.run.Kind, p.run.Options.Day)
	for i, id := range ids {
		r, ok := found[id]
		people[i] = printing.Person{Ref: refs[i]}
		if !ok {
			people[i].Skip = skipped(skipErased)
			continue
		}
		person := r.Person
		records[i] = r
		people[i].Version = r.Version
		people[i].Symbol = person.Symbol
		people[i].Number = person.Number
		people[i].BranchNumber = person.BranchNumber
		due, needsReview := dueOf(person)
		_, address := person.MailTo()
		switch {
		case !due:
			people[i].Skip = skipped(skipNotDue)
		case person.Withheld == eligibility.Yes && address == "":
			people[i].Skip = skipped(skipWithheld)
		}
		people[i].NeedsReview = needsReview
		people[i].Texts = pdf.IdentityLines(person)
	}
	return records, people, nil
}

// Due implements printing.Composer.
func (p runPaper) Due(ctx context.Context, refs []string) (due int, err error) {
	_, people, err := p.loadPeople(ctx, refs)
	for _, person := range people {
		if person.Skip == "" {
			due++
		}
	}
	return due, err
}

func (p runPaper) serial(at int) string {
	return fmt.Sprintf("%s %06d/%06d", p.run.ID, at+1, p.run.Total)
}

// countSheet is a parcel's first page.
func (p runPaper) countSheet(ctx context.Context, g printing.Group) (pdf.ParcelCoverSheet, error) {
	sheet := pdf.ParcelCoverSheet{
		Title:       p.run.Kind.Japanese(),
		InsurerName: p.in.Name,
		People:      g.People,
		Serial:      p.run.ID,
	}
	first, err := p.jobs.people.People(ctx, p.run.Insurer, []audit.PersonID{audit.PersonID(g.First)})
	r := first[audit.PersonID(g.First)]
	sheet.Employer, sheet.Symbol = r.Person.Employer, r.Person.Symbol
	return sheet, err
}

// noticePaper prints 資格情報のお知らせ.
type noticePaper struct {
	runPaper
	state    *pdf.CodeMatrix
	stateURL string
}

// Load ensures everybody's notice code and fills the pages.
func (p noticePaper) Load(ctx context.Context, at int, refs []string) ([]printing.Page[pdf.Notice], error) {
	records, people, err := p.loadPeople(ctx, refs)
	if err != nil {
		return nil, err
	}
	var ids []audit.PersonID
	for _, s := range people {
		if s.Skip == "" {
			ids = append(ids, audit.PersonID(s.Ref))
		}
	}
	o := p.jobs
	many := ManyNotices{
		Insurer: p.run.Insurer,
		People:  ids,
		MAC: func(id audit.PersonID, serial int64) []byte {
			return o.notices.MAC(o.notices.Code(id, serial))
		},
	}
	serials, err := o.people.EnsureNotices(ctx, many,
		audit.Entry{At: o.now(), Actor: p.run.By, Action: "notice.print", Detail: p.run.ID})
	if err != nil {
		return nil, err
	}
	pages := make([]printing.Page[pdf.Notice], len(people))
	for i, person := range people {
		s := &pages[i]
		s.Person = person
		if s.Skip != "" {
			continue
		}
		serial, ok := serials[audit.PersonID(s.Ref)]
		if !ok {
			s.Skip = skipped(skipErased)
			continue
		}
		code := o.notices.Code(audit.PersonID(s.Ref), serial)
		url := landingAddress(cmp.Or(p.run.Options.Address, o.address), code)
		n, err := o.Documents.noticeData(records[i].Person, p.in, p.branding, code, url, p.run.Options.Day)
		if err != nil {
			return nil, err
		}
		n.State, n.Serial = p.state, p.serial(at+i)
		s.Content = n
		s.Codes = map[string]string{"State": p.stateURL, "Landing": url}
	}
	return pages, nil
}

// Open begins a file of notices.
func (p noticePaper) Open(w io.Writer) (printing.File[pdf.Notice], error) {
	return &noticeFile{paper: p, file: pdf.NewNotices(w, p.in.Name, p.made)}, nil
}

type noticeFile struct {
	paper noticePaper
	file  *pdf.Notices
	pages int
}

// Count writes a parcel's first page.
func (f *noticeFile) Count(ctx context.Context, g printing.Group) error {
	sheet, err := f.paper.countSheet(ctx, g)
	if err != nil {
		return err
	}
	f.pages++
	return f.file.Count(sheet)
}

// Add writes a notice.
func (f *noticeFile) Add(s printing.Page[pdf.Notice]) (printing.Printed, error) {
	f.pages++
	report, err := f.file.Add(s.Content)
	return printing.Printed{Page: f.pages, Place: 1, Check: report.Check}, err
}

// Close ends the file.
func (f *noticeFile) Close() (int, error) { return f.pages, f.file.Close() }

// certificatePaper prints 資格確認書.
type certificatePaper struct{ runPaper }

// Load fills the certificates.
func (p certificatePaper) Load(
	ctx context.Context,
	_ int,
	refs []string,
) ([]printing.Page[pdf.Certificate], error) {
	records, people, err := p.loadPeople(ctx, refs)
	if err != nil {
		return nil, err
	}
	pages := make([]printing.Page[pdf.Certificate], len(people))
	for i, person := range people {
		pages[i].Person = person
		if person.Skip == "" {
			pages[i].Content = certificateOf(records[i].Person, p.run.Options.Day)
		}
	}
	return pages, nil
}

// certificateOf fills a person's 資格確認書 of a day (健康保険法施行規則47条): the share and its first day from 70 on.
func certificateOf(p eligibility.Person, day eligibility.Date) pdf.Certificate {
	c := pdf.Certificate{Person: p, Until: eligibility.CertificateValidUntil(p, day), IssuedOn: day}
	if !p.ValidUntil.IsZero() && p.ValidUntil.Before(c.Until) {
		c.Until = p.ValidUntil
	}
	if !eligibility.NoticeUntil(p, day).IsZero() {
		c.Share, c.From = onlyShare(p, day), p.ValidFrom
	}
	return c
}

// layouts of certificates by a clerk's words.
var layouts = map[RunLayout]pdf.CertificateLayout{
	LayoutCards: pdf.CardSheet,
	LayoutCard:  pdf.CardSingle,
	LayoutA4:    pdf.CertificateA4,
}

// Open begins a file of certificates.
func (p certificatePaper) Open(w io.Writer) (printing.File[pdf.Certificate], error) {
	layout := layouts[p.run.Options.Layout]
	return &certificateFile{
		paper:  p,
		layout: layout,
		file:   pdf.NewCertificates(w, p.branding, p.made, layout, p.jobs.demo),
	}, nil
}

type certificateFile struct {
	paper  certificatePaper
	layout pdf.CertificateLayout
	file   *pdf.Certificates
	pages  int // of full sheets and count sheets
	held   int // people on the sheet that is not full
}

// Count writes a parcel's first page, behind the sheet that it ends.
func (f *certificateFile) Count(ctx context.Context, g printing.Group) error {
	sheet, err := f.paper.countSheet(ctx, g)
	if err != nil {
		return err
	}
	if f.held > 0 {
		f.held, f.pages = 0, f.pages+2
	}
	f.pages += 2
	return f.file.Count(sheet)
}

// Add takes a certificate; its front's page is told.
func (f *certificateFile) Add(s printing.Page[pdf.Certificate]) (printing.Printed, error) {
	f.held++
	p := printing.Printed{Page: f.pages + 1, Place: f.held}
	if f.held == f.layout.PeopleAPage() {
		f.held, f.pages = 0, f.pages+2
	}
	report, err := f.file.Add(s.Content)
	p.Check = report.Check
	return p, err
}

// Close ends the file.
func (f *certificateFile) Close() (int, error) {
	if f.held > 0 {
		f.pages += 2
	}
	return f.pages, f.file.Close()
}

// printFunc prints a job whose pages are of one kind.
type printFunc func(context.Context, printing.Job) ([]printing.FileRecord, error)

func printFuncOf[T any](c printing.Composer[T]) printFunc {
	return func(ctx context.Context, j printing.Job) ([]printing.FileRecord, error) {
		return printing.Print(ctx, j, c)
	}
}

// printFuncFor returns what prints a run's pages.
func (j *PrintJobs) printFuncFor(ctx context.Context, r PrintRun) (printFunc, error) {
	d, ok := FindRun(r.Kind)
	if !ok {
		return nil, unknownRun()
	}
	in, err := j.Directory.Insurer(ctx, r.Insurer)
	if err != nil {
		return nil, err
	}
	branding, err := j.Directory.branding(ctx, in)
	if err != nil {
		return nil, err
	}
	return d.Run.printer(runPaper{jobs: j, run: r, in: in, branding: branding, made: r.CreatedAt})
}

func certificatePrinter(p runPaper) (printFunc, error) { return printFuncOf(certificatePaper{p}), nil }

func noticePrinter(p runPaper) (printFunc, error) {
	url, err := p.jobs.Directory.stateAddress(p.in)
	if err != nil {
		return nil, err
	}
	state, err := pdf.LinkCode(url)
	return printFuncOf(noticePaper{p, state, url}), err
}

// noticesReady reports whether code ① of an insurer's notices may be printed.
func noticesReady(d *Directory, in Insurer) error {
	_, err := d.stateAddress(in)
	return err
}

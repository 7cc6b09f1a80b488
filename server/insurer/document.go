package insurer

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/pdf"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Documents makes one person's documents: saved copies (PDF), notices, certificates, inserts, samples.
type Documents struct {
	Directory *Directory
	Enrolment *Enrolment
	Issuer    *Issuer

	store   DocumentsStore
	keys    DocumentKeys
	notices NoticeKeys
	address string
	demo    bool
	now     func() time.Time

	unsigned memo[eligibility.InsurerNumber, eligibility.Date] // when the log last heard of unsigned copies
}

// DocumentsStore is what Documents keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type DocumentsStore interface {
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
	// PutSavedCopy notes a copy under its insurer's revocation index; it returns ErrRIDTaken when that
	// index is in use.
	PutSavedCopy(ctx context.Context, c NewCopy, e audit.Entry) error
	// Note appends an entry that belongs to no other change.
	Note(ctx context.Context, e audit.Entry) error
}

// Document makes the eligibility sheet (PDF) of a person whom this login may show, with a pdf-tier code: to
// be seen as QR and in its XMP packet, signed when the insurer has a certificate.
func (d *Documents) Document(ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
	c, err := d.copyOf(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	if !c.issued.FitsQR {
		return nil, errTooLong
	}
	matrix, err := credential.QRMatrix(c.issued.JWS)
	if err != nil {
		return nil, err
	}
	share := 0
	if len(c.shares) == 1 {
		share = c.shares[0]
	}
	data, _, err := pdf.EligibilitySheet(pdf.Sheet{
		Person: c.record.Person, Share: share,
		InsurerName: c.insurer.Name, Issuer: c.insurer.Issuer, Telephone: c.insurer.Telephone,
		Registered: eligibility.DateOf(c.record.RegisteredAt), IssuedAt: c.at, Expires: c.until,
		Code: pdf.CodeMatrix{Size: matrix.Size, Black: matrix.Black}, Demo: d.demo,
		Represented: c.record.IsRepresented(),
	})
	if err != nil {
		return nil, err
	}
	return d.signDocument(data, c)
}

// CopyUntil returns the first day on which a copy made today is worth nothing: what a phone that keeps one
// has to know.
func (d *Documents) CopyUntil(
	ctx context.Context, viewer Viewer, id audit.PersonID,
) (eligibility.Date, error) {
	record, _, err := d.Enrolment.shownPerson(ctx, viewer, id)
	return copyEnd(record, eligibility.DateOf(d.now())), err
}

// MaskedDocument makes the sheet with bars over the numbers and without a code, for those who may not see
// them (an employer, a landlord). Nothing is signed for it, neither a code nor the document, so nothing is
// noted.
func (d *Documents) MaskedDocument(ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
	record, in, err := d.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	now := d.now()
	day := eligibility.DateOf(now)
	if err := notLost(record.Person, day); err != nil {
		return nil, err
	}
	data, _, err := pdf.EligibilitySheet(
		pdf.Sheet{
			Person:      record.Person,
			Share:       onlyShare(record.Person, day),
			InsurerName: in.Name,
			Issuer:      in.Issuer,
			Telephone:   in.Telephone,
			Registered: eligibility.DateOf(
				record.RegisteredAt,
			),
			IssuedAt: now,
			Expires:  copyEnd(record, day),
			Masked:   true,
			Demo:     d.demo,

			Represented: record.IsRepresented(),
		},
	)
	return data, err
}

// NoticePage makes a person's 資格情報のお知らせ (PDF) with the current notice code, making the first one when there
// is none. The address of people whose data are withheld (不開示) is never printed. The report tells what the
// clerk should look at.
func (d *Documents) NoticePage(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID,
) ([]byte, pdf.Report, error) {
	paper, err := d.Enrolment.NoticePaper(ctx, clerk, id)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	address, err := d.Directory.stateAddress(paper.Insurer)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	state, err := pdf.LinkCode(address)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	now := d.now()
	branding, err := d.Directory.branding(ctx, paper.Insurer)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	n, err := d.noticeData(
		paper.Record.Person,
		paper.Insurer,
		branding,
		paper.Code,
		paper.URL,
		eligibility.DateOf(now),
	)
	if err != nil {
		return nil, pdf.Report{}, err
	}
	n.State = state
	return pdf.NoticePage(n, now)
}

// noticeData fills a person's 資格情報のお知らせ of a day, but for code ①, which all of a file share.
func (d *Documents) noticeData(
	p eligibility.Person,
	in Insurer,
	branding pdf.Branding,
	code, url string,
	day eligibility.Date,
) (pdf.Notice, error) {
	link, err := pdf.LinkCode(url)
	if err != nil {
		return pdf.Notice{}, err
	}
	p.PostCode, p.Address = p.MailTo()
	p.PostCode, _ = eligibility.PostCode(p.PostCode)
	return pdf.Notice{
		Person:      p,
		Share:       onlyShare(p, day),
		From:        p.ValidFrom,
		Until:       eligibility.NoticeUntil(p, day),
		InsurerName: in.Name,
		Issuer:      in.Issuer,
		Telephone:   in.Telephone,
		Unit:        branding.Unit,
		ReturnTo:    branding.Address,
		Hours:       branding.Hours,
		Logo:        branding.Logo,
		IssuedOn:    day,
		Landing:     link,
		TypedCode:   GroupNoticeCode(code),
		Demo:        d.demo,
	}, nil
}

// onlyShare returns the share of the costs on day, percent, or 0 where income decides.
func onlyShare(p eligibility.Person, day eligibility.Date) int {
	if shares, err := eligibility.SharesOn(p, day); err == nil && len(shares) == 1 {
		return shares[0]
	}
	return 0
}

// File makes the .smart-health-card file of a person whom this login may show: the same copy as the PDF's,
// for names that are too long for a code and for people who keep files.
func (d *Documents) File(ctx context.Context, viewer Viewer, id audit.PersonID) ([]byte, error) {
	c, err := d.copyOf(ctx, viewer, id)
	if err != nil {
		return nil, err
	}
	return credential.CardFile(c.issued.JWS), nil
}

// NewCopy is a copy as it is noted before it is signed.
type NewCopy struct {
	Of              PersonKey
	RID             uint32
	Issued, Expires time.Time
	Representative  int64 // the representative's login by which it is made, else 0
}

// savedCopy is a pdf-tier credential made now, with what a document says beside it.
type savedCopy struct {
	record  PersonRecord
	insurer Insurer
	issued  credential.Issued
	shares  []int
	at      time.Time
	until   eligibility.Date
}

// copyOf notes a copy under a free index and signs it.
func (d *Documents) copyOf(ctx context.Context, viewer Viewer, id audit.PersonID) (savedCopy, error) {
	record, in, err := d.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return savedCopy{}, err
	}
	c := savedCopy{record: record, insurer: in, at: d.now()}
	day := eligibility.DateOf(c.at)
	if err := notLost(record.Person, day); err != nil {
		return savedCopy{}, err // before one is noted
	}
	c.until = copyEnd(record, day)
	rid, err := d.freeRID(ctx, record, c.at, c.until.Time())
	if err != nil {
		return savedCopy{}, err
	}
	c.issued, c.shares, err = d.Issuer.issue(
		record,
		in,
		credential.Request{
			Tier:           credential.TierSaved,
			RID:            rid,
			Expires:        c.until.Time(),
			Representative: record.IsRepresented(),
		},
		c.at,
	)
	return c, err
}

// freeRID notes the copy under a random free revocation index of its insurer: a random one, since an index
// that counts up would tell how many copies there are, and when.
func (d *Documents) freeRID(
	ctx context.Context, record PersonRecord, now, until time.Time,
) (uint32, error) {
	for range 20 { // 2^27 indices are never so full that twenty draws fail
		var b [4]byte
		rand.Read(b[:])
		rid := binary.BigEndian.Uint32(b[:]) % credential.MaxRID
		made := NewCopy{
			Of:             PersonKey{record.Person.Insurer, record.ID},
			RID:            rid,
			Issued:         now,
			Expires:        until,
			Representative: record.Representative,
		}
		err := d.store.PutSavedCopy(ctx, made, audit.Entry{
			At:     now,
			Actor:  record.shownBy(),
			Action: "paper.issue",
			Person: record.ID,
			Detail: credential.EncodeRID(rid),
		})
		if !errors.Is(err, ErrRIDTaken) {
			return rid, err
		}
	}
	return 0, ErrRIDTaken
}

// copyEnd is savedCopyEnd for the login by which the record was read: a representative's copy ends with the
// representation.
func copyEnd(record PersonRecord, day eligibility.Date) eligibility.Date {
	end := savedCopyEnd(record.Person, day)
	if record.IsRepresented() {
		if until := record.LastRepresented().AddDays(1); until.Before(end) {
			return until
		}
	}
	return end
}

// savedCopyEnd returns the day at whose beginning a saved copy made on day ends
// (docs/facts/smart-health-card.md#tiers): the first day of the fourth month after, or sooner the next
// change of share, the yearly review on August 1st from 70 on, the day after 有効期限, or the day of loss.
func savedCopyEnd(p eligibility.Person, day eligibility.Date) eligibility.Date {
	end := day.AddMonths(4)
	end, _ = eligibility.NewDate(end.Year(), end.Month(), 1)
	sooner := func(d eligibility.Date) {
		if !d.IsZero() && d.After(day) && d.Before(end) {
			end = d
		}
	}
	sooner(eligibility.NextShareChange(p, day))
	if !p.ValidUntil.IsZero() {
		sooner(p.ValidUntil.AddDays(1))
	}
	sooner(p.LostOn)
	return end
}

package desk

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/pdf"
)

// Document makes the eligibility sheet (PDF) of a person whom this login may show, with a pdf-tier code.
func (o *Office) Document(ctx context.Context, subject string, id PersonID) ([]byte, error) {
	record, in, err := o.shown(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	now := o.Now()
	until := paperEnd(record.Person, eligibility.DateOf(now))
	rid, err := o.freeRID(ctx, record, now, until.Time())
	if err != nil {
		return nil, err
	}
	issued, shares, err := o.issue(record, in, credential.Request{Tier: credential.PDF, RID: rid, Expires: until.Time()}, now)
	if err != nil {
		return nil, err
	}
	matrix, err := credential.Matrix(issued.JWS)
	if err != nil {
		return nil, err
	}
	share := 0
	if len(shares) == 1 {
		share = shares[0]
	}
	return pdf.EligibilitySheet(pdf.Sheet{
		Person: record.Person, Share: share,
		InsurerName: in.Name, Issuer: in.Issuer, Telephone: in.Telephone,
		Registered: eligibility.DateOf(record.RegisteredAt), IssuedAt: now, Expires: until,
		Code: pdf.Code{Size: matrix.Size, Black: matrix.Black}, Demo: o.Demo,
	})
}

// freeRID notes the copy under a random free revocation index of its insurer: a random one, since an index that counts up
// would tell how many copies there are, and when.
func (o *Office) freeRID(ctx context.Context, record PersonRecord, now, until time.Time) (uint32, error) {
	for range 20 { // 2^27 indices are never so full that twenty draws fail
		var b [4]byte
		rand.Read(b[:])
		rid := binary.BigEndian.Uint32(b[:]) % credential.MaxRID
		err := o.Store.PutPaper(ctx, record.ID, record.Person.Insurer, rid, now, until,
			Entry{At: now, Actor: "patient", Action: "paper.issue", Person: record.ID, Detail: credential.EncodeRID(rid)})
		if !errors.Is(err, ErrRIDTaken) {
			return rid, err
		}
	}
	return 0, ErrRIDTaken
}

// paperEnd returns the day at whose beginning a saved copy made on day ends (DESIGN.md 4): the first day of the fourth
// month after, or sooner the next change of share, the yearly review on August 1st from 70 on, the day after 有効期限, or
// the day of loss.
func paperEnd(p eligibility.Person, day eligibility.Date) eligibility.Date {
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

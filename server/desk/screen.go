package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
)

// Screen is a live eligibility screen made now.
type Screen struct {
	JWS          string
	Tier         credential.Tier
	IssuedAt     time.Time
	ExpiresAt    time.Time
	RegisteredOn eligibility.Date // the day from which the insurer's data are
	Person       eligibility.Person
	Insurer      Insurer
	Shares       []int // possible shares today, percent
	FitsQR       bool  // false for the rare names that are too long: the online code or the file serve instead
}

var (
	errLost    = &eligibility.Error{Code: eligibility.Conflict, Key: "eligibility.lost"}
	errUnfit   = &eligibility.Error{Code: eligibility.Conflict, Key: "credential.unfit"}
	errTooLong = &eligibility.Error{Code: eligibility.Conflict, Key: "credential.too_long"}
)

// Live makes a live screen of a person whom this login may show.
func (o *Office) Live(ctx context.Context, subject string, id PersonID) (Screen, error) {
	return o.show(ctx, subject, id, credential.Request{Tier: credential.Live})
}

// show makes a screen of a tier.
func (o *Office) show(ctx context.Context, subject string, id PersonID, r credential.Request) (Screen, error) {
	record, in, err := o.shown(ctx, subject, id)
	if err != nil {
		return Screen{}, err
	}
	now := o.Now()
	issued, shares, err := o.issue(record, in, r, now)
	if err != nil {
		return Screen{}, err
	}
	if err := o.counted(ctx, in.Number, CountScreens); err != nil {
		slog.Warn("numbers of the day are not stored yet", "error", err) // the patient stands at a counter: they are stored later
	}
	return Screen{JWS: issued.JWS, Tier: r.Tier, IssuedAt: now, ExpiresAt: issued.ExpiresAt,
		RegisteredOn: eligibility.DateOf(record.RegisteredAt), Person: record.Person, Insurer: in, Shares: shares, FitsQR: issued.FitsQR}, nil
}

// notLost refuses a person whose eligibility has ended on day.
func notLost(p eligibility.Person, day eligibility.Date) error {
	if !p.LostOn.IsZero() && !day.Before(p.LostOn) {
		return errLost
	}
	return nil
}

// issue signs one credential of the person with its insurer's key. It refuses an eligibility that has ended.
func (o *Office) issue(record PersonRecord, in Insurer, r credential.Request, now time.Time) (credential.Issued, []int, error) {
	today := eligibility.DateOf(now)
	p := record.Person
	if err := notLost(p, today); err != nil {
		return credential.Issued{}, nil, err
	}
	shares, err := eligibility.SharesOn(p, today)
	if err != nil {
		return credential.Issued{}, nil, err
	}
	keys, err := o.Keys.Issuer(p.Insurer, now)
	if err != nil {
		return credential.Issued{}, nil, err
	}
	r.Person, r.InsurerName = p, in.Name
	if len(shares) == 1 {
		r.Share = shares[0]
	}
	issued, err := credential.Issue(o.ISS(p.Insurer), keys.Current, r, now)
	if errors.Is(err, credential.ErrUnfit) {
		return credential.Issued{}, nil, errUnfit.Because(err)
	}
	if err != nil {
		return credential.Issued{}, nil, err
	}
	return issued, shares, nil
}

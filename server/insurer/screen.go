package insurer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// Issuer signs screens and publishes what verifies and revokes them.
type Issuer struct {
	Enrolment *Enrolment
	Usage     *Usage

	store IssuerStore
	keys  IssuerKeys
	host  string
	watch Watch
	now   func() time.Time

	lists memo[eligibility.InsurerNumber, madeList]
	files memo[revocationKey, madeCRL]
}

// IssuerStore is what Issuer keeps. Each method is one transaction: it happens whole, audit entry included,
// or not at all. A missing thing is an *eligibility.Error with code NotFound.
type IssuerStore interface {
	Person(ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID) (PersonRecord, error)
	PersonByKey(ctx context.Context, insurer eligibility.InsurerNumber, key string) (PersonRecord, error)
	DeviceGrants(ctx context.Context, q DeviceGrantQuery) ([]DeviceGrant, error) // newest first
	// Revoke lists the copies of an insurer that are meant and have not ended, and returns how many were not
	// listed before.
	Revoke(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		which CopySelection,
		e audit.Entry,
	) (int, error)
	// CountCopies returns how many copies Revoke would list at a time.
	CountCopies(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		which CopySelection,
		at time.Time,
	) (int, error)
	// Revoked returns the indices of revoked copies that have not ended at a time, ascending, and a counter
	// that grows with every revocation.
	Revoked(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		at time.Time,
	) (rids []uint32, counter int, err error)
	// Revocations returns that counter alone.
	Revocations(ctx context.Context, insurer eligibility.InsurerNumber) (counter int, err error)
	// Checkpoint returns the head of the audit chain.
	Checkpoint(ctx context.Context) (credential.Checkpoint, error)
}

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
	// false for the rare names that are too long: the online code or the file serve instead
	FitsQR bool
	// the last day on which a representative's phone shows the person; zero on the person's own
	LastRepresented eligibility.Date
}

var (
	errLost     = &eligibility.Error{Code: eligibility.Conflict, Key: "eligibility.lost"}
	errUnfit    = &eligibility.Error{Code: eligibility.Conflict, Key: "credential.unfit"}
	errEndsSoon = &eligibility.Error{Code: eligibility.Conflict, Key: "represent.ends_soon"}
	errTooLong  = &eligibility.Error{Code: eligibility.Conflict, Key: "credential.too_long"}
)

// Live makes a live screen of a person whom the viewer may show.
func (i *Issuer) Live(ctx context.Context, viewer Viewer, id audit.PersonID) (Screen, error) {
	return i.show(ctx, viewer, id, credential.Request{Tier: credential.TierLive})
}

// show makes a screen of a tier.
func (i *Issuer) show(
	ctx context.Context, viewer Viewer, id audit.PersonID, r credential.Request,
) (Screen, error) {
	record, in, err := i.Enrolment.shownPerson(ctx, viewer, id)
	if err != nil {
		return Screen{}, err
	}
	now := i.now()
	r.Representative = record.IsRepresented()
	issued, shares, err := i.issue(record, in, r, now)
	if err != nil {
		return Screen{}, err
	}
	if err := i.Usage.screenShown(ctx, in.Number, record.ID); err != nil {
		// the patient stands at a counter: they are stored later
		slog.Warn("numbers of the day are not stored yet", "error", err)
	}
	return Screen{
		JWS:          issued.JWS,
		Tier:         r.Tier,
		IssuedAt:     now,
		ExpiresAt:    issued.ExpiresAt,
		RegisteredOn: eligibility.DateOf(record.RegisteredAt),
		Person:       record.Person,
		Insurer:      in,
		Shares:       shares,
		FitsQR:       issued.FitsQR,

		LastRepresented: record.LastRepresented(),
	}, nil
}

// notLost refuses a person whose eligibility has ended on day.
func notLost(p eligibility.Person, day eligibility.Date) error {
	if !p.LostOn.IsZero() && !day.Before(p.LostOn) {
		return errLost
	}
	return nil
}

// issue signs one credential of the person with its insurer's key. It refuses an eligibility that has ended.
func (i *Issuer) issue(
	record PersonRecord,
	in Insurer,
	r credential.Request,
	now time.Time,
) (credential.Issued, []int, error) {
	today := eligibility.DateOf(now)
	p := record.Person
	if err := notLost(p, today); err != nil {
		return credential.Issued{}, nil, err
	}
	shares, err := eligibility.SharesOn(p, today)
	if err != nil {
		return credential.Issued{}, nil, err
	}
	keys, err := i.keys.Issuer(p.Insurer, now)
	if err != nil {
		return credential.Issued{}, nil, err
	}
	r.Person, r.InsurerName = p, in.Name
	if len(shares) == 1 {
		r.Share = shares[0]
	}
	issued, err := credential.Issue(i.ISS(p.Insurer), keys.Current, r, now)
	if errors.Is(err, credential.ErrUnverifiable) {
		return credential.Issued{}, nil, errUnfit.Because(err)
	}
	if err != nil {
		return credential.Issued{}, nil, err
	}
	i.watch.Issued(string(r.Tier))
	return issued, shares, nil
}

// ISS returns the issuer's identifier: HOST/i/NNNNNNNN.
func (i *Issuer) ISS(insurer eligibility.InsurerNumber) string {
	return i.host + "/i/" + string(insurer)
}

package insurer

import (
	"context"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// RequestTarget says what a request of staff is about: an insurer itself, or one record, which is some
// insurer's. One member is set; none means the member's own insurer, and for who has none (the demo's staff,
// a command) the first of this server.
type RequestTarget struct {
	Insurer eligibility.InsurerNumber
	Person  audit.PersonID
	Run     string
	Preview string
}

// Clerk makes the principal of a clerk's request: the member of staff, for the insurer that the request is
// about; a request about nothing is about the member's own. What there is not and what is another insurer's
// than the member's are answered alike, by the same NotFound. In the demo, the staff who are picked by name
// and have no ID work for all insurers of this server; elsewhere nobody without an ID works for any.
func (d *Directory) Clerk(
	ctx context.Context, member staff.Member, about RequestTarget,
) (staff.Clerk, error) {
	own := member.Clerk().Insurer
	picked := d.demo && member.ID == ""
	if !picked && about == (RequestTarget{}) {
		about.Insurer = own
	}
	number, err := d.insurerOf(ctx, member.Staff(), about)
	if err == nil && !picked && (member.ID == "" || number == "" || number != own) {
		err = about.missing()
	}
	if err != nil {
		return staff.Clerk{}, err
	}
	return staff.Clerk{Staff: member.Staff(), Insurer: number, Role: member.Role}, nil
}

// missing is the answer to a request about what there is not.
func (t RequestTarget) missing() *eligibility.Error {
	switch {
	case t.Person != "":
		return ErrNoPerson
	case t.Run != "":
		return errNoRun
	case t.Preview != "":
		return errNoPreview
	}
	return errNoInsurer
}

// Operator makes the principal of a command, for the insurer that the command is about.
func (d *Directory) Operator(ctx context.Context, about RequestTarget) (staff.Operator, error) {
	number, err := d.insurerOf(ctx, "", about)
	if err != nil {
		return staff.Operator{}, err
	}
	return staff.Operator{Insurer: number}, nil
}

// Printing makes the principal of the command that prints: for the insurer of a run to resume, or else for
// the one that was named.
func (d *Directory) Printing(ctx context.Context, named, resumed string) (staff.Operator, error) {
	if resumed != "" {
		return d.Operator(ctx, RequestTarget{Run: resumed})
	}
	number, err := eligibility.ParseInsurerNumber(named)
	if err != nil {
		return staff.Operator{}, eligibility.ErrInsurerNumber.In("--insurer")
	}
	return staff.Operator{Insurer: number}, nil
}

func (d *Directory) insurerOf(
	ctx context.Context, name string, about RequestTarget,
) (eligibility.InsurerNumber, error) {
	switch {
	case about.Person != "":
		number, err := d.store.InsurerOfPerson(ctx, about.Person)
		return number, notFoundAs(err, about.missing())
	case about.Run != "":
		number, err := d.store.InsurerOfRun(ctx, about.Run)
		return number, notFoundAs(err, about.missing())
	case about.Preview != "":
		number, err := d.store.InsurerOfPreview(ctx, about.Preview, name, d.now())
		return number, notFoundAs(err, about.missing())
	case about.Insurer != "":
		in, err := d.Insurer(ctx, about.Insurer)
		return in.Number, err
	}
	all, err := d.store.Insurers(ctx)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", errNoInsurer
	}
	return all[0].Number, nil
}

// ownerStore says whose a record is, and nothing else of it. It returns NotFound where there is none.
type ownerStore interface {
	InsurerOfPerson(ctx context.Context, id audit.PersonID) (eligibility.InsurerNumber, error)
	InsurerOfRun(ctx context.Context, id string) (eligibility.InsurerNumber, error)
	// InsurerOfPreview knows a clerk's own files only, until they end.
	InsurerOfPreview(ctx context.Context, id, clerk string, at time.Time) (eligibility.InsurerNumber, error)
}

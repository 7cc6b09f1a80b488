package insurer

import (
	"context"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// What a clerk has looked at leaves the tasks, with who and when; it comes back when something new occurs:
// the next run has its own names, and another phone is asked about again.

// CheckNames notes that a clerk has looked at a finished run's names by hand. What was
// noted before stays, and of a run that is not done nothing is noted.
func (k *Tasks) CheckNames(ctx context.Context, clerk staff.Clerk, run string) error {
	key := RunKey{clerk.Insurer, run}
	e := audit.Entry{At: k.now(), Actor: clerk.Actor(), Action: "run.checked", Detail: run}
	_, err := k.runs.CheckRun(ctx, key, e)
	return err
}

// AskedAboutPhones notes that a clerk has asked a person about the phones that show the person now.
func (k *Tasks) AskedAboutPhones(ctx context.Context, clerk staff.Clerk, person audit.PersonID) error {
	e := audit.Entry{At: k.now(), Actor: clerk.Actor(), Action: "phones.checked", Person: person}
	return notFoundAs(k.store.AskedPhones(ctx, PersonKey{clerk.Insurer, person}, e), ErrNoPerson)
}

package desk

import (
	"context"

	"madoguchi/auth"
)

// EraseLogin deletes what Madoguchi keeps about a login: its enrolments, the keys of its phones, its grants, codes and sessions,
// and the receipts that lie for its phones. The insurer's own record of the person stays, as does the audit chain. It needs a fresh
// login: a stolen session must not be able to destroy.
func (o *Office) EraseLogin(ctx context.Context, login auth.Identity) error {
	now := o.Now()
	if !fresh(login, now) {
		return errFreshly
	}
	return o.Store.EraseSubject(ctx, login.Subject, Entry{At: now, Actor: ActorPatient, Action: "subject.erase", Detail: login.Basis()})
}

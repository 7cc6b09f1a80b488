package insurer

import (
	"context"

	"madoguchi/auth"
	"madoguchi/server/audit"
)

// EraseLogin deletes what Madoguchi keeps about a login: its enrolments, the keys of its phones, its grants, codes and sessions,
// and the receipts that lie for its phones. The insurer's own record of the person stays, as does the audit chain. It needs a fresh
// login: a stolen session must not be able to destroy.
func (o *Enrolment) EraseLogin(ctx context.Context, login auth.Identity) error {
	now := o.now()
	if !fresh(login, now) {
		return errFreshly
	}
	return o.store.EraseSubject(ctx, login.Subject, audit.Entry{At: now, Actor: audit.ActorPatient, Action: "subject.erase", Detail: login.Assurance()})
}

package insurer

import (
	"context"

	"madoguchi/server/audit"
)

// EraseLogin deletes what Madoguchi keeps about the viewer's login: its enrolments, the keys of its phones,
// its grants, codes and sessions, and the receipts that lie for its phones. The insurer's own record of the
// person stays, as does the audit chain. It needs a fresh login: a stolen session must not be able to
// destroy.
func (o *Enrolment) EraseLogin(ctx context.Context, viewer Viewer) error {
	now := o.now()
	if !isFreshLogin(viewer.Login, now) {
		return errFreshly
	}
	return o.store.EraseSubject(ctx, viewer.Login.Subject, audit.Entry{
		At:     now,
		Actor:  viewer.Actor(),
		Action: "subject.erase",
		Detail: viewer.Login.Assurance(),
	})
}

package insurer

import (
	"context"

	"madoguchi/server/audit"
)

// EraseLogin deletes what Madoguchi keeps about the viewer's login: its enrolments, the keys of its phones,
// its grants, codes and sessions, and the receipts that lie for its phones. The insurer's own record of the
// person stays, as does the audit chain. It needs a fresh login: a stolen session must not be able to
// destroy.
func (e *Enrolment) EraseLogin(ctx context.Context, viewer Viewer) error {
	now := e.now()
	if !isFreshLogin(viewer.Login, now) {
		return errLoginNotFresh
	}
	return e.store.EraseSubject(ctx, viewer.Login.Subject, audit.Entry{
		At:     now,
		Actor:  viewer.Actor(),
		Action: "subject.erase",
		Detail: viewer.Login.Assurance(),
	})
}

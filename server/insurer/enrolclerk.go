package insurer

import (
	"context"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// Reissue gives a person of the clerk's insurer a new notice code and voids the last.
func (e *Enrolment) Reissue(ctx context.Context, clerk staff.Clerk, id audit.PersonID) error {
	mac := func(serial int64) []byte { return e.notices.MAC(e.notices.Code(id, serial)) }
	entry := personEntry(e.now(), clerk, id, "notice.reissue")
	_, err := e.store.ReissueNotice(ctx, PersonKey{clerk.Insurer, id}, mac, entry)
	return notFoundAs(err, ErrNoPerson)
}

// EndLogin ends one login's enrolment for a person of the clerk's insurer.
func (e *Enrolment) EndLogin(ctx context.Context, clerk staff.Clerk, id audit.PersonID, login int64) error {
	entry := personEntry(e.now(), clerk, id, "login.end")
	return notFoundAs(e.store.EndLogin(ctx, PersonKey{clerk.Insurer, id}, login, entry), errNoLogin)
}

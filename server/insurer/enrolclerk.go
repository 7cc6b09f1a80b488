package insurer

import (
	"context"

	"madoguchi/server/audit"
)

// Reissue gives a person a new notice code and voids the last.
func (o *Enrolment) Reissue(ctx context.Context, id audit.PersonID, staff string) error {
	_, err := o.store.ReissueNotice(ctx, id, func(serial int64) []byte { return o.notices.MAC(o.notices.Code(id, serial)) }, personEntry(o.now(), id, staff, "notice.reissue"))
	return notFoundAs(err, ErrNoPerson)
}

// EndLogin ends one login's enrolment for a person.
func (o *Enrolment) EndLogin(ctx context.Context, id audit.PersonID, login int64, staff string) error {
	return notFoundAs(o.store.EndLogin(ctx, id, login, personEntry(o.now(), id, staff, "login.end")), errNoLogin)
}

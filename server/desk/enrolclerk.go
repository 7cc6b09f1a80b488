package desk

import (
	"context"
)

// Reissue gives a person a new notice code and voids the last.
func (o *Office) Reissue(ctx context.Context, id PersonID, staff string) error {
	_, err := o.Store.ReissueNotice(ctx, id, func(serial int64) []byte { return o.Notices.MAC(o.Notices.Code(id, serial)) }, personEntry(o.Now(), id, staff, "notice.reissue"))
	return notFoundAs(err, ErrNoPerson)
}

// EndLogin ends one login's enrolment for a person.
func (o *Office) EndLogin(ctx context.Context, id PersonID, login int64, staff string) error {
	return notFoundAs(o.Store.EndLogin(ctx, id, login, personEntry(o.Now(), id, staff, "login.end")), errNoLogin)
}

package insurer

import (
	"context"
)

// NoticeInsurer returns the insurer of an opened notice, of which the session holds the code's MAC. It
// returns ErrNoticeVoid when a newer notice has replaced it since, ErrNoticeCode when it is gone.
func (o *Enrolment) NoticeInsurer(ctx context.Context, mac []byte) (Insurer, error) {
	notice, err := o.store.Notice(ctx, mac)
	if err != nil {
		return Insurer{}, notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return Insurer{}, ErrNoticeVoid
	}
	record, err := o.store.Person(ctx, notice.Insurer, notice.Person)
	if err != nil {
		return Insurer{}, notFoundAs(err, ErrNoticeCode)
	}
	return o.Directory.Insurer(ctx, record.Person.Insurer)
}

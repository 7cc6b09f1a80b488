package desk

import (
	"context"
)

// NoticeInsurer returns the insurer of an opened notice, of which the session holds the code's MAC. It returns ErrNoticeVoid
// when a newer notice has replaced it since, ErrNoticeCode when it is gone.
func (o *Office) NoticeInsurer(ctx context.Context, mac []byte) (Insurer, error) {
	notice, err := o.Store.Notice(ctx, mac)
	if err != nil {
		return Insurer{}, notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return Insurer{}, ErrNoticeVoid
	}
	record, err := o.Store.Person(ctx, notice.Person)
	if err != nil {
		return Insurer{}, notFoundAs(err, ErrNoticeCode)
	}
	return o.Insurer(ctx, record.Person.Insurer)
}

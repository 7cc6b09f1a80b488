package insurer

import (
	"context"
)

// NoticeInsurer returns the insurer of an opened notice, of which the session holds the code's MAC. It
// returns ErrNoticeVoid when a newer notice has replaced it since, ErrNoticeCode when it is gone.
func (e *Enrolment) NoticeInsurer(ctx context.Context, mac []byte) (Insurer, error) {
	notice, err := e.store.Notice(ctx, mac)
	if err != nil {
		return Insurer{}, notFoundAs(err, ErrNoticeCode)
	}
	if notice.Void {
		return Insurer{}, ErrNoticeVoid
	}
	record, err := e.store.Person(ctx, notice.Insurer, notice.Person)
	if err != nil {
		return Insurer{}, notFoundAs(err, ErrNoticeCode)
	}
	return e.Directory.Insurer(ctx, record.Person.Insurer)
}

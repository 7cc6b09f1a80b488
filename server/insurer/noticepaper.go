package insurer

import (
	"context"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// NoticePaper is what the clerk's printable sheet shows of a notice code.
type NoticePaper struct {
	Record  PersonRecord
	Insurer Insurer
	Code    string // 16 letters
	URL     string // the landing address in the QR; it holds no insurance number
}

// NoticePaper returns the current notice code of a person of the clerk's insurer, making the first one when
// there is none.
func (e *Enrolment) NoticePaper(
	ctx context.Context, clerk staff.Clerk, id audit.PersonID,
) (NoticePaper, error) {
	record, err := e.store.Person(ctx, clerk.Insurer, id)
	if err != nil {
		return NoticePaper{}, notFoundAs(err, ErrNoPerson)
	}
	in, err := e.Directory.Insurer(ctx, record.Person.Insurer)
	if err != nil {
		return NoticePaper{}, err
	}
	mac := func(serial int64) []byte { return e.notices.MAC(e.notices.Code(id, serial)) }
	entry := personEntry(e.now(), clerk, id, "notice.show")
	serial, err := e.store.EnsureNotice(ctx, PersonKey{clerk.Insurer, id}, mac, entry)
	if err != nil {
		return NoticePaper{}, err
	}
	code := e.notices.Code(id, serial)
	return NoticePaper{Record: record, Insurer: in, Code: code, URL: landingAddress(e.address, code)}, nil
}

// landingAddress is the address that a notice's code ② says; it holds no insurance number.
func landingAddress(address, code string) string { return address + "/n/" + code }

package insurer

import (
	"context"

	"madoguchi/server/audit"
)

// NoticePaper is what the clerk's printable sheet shows of a notice code.
type NoticePaper struct {
	Record  PersonRecord
	Insurer Insurer
	Code    string // 16 letters
	URL     string // the landing address in the QR; it holds no insurance number
}

// NoticePaper returns a person's current notice code, making the first one when there is none.
func (o *Enrolment) NoticePaper(ctx context.Context, id audit.PersonID, staff string) (NoticePaper, error) {
	record, err := o.store.Person(ctx, id)
	if err != nil {
		return NoticePaper{}, err
	}
	in, err := o.Directory.Insurer(ctx, record.Person.Insurer)
	if err != nil {
		return NoticePaper{}, err
	}
	serial, err := o.store.EnsureNotice(ctx, id, func(serial int64) []byte { return o.notices.MAC(o.notices.Code(id, serial)) },
		audit.Entry{At: o.now(), Actor: audit.ClerkActor(staff), Action: "notice.show", Person: id})
	if err != nil {
		return NoticePaper{}, err
	}
	code := o.notices.Code(id, serial)
	return NoticePaper{Record: record, Insurer: in, Code: code, URL: landing(o.address, code)}, nil
}

// landing is the address that a notice's code ② says; it holds no insurance number.
func landing(address, code string) string { return address + "/n/" + code }

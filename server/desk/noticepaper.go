package desk

import (
	"context"
)

// NoticePaper is what the clerk's printable sheet shows of a notice code.
type NoticePaper struct {
	Record  PersonRecord
	Insurer Insurer
	Code    string // 16 letters
	URL     string // the landing address in the QR; it holds no insurance number
}

// NoticePaper returns a person's current notice code, making the first one when there is none.
func (o *Office) NoticePaper(ctx context.Context, id PersonID, staff string) (NoticePaper, error) {
	record, err := o.Store.Person(ctx, id)
	if err != nil {
		return NoticePaper{}, err
	}
	in, err := o.Insurer(ctx, record.Person.Insurer)
	if err != nil {
		return NoticePaper{}, err
	}
	serial, err := o.Store.EnsureNotice(ctx, id, func(serial int64) []byte { return o.Notices.MAC(o.Notices.Code(id, serial)) },
		Entry{At: o.Now(), Actor: ClerkActor(staff), Action: "notice.show", Person: id})
	if err != nil {
		return NoticePaper{}, err
	}
	code := o.Notices.Code(id, serial)
	return NoticePaper{Record: record, Insurer: in, Code: code, URL: landing(o.Address, code)}, nil
}

// landing is the address that a notice's code ② says; it holds no insurance number.
func landing(address, code string) string { return address + "/n/" + code }

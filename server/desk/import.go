package desk

import (
	"context"
	"fmt"
	"io"

	"madoguchi/eligibility"
	"madoguchi/server/roster"
)

// Imported is what an import did, row by row and in sum.
type Imported struct {
	Roster *roster.Roster
	Count  ImportCount
}

// Import reads a file of insured people and stores its good rows, all together. With dry nothing is stored. A file that is
// refused whole (not a CSV, a compulsory column missing, a My Number in it) comes back as an *eligibility.Error.
func (o *Office) Import(ctx context.Context, insurer eligibility.InsurerNumber, file io.Reader, staff string, dry bool) (Imported, error) {
	if _, err := o.Insurer(ctx, insurer); err != nil {
		return Imported{}, err
	}
	read, err := roster.Read(file, roster.Options{Insurer: insurer, Today: eligibility.DateOf(o.Now())})
	if err != nil {
		return Imported{}, err
	}
	if dry {
		return Imported{Roster: read}, nil
	}
	people := func(yield func(string, eligibility.Person) bool) {
		for _, row := range read.Rows {
			if !row.Accepted {
				continue
			}
			if !yield(roster.Key(row.Person), row.Person) {
				return
			}
		}
	}
	count, err := o.Store.ImportPeople(ctx, insurer, people, Entry{At: o.Now(), Actor: "staff:" + staff, Action: "people.import",
		Detail: fmt.Sprintf("%s rows=%d", insurer, len(read.Rows))})
	if err != nil {
		return Imported{}, err
	}
	return Imported{Roster: read, Count: count}, nil
}

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
		Entry{At: o.Now(), Actor: "staff:" + staff, Action: "notice.show", Person: id})
	if err != nil {
		return NoticePaper{}, err
	}
	code := o.Notices.Code(id, serial)
	return NoticePaper{Record: record, Insurer: in, Code: code, URL: o.Address + "/n/" + code}, nil
}

package desk

import (
	"context"
	"io"
	"iter"

	"madoguchi/eligibility"
	"madoguchi/server/roster"
)

// keyed gives the good rows of a file under their keys; digest counts all rows as they go by. stop, where it is given, ends
// the work on them when the file cannot be read to its end: half of it must not be stored for the whole.
func keyed(read *roster.Roster, digest *roster.Digest, stop context.CancelCauseFunc) iter.Seq2[string, eligibility.Person] {
	return func(yield func(string, eligibility.Person) bool) {
		*digest = roster.Digest{} // the store may begin anew
		for row := range read.Rows() {
			digest.Add(row)
			if row.Accepted && !yield(roster.Key(row.Person), row.Person) {
				return
			}
		}
		if err := read.Err(); err != nil && stop != nil {
			stop(err)
		}
	}
}

// Imported is what an import did.
type Imported struct {
	Digest roster.Digest
	Count  ImportCount
}

// Import reads a file of insured people, with the headings that the insurer mapped before, and stores its good rows, all
// together. A file that is refused whole (not a CSV, a compulsory column missing, a My Number in it) comes back as an
// *eligibility.Error.
func (o *Office) Import(ctx context.Context, insurer eligibility.InsurerNumber, file io.Reader, by Actor) (Imported, error) {
	own, err := o.Store.Headings(ctx, insurer)
	if err != nil {
		return Imported{}, err
	}
	read, err := roster.Read(file, roster.Options{Insurer: insurer, Map: own, Today: eligibility.DateOf(o.Now())})
	if err != nil {
		return Imported{}, err
	}
	return o.StoreRoster(ctx, read, by)
}

// StoreRoster stores the good rows of a file, all together or none, and counts its rows.
func (o *Office) StoreRoster(ctx context.Context, read *roster.Roster, by Actor) (done Imported, err error) {
	if _, err := o.Insurer(ctx, read.Insurer); err != nil {
		return done, err
	}
	whole, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	done.Count, err = o.Store.ImportPeople(whole, read.Insurer, keyed(read, &done.Digest, stop), o.importEntry(read.Insurer, by))
	if fault := read.Err(); fault != nil {
		return done, fault
	}
	return done, err
}

func (o *Office) importEntry(insurer eligibility.InsurerNumber, by Actor) Entry {
	return Entry{At: o.Now(), Actor: by, Action: "people.import", Detail: string(insurer)}
}

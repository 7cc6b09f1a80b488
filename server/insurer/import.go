package insurer

import (
	"context"
	"io"
	"iter"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/printing"
	"madoguchi/server/staff"
)

// Importer reads an insurer's file of insured people, by way of a preview that the clerk confirms.
type Importer struct {
	Directory *Directory

	store ImporterStore
	watch Watch
	now   func() time.Time

	stored  storedDigests
	counted countedFiles
	papers  *filePapers
	storing storingFiles
}

// ImporterStore is what Importer keeps. Each method is one transaction: it happens whole, audit entry
// included, or not at all. A missing thing is an *eligibility.Error with code NotFound.
type ImporterStore interface {
	// ImportPeople stores each person under its key (insuredcsv.PersonKey): a new key is a new person, other
	// values under a known key are its next version, equal values change nothing. All rows and the entry are
	// stored together, or none.
	ImportPeople(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		people iter.Seq2[string, eligibility.Person],
		e audit.Entry,
	) (ImportCount, error)
	// PutPreview keeps a file. A clerk's sixth drops the oldest.
	PutPreview(ctx context.Context, p KeptFile, e audit.Entry) error
	// Preview returns a clerk's own file for the clerk's insurer, until it ends.
	Preview(ctx context.Context, clerk staff.Clerk, id string, at time.Time) (KeptFile, error)
	DropPreview(ctx context.Context, clerk staff.Clerk, id string) error
	// CompareImport says what ImportPeople would do, and stores nothing. Of each kind the first most people
	// are shown.
	CompareImport(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		people iter.Seq2[string, eligibility.Person],
		most int,
	) (ImportPicture, error)
	// ImportPreview is ImportPeople for a kept file, which is marked as stored with it. It returns
	// ErrPreviewOutdated and stores nothing when it would change other numbers of people than seen. Somebody
	// else's store before it is no error.
	ImportPreview(ctx context.Context, p StoredPreview, people iter.Seq2[string, eligibility.Person],
		e audit.Entry) error
	// Headings returns the insurer's own headings, empty when it never mapped any.
	Headings(ctx context.Context, insurer eligibility.InsurerNumber) (map[string]insuredcsv.Column, error)
	// PutHeadings adds to them; a heading that is there gets the new column.
	PutHeadings(
		ctx context.Context,
		insurer eligibility.InsurerNumber,
		headings map[string]insuredcsv.Column,
		e audit.Entry,
	) error
}

// peopleByKey gives the good rows of a file under their keys; digest counts all rows as they go by. stop,
// where it is given, ends the work on them when the file cannot be read to its end: half of it must not be
// stored for the whole.
func peopleByKey(
	read *insuredcsv.File,
	digest *insuredcsv.Digest,
	stop context.CancelCauseFunc,
) iter.Seq2[string, eligibility.Person] {
	return func(yield func(string, eligibility.Person) bool) {
		*digest = insuredcsv.Digest{} // the store may begin anew
		for row := range read.Rows() {
			digest.Add(row)
			if row.Accepted && !yield(row.Key, row.Person) {
				return
			}
		}
		if err := read.Err(); err != nil && stop != nil {
			stop(err)
		}
	}
}

// ImportPicture is what storing a file would change, with the first people of each kind.
type ImportPicture struct {
	Count   ImportCount
	New     []eligibility.Person
	Changed []ChangedPerson
	// Missing is how many people of the register are not in the file: they stay as they are.
	Missing       int
	MissingPeople []PersonRecord
}

// ChangedPerson is somebody whose record a file changes.
type ChangedPerson struct {
	Before PersonRecord
	After  eligibility.Person
}

// StoredPreview is a kept file that a clerk said yes to.
type StoredPreview struct {
	ID      string
	Insurer eligibility.InsurerNumber
	Seen    ImportCount // what the clerk was told that storing it changes
	// Refused returns how many rows the file's reading refused; it is asked once all people have gone by.
	Refused func() int
	// Tell is told how many of its people have come in so far, whom nobody sees yet; may be nil.
	Tell func(done int)
	// Mark says something of each person on the way in, and New is told it of each who is new. Mark is called
	// beside the storing; both may be nil.
	Mark func(eligibility.Person) byte
	New  func(mark byte)
}

// Imported is what an import did.
type Imported struct {
	Digest insuredcsv.Digest
	Count  ImportCount
}

// Import reads a file of insured people, with the headings that the insurer mapped before, and stores its
// good rows, all together. A file that is refused whole (not a CSV, a compulsory column missing, a My Number
// in it) comes back as an *eligibility.Error.
func (m *Importer) Import(ctx context.Context, by staff.ForInsurer, file io.Reader) (Imported, error) {
	insurer := by.InsurerNumber()
	own, err := m.store.Headings(ctx, insurer)
	if err != nil {
		return Imported{}, err
	}
	read, err := insuredcsv.Read(
		file,
		insuredcsv.Options{Insurer: insurer, Map: own, Today: eligibility.DateOf(m.now())},
	)
	if err != nil {
		return Imported{}, err
	}
	return m.StoreFile(ctx, by, read, nil)
}

// StoreFile stores the good rows of a file of the insurer's, all together or none, and counts its rows. It
// tells how far it is, unless tell is nil; a context that ends gives the file up.
func (m *Importer) StoreFile(
	ctx context.Context, by staff.ForInsurer, read *insuredcsv.File, tell func(printing.Progress),
) (done Imported, err error) {
	if read.Insurer != by.InsurerNumber() {
		return done, errNoInsurer
	}
	if _, err := m.Directory.Insurer(ctx, read.Insurer); err != nil {
		return done, err
	}
	whole, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	people := m.telling(m.watch.importing(peopleByKey(read, &done.Digest, stop)), read.Lines(), tell)
	done.Count, err = m.store.ImportPeople(whole, read.Insurer, people, m.importEntry(by))
	if fault := read.Err(); fault != nil {
		return done, fault
	}
	return done, err
}

func (m *Importer) importEntry(by staff.ForInsurer) audit.Entry {
	return audit.Entry{
		At:     m.now(),
		Actor:  by.Actor(),
		Action: "people.import",
		Detail: string(by.InsurerNumber()),
	}
}

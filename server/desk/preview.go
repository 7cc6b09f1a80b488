package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/roster"
)

// PreviewLife is how long a file waits for its clerk's yes.
const PreviewLife = 30 * time.Minute

// Preview is a file that a clerk has sent and not stored yet. It is the clerk's own: nobody else finds it.
type Preview struct {
	ID      string // 26 random letters
	Insurer eligibility.InsurerNumber
	Clerk   string
	Until   time.Time
	Stored  *ImportCount  // what storing it changed; nil before
	File    roster.Source // as it was sent; sealed at rest, and opened part by part
}

// PreviewStore keeps what stands between a clerk's file and the register.
type PreviewStore interface {
	// Headings returns the insurer's own headings, empty when it never mapped any.
	Headings(ctx context.Context, insurer eligibility.InsurerNumber) (map[string]roster.Column, error)
	// PutHeadings adds to them; a heading that is there gets the new column.
	PutHeadings(ctx context.Context, insurer eligibility.InsurerNumber, headings map[string]roster.Column, e Entry) error
	// CountImport says what ImportPeople would do, and stores nothing.
	CountImport(ctx context.Context, insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person]) (ImportCount, error)
	// PutPreview keeps a file. A clerk's sixth drops the oldest.
	PutPreview(ctx context.Context, p Preview, e Entry) error
	Preview(ctx context.Context, id, clerk string, at time.Time) (Preview, error)
	// ImportPreview is ImportPeople for a kept file, which is marked as stored with it. It returns ErrPreviewMoved and stores
	// nothing when it would change other numbers of people than seen. Somebody else's store before it is no error.
	ImportPreview(ctx context.Context, id string, seen ImportCount, insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person], e Entry) error
	DropPreview(ctx context.Context, id, clerk string) error
	// ExpirePreviews removes those that ended before a time and returns how many.
	ExpirePreviews(ctx context.Context, before time.Time) (int, error)
}

var (
	errNoPreview = &eligibility.Error{Code: eligibility.NotFound, Key: "import.preview_gone"}
	// ErrPreviewMoved is returned when the register changed after the clerk saw the counts.
	ErrPreviewMoved = &eligibility.Error{Code: eligibility.Conflict, Key: "import.preview_moved"}
	errUndecided    = &eligibility.Error{Code: eligibility.Conflict, Key: "import.headings_open"}
)

// KeepFile keeps a clerk's file for its preview and returns the preview's id. A file that is refused whole is not kept:
// above all, one with a My Number leaves nothing behind.
func (o *Office) KeepFile(ctx context.Context, insurer eligibility.InsurerNumber, file io.Reader, clerk string) (string, error) {
	if _, err := o.Insurer(ctx, insurer); err != nil {
		return "", err
	}
	text, err := roster.Keep(file)
	if err != nil {
		return "", err
	}
	p := Preview{ID: rand.Text(), Insurer: insurer, Clerk: clerk, Until: o.Now().Add(PreviewLife), File: text}
	return p.ID, o.Store.PutPreview(ctx, p, Entry{At: o.Now(), Actor: ClerkActor(clerk), Action: "people.preview", Detail: fmt.Sprintf("%s bytes=%d", insurer, text.Size())})
}

// Look is what a clerk sees of a file before storing it.
type Look struct {
	Preview
	Headings []roster.Heading
	Missing  []roster.Column // compulsory ones that no heading means
	Open     bool            // a heading was never decided, or a compulsory column is missing: no rows yet
	Refusal  error           // why the rows cannot be read with these headings, an *eligibility.Error
	Roster   *roster.Roster  // nil while Open or refused
}

// Look reads a kept file's headings as they are understood now.
func (o *Office) Look(ctx context.Context, id, clerk string) (Look, error) {
	p, err := o.Store.Preview(ctx, id, clerk, o.Now())
	if err != nil {
		return Look{}, notFoundAs(err, errNoPreview)
	}
	own, err := o.Store.Headings(ctx, p.Insurer)
	if err != nil {
		return Look{}, err
	}
	look := Look{Preview: p}
	options := roster.Options{Insurer: p.Insurer, Map: own, Today: eligibility.DateOf(o.Now())}
	if look.Headings, look.Missing, err = roster.Headings(p.File, options); err != nil {
		return Look{}, err
	}
	look.Open = len(look.Missing) > 0
	for _, h := range look.Headings {
		look.Open = look.Open || !h.Known
	}
	if look.Open {
		return look, nil
	}
	if look.Roster, err = roster.Open(p.File, options); err != nil {
		var refusal *eligibility.Error
		if errors.As(err, &refusal) && refusal.Code == eligibility.Invalid {
			look.Refusal = refusal
			return look, nil
		}
		return Look{}, err
	}
	return look, nil
}

// Count reads all rows of a file whose headings are decided: what storing it would change, or what it changed.
func (o *Office) Count(ctx context.Context, look Look) (ImportCount, roster.Digest, error) {
	if look.Stored != nil {
		digest, ok := o.stored.of(look.ID)
		for row := range look.Roster.Rows() {
			if ok {
				break
			}
			digest.Add(row)
		}
		return *look.Stored, digest, look.Roster.Err()
	}
	var digest roster.Digest
	count, err := o.Store.CountImport(ctx, look.Insurer, keyed(look.Roster, &digest, nil))
	return count, digest, errors.Join(err, look.Roster.Err())
}

// storedDigests remembers what was said of the last files' rows, without their people: the result's page need not read the
// file again.
type storedDigests struct {
	mu   sync.Mutex
	made map[string]roster.Digest // by the preview's id
	last []string
}

// storedKept is how many it remembers; a file that was forgotten is read again.
const storedKept = 8

func (s *storedDigests) of(id string) (roster.Digest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.made[id]
	return d, ok
}

func (s *storedDigests) put(id string, d roster.Digest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil {
		s.made = map[string]roster.Digest{}
	}
	if len(s.last) == storedKept {
		delete(s.made, s.last[0])
		s.last = s.last[1:]
	}
	d.Good = nil
	s.made[id], s.last = d, append(s.last, id)
}

// MapHeadings remembers what a kept file's headings mean, by their place in the file, for all later files of the insurer.
// Nothing is remembered when two headings would mean the same column or a compulsory one is missing.
func (o *Office) MapHeadings(ctx context.Context, id, clerk string, columns []roster.Column) error {
	look, err := o.Look(ctx, id, clerk)
	if err != nil {
		return err
	}
	chosen := map[string]roster.Column{}
	for i, h := range look.Headings {
		if i < len(columns) && h.Name != "" && (!h.Usual || columns[i] != h.Column) {
			chosen[h.Name] = columns[i]
		}
	}
	if err := roster.CheckMap(chosen); err != nil {
		return err
	}
	known, err := o.Store.Headings(ctx, look.Insurer)
	if err != nil {
		return err
	}
	for heading, column := range chosen {
		known[heading] = column
	}
	if _, err := roster.Open(look.File, roster.Options{Insurer: look.Insurer, Map: known}); err != nil {
		return err
	}
	if len(chosen) == 0 {
		return nil
	}
	return o.RememberHeadings(ctx, look.Insurer, chosen, ClerkActor(clerk))
}

// RememberHeadings remembers an insurer's own headings.
func (o *Office) RememberHeadings(ctx context.Context, insurer eligibility.InsurerNumber, headings map[string]roster.Column, by Actor) error {
	return o.Store.PutHeadings(ctx, insurer, headings,
		Entry{At: o.Now(), Actor: by, Action: "headings.put", Detail: fmt.Sprintf("%s headings=%d", insurer, len(headings))})
}

// StorePreview stores a kept file's good rows. seen is what the clerk was told that it would change: when that is no longer
// so, it returns ErrPreviewMoved and stores nothing. A file that is stored already stays as it is.
func (o *Office) StorePreview(ctx context.Context, id, clerk string, seen ImportCount) error {
	look, err := o.Look(ctx, id, clerk)
	switch {
	case err != nil:
		return err
	case look.Stored != nil:
		return nil
	case look.Open:
		return errUndecided
	case look.Refusal != nil:
		return look.Refusal
	}
	var digest roster.Digest
	whole, stop := context.WithCancelCause(ctx) // ends what is being stored when the file cannot be read on
	defer stop(nil)
	err = o.Store.ImportPreview(whole, id, seen, look.Insurer, keyed(look.Roster, &digest, stop), o.importEntry(look.Insurer, ClerkActor(clerk)))
	if fault := look.Roster.Err(); fault != nil {
		return fault
	}
	if err == nil && digest.Rows > 0 { // a second press reads nothing
		o.stored.put(id, digest)
	}
	return err
}

// DropPreview forgets a kept file.
func (o *Office) DropPreview(ctx context.Context, id, clerk string) error {
	return o.Store.DropPreview(ctx, id, clerk)
}

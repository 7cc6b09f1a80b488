package insurer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/staff"
)

// PreviewLife is how long a file waits for its clerk's yes.
const PreviewLife = 30 * time.Minute

// KeptFile is a file that a clerk has sent and not stored yet. It is the clerk's own: nobody else finds it.
type KeptFile struct {
	ID      string // 26 random letters
	Insurer eligibility.InsurerNumber
	Clerk   string
	Until   time.Time
	Stored  *ImportCount      // what storing it changed; nil before
	File    insuredcsv.Source // as it was sent; sealed at rest, and opened part by part
}

var (
	errNoPreview = &eligibility.Error{Code: eligibility.NotFound, Key: "import.preview_gone"}
	// ErrPreviewOutdated is returned when the register changed after the clerk saw the counts.
	ErrPreviewOutdated = &eligibility.Error{Code: eligibility.Conflict, Key: "import.preview_moved"}
	errUndecided       = &eligibility.Error{Code: eligibility.Conflict, Key: "import.headings_open"}
)

// KeepFile keeps a clerk's file for its preview and returns the preview's id. A file that is refused whole is
// not kept: above all, one with a My Number leaves nothing behind.
func (m *Importer) KeepFile(ctx context.Context, clerk staff.Clerk, file io.Reader) (string, error) {
	if _, err := m.Directory.Insurer(ctx, clerk.Insurer); err != nil {
		return "", err
	}
	text, err := insuredcsv.PackFile(file)
	if err != nil {
		return "", err
	}
	defer insuredcsv.Spare(text)()
	p := KeptFile{
		ID:      rand.Text(),
		Insurer: clerk.Insurer,
		Clerk:   clerk.Staff,
		Until:   m.now().Add(PreviewLife),
		File:    text,
	}
	return p.ID, m.store.PutPreview(ctx, p, audit.Entry{
		At:     m.now(),
		Actor:  clerk.Actor(),
		Action: "people.preview",
		Detail: fmt.Sprintf("%s bytes=%d", clerk.Insurer, text.Size()),
	})
}

// ImportPreview is what a clerk sees of a file before storing it.
type ImportPreview struct {
	KeptFile
	Headings []insuredcsv.Heading
	Missing  []insuredcsv.Column // compulsory ones that no heading means
	// a heading was never decided, or a compulsory column is missing: no rows yet
	Open    bool
	Refusal error            // why the rows cannot be read with these headings, an *eligibility.Error
	Parsed  *insuredcsv.File // nil while Open or refused
}

// Preview reads a kept file's headings as they are understood now.
func (m *Importer) Preview(ctx context.Context, clerk staff.Clerk, id string) (ImportPreview, error) {
	return m.preview(ctx, clerk, id, nil)
}

// preview is Preview of a file whose rows tell which of its parts they come from; tell may be nil.
func (m *Importer) preview(
	ctx context.Context, clerk staff.Clerk, id string, tell func(part, parts int),
) (ImportPreview, error) {
	p, err := m.store.Preview(ctx, clerk, id, m.now())
	if err != nil {
		return ImportPreview{}, notFoundAs(err, errNoPreview)
	}
	own, err := m.store.Headings(ctx, p.Insurer)
	if err != nil {
		return ImportPreview{}, err
	}
	preview := ImportPreview{KeptFile: p}
	options := insuredcsv.Options{Insurer: p.Insurer, Map: own, Today: eligibility.DateOf(m.now())}
	if preview.Headings, preview.Missing, err = insuredcsv.ReadHeadings(p.File, options); err != nil {
		return ImportPreview{}, err
	}
	preview.Open = len(preview.Missing) > 0
	for _, h := range preview.Headings {
		preview.Open = preview.Open || !h.Known
	}
	if preview.Open {
		return preview, nil
	}
	source := p.File
	if tell != nil {
		source = toldSource{p.File, tell}
	}
	if preview.Parsed, err = insuredcsv.Open(source, options); err != nil {
		var refusal *eligibility.Error
		if errors.As(err, &refusal) && refusal.Code == eligibility.Invalid {
			preview.Refusal = refusal
			return preview, nil
		}
		return ImportPreview{}, err
	}
	return preview, nil
}

// shownPeople is how many people of each kind a preview shows.
const shownPeople = 10

// Count reads all rows of a file whose headings are decided: what storing it would change, or what it
// changed.
func (m *Importer) Count(
	ctx context.Context, clerk staff.Clerk, preview ImportPreview,
) (ImportPicture, insuredcsv.Digest, error) {
	if preview.Insurer != clerk.Insurer || preview.Clerk != clerk.Staff {
		return ImportPicture{}, insuredcsv.Digest{}, errNoPreview
	}
	if preview.Stored != nil {
		digest, ok := m.stored.of(preview.ID)
		for row := range preview.Parsed.Rows() {
			if ok {
				break
			}
			digest.Add(row)
		}
		return ImportPicture{Count: *preview.Stored}, digest, preview.Parsed.Err()
	}
	if made, ok := m.counted.take(preview.ID, m.now()); ok {
		return made.picture, made.digest, nil
	}
	var digest insuredcsv.Digest
	picture, err := m.compare(ctx, preview, &digest)
	return picture, digest, err
}

// Counted reports whether what came of reading a clerk's file a moment ago is still held for Count.
func (m *Importer) Counted(clerk staff.Clerk, preview ImportPreview) bool {
	return preview.Insurer == clerk.Insurer && preview.Clerk == clerk.Staff &&
		m.counted.holds(preview.ID, m.now())
}

func (m *Importer) compare(
	ctx context.Context, preview ImportPreview, digest *insuredcsv.Digest,
) (ImportPicture, error) {
	people := peopleByKey(preview.Parsed, digest, nil)
	picture, err := m.store.CompareImport(ctx, preview.Insurer, people, shownPeople)
	return picture.withoutWithheld(), errors.Join(err, preview.Parsed.Err())
}

// storedDigests remembers what was said of the last files' rows, without their people: the result's page need
// not read the file again. It is no memo: files come without end, so it holds the last few.
type storedDigests struct {
	mu   sync.Mutex
	made map[string]insuredcsv.Digest // by the preview's id
	last []string
}

// storedKept is how many it remembers; a file that was forgotten is read again.
const storedKept = 8

func (s *storedDigests) of(id string) (insuredcsv.Digest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.made[id]
	return d, ok
}

func (s *storedDigests) put(id string, d insuredcsv.Digest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil {
		s.made = map[string]insuredcsv.Digest{}
	}
	if len(s.last) == storedKept {
		delete(s.made, s.last[0])
		s.last = s.last[1:]
	}
	d.Good, d.Bad = nil, nil
	s.made[id], s.last = d, append(s.last, id)
}

// MapHeadings remembers what a kept file's headings mean, by their place in the file, for all later files of
// the insurer. Nothing is remembered when two headings would mean the same column or a compulsory one is
// missing.
func (m *Importer) MapHeadings(
	ctx context.Context, clerk staff.Clerk, id string, columns []insuredcsv.Column,
) error {
	preview, err := m.Preview(ctx, clerk, id)
	if err != nil {
		return err
	}
	chosen := map[string]insuredcsv.Column{}
	for i, h := range preview.Headings {
		if i < len(columns) && h.Name != "" && (!h.Usual || columns[i] != h.Column) {
			chosen[h.Name] = columns[i]
		}
	}
	if err := insuredcsv.CheckMap(chosen); err != nil {
		return err
	}
	known, err := m.store.Headings(ctx, preview.Insurer)
	if err != nil {
		return err
	}
	for heading, column := range chosen {
		known[heading] = column
	}
	options := insuredcsv.Options{Insurer: preview.Insurer, Map: known}
	if _, err := insuredcsv.Open(preview.File, options); err != nil {
		return err
	}
	if len(chosen) == 0 {
		return nil
	}
	return m.RememberHeadings(ctx, clerk, chosen)
}

// RememberHeadings remembers an insurer's own headings.
func (m *Importer) RememberHeadings(
	ctx context.Context, by staff.ForInsurer, headings map[string]insuredcsv.Column,
) error {
	insurer := by.InsurerNumber()
	return m.store.PutHeadings(ctx, insurer, headings, audit.Entry{
		At:     m.now(),
		Actor:  by.Actor(),
		Action: "headings.put",
		Detail: fmt.Sprintf("%s headings=%d", insurer, len(headings)),
	})
}

// StorePreview stores a kept file's good rows. seen is what the clerk was told that it would change: when
// that is no longer so, it returns ErrPreviewOutdated and stores nothing. A file that is stored already
// stays as it is.
func (m *Importer) StorePreview(ctx context.Context, clerk staff.Clerk, id string, seen ImportCount) error {
	return m.storeFile(ctx, clerk, id, seen, nil)
}

// storable is a preview that can be stored; one that is stored already is returned too.
func (m *Importer) storable(ctx context.Context, clerk staff.Clerk, id string) (ImportPreview, error) {
	preview, err := m.Preview(ctx, clerk, id)
	switch {
	case err != nil:
		return preview, err
	case preview.Stored != nil:
		return preview, nil
	case preview.Open:
		return preview, errUndecided
	}
	return preview, preview.Refusal
}

// storeFile is StorePreview that tells how many people are stored; tell may be nil.
func (m *Importer) storeFile(
	ctx context.Context, clerk staff.Clerk, id string, seen ImportCount, tell func(done int),
) error {
	preview, err := m.storable(ctx, clerk, id)
	if err != nil || preview.Stored != nil {
		return err
	}
	papers, err := m.papers.counting(ctx, clerk.Insurer)
	if err != nil {
		return err
	}
	var digest insuredcsv.Digest
	whole, stop := context.WithCancelCause(ctx) // ends what is being stored when the file cannot be read on
	defer stop(nil)
	stored := StoredPreview{
		ID:      id,
		Insurer: clerk.Insurer,
		Seen:    seen,
		Refused: func() int { return digest.Refused },
		Tell:    tell,
		Mark:    papersDue(papers.before.day),
		New:     papers.made.add,
	}
	entry := m.importEntry(clerk)
	err = m.store.ImportPreview(whole, stored, m.watch.importing(peopleByKey(preview.Parsed, &digest, stop)),
		entry)
	if fault := preview.Parsed.Err(); fault != nil {
		return fault
	}
	// A second press reads nothing; a file with refused rows is read for them again.
	if err == nil && digest.Rows > 0 && digest.Refused == 0 {
		m.stored.put(id, digest)
	}
	if err == nil && digest.Rows > 0 { // not somebody else's
		papers.stored(ctx, stored, entry.At)
	}
	return err
}

// Holds reports whether a clerk's file is still kept.
func (m *Importer) Holds(ctx context.Context, clerk staff.Clerk, id string) bool {
	_, err := m.store.Preview(ctx, clerk, id, m.now())
	return err == nil
}

// DropPreview forgets a clerk's kept file.
func (m *Importer) DropPreview(ctx context.Context, clerk staff.Clerk, id string) error {
	if _, err := m.store.Preview(ctx, clerk, id, m.now()); err != nil {
		return notFoundAs(err, errNoPreview)
	}
	return m.store.DropPreview(ctx, clerk, id)
}

package insurer

import (
	"context"
	"io"
	"sync"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/guarded"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/staff"
)

// A file is read while its clerk looks on: the parts that were read, of all, are told, and what came of it is
// held until the page asks for it, once.

// countedFile is what reading a file found.
type countedFile struct {
	picture ImportPicture
	digest  insuredcsv.Digest
	at      time.Time
}

// countedLife is how long it is held: the page asks within a moment, and it holds people.
const countedLife = 20 * time.Second

// countedFiles holds what was found, by the preview's id.
type countedFiles struct {
	mu   sync.Mutex
	made map[string]countedFile
}

func (c *countedFiles) put(id string, f countedFile) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		c.made = map[string]countedFile{}
	}
	for other, made := range c.made {
		if f.at.Sub(made.at).Abs() > countedLife {
			delete(c.made, other)
		}
	}
	c.made[id] = f
}

// take returns what was found a moment ago and lets go of it: the next time the register may be another.
func (c *countedFiles) take(id string, now time.Time) (countedFile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.made[id]
	delete(c.made, id)
	return f, ok && now.Sub(f.at).Abs() <= countedLife
}

// holds reports whether take would return something.
func (c *countedFiles) holds(id string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok := c.made[id]
	return ok && now.Sub(f.at).Abs() <= countedLife
}

// Read reads a clerk's kept file and tells how far it is. Count has what came of it, the next time. A file
// with undecided headings, or one that is refused or stored, is not read.
func (m *Importer) Read(
	ctx context.Context, clerk staff.Clerk, id string, tell func(ImportProgress),
) error {
	var f countedFile
	pace := importPace{m.now(), m.now}
	// A part is asked for by whoever counts the rows: nobody else touches them meanwhile.
	preview, err := m.preview(ctx, clerk, id, func(part, parts int) {
		tell(pace.progress(part, parts, f.digest.Rows))
	})
	if err != nil || preview.Open || preview.Refusal != nil || preview.Stored != nil {
		return err
	}
	if f.picture, err = m.compare(ctx, preview, &f.digest); err != nil {
		return err
	}
	f.at = m.now()
	m.counted.put(id, f)
	return nil
}

// withoutWithheld leaves the addresses of people whose data are withheld (不開示) out of what a preview shows.
func (p ImportPicture) withoutWithheld() ImportPicture {
	for i, changed := range p.Changed {
		if changed.Before.Person.Withheld == eligibility.Yes || changed.After.Withheld == eligibility.Yes {
			p.Changed[i].Before.Person = withoutAddress(changed.Before.Person)
			p.Changed[i].After = withoutAddress(changed.After)
		}
	}
	return p
}

// toldSource tells which of its parts are read.
type toldSource struct {
	insuredcsv.Source
	tell func(done, total int)
}

func (s toldSource) Part(i int) ([]byte, error) {
	s.tell(i, s.Parts())
	return s.Source.Part(i)
}

// Mend makes a new file of a clerk's kept one with other cells in its refused rows, and returns its id: the
// clerk looks at it anew. Of a file that is stored the new one holds the refused rows alone; else it takes
// the old one's place.
func (m *Importer) Mend(
	ctx context.Context, clerk staff.Clerk, id string, cells insuredcsv.Mending,
) (string, error) {
	preview, err := m.Preview(ctx, clerk, id)
	switch {
	case err != nil:
		return "", err
	case preview.Open:
		return "", errUndecided
	case preview.Refusal != nil:
		return "", preview.Refusal
	}
	r, w := io.Pipe()
	go func() {
		w.CloseWithError(guarded.Do("writing a mended file", func() error {
			return preview.Parsed.WriteMended(w, cells, preview.Stored != nil)
		}))
	}()
	next, err := m.KeepFile(ctx, clerk, r)
	r.Close() // ends the writing where the file is refused
	if err != nil || preview.Stored != nil {
		return next, err
	}
	return next, m.store.DropPreview(ctx, clerk, id)
}

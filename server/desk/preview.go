package desk

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
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
	Stored  *ImportCount // what storing it changed; nil before
	File    []byte       // as it was sent; sealed at rest
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
	// PreviewStored notes what storing the file changed.
	PreviewStored(ctx context.Context, id string, count ImportCount) error
	DropPreview(ctx context.Context, id, clerk string) error
	// ExpirePreviews removes those that ended before a time and returns how many.
	ExpirePreviews(ctx context.Context, before time.Time) (int, error)
}

var (
	errNoPreview = &eligibility.Error{Code: eligibility.NotFound, Key: "import.preview_gone",
		Ja: "この読み込みの下見は、30分が過ぎたか、取りやめたので残っていません。保存されたものはありません。ファイルをもう一度選んでください。",
		En: "This preview is gone: thirty minutes have passed or it was dropped. Nothing of it was stored. Choose the file again."}
	// ErrPreviewMoved is returned when the register changed after the clerk saw the counts.
	ErrPreviewMoved = &eligibility.Error{Code: eligibility.Conflict, Key: "import.preview_moved",
		Ja: "確かめている間に名簿が変わったため、人数が変わりました。まだ何も保存していません。新しい人数を確かめて、もう一度「読み込む」を押してください。",
		En: "The register changed meanwhile, and so did the counts. Nothing has been stored. Look at the new counts and confirm again."}
	errUndecided = &eligibility.Error{Code: eligibility.Conflict, Key: "import.headings_open",
		Ja: "見出しの対応がまだ決まっていません。先に見出しを選んでください。", En: "Some headings have no meaning yet. Choose their columns first."}
)

// KeepFile keeps a clerk's file for its preview and returns the preview's id. A file that is refused whole is not kept:
// above all, one with a My Number leaves nothing behind.
func (o *Office) KeepFile(ctx context.Context, insurer eligibility.InsurerNumber, file io.Reader, clerk string) (string, error) {
	if _, err := o.Insurer(ctx, insurer); err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(file, roster.MaxFile+1))
	if err != nil {
		return "", fmt.Errorf("reading the file: %w", err)
	}
	if _, _, err := roster.Headings(bytes.NewReader(data), roster.Options{Insurer: insurer}); err != nil {
		return "", err
	}
	p := Preview{ID: rand.Text(), Insurer: insurer, Clerk: clerk, Until: o.Now().Add(PreviewLife), File: data}
	return p.ID, o.Store.PutPreview(ctx, p, Entry{At: o.Now(), Actor: "staff:" + clerk, Action: "people.preview", Detail: fmt.Sprintf("%s bytes=%d", insurer, len(data))})
}

// Look is what a clerk sees of a file before storing it.
type Look struct {
	Preview
	Headings []roster.Heading
	Missing  []roster.Column // compulsory ones that no heading means
	Open     bool            // a heading was never decided, or a compulsory column is missing: no rows yet
	Refusal  error           // why the rows cannot be read with these headings, an *eligibility.Error
	Roster   *roster.Roster  // nil while Open or refused
	Count    ImportCount     // what storing would change, or what it changed
}

// Look reads a kept file as it would be stored now.
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
	if look.Headings, look.Missing, err = roster.Headings(bytes.NewReader(p.File), options); err != nil {
		return Look{}, err
	}
	look.Open = len(look.Missing) > 0
	for _, h := range look.Headings {
		look.Open = look.Open || !h.Known
	}
	if look.Open {
		return look, nil
	}
	if look.Roster, err = roster.Read(bytes.NewReader(p.File), options); err != nil {
		var refusal *eligibility.Error
		if errors.As(err, &refusal) {
			look.Refusal = refusal
			return look, nil
		}
		return Look{}, err
	}
	if p.Stored != nil {
		look.Count = *p.Stored
		return look, nil
	}
	look.Count, err = o.Store.CountImport(ctx, p.Insurer, keyed(look.Roster))
	return look, err
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
	if _, err := roster.Read(bytes.NewReader(look.File), roster.Options{Insurer: look.Insurer, Map: known}); err != nil {
		return err
	}
	if len(chosen) == 0 {
		return nil
	}
	return o.RememberHeadings(ctx, look.Insurer, chosen, clerk)
}

// RememberHeadings remembers an insurer's own headings.
func (o *Office) RememberHeadings(ctx context.Context, insurer eligibility.InsurerNumber, headings map[string]roster.Column, staff string) error {
	return o.Store.PutHeadings(ctx, insurer, headings,
		Entry{At: o.Now(), Actor: "staff:" + staff, Action: "headings.put", Detail: fmt.Sprintf("%s headings=%d", insurer, len(headings))})
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
	case look.Count != seen:
		return ErrPreviewMoved
	}
	count, err := o.StoreRoster(ctx, look.Roster, clerk)
	if err != nil {
		return err
	}
	return o.Store.PreviewStored(ctx, id, count)
}

// DropPreview forgets a kept file.
func (o *Office) DropPreview(ctx context.Context, id, clerk string) error {
	return o.Store.DropPreview(ctx, id, clerk)
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// previewsKept is how many files one clerk may have waiting.
const previewsKept = 5

// PutPreview implements insurer.ImporterStore.
func (s importerStore) PutPreview(ctx context.Context, p insurer.KeptFile, e audit.Entry) error {
	return s.changeAlone(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM previews WHERE expires_at <= $1 OR clerk = $2
			AND id NOT IN
			(SELECT id FROM previews WHERE clerk = $2 ORDER BY id DESC LIMIT $3)`, toMillis(e.At), p.Clerk,
			previewsKept-1); err != nil {
			return fmt.Errorf("making room for a file: %w", err)
		}
		var id int64
		if err := tx.QueryRowContext(ctx,
			`INSERT INTO previews (ref, insurer, clerk, expires_at, stored, count_new, count_changed,
			count_unchanged, parts)
			VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5) RETURNING id`,
			p.ID, p.Insurer, p.Clerk, toMillis(p.Until), p.File.Parts()).Scan(&id); err != nil {
			return fmt.Errorf("keeping a file: %w", err)
		}
		for i := range p.File.Parts() {
			part, err := p.File.Part(i)
			if err != nil {
				return err
			}
			at := partPlace(p, i, p.File.Parts())
			sealed, err := s.sealer.seal(ctx, tx, "people/"+string(p.Insurer)+"/previews", at, part)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO preview_parts (preview_id, part, body)
				VALUES ($1, $2, $3)`, id, i, sealed); err != nil {
				return fmt.Errorf("keeping a part of a file: %w", err)
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// partPlace binds a part to its file, its place and their number, and to whose the file is: none can be moved
// or left out, and no file becomes another insurer's.
func partPlace(p insurer.KeptFile, part, parts int) place {
	return boundPlace("preview_parts.body", p.ID, int64(part), int64(parts), string(p.Insurer), p.Clerk,
		toMillis(p.Until))
}

// Preview implements insurer.ImporterStore.
func (s importerStore) Preview(
	ctx context.Context, clerk staff.Clerk, id string, at time.Time,
) (insurer.KeptFile, error) {
	p := insurer.KeptFile{ID: id, Clerk: clerk.Staff}
	var row, until int64
	var stored, parts int
	var count insurer.ImportCount
	err := s.read.QueryRowContext(ctx,
		`SELECT id, insurer, expires_at, stored, count_new, count_changed, count_unchanged, parts
		FROM previews
		WHERE ref = $1 AND clerk = $2 AND expires_at > $3 AND insurer = $4`,
		id, clerk.Staff, toMillis(at), clerk.Insurer).
		Scan(&row, &p.Insurer, &until, &stored, &count.New, &count.Changed, &count.Unchanged, &parts)
	if err != nil {
		return insurer.KeptFile{}, storageError(err)
	}
	p.Until = fromMillis(until)
	if stored != 0 {
		p.Stored = &count
	}
	p.File = previewFile{s.core, ctx, row, p, parts}
	return p, nil
}

// previewFile reads a kept file part by part, within the request that asked for it: held as a whole, the file
// of a large insurer was the most of what an import needed of the memory.
type previewFile struct {
	core  *core
	ctx   context.Context
	row   int64
	of    insurer.KeptFile
	parts int
}

// Parts implements insuredcsv.Source.
func (f previewFile) Parts() int { return f.parts }

// Part implements insuredcsv.Source.
func (f previewFile) Part(i int) ([]byte, error) {
	var sealed []byte
	err := f.core.read.QueryRowContext(f.ctx,
		`SELECT body FROM preview_parts WHERE preview_id = $1 AND part = $2`, f.row, i).Scan(&sealed)
	if err != nil {
		return nil, errStorage.Because(
			fmt.Errorf("reading part %d of %d of a kept file: %w", i+1, f.parts, err))
	}
	part, err := f.core.sealer.open(f.ctx, f.core.read, partPlace(f.of, i, f.parts), sealed)
	return part, storageError(err)
}

var errStoredBefore = errors.New("the file was stored before")

// ImportPreview implements insurer.ImporterStore.
func (s importerStore) ImportPreview(
	ctx context.Context, p insurer.StoredPreview, people iter.Seq2[string, eligibility.Person], e audit.Entry,
) error {
	seen := p.Seen
	var stored int
	err := s.read.QueryRowContext(ctx, `SELECT stored FROM previews WHERE ref = $1 AND insurer = $2`, p.ID,
		p.Insurer).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) || stored != 0 {
		return nil
	}
	if err != nil {
		return storageError(err)
	}
	finish := func(tx *sql.Tx, count insurer.ImportCount) error {
		done, err := tx.ExecContext(ctx,
			`UPDATE previews SET stored = 1, count_new = $2, count_changed = $3, count_unchanged = $4
			WHERE ref = $1 AND stored = 0 AND insurer = $5`,
			p.ID, seen.New, seen.Changed, seen.Unchanged, p.Insurer)
		if err != nil {
			return fmt.Errorf("marking a file as stored: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, errStoredBefore)
		}
		if count != seen {
			return insurer.ErrPreviewOutdated
		}
		if p.Refused == nil {
			return nil
		}
		_, err = tx.ExecContext(ctx,
			`INSERT INTO refused_rows (insurer, at, n, preview) VALUES ($1, $2, $3, $4)
			ON CONFLICT (insurer) DO UPDATE
			SET at = excluded.at, n = excluded.n, preview = excluded.preview`,
			p.Insurer, toMillis(e.At), p.Refused(), p.ID)
		return err
	}
	_, err = s.storeFile(ctx, importedFile{
		number:  p.Insurer,
		entry:   e,
		preview: p.ID,
		tell:    p.Tell,
		mark:    p.Mark,
		isNew:   p.New,
		finish:  finish,
	}, people)
	if errors.Is(err, errStoredBefore) {
		return nil
	}
	return err
}

// DropPreview implements insurer.ImporterStore.
func (s importerStore) DropPreview(ctx context.Context, clerk staff.Clerk, id string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM previews WHERE ref = $1 AND clerk = $2 AND insurer = $3`,
		id, clerk.Staff, clerk.Insurer)
	return storageError(err)
}

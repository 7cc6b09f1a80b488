package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// Headings: see desk.PreviewStore.
func (s *Store) Headings(ctx context.Context, insurer eligibility.InsurerNumber) (map[string]insuredcsv.Column, error) {
	found, err := s.headings(ctx, s.read, insurer)
	return found, storage(err)
}

func (s *Store) headings(ctx context.Context, q queryer, insurer eligibility.InsurerNumber) (map[string]insuredcsv.Column, error) {
	found := map[string]insuredcsv.Column{}
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM headings WHERE insurer = $1`, insurer).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for headings: %w", err)
	}
	body, err := s.openValue(ctx, q, at("headings.body", string(insurer)), sealed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &found); err != nil {
		return nil, fmt.Errorf("reading headings: %w", err)
	}
	return found, nil
}

// PutHeadings: see desk.PreviewStore.
func (s *Store) PutHeadings(ctx context.Context, insurer eligibility.InsurerNumber, headings map[string]insuredcsv.Column, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		all, err := s.headings(ctx, tx, insurer)
		if err != nil {
			return err
		}
		maps.Copy(all, headings)
		body, err := json.Marshal(all)
		if err != nil {
			return fmt.Errorf("writing headings: %w", err)
		}
		sealed, err := s.sealValue(ctx, tx, "people/"+string(insurer)+"/headings", at("headings.body",
			string(insurer)), body)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO headings (insurer, at, body) VALUES ($1, $2, $3)
			ON CONFLICT (insurer) DO UPDATE SET at = $2, body = $3`, insurer, stamp(e.At), sealed); err != nil {
			return fmt.Errorf("storing headings: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

// CountImport: see desk.PreviewStore.
func (s *Store) CountImport(ctx context.Context, number eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person]) (insurer.ImportCount, error) {
	var count insurer.ImportCount
	seen := map[[16]byte]bool{} // a repeated row changes nothing the second time
	look := func(batch []incoming) error {
		found, err := find(ctx, s.read, batch)
		if err != nil {
			return err
		}
		for _, p := range batch {
			k, ok := found[string(p.keyMAC)]
			short := [16]byte(p.keyMAC)
			switch {
			case seen[short] || ok && bytes.Equal(k.bodyMAC, p.bodyMAC):
				count.Unchanged++
			case !ok:
				count.New++
			default:
				count.Changed++
			}
			seen[short] = true
		}
		return nil
	}
	return count, storage(s.inBatches(number, people, false, look))
}

// previewsKept is how many files one clerk may have waiting.
const previewsKept = 5

// PutPreview: see desk.PreviewStore.
func (s *Store) PutPreview(ctx context.Context, p insurer.Preview, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM previews WHERE expires_at <= $1 OR clerk = $2 AND id NOT IN
			(SELECT id FROM previews WHERE clerk = $2 ORDER BY id DESC LIMIT $3)`, stamp(e.At), p.Clerk, previewsKept-1); err != nil {
			return fmt.Errorf("making room for a file: %w", err)
		}
		var id int64
		if err := tx.QueryRowContext(ctx, `INSERT INTO previews (ref, insurer, clerk, expires_at, stored, count_new, count_changed, count_unchanged, parts)
			VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5) RETURNING id`, p.ID, p.Insurer, p.Clerk, stamp(p.Until), p.File.Parts()).Scan(&id); err != nil {
			return fmt.Errorf("keeping a file: %w", err)
		}
		for i := range p.File.Parts() {
			part, err := p.File.Part(i)
			if err != nil {
				return err
			}
			at := partPlace(p, i, p.File.Parts())
			sealed, err := s.sealValue(ctx, tx, "people/"+string(p.Insurer)+"/previews", at, part)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO preview_parts (preview_id, part, body) VALUES ($1, $2, $3)`, id, i, sealed); err != nil {
				return fmt.Errorf("keeping a part of a file: %w", err)
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// partPlace binds a part to its file, its place and their number, and to whose the file is: none can be moved
// or left out, and no file becomes another insurer's.
func partPlace(p insurer.Preview, part, parts int) place {
	return bound("preview_parts.body", p.ID, int64(part), int64(parts), string(p.Insurer), p.Clerk,
		stamp(p.Until))
}

// Preview: see desk.PreviewStore.
func (s *Store) Preview(
	ctx context.Context, clerk staff.Clerk, id string, at time.Time,
) (insurer.Preview, error) {
	p := insurer.Preview{ID: id, Clerk: clerk.Staff}
	var row, until int64
	var stored, parts int
	var count insurer.ImportCount
	err := s.read.QueryRowContext(ctx, `SELECT id, insurer, expires_at, stored, count_new, count_changed, count_unchanged, parts FROM previews
		WHERE ref = $1 AND clerk = $2 AND expires_at > $3 AND insurer = $4`,
		id, clerk.Staff, stamp(at), clerk.Insurer).
		Scan(&row, &p.Insurer, &until, &stored, &count.New, &count.Changed, &count.Unchanged, &parts)
	if err != nil {
		return insurer.Preview{}, storage(err)
	}
	p.Until = unstamp(until)
	if stored != 0 {
		p.Stored = &count
	}
	p.File = previewFile{s, ctx, row, p, parts}
	return p, nil
}

// previewFile reads a kept file part by part, within the request that asked for it: held as a whole, the file of a large
// insurer was the most of what an import needed of the memory.
type previewFile struct {
	store *Store
	ctx   context.Context
	row   int64
	of    insurer.Preview
	parts int
}

// Parts: see roster.Source.
func (f previewFile) Parts() int { return f.parts }

// Part: see roster.Source.
func (f previewFile) Part(i int) ([]byte, error) {
	var sealed []byte
	err := f.store.read.QueryRowContext(f.ctx,
		`SELECT body FROM preview_parts WHERE preview_id = $1 AND part = $2`, f.row, i).Scan(&sealed)
	if err != nil {
		return nil, errStorage.Because(fmt.Errorf("reading part %d of %d of a kept file: %w", i+1, f.parts, err))
	}
	part, err := f.store.openValue(f.ctx, f.store.read, partPlace(f.of, i, f.parts), sealed)
	return part, storage(err)
}

var errStoredBefore = errors.New("the file was stored before")

// ImportPreview: see desk.PreviewStore.
func (s *Store) ImportPreview(
	ctx context.Context, p insurer.StoredPreview, people iter.Seq2[string, eligibility.Person], e audit.Entry,
) error {
	seen := p.Seen
	err := s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE previews SET stored = 1, count_new = $2, count_changed = $3,
			count_unchanged = $4 WHERE ref = $1 AND stored = 0 AND insurer = $5`,
			p.ID, seen.New, seen.Changed, seen.Unchanged, p.Insurer)
		if err != nil {
			return fmt.Errorf("marking a file as stored: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, errStoredBefore)
		}
		count, err := s.importPeople(ctx, tx, p.Insurer, people, e)
		if err == nil && count != seen {
			return insurer.ErrPreviewMoved
		}
		return err
	})
	if errors.Is(err, errStoredBefore) {
		return nil
	}
	return err
}

// DropPreview: see desk.PreviewStore.
func (s *Store) DropPreview(ctx context.Context, clerk staff.Clerk, id string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM previews WHERE ref = $1 AND clerk = $2 AND insurer = $3`,
		id, clerk.Staff, clerk.Insurer)
	return storage(err)
}

// ExpirePreviews: see desk.PreviewStore.
func (s *Store) ExpirePreviews(ctx context.Context, before time.Time) (int, error) {
	done, err := s.write.ExecContext(ctx, `DELETE FROM previews WHERE expires_at <= $1`, stamp(before))
	if err != nil {
		return 0, storage(err)
	}
	n, err := done.RowsAffected()
	return int(n), storage(err)
}

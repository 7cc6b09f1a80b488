package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/roster"
)

// Headings: see desk.PreviewStore.
func (s *Store) Headings(ctx context.Context, insurer eligibility.InsurerNumber) (map[string]roster.Column, error) {
	found, err := s.headings(ctx, s.read, insurer)
	return found, storage(err)
}

func (s *Store) headings(ctx context.Context, q queryer, insurer eligibility.InsurerNumber) (map[string]roster.Column, error) {
	found := map[string]roster.Column{}
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM headings WHERE insurer = $1`, insurer).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for headings: %w", err)
	}
	body, err := s.openValue(ctx, q, "headings.body", string(insurer), sealed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &found); err != nil {
		return nil, fmt.Errorf("reading headings: %w", err)
	}
	return found, nil
}

// PutHeadings: see desk.PreviewStore.
func (s *Store) PutHeadings(ctx context.Context, insurer eligibility.InsurerNumber, headings map[string]roster.Column, e desk.Entry) error {
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
		sealed, err := s.sealValue(ctx, tx, "people/"+string(insurer)+"/headings", "headings.body", string(insurer), body)
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
func (s *Store) CountImport(ctx context.Context, insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person]) (desk.ImportCount, error) {
	var count desk.ImportCount
	find, err := s.read.PrepareContext(ctx, `SELECT body_mac FROM people WHERE key_mac = $1`)
	if err != nil {
		return count, storage(err)
	}
	defer find.Close()
	seen := map[string]bool{} // a repeated row changes nothing the second time
	for key, person := range people {
		body, err := json.Marshal(person)
		if err != nil {
			return count, fmt.Errorf("writing a person: %w", err)
		}
		var known []byte
		err = find.QueryRowContext(ctx, s.mac("person", string(insurer), key)).Scan(&known)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return count, storage(err)
		case seen[key] || bytes.Equal(known, s.mac("body", string(insurer), key, string(body))):
			count.Unchanged++
		case err != nil:
			count.New++
		default:
			count.Changed++
		}
		seen[key] = true
	}
	return count, nil
}

// previewsKept is how many files one clerk may have waiting.
const previewsKept = 5

// PutPreview: see desk.PreviewStore.
func (s *Store) PutPreview(ctx context.Context, p desk.Preview, e desk.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM previews WHERE expires_at <= $1 OR clerk = $2 AND id NOT IN
			(SELECT id FROM previews WHERE clerk = $2 ORDER BY id DESC LIMIT $3)`, stamp(e.At), p.Clerk, previewsKept-1); err != nil {
			return fmt.Errorf("making room for a file: %w", err)
		}
		sealed, err := s.sealValue(ctx, tx, "people/"+string(p.Insurer)+"/previews", "previews.body", p.ID, p.File)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO previews (ref, insurer, clerk, expires_at, stored, count_new, count_changed, count_unchanged, body)
			VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5)`, p.ID, p.Insurer, p.Clerk, stamp(p.Until), sealed); err != nil {
			return fmt.Errorf("keeping a file: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

// Preview: see desk.PreviewStore.
func (s *Store) Preview(ctx context.Context, id, clerk string, at time.Time) (desk.Preview, error) {
	p := desk.Preview{ID: id, Clerk: clerk}
	var until int64
	var stored int
	var count desk.ImportCount
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT insurer, expires_at, stored, count_new, count_changed, count_unchanged, body FROM previews
		WHERE ref = $1 AND clerk = $2 AND expires_at > $3`, id, clerk, stamp(at)).Scan(&p.Insurer, &until, &stored, &count.New, &count.Changed, &count.Unchanged, &sealed)
	if err != nil {
		return desk.Preview{}, storage(err)
	}
	p.Until = unstamp(until)
	if stored != 0 {
		p.Stored = &count
	}
	p.File, err = s.openValue(ctx, s.read, "previews.body", id, sealed)
	return p, storage(err)
}

// PreviewStored: see desk.PreviewStore.
func (s *Store) PreviewStored(ctx context.Context, id string, count desk.ImportCount) error {
	_, err := s.write.ExecContext(ctx, `UPDATE previews SET stored = 1, count_new = $2, count_changed = $3, count_unchanged = $4 WHERE ref = $1 AND stored = 0`,
		id, count.New, count.Changed, count.Unchanged)
	return storage(err)
}

// DropPreview: see desk.PreviewStore.
func (s *Store) DropPreview(ctx context.Context, id, clerk string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM previews WHERE ref = $1 AND clerk = $2`, id, clerk)
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

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insuredcsv"
)

// Headings implements insurer.ImporterStore.
func (s importerStore) Headings(
	ctx context.Context, insurer eligibility.InsurerNumber,
) (map[string]insuredcsv.Column, error) {
	found, err := s.headings(ctx, s.read, insurer)
	return found, storageError(err)
}

func (s importerStore) headings(
	ctx context.Context, q queryer, insurer eligibility.InsurerNumber,
) (map[string]insuredcsv.Column, error) {
	found := map[string]insuredcsv.Column{}
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT body FROM headings WHERE insurer = $1`, insurer).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for headings: %w", err)
	}
	body, err := s.sealer.open(ctx, q, plainPlace("headings.body", string(insurer)), sealed)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &found); err != nil {
		return nil, fmt.Errorf("reading headings: %w", err)
	}
	return found, nil
}

// PutHeadings implements insurer.ImporterStore.
func (s importerStore) PutHeadings(
	ctx context.Context, insurer eligibility.InsurerNumber, headings map[string]insuredcsv.Column,
	e audit.Entry,
) error {
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
		sealed, err := s.sealer.seal(ctx, tx, "people/"+string(insurer)+"/headings",
			plainPlace("headings.body", string(insurer)), body)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO headings (insurer, at, body) VALUES ($1, $2, $3)
			ON CONFLICT (insurer) DO UPDATE SET at = $2, body = $3`, insurer, toMillis(e.At),
			sealed); err != nil {
			return fmt.Errorf("storing headings: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// runListStore implements insurer.RunListStore.
type runListStore struct{ *core }

// listsKept is how many lists one clerk may have waiting.
const listsKept = 5

// runListPlace binds a list to whose it is and to its end.
func runListPlace(l insurer.KeptRunList) place {
	return boundPlace("run_lists.body", l.ID, string(l.Insurer), l.Clerk, toMillis(l.Until))
}

// PutRunList implements insurer.RunListStore.
func (s runListStore) PutRunList(ctx context.Context, l insurer.KeptRunList, at time.Time) error {
	body, err := json.Marshal(l.Lines)
	if err != nil {
		return fmt.Errorf("writing a list: %w", err)
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM run_lists WHERE expires_at <= $1 OR clerk = $2
			AND id NOT IN (SELECT id FROM run_lists WHERE clerk = $2 ORDER BY id DESC LIMIT $3)`,
			toMillis(at), l.Clerk, listsKept-1); err != nil {
			return fmt.Errorf("making room for a list: %w", err)
		}
		sealed, err := s.sealer.seal(ctx, tx, "people/"+string(l.Insurer)+"/previews", runListPlace(l), body)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO run_lists (ref, insurer, clerk, expires_at, body)
			VALUES ($1, $2, $3, $4, $5)`, l.ID, l.Insurer, l.Clerk, toMillis(l.Until), sealed)
		return err
	})
}

// RunList implements insurer.RunListStore.
func (s runListStore) RunList(
	ctx context.Context, clerk staff.Clerk, id string, at time.Time,
) (lines []string, err error) {
	l := insurer.KeptRunList{ID: id, Insurer: clerk.Insurer, Clerk: clerk.Staff}
	var until int64
	var sealed []byte
	if err := s.read.QueryRowContext(ctx, `SELECT expires_at, body FROM run_lists
		WHERE ref = $1 AND clerk = $2 AND insurer = $3 AND expires_at > $4`,
		id, clerk.Staff, clerk.Insurer, toMillis(at)).Scan(&until, &sealed); err != nil {
		return nil, storageError(err)
	}
	l.Until = fromMillis(until)
	body, err := s.sealer.open(ctx, s.read, runListPlace(l), sealed)
	if err != nil {
		return nil, storageError(err)
	}
	if err := json.Unmarshal(body, &lines); err != nil {
		return nil, fmt.Errorf("reading a list: %w", err)
	}
	return lines, nil
}

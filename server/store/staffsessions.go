package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// staffSessionStore implements staff.SessionStore; SessionsOf is sessionStore's.
type staffSessionStore struct {
	memberReader
	sessionStore
}

// EndSessions implements staff.SessionStore.
func (s staffSessionStore) EndSessions(
	ctx context.Context, id staff.MemberID, pick func(hash [32]byte) bool, e func(ended int) audit.Entry,
) (ended int, err error) {
	if id == "" {
		return 0, nil // sessions before a login are nobody's
	}
	c := s.memberReader.core
	err = c.change(ctx, func(tx *sql.Tx) error {
		ended = 0
		hashes, err := hashesOf(ctx, tx, c.index.mac("subject", string(id)))
		if err != nil {
			return err
		}
		for _, hash := range hashes {
			if !pick(hash) {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash[:]); err != nil {
				return fmt.Errorf("ending a session: %w", err)
			}
			ended++
		}
		if ended == 0 {
			return nil
		}
		return appendAudit(ctx, tx, e(ended), nil)
	})
	return ended, err
}

// hashesOf returns the hashes of a subject's sessions, the latest first.
func hashesOf(ctx context.Context, q rowsQueryer, subject []byte) (all [][32]byte, err error) {
	rows, err := q.QueryContext(ctx, `SELECT hash FROM sessions WHERE subject_mac = $1
		ORDER BY created_at DESC, id DESC`, subject)
	if err != nil {
		return nil, fmt.Errorf("looking for sessions: %w", err)
	}
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		var one [32]byte
		copy(one[:], hash)
		all = append(all, one)
	}
	return all, rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// ExpireDevices removes nonces that ended before now, and the grants of phones whose last login lies before
// lastLogin with the keys of phones that have no grant left.
func (s *Store) ExpireDevices(ctx context.Context, now, lastLogin time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, step := range []struct {
			text string
			at   time.Time
		}{
			{`DELETE FROM used_nonces WHERE expires_at < $1`, now},
			{`DELETE FROM device_grants WHERE login_at < $1`, lastLogin},
			// a phone that is being added has a key before it has a grant: only old ones are nobody's
			{`DELETE FROM phone_keys WHERE created_at < $1 AND NOT EXISTS (SELECT 1 FROM device_grants
				WHERE device_grants.subject_mac = phone_keys.subject_mac
				AND device_grants.phone = phone_keys.key_id)`, lastLogin},
		} {
			if _, err := tx.ExecContext(ctx, step.text, toMillis(step.at)); err != nil {
				return fmt.Errorf("sweeping phones: %w", err)
			}
		}
		return nil
	})
}

// ExpireReceipts removes receipts that were left before a time and returns how many.
func (s *Store) ExpireReceipts(ctx context.Context, before time.Time) (int, error) {
	return removed(s.write.ExecContext(ctx, `DELETE FROM receipts WHERE at < $1`, toMillis(before)))
}

// ExpireCodes removes the online codes that ended before a time, and the desk's a day later: their page may
// still be open.
func (s *Store) ExpireCodes(ctx context.Context, before time.Time) error {
	if _, err := s.write.ExecContext(ctx, `DELETE FROM codes WHERE expires_at < $1`,
		toMillis(before)); err != nil {
		return storageError(err)
	}
	_, err := s.write.ExecContext(ctx, `DELETE FROM desk_codes WHERE expires_at < $1`,
		toMillis(before.AddDate(0, 0, -1)))
	return storageError(err)
}

// ExpireRepresentCodes removes the codes for representatives that ended before a time.
func (s *Store) ExpireRepresentCodes(ctx context.Context, before time.Time) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM represent_codes WHERE expires_at < $1`, toMillis(before))
	return storageError(err)
}

// ExpirePreviews removes files that waited to be imported until before a time, and returns how many; and the
// lists of runs that nobody began.
func (s *Store) ExpirePreviews(ctx context.Context, before time.Time) (int, error) {
	if _, err := s.write.ExecContext(ctx, `DELETE FROM run_lists WHERE expires_at <= $1`,
		toMillis(before)); err != nil {
		return 0, storageError(err)
	}
	return removed(s.write.ExecContext(ctx, `DELETE FROM previews WHERE expires_at <= $1`, toMillis(before)))
}

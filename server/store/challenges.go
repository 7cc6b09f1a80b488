package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"
)

// challengeStore implements staff.ChallengeStore.
type challengeStore struct{ *core }

func challengePlace(hash []byte, expires int64) place {
	return boundPlace("challenges.body", hex.EncodeToString(hash), expires)
}

// PutChallenge implements staff.ChallengeStore.
func (s challengeStore) PutChallenge(
	ctx context.Context, ref [32]byte, state []byte, until time.Time,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealer.seal(ctx, tx, staffScope, challengePlace(ref[:], toMillis(until)), state)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO challenges (hash, expires_at, body)
			VALUES ($1, $2, $3)`,
			ref[:], toMillis(until), sealed); err != nil {
			return fmt.Errorf("storing a challenge: %w", err)
		}
		return nil
	})
}

// TakeChallenge implements staff.ChallengeStore.
func (s challengeStore) TakeChallenge(ctx context.Context, ref [32]byte) (state []byte, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		var expires int64
		var sealed []byte
		if err := tx.QueryRowContext(ctx, `DELETE FROM challenges WHERE hash = $1
			RETURNING expires_at, body`, ref[:]).Scan(&expires, &sealed); err != nil {
			return err
		}
		state, err = s.sealer.open(ctx, tx, challengePlace(ref[:], expires), sealed)
		return err
	})
	if err != nil {
		return nil, err
	}
	return state, nil
}

// ExpireStaff removes challenges and invitations that ended before a time.
func (s *Store) ExpireStaff(ctx context.Context, before time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"challenges", "invitations"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE expires_at < $1`,
				toMillis(before)); err != nil {
				return fmt.Errorf("sweeping %s: %w", table, err)
			}
		}
		return nil
	})
}

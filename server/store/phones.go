package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/desk"
)

// PutCode: see desk.CodeStore.
func (s *Store) PutCode(ctx context.Context, mac []byte, subject string, person desk.PersonID, expires time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM codes WHERE subject_mac = $1 AND person_id = (SELECT id FROM people WHERE ref = $2)`, s.mac("subject", subject), person); err != nil {
			return fmt.Errorf("voiding the last code: %w", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO codes (code_mac, person_id, subject_mac, state, counter, counter_name, expires_at)
			SELECT $1, id, $3, $4, '', '', $5 FROM people WHERE ref = $2`, mac, person, s.mac("subject", subject), desk.CodeOpen, stamp(expires))
		return err
	})
}

const codeColumns = `codes.code_mac, people.ref, codes.state, codes.counter, codes.counter_name, codes.expires_at FROM codes JOIN people ON people.id = codes.person_id`

// Code: see desk.CodeStore.
func (s *Store) Code(ctx context.Context, mac []byte) (desk.OnlineCode, error) {
	return scanCode(s.read.QueryRowContext(ctx, `SELECT `+codeColumns+` WHERE codes.code_mac = $1`, mac))
}

// CodeOf: see desk.CodeStore.
func (s *Store) CodeOf(ctx context.Context, subject string, person desk.PersonID) (desk.OnlineCode, error) {
	return scanCode(s.read.QueryRowContext(ctx, `SELECT `+codeColumns+` WHERE codes.subject_mac = $1 AND people.ref = $2`, s.mac("subject", subject), person))
}

func scanCode(row *sql.Row) (desk.OnlineCode, error) {
	var c desk.OnlineCode
	var expires int64
	err := row.Scan(&c.MAC, &c.Person, &c.State, &c.Counter, &c.CounterName, &expires)
	c.ExpiresAt = unstamp(expires)
	return c, storage(err)
}

var errCodeMoved = errors.New("the code has moved on")

// StepCode: see desk.CodeStore.
func (s *Store) StepCode(ctx context.Context, from desk.OnlineCode, to desk.CodeState, counter, name string, e desk.Entry) (bool, error) {
	err := s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE codes SET state = $3, counter = $4, counter_name = $5 WHERE code_mac = $1 AND state = $2`, from.MAC, from.State, to, counter, name)
		if err != nil {
			return fmt.Errorf("moving a code on: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, errCodeMoved)
		}
		return s.audit(ctx, tx, e)
	})
	if errors.Is(err, errCodeMoved) {
		return false, nil
	}
	return err == nil, err
}

// ExpireCodes removes the codes that ended before a time.
func (s *Store) ExpireCodes(ctx context.Context, before time.Time) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM codes WHERE expires_at < $1`, stamp(before))
	return storage(err)
}

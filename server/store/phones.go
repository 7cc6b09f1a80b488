package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/desk"
)

// PutCode: see desk.CodeStore.
func (s *Store) PutCode(ctx context.Context, c desk.OnlineCode, subject string) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		mac := s.mac("subject", subject)
		if _, err := tx.ExecContext(ctx, `DELETE FROM codes WHERE subject_mac = $1
			AND person_id = (SELECT id FROM people WHERE ref = $2)`, mac, c.Person); err != nil {
			return fmt.Errorf("voiding the last code: %w", err)
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO codes
			(code_mac, hidden_mac, person_id, subject_mac, state, asker, expires_at)
			SELECT $1, $3, id, $4, $5, $6, $7 FROM people WHERE ref = $2 ON CONFLICT (code_mac) DO NOTHING`,
			c.MAC, c.Person, c.HiddenMAC, mac, desk.CodeOpen, []byte{}, stamp(c.ExpiresAt))
		if err != nil {
			return fmt.Errorf("storing a code: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(desk.ErrCodeTaken))
		}
		return nil
	})
}

const codeColumns = `codes.code_mac, codes.hidden_mac, people.ref, codes.state, codes.asker, codes.expires_at
	FROM codes JOIN people ON people.id = codes.person_id`

// Code: see desk.CodeStore.
func (s *Store) Code(ctx context.Context, mac []byte) (desk.OnlineCode, error) {
	return s.scanCode(ctx, s.read.QueryRowContext(ctx, `SELECT `+codeColumns+` WHERE codes.code_mac = $1`, mac))
}

// CodeOf: see desk.CodeStore.
func (s *Store) CodeOf(ctx context.Context, subject string, person desk.PersonID) (desk.OnlineCode, error) {
	return s.scanCode(ctx, s.read.QueryRowContext(ctx, `SELECT `+codeColumns+` WHERE codes.subject_mac = $1 AND people.ref = $2`,
		s.mac("subject", subject), person))
}

func (s *Store) scanCode(ctx context.Context, row *sql.Row) (desk.OnlineCode, error) {
	var c desk.OnlineCode
	var expires int64
	var sealed []byte
	if err := row.Scan(&c.MAC, &c.HiddenMAC, &c.Person, &c.State, &sealed, &expires); err != nil {
		return c, storage(err)
	}
	c.ExpiresAt = unstamp(expires)
	if len(sealed) == 0 {
		return c, nil
	}
	asker, err := s.openValue(ctx, s.read, "codes.asker", hex.EncodeToString(c.MAC), sealed)
	if err == nil {
		err = json.Unmarshal(asker, &c.Asker)
	}
	return c, storage(err)
}

// sealAsker seals who asks while the patient is asked, and is empty in every other state.
func (s *Store) sealAsker(
	ctx context.Context, tx *sql.Tx, mac []byte, to desk.CodeState, asker desk.Caller,
) ([]byte, error) {
	if to != desk.CodeAsked && to != desk.CodeAllowed {
		return []byte{}, nil
	}
	data, err := json.Marshal(asker)
	if err != nil {
		return nil, fmt.Errorf("writing who asks: %w", err)
	}
	return s.sealValue(ctx, tx, "session/codes", "codes.asker", hex.EncodeToString(mac), data)
}

var errCodeMoved = errors.New("the code has moved on")

// StepCode: see desk.CodeStore.
func (s *Store) StepCode(
	ctx context.Context, from desk.OnlineCode, to desk.CodeState, asker desk.Caller, e desk.Entry,
) (bool, error) {
	err := s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealAsker(ctx, tx, from.MAC, to, asker)
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE codes SET state = $3, asker = $4 WHERE code_mac = $1 AND state = $2`,
			from.MAC, from.State, to, sealed)
		if err != nil {
			return fmt.Errorf("moving a code on: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(errCodeMoved, err)
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

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/desk"
)

// codeRow is a row of codes, with the person's ref in the place of the row's number.
type codeRow struct {
	code          []byte // its MAC
	ref           string
	subject       []byte // MAC of the login that made it
	state         desk.CodeState
	counter, name string
	expires       int64
}

func (c codeRow) row() row {
	return row{"people", "codes", []any{c.code, c.ref, c.subject, string(c.state), c.counter, c.name,
		c.expires}}
}

// PutCode: see desk.CodeStore.
func (s *Store) PutCode(ctx context.Context, mac []byte, subject string, person desk.PersonID, expires time.Time) error {
	c := codeRow{code: mac, ref: string(person), subject: s.mac("subject", subject), state: desk.CodeOpen,
		expires: stamp(expires)}
	proof, err := s.proof(c.row())
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM codes WHERE subject_mac = $1 AND person_id = (SELECT id
			FROM people WHERE ref = $2)`, c.subject, person); err != nil {
			return fmt.Errorf("voiding the last code: %w", err)
		}
		_, err := tx.ExecContext(ctx,
			`INSERT INTO codes (code_mac, person_id, subject_mac, state, counter, counter_name, expires_at, proof)
			SELECT $1, id, $3, $4, '', '', $5, $6 FROM people
				WHERE ref = $2`, c.code, person, c.subject, c.state, c.expires, proof)
		return err
	})
}

// codeWhere returns the code that a condition picks, vouched for.
func (s *Store) codeWhere(ctx context.Context, q queryer, where string, args ...any) (codeRow, error) {
	var c codeRow
	var proof []byte
	err := q.QueryRowContext(ctx,
		`SELECT codes.code_mac, people.ref, codes.subject_mac, codes.state, codes.counter, codes.counter_name, codes.expires_at,
		codes.proof FROM codes JOIN people ON people.id = codes.person_id WHERE `+where, args...).
		Scan(&c.code, &c.ref, &c.subject, &c.state, &c.counter, &c.name, &c.expires, &proof)
	if err == nil {
		err = s.vouched(c.row(), proof)
	}
	return c, err
}

func (c codeRow) online() desk.OnlineCode {
	return desk.OnlineCode{MAC: c.code, Person: desk.PersonID(c.ref), State: c.state, Counter: c.counter,
		CounterName: c.name, ExpiresAt: unstamp(c.expires)}
}

// Code: see desk.CodeStore.
func (s *Store) Code(ctx context.Context, mac []byte) (desk.OnlineCode, error) {
	c, err := s.codeWhere(ctx, s.read, `codes.code_mac = $1`, mac)
	return c.online(), storage(err)
}

// CodeOf: see desk.CodeStore.
func (s *Store) CodeOf(ctx context.Context, subject string, person desk.PersonID) (desk.OnlineCode, error) {
	c, err := s.codeWhere(ctx, s.read, `codes.subject_mac = $1 AND people.ref = $2`, s.mac("subject",
		subject), person)
	return c.online(), storage(err)
}

var errCodeMoved = errors.New("the code has moved on")

// StepCode: see desk.CodeStore.
func (s *Store) StepCode(ctx context.Context, from desk.OnlineCode, to desk.CodeState, counter, name string, e desk.Entry) (bool, error) {
	err := s.change(ctx, func(tx *sql.Tx) error {
		c, err := s.codeWhere(ctx, tx, `codes.code_mac = $1 AND codes.state = $2`, from.MAC, from.State)
		if errors.Is(err, sql.ErrNoRows) {
			return errCodeMoved
		}
		if err != nil {
			return err
		}
		c.state, c.counter, c.name = to, counter, name
		proof, err := s.proof(c.row())
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE codes
			SET state = $2, counter = $3, counter_name = $4, proof = $5 WHERE code_mac = $1`,
			c.code, c.state, c.counter, c.name, proof); err != nil {
			return fmt.Errorf("moving a code on: %w", err)
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

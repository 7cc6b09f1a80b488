package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
)

// onlineCodesStore implements insurer.OnlineCodesStore.
type onlineCodesStore struct {
	*core
	personReader
}

// codeRow is a row of codes, with the person's ref in the place of the row's number.
type codeRow struct {
	code    []byte // MAC of its eight characters
	hidden  []byte // MAC of the printed form
	ref     string
	subject []byte // MAC of the login that made it
	state   insurer.CodeState
	asker   []byte // who asks, sealed; empty where nobody does
	expires int64
	until   int64 // of the representation by which it was made; 0 for the person's own login
}

func (c codeRow) row() provenRow {
	asker := append([]byte{}, c.asker...) // an empty value is read back as nil
	values := []any{c.code, c.hidden, c.ref, c.subject, string(c.state), asker, c.expires}
	if c.until != 0 {
		values = append(values, c.until)
	}
	return provenRow{"people", "codes", values}
}

// PutCode implements insurer.OnlineCodesStore.
func (s onlineCodesStore) PutCode(ctx context.Context, code insurer.OnlineCode, subject string) error {
	c := codeRow{
		code:    code.MAC,
		hidden:  code.HiddenMAC,
		ref:     string(code.Person),
		subject: s.index.mac("subject", subject),
		state:   insurer.CodeOpen,
		asker:   []byte{},
		expires: toMillis(code.ExpiresAt),
		until:   millisOrZero(code.RepresentedUntil),
	}
	proof, err := s.proofs.proofOf(c.row())
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM codes WHERE subject_mac = $1
			AND person_id = (SELECT id FROM people WHERE ref = $2)`, c.subject, c.ref); err != nil {
			return fmt.Errorf("voiding the last code: %w", err)
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO codes
			(code_mac, hidden_mac, person_id, subject_mac, state, asker, expires_at, until, proof)
			SELECT $1, $3, id, $4, $5, $6, $7, $8, $9 FROM people WHERE ref = $2
			ON CONFLICT (code_mac) DO NOTHING`,
			c.code, c.ref, c.hidden, c.subject, c.state, c.asker, c.expires, c.until, proof)
		if err != nil {
			return fmt.Errorf("storing a code: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(insurer.ErrCodeTaken))
		}
		return nil
	})
}

// codeWhere returns the code that a condition picks, vouched for.
func (s onlineCodesStore) codeWhere(
	ctx context.Context, q queryer, where string, args ...any,
) (codeRow, error) {
	var c codeRow
	var proof []byte
	err := q.QueryRowContext(ctx, `SELECT codes.code_mac, codes.hidden_mac, people.ref, codes.subject_mac,
		codes.state, codes.asker, codes.expires_at, codes.until, codes.proof
		FROM codes JOIN people ON people.id = codes.person_id WHERE `+where, args...).
		Scan(&c.code, &c.hidden, &c.ref, &c.subject, &c.state, &c.asker, &c.expires, &c.until, &proof)
	if err == nil {
		err = s.proofs.checkProof(c.row(), proof)
	}
	return c, err
}

// online opens what is sealed of a code.
func (s onlineCodesStore) online(ctx context.Context, c codeRow) (insurer.OnlineCode, error) {
	code := insurer.OnlineCode{
		MAC:       c.code,
		HiddenMAC: c.hidden,
		Person:    audit.PersonID(c.ref),
		State:     c.state,
		ExpiresAt: fromMillis(c.expires),

		RepresentedUntil: timeOrNone(c.until),
	}
	if len(c.asker) == 0 {
		return code, nil
	}
	asker, err := s.sealer.open(ctx, s.read, plainPlace("codes.asker", hex.EncodeToString(c.code)), c.asker)
	if err == nil {
		err = json.Unmarshal(asker, &code.Asker)
	}
	return code, err
}

// Code implements insurer.OnlineCodesStore.
func (s onlineCodesStore) Code(ctx context.Context, mac []byte) (insurer.OnlineCode, error) {
	c, err := s.codeWhere(ctx, s.read, `codes.code_mac = $1`, mac)
	if err != nil {
		return insurer.OnlineCode{}, storageError(err)
	}
	code, err := s.online(ctx, c)
	return code, storageError(err)
}

// CodeOf implements insurer.OnlineCodesStore.
func (s onlineCodesStore) CodeOf(
	ctx context.Context, subject string, person audit.PersonID,
) (insurer.OnlineCode, error) {
	c, err := s.codeWhere(ctx, s.read, `codes.subject_mac = $1 AND people.ref = $2`,
		s.index.mac("subject", subject), person)
	if err != nil {
		return insurer.OnlineCode{}, storageError(err)
	}
	code, err := s.online(ctx, c)
	return code, storageError(err)
}

// sealAsker seals who asks while the patient is asked, and is empty in every other state.
func (s onlineCodesStore) sealAsker(
	ctx context.Context, tx *sql.Tx, mac []byte, to insurer.CodeState, asker hostapi.Caller,
) ([]byte, error) {
	if to != insurer.CodeAsked && to != insurer.CodeAllowed {
		return []byte{}, nil
	}
	data, err := json.Marshal(asker)
	if err != nil {
		return nil, fmt.Errorf("writing who asks: %w", err)
	}
	return s.sealer.seal(ctx, tx, "session/codes", plainPlace("codes.asker", hex.EncodeToString(mac)), data)
}

var errCodeMoved = errors.New("the code has moved on")

// CompareAndSetCode implements insurer.OnlineCodesStore.
func (s onlineCodesStore) CompareAndSetCode(
	ctx context.Context, from insurer.OnlineCode, to insurer.CodeState, asker hostapi.Caller, e audit.Entry,
) (bool, error) {
	err := s.change(ctx, func(tx *sql.Tx) error {
		c, err := s.codeWhere(ctx, tx, `codes.code_mac = $1 AND codes.state = $2`, from.MAC, from.State)
		if errors.Is(err, sql.ErrNoRows) {
			return errCodeMoved
		}
		if err != nil {
			return err
		}
		c.state = to
		if c.asker, err = s.sealAsker(ctx, tx, from.MAC, to, asker); err != nil {
			return err
		}
		proof, err := s.proofs.proofOf(c.row())
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE codes SET state = $2, asker = $3, proof = $4
			WHERE code_mac = $1`,
			c.code, c.state, c.asker, proof); err != nil {
			return fmt.Errorf("moving a code on: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
	if errors.Is(err, errCodeMoved) {
		return false, nil
	}
	return err == nil, err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// deskStore implements insurer.DeskStore.
type deskStore struct {
	*core
	personReader
}

// deskCodeRow is a row of desk_codes, with the person's ref in the place of the row's number.
type deskCodeRow struct {
	insurer.DeskCode
	person int64
	ref    string                    // the person's
	number eligibility.InsurerNumber // the person's
}

func (d deskCodeRow) row() provenRow {
	return provenRow{"people", "desk_codes", []any{d.Ref, d.MAC, d.ref, d.Staff, string(d.Seen),
		string(d.State), int64(d.Misfits), toMillis(d.CreatedAt), toMillis(d.ExpiresAt)}}
}

// PutDeskCode implements insurer.DeskStore.
func (s deskStore) PutDeskCode(
	ctx context.Context, which insurer.PersonKey, code insurer.DeskCode, e audit.Entry,
) error {
	proof, err := s.proofs.proofOf(deskCodeRow{DeskCode: code, ref: string(which.ID)}.row())
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		var person int64
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
			which.ID, which.Insurer).Scan(&person); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM desk_codes WHERE person_id = $1`, person); err != nil {
			return fmt.Errorf("ending the last code of the desk: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_codes
			(person_id, ref, code_mac, staff, seen, state, misfits, created_at, expires_at, proof)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, person, code.Ref, code.MAC, code.Staff,
			code.Seen, code.State, code.Misfits, toMillis(code.CreatedAt), toMillis(code.ExpiresAt),
			proof); err != nil {
			return fmt.Errorf("storing a code of the desk: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

// deskCodeWhere returns the code that a condition picks, vouched for, or sql.ErrNoRows.
func (s deskStore) deskCodeWhere(
	ctx context.Context, q queryer, where string, args ...any,
) (deskCodeRow, error) {
	var d deskCodeRow
	var created, expires int64
	var proof []byte
	if err := q.QueryRowContext(ctx, `SELECT people.id, people.ref, people.insurer, desk_codes.ref, code_mac,
		staff, seen, state, misfits, created_at, expires_at, proof
		FROM desk_codes JOIN people ON people.id = desk_codes.person_id WHERE `+where, args...).
		Scan(&d.person, &d.ref, &d.number, &d.Ref, &d.MAC, &d.Staff, &d.Seen, &d.State, &d.Misfits, &created,
			&expires, &proof); err != nil {
		return d, err
	}
	d.CreatedAt, d.ExpiresAt = fromMillis(created), fromMillis(expires)
	return d, s.proofs.checkProof(d.row(), proof)
}

const deskCodeOfPerson = `people.ref = $1 AND people.insurer = $2 AND desk_codes.ref = $3`

// DeskCode implements insurer.DeskStore.
func (s deskStore) DeskCode(
	ctx context.Context, which insurer.PersonKey, ref string,
) (insurer.DeskCode, error) {
	d, err := s.deskCodeWhere(ctx, s.read, deskCodeOfPerson, which.ID, which.Insurer, ref)
	return d.DeskCode, storageError(err)
}

// DeskCodeByMAC implements insurer.DeskStore.
func (s deskStore) DeskCodeByMAC(
	ctx context.Context, mac []byte,
) (insurer.DeskCode, insurer.PersonKey, error) {
	d, err := s.deskCodeWhere(ctx, s.read, `code_mac = $1`, mac)
	return d.DeskCode, insurer.PersonKey{Insurer: d.number, ID: audit.PersonID(d.ref)}, storageError(err)
}

// changeDeskCode lets change alter a code that is open at a time; ErrDeskCode where none is.
func (s deskStore) changeDeskCode(
	ctx context.Context, tx *sql.Tx, at time.Time, change func(*deskCodeRow), where string, args ...any,
) (deskCodeRow, error) {
	d, err := s.deskCodeWhere(ctx, tx, where, args...)
	if errors.Is(err, sql.ErrNoRows) || err == nil && d.StateAt(at) != insurer.DeskOpen {
		err = insurer.ErrDeskCode
	}
	if err != nil {
		return d, err
	}
	change(&d)
	proof, err := s.proofs.proofOf(d.row())
	if err != nil {
		return d, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE desk_codes SET state = $2, misfits = $3, proof = $4
		WHERE ref = $1`, d.Ref, d.State, d.Misfits, proof); err != nil {
		return d, fmt.Errorf("changing a code of the desk: %w", err)
	}
	return d, nil
}

// CancelDeskCode implements insurer.DeskStore.
func (s deskStore) CancelDeskCode(
	ctx context.Context, which insurer.PersonKey, ref string, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := s.changeDeskCode(ctx, tx, e.At, func(d *deskCodeRow) { d.State = insurer.DeskCancelled },
			deskCodeOfPerson, which.ID, which.Insurer, ref); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

// NoteMisfit implements insurer.DeskStore.
func (s deskStore) NoteMisfit(ctx context.Context, mac []byte, most int, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := s.changeDeskCode(ctx, tx, e.At, func(d *deskCodeRow) {
			if d.Misfits++; d.Misfits >= most {
				d.State = insurer.DeskOver
			}
		}, `code_mac = $1`, mac); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

// EnrolAtDesk implements insurer.DeskStore.
func (s deskStore) EnrolAtDesk(ctx context.Context, mac []byte, subject string, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		d, err := s.changeDeskCode(ctx, tx, e.At, func(d *deskCodeRow) { d.State = insurer.DeskBound },
			`code_mac = $1`, mac)
		if err != nil {
			return err
		}
		bound := enrolmentRow{person: d.person, ref: d.ref, subject: s.index.mac("subject", subject),
			at: toMillis(e.At)}
		if err := s.enrolments().put(ctx, tx, bound); err != nil {
			return err
		}
		if err := s.putDeskEnrolment(ctx, tx, bound, d.DeskCode); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

func deskEnrolmentRow(e enrolmentRow, staff string, seen insurer.Seen, at int64) provenRow {
	return provenRow{"people", "desk_enrolments", []any{e.subject, e.ref, staff, string(seen), at}}
}

// putDeskEnrolment notes that a login, new or bound before, was bound at the desk.
func (s deskStore) putDeskEnrolment(
	ctx context.Context, tx *sql.Tx, e enrolmentRow, code insurer.DeskCode,
) error {
	proof, err := s.proofs.proofOf(deskEnrolmentRow(e, code.Staff, code.Seen, e.at))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO desk_enrolments (enrolment_id, staff, seen, at, proof)
		SELECT id, $3, $4, $5, $6 FROM enrolments WHERE subject_mac = $1 AND person_id = $2
		ON CONFLICT (enrolment_id) DO UPDATE SET staff = $3, seen = $4, at = $5, proof = $6`,
		e.subject, e.person, code.Staff, code.Seen, e.at, proof); err != nil {
		return fmt.Errorf("storing an enrolment at the desk: %w", err)
	}
	return nil
}

// boundAtDesk returns who bound an enrolment's login at the desk, and what that clerk saw; nothing where it
// came by a notice.
func (s *core) boundAtDesk(ctx context.Context, e enrolmentRow) (staff string, seen insurer.Seen, err error) {
	var at int64
	var proof []byte
	err = s.read.QueryRowContext(ctx, `SELECT staff, seen, at, proof FROM desk_enrolments
		WHERE enrolment_id = $1`, e.id).Scan(&staff, &seen, &at, &proof)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", nil
	}
	if err == nil {
		err = s.proofs.checkProof(deskEnrolmentRow(e, staff, seen, at), proof)
	}
	return staff, seen, err
}

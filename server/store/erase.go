package store

import (
	"context"
	"database/sql"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
)

// EraseSubject implements insurer.EnrolmentStore. A notice that this login used can be used again: it is
// still worth nothing without the person's own login.
func (s enrolmentStore) EraseSubject(ctx context.Context, subject string, e audit.Entry) error {
	mac := s.index.mac("subject", subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		people, err := readEnrolments(ctx, tx, `enrolments.subject_mac = $1`, mac)
		if err != nil {
			return err
		}
		for _, r := range people {
			e.Person = audit.PersonID(r.ref)
			if err := s.audit(ctx, tx, e); err != nil {
				return err
			}
		}
		grants, err := deviceGrantRows(ctx, tx, `device_grants.subject_mac = $1`, []any{mac})
		if err != nil {
			return err
		}
		if err := s.endings().sessionsOf(ctx, tx, grants, true, [32]byte{}); err != nil {
			return err
		}
		used, err := readNotices(ctx, tx, `notices.used_by = $1`, mac)
		if err != nil {
			return err
		}
		for _, n := range used {
			n.used, n.void = nil, n.void || s.proofs.checkProof(n.row(), n.proof) != nil
			if err := s.notices().change(ctx, tx, n); err != nil {
				return err
			}
		}
		whose := []any{mac}
		return inOrder(ctx, tx, []statement{
			{`DELETE FROM receipts WHERE id IN (SELECT receipts.id FROM receipts
				JOIN phone_keys ON phone_keys.key_id = receipts.key_id
				JOIN enrolments ON enrolments.person_id = receipts.person_id
					AND enrolments.subject_mac = phone_keys.subject_mac
				WHERE phone_keys.subject_mac = $1)`, whose},
			{`DELETE FROM phone_keys WHERE subject_mac = $1`, whose},
			{`DELETE FROM device_grants WHERE subject_mac = $1`, whose},
			{`DELETE FROM codes WHERE subject_mac = $1`, whose},
			{`DELETE FROM sessions WHERE subject_mac = $1`, whose},
			{`DELETE FROM enrolments WHERE subject_mac = $1`, whose},
		})
	})
}

// ErasePerson implements insurer.RegisterStore.
func (s registerStore) ErasePerson(
	ctx context.Context, insurer eligibility.InsurerNumber, id audit.PersonID, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var number int64
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
			id, insurer).Scan(&number); err != nil {
			return err
		}
		pseudonym, err := s.pseudonymOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := appendAudit(ctx, tx, e, pseudonym); err != nil {
			return err
		}
		if _, err := revokeCopies(ctx, tx, insurer,
			`papers.person_id = (SELECT id FROM people WHERE ref = $4)`,
			e.At, id); err != nil {
			return err // copies that are still out must not outlive their person's record unrevoked
		}
		logins, err := readEnrolments(ctx, tx, `people.ref = $1`, id)
		if err != nil {
			return err
		}
		for _, login := range logins {
			if err := s.endings().enrolment(ctx, tx, login); err != nil {
				return err
			}
		}
		if err := leaveSlices(ctx, tx, number, insurer); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM people WHERE ref = $1`, id) // the rest cascades
		return err
	})
}

package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
)

// EnsureNotice: see desk.NoticeStore.
func (s *Store) EnsureNotice(
	ctx context.Context, person insurer.PersonKey, mac insurer.NoticeMAC, e audit.Entry,
) (int64, error) {
	return s.notice(ctx, person, mac, e, false)
}

// ReissueNotice: see desk.NoticeStore.
func (s *Store) ReissueNotice(
	ctx context.Context, person insurer.PersonKey, mac insurer.NoticeMAC, e audit.Entry,
) (int64, error) {
	return s.notice(ctx, person, mac, e, true)
}

func (s *Store) notice(
	ctx context.Context, person insurer.PersonKey, mac insurer.NoticeMAC, e audit.Entry, next bool,
) (serial int64, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		n := noticeRow{ref: string(person.ID), at: stamp(e.At)}
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
			person.ID, person.Insurer).Scan(&n.person); err != nil {
			return err
		}
		known, err := s.noticeRows(ctx, tx, `notices.person_id = $1`, n.person)
		if err != nil {
			return err
		}
		last := noticeRow{void: true}
		if len(known) > 0 {
			last = known[len(known)-1]
		}
		serial = last.serial
		if next || last.void {
			if err := s.voidNotices(ctx, tx, known); err != nil {
				return err
			}
			serial++
			n.serial, n.code = serial, mac(serial)
			if err := s.putNotice(ctx, tx, n); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, e)
	})
	return serial, err
}

// noticeRow is a row of notices, with the person's ref in the place of the row's number.
type noticeRow struct {
	id, person int64
	ref        string
	insurer    eligibility.InsurerNumber // the person's
	serial     int64
	code       []byte // its MAC
	void       bool
	used       []byte // MAC of the subject that used it; nil before
	at         int64
	proof      []byte
}

func (n noticeRow) row() row {
	void := int64(0)
	if n.void {
		void = 1
	}
	return row{"people", "notices", []any{n.ref, n.serial, n.code, void, n.used, n.at}}
}

// noticeRows returns the notices that a condition picks, each vouched for, in the order of their serials.
func (s *Store) noticeRows(ctx context.Context, q rowsQueryer, where string, args ...any) ([]noticeRow,
	error) {
	all, err := readNotices(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if err := s.vouched(n.row(), n.proof); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readNotices is noticeRows for whoever ends them: one that was altered is ended too.
func readNotices(ctx context.Context, q rowsQueryer, where string, args ...any) (all []noticeRow, err error) {
	rows, err := q.QueryContext(ctx,
		`SELECT notices.id, people.id, people.ref, people.insurer, notices.serial, notices.code_mac,
		notices.void <> 0, notices.used_by, notices.created_at, notices.proof
		FROM notices JOIN people ON people.id = notices.person_id
			WHERE `+where+` ORDER BY notices.serial, notices.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for notices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n noticeRow
		if err := rows.Scan(&n.id, &n.person, &n.ref, &n.insurer, &n.serial, &n.code, &n.void, &n.used, &n.at,
			&n.proof); err != nil {
			return nil, fmt.Errorf("reading a notice: %w", err)
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// noticeOf returns the notice whose code has a MAC, or sql.ErrNoRows.
func (s *Store) noticeOf(ctx context.Context, q rowsQueryer, code []byte) (noticeRow, error) {
	found, err := s.noticeRows(ctx, q, `notices.code_mac = $1`, code)
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return noticeRow{}, err
	}
	return found[0], nil
}

func (s *Store) putNotice(ctx context.Context, tx *sql.Tx, n noticeRow) error {
	proof, err := s.proof(n.row())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO notices (person_id, serial, code_mac, void, created_at, proof)
		VALUES ($1, $2, $3, 0, $4, $5)`,
		n.person, n.serial, n.code, n.at, proof); err != nil {
		return fmt.Errorf("storing the notice: %w", err)
	}
	return nil
}

// changeNotice stores whether a notice is void and who used it.
func (s *Store) changeNotice(ctx context.Context, tx *sql.Tx, n noticeRow) error {
	proof, err := s.proof(n.row())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE notices SET void = $2, used_by = $3, proof = $4 WHERE id = $1`,
		n.id, n.void, n.used, proof); err != nil {
		return fmt.Errorf("changing a notice: %w", err)
	}
	return nil
}

// voidNotices makes codes useless.
func (s *Store) voidNotices(ctx context.Context, tx *sql.Tx, all []noticeRow) error {
	for _, n := range all {
		if n.void {
			continue
		}
		n.void = true
		if err := s.changeNotice(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// Notice: see desk.NoticeStore. UsedBy is the keyed hash of the subject in hexadecimal.
func (s *Store) Notice(ctx context.Context, mac []byte) (insurer.Notice, error) {
	n, err := s.noticeOf(ctx, s.read, mac)
	return insurer.Notice{
		Person:  audit.PersonID(n.ref),
		Insurer: n.insurer,
		Serial:  n.serial,
		Void:    n.void,
		UsedBy:  hex.EncodeToString(n.used),
	}, storage(err)
}

// Enrol: see desk.NoticeStore.
func (s *Store) Enrol(ctx context.Context, noticeMAC []byte, subject string, e audit.Entry) error {
	subjectMAC := s.mac("subject", subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		n, err := s.noticeOf(ctx, tx, noticeMAC)
		switch {
		case err != nil:
			return err
		case n.void:
			return insurer.ErrNoticeVoid
		case len(n.used) > 0 && !bytes.Equal(n.used, subjectMAC):
			return insurer.ErrNoticeUsed
		}
		n.used = subjectMAC
		if err := s.changeNotice(ctx, tx, n); err != nil {
			return err
		}
		if err := s.putEnrolment(ctx, tx, enrolmentRow{person: n.person, ref: n.ref, subject: subjectMAC,
			at: stamp(e.At)}); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

// phoneKeyRow vouches for whose a phone's key for receipts is.
func phoneKeyRow(subjectMAC []byte, keyID string, public []byte, at int64) row {
	return row{"people", "phone_keys", []any{subjectMAC, keyID, public, at}}
}

// PutPhoneKey: see desk.PhoneStore.
func (s *Store) PutPhoneKey(ctx context.Context, subject, keyID string, public []byte, e audit.Entry) error {
	mac := s.mac("subject", subject)
	proof, err := s.proof(phoneKeyRow(mac, keyID, public, stamp(e.At)))
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx,
			`INSERT INTO phone_keys (subject_mac, key_id, public, created_at, proof)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			mac, keyID, public, stamp(e.At), proof)
		if err != nil {
			return fmt.Errorf("storing a phone's key: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err // known already
		}
		return s.audit(ctx, tx, e)
	})
}

// HasPhoneKey: see desk.PhoneStore.
func (s *Store) HasPhoneKey(ctx context.Context, subject, keyID string) (known bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM phone_keys WHERE subject_mac = $1 AND key_id = $2)`, s.mac("subject", subject), keyID).Scan(&known)
	return known, storage(err)
}

// CountPhoneKeys: see desk.PhoneStore.
func (s *Store) CountPhoneKeys(ctx context.Context, subject string) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM phone_keys WHERE subject_mac = $1`, s.mac("subject", subject)).Scan(&n)
	return n, storage(err)
}

// PhoneKeys: see desk.PhoneStore.
func (s *Store) PhoneKeys(ctx context.Context, person insurer.PersonKey) (map[string][]byte, error) {
	keys, err := s.phoneKeys(ctx, person)
	return keys, storage(err)
}

func (s *Store) phoneKeys(ctx context.Context, person insurer.PersonKey) (map[string][]byte, error) {
	enrolled, err := s.enrolmentsOf(ctx, s.read, `people.ref = $1 AND people.insurer = $2`,
		person.ID, person.Insurer)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, e := range enrolled {
		rows, err := s.read.QueryContext(ctx, `SELECT key_id, public, created_at, proof FROM phone_keys
			WHERE subject_mac = $1 ORDER BY id DESC LIMIT $2`,
			e.subject, hostapi.MaxReceiptPhones)
		if err != nil {
			return nil, fmt.Errorf("looking for phones' keys: %w", err)
		}
		defer rows.Close()
		for rows.Next() && len(out) < hostapi.MaxReceiptPhones {
			var id string
			var public, proof []byte
			var at int64
			if err := rows.Scan(&id, &public, &at, &proof); err != nil {
				return nil, fmt.Errorf("reading a phone's key: %w", err)
			}
			if err := s.vouched(phoneKeyRow(e.subject, id, public, at), proof); err != nil {
				return nil, err
			}
			out[id] = public
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PutReceipts: see desk.PhoneStore.
func (s *Store) PutReceipts(
	ctx context.Context, person insurer.PersonKey, sealed map[string][]byte, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		enrolled, err := s.enrolmentsOf(ctx, tx, `people.ref = $1 AND people.insurer = $2`,
			person.ID, person.Insurer)
		if err != nil {
			return err
		}
		for keyID, receipt := range sealed {
			for _, who := range enrolled {
				done, err := tx.ExecContext(ctx, `INSERT INTO receipts (person_id, key_id, at, sealed)
					SELECT $1, $2, $3, $4
					WHERE EXISTS (SELECT 1 FROM phone_keys WHERE subject_mac = $5
						AND key_id = $2)`, who.person, keyID, stamp(e.At), receipt, who.subject)
				if err != nil {
					return fmt.Errorf("storing a receipt: %w", err)
				}
				if n, err := done.RowsAffected(); err != nil {
					return err
				} else if n > 0 {
					break // one a phone
				}
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// Receipts: see desk.PhoneStore.
func (s *Store) Receipts(ctx context.Context, subject, keyID string, since time.Time) ([]insurer.SealedReceipt, error) {
	mac := s.mac("subject", subject)
	shown := map[audit.PersonID]bool{}
	enrolled, err := s.enrolmentsOf(ctx, s.read, `enrolments.subject_mac = $1`, mac)
	for _, e := range enrolled {
		shown[audit.PersonID(e.ref)] = true
	}
	if err != nil {
		return nil, storage(err)
	}
	var out []insurer.SealedReceipt
	err = s.each(ctx, func(scan func(...any) error) error {
		var at int64
		var r insurer.SealedReceipt
		if err := scan(&r.Person, &at, &r.Sealed); err != nil {
			return err
		}
		r.At = unstamp(at)
		if shown[r.Person] {
			out = append(out, r)
		}
		return nil
	}, `SELECT people.ref, receipts.at, receipts.sealed FROM receipts
		JOIN people ON people.id = receipts.person_id
		JOIN phone_keys ON phone_keys.key_id = receipts.key_id
		JOIN enrolments ON enrolments.person_id = receipts.person_id
			AND enrolments.subject_mac = phone_keys.subject_mac
		WHERE phone_keys.subject_mac = $1 AND receipts.key_id = $2 AND receipts.at >= $3
			ORDER BY receipts.id DESC LIMIT 50`, mac, keyID, stamp(since))
	return out, storage(err)
}

// ExpireReceipts: see desk.PhoneStore.
func (s *Store) ExpireReceipts(ctx context.Context, before time.Time) (int, error) {
	done, err := s.write.ExecContext(ctx, `DELETE FROM receipts WHERE at < $1`, stamp(before))
	if err != nil {
		return 0, storage(err)
	}
	n, err := done.RowsAffected()
	return int(n), storage(err)
}

// EnsureNotices: see desk.RunStore.
func (s *Store) EnsureNotices(
	ctx context.Context, many insurer.ManyNotices, e audit.Entry,
) (map[audit.PersonID]int64, error) {
	out := make(map[audit.PersonID]int64, len(many.People))
	err := s.change(ctx, func(tx *sql.Tx) error {
		find, err := tx.PrepareContext(ctx,
			`SELECT people.id, coalesce(max(notices.serial), 0), coalesce(max(CASE WHEN notices.void = 0 THEN notices.serial END), 0)
			FROM people LEFT JOIN notices ON notices.person_id = people.id
				WHERE people.ref = $1 AND people.insurer = $2 GROUP BY people.id`)
		if err != nil {
			return fmt.Errorf("looking for notices: %w", err)
		}
		defer find.Close()
		insert, err := tx.PrepareContext(ctx,
			`INSERT INTO notices (person_id, serial, code_mac, void, created_at, proof)
			VALUES ($1, $2, $3, 0, $4, $5)`)
		if err != nil {
			return fmt.Errorf("storing notices: %w", err)
		}
		defer insert.Close()
		made := 0
		for _, id := range many.People {
			n := noticeRow{ref: string(id), at: stamp(e.At)}
			var current int64
			err := find.QueryRowContext(ctx, id, many.Insurer).Scan(&n.person, &n.serial, &current)
			if errors.Is(err, sql.ErrNoRows) {
				continue // erased a moment ago
			}
			if err != nil {
				return fmt.Errorf("looking for notices: %w", err)
			}
			if current == 0 || current < n.serial { // none yet, or the last one is void
				made++
				n.serial++
				n.code = many.MAC(id, n.serial)
				proof, err := s.proof(n.row())
				if err != nil {
					return err
				}
				if _, err := insert.ExecContext(ctx, n.person, n.serial, n.code, n.at, proof); err != nil {
					return fmt.Errorf("storing notices: %w", err)
				}
			}
			out[id] = n.serial
		}
		if made == 0 {
			return nil
		}
		e.Detail += fmt.Sprintf(" made=%d", made)
		return appendAudit(ctx, tx, e, nil)
	})
	return out, err
}

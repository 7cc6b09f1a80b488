package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/desk"
)

// EnsureNotice: see desk.NoticeStore.
func (s *Store) EnsureNotice(ctx context.Context, person desk.PersonID, mac func(int64) []byte, e desk.Entry) (int64, error) {
	return s.notice(ctx, person, mac, e, false)
}

// ReissueNotice: see desk.NoticeStore.
func (s *Store) ReissueNotice(ctx context.Context, person desk.PersonID, mac func(int64) []byte, e desk.Entry) (int64, error) {
	return s.notice(ctx, person, mac, e, true)
}

func (s *Store) notice(ctx context.Context, person desk.PersonID, mac func(int64) []byte, e desk.Entry, next bool) (serial int64, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		var id int64
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1`, person).Scan(&id); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(serial), 0) FROM notices WHERE person_id = $1`, id).Scan(&serial); err != nil {
			return fmt.Errorf("looking for the notice: %w", err)
		}
		if serial == 0 || next {
			if _, err := tx.ExecContext(ctx, `UPDATE notices SET void = 1 WHERE person_id = $1`, id); err != nil {
				return fmt.Errorf("voiding the last notice: %w", err)
			}
			serial++
			if _, err := tx.ExecContext(ctx, `INSERT INTO notices (person_id, serial, code_mac, void, created_at) VALUES ($1, $2, $3, 0, $4)`,
				id, serial, mac(serial), stamp(e.At)); err != nil {
				return fmt.Errorf("storing the notice: %w", err)
			}
		}
		return s.audit(ctx, tx, e)
	})
	return serial, err
}

// Notice: see desk.NoticeStore. UsedBy is the keyed hash of the subject in hexadecimal.
func (s *Store) Notice(ctx context.Context, mac []byte) (desk.Notice, error) {
	var n desk.Notice
	var void int
	var used []byte
	err := s.read.QueryRowContext(ctx, `SELECT people.ref, notices.serial, notices.void, notices.used_by FROM notices JOIN people ON people.id = notices.person_id
		WHERE notices.code_mac = $1`, mac).Scan(&n.Person, &n.Serial, &void, &used)
	n.Void, n.UsedBy = void != 0, hex.EncodeToString(used)
	return n, storage(err)
}

// Enrol: see desk.NoticeStore.
func (s *Store) Enrol(ctx context.Context, noticeMAC []byte, subject string, e desk.Entry) error {
	subjectMAC := s.mac("subject", subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		var notice, person int64
		var void int
		var used []byte
		err := tx.QueryRowContext(ctx, `SELECT id, person_id, void, used_by FROM notices WHERE code_mac = $1`, noticeMAC).Scan(&notice, &person, &void, &used)
		switch {
		case err != nil:
			return err
		case void != 0:
			return desk.ErrNoticeVoid
		case len(used) > 0 && !bytes.Equal(used, subjectMAC):
			return desk.ErrNoticeUsed
		}
		if _, err := tx.ExecContext(ctx, `UPDATE notices SET used_by = $2 WHERE id = $1`, notice, subjectMAC); err != nil {
			return fmt.Errorf("using the notice up: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO enrolments (subject_mac, person_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			subjectMAC, person, stamp(e.At)); err != nil {
			return fmt.Errorf("storing the enrolment: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

// Enrolled: see desk.NoticeStore.
func (s *Store) Enrolled(ctx context.Context, subject string) ([]desk.PersonRecord, error) {
	return s.people(ctx, `SELECT `+personColumns+` FROM people JOIN enrolments ON enrolments.person_id = people.id
		WHERE enrolments.subject_mac = $1 ORDER BY enrolments.id`, s.mac("subject", subject))
}

// EndEnrolment: see desk.NoticeStore.
func (s *Store) EndEnrolment(ctx context.Context, subject string, person desk.PersonID, e desk.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := s.audit(ctx, tx, e); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM enrolments WHERE subject_mac = $1 AND person_id = (SELECT id FROM people WHERE ref = $2)`,
			s.mac("subject", subject), person)
		return err
	})
}

// PutPhoneKey: see desk.PhoneStore.
func (s *Store) PutPhoneKey(ctx context.Context, subject, keyID string, public []byte, e desk.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO phone_keys (subject_mac, key_id, public, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
			s.mac("subject", subject), keyID, public, stamp(e.At))
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
func (s *Store) PhoneKeys(ctx context.Context, person desk.PersonID) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := s.each(ctx, func(scan func(...any) error) error {
		var id string
		var public []byte
		err := scan(&id, &public)
		out[id] = public
		return err
	}, `SELECT phone_keys.key_id, phone_keys.public FROM phone_keys
		JOIN enrolments ON enrolments.subject_mac = phone_keys.subject_mac JOIN people ON people.id = enrolments.person_id
		WHERE people.ref = $1 ORDER BY phone_keys.id DESC LIMIT 20`, person)
	return out, storage(err)
}

// PutReceipts: see desk.PhoneStore.
func (s *Store) PutReceipts(ctx context.Context, person desk.PersonID, sealed map[string][]byte, e desk.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for keyID, receipt := range sealed {
			if _, err := tx.ExecContext(ctx, `INSERT INTO receipts (person_id, key_id, at, sealed) SELECT id, $2, $3, $4 FROM people WHERE ref = $1
				AND EXISTS (SELECT 1 FROM phone_keys JOIN enrolments ON enrolments.subject_mac = phone_keys.subject_mac WHERE enrolments.person_id = people.id AND phone_keys.key_id = $5)`,
				person, keyID, stamp(e.At), receipt, keyID); err != nil {
				return fmt.Errorf("storing a receipt: %w", err)
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// Receipts: see desk.PhoneStore.
func (s *Store) Receipts(ctx context.Context, subject, keyID string, since time.Time) ([]desk.SealedReceipt, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT people.ref, receipts.at, receipts.sealed FROM receipts JOIN people ON people.id = receipts.person_id
		JOIN phone_keys ON phone_keys.key_id = receipts.key_id
		JOIN enrolments ON enrolments.person_id = receipts.person_id AND enrolments.subject_mac = phone_keys.subject_mac
		WHERE phone_keys.subject_mac = $1 AND receipts.key_id = $2 AND receipts.at >= $3 ORDER BY receipts.id DESC LIMIT 50`,
		s.mac("subject", subject), keyID, stamp(since))
	if err != nil {
		return nil, storage(err)
	}
	defer rows.Close()
	var out []desk.SealedReceipt
	for rows.Next() {
		var at int64
		var r desk.SealedReceipt
		if err := rows.Scan(&r.Person, &at, &r.Sealed); err != nil {
			return nil, storage(err)
		}
		r.At = unstamp(at)
		out = append(out, r)
	}
	return out, storage(rows.Err())
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
func (s *Store) EnsureNotices(ctx context.Context, ids []desk.PersonID, mac func(desk.PersonID, int64) []byte, e desk.Entry) (map[desk.PersonID]int64, error) {
	out := make(map[desk.PersonID]int64, len(ids))
	err := s.change(ctx, func(tx *sql.Tx) error {
		find, err := tx.PrepareContext(ctx, `SELECT people.id, coalesce(max(notices.serial), 0) FROM people LEFT JOIN notices ON notices.person_id = people.id
			WHERE people.ref = $1 GROUP BY people.id`)
		if err != nil {
			return fmt.Errorf("looking for notices: %w", err)
		}
		defer find.Close()
		insert, err := tx.PrepareContext(ctx, `INSERT INTO notices (person_id, serial, code_mac, void, created_at) VALUES ($1, 1, $2, 0, $3)`)
		if err != nil {
			return fmt.Errorf("storing notices: %w", err)
		}
		defer insert.Close()
		made := 0
		for _, id := range ids {
			var person, serial int64
			err := find.QueryRowContext(ctx, id).Scan(&person, &serial)
			if errors.Is(err, sql.ErrNoRows) {
				continue // erased a moment ago
			}
			if err != nil {
				return fmt.Errorf("looking for notices: %w", err)
			}
			if serial == 0 {
				serial = 1
				made++
				if _, err := insert.ExecContext(ctx, person, mac(id, serial), stamp(e.At)); err != nil {
					return fmt.Errorf("storing notices: %w", err)
				}
			}
			out[id] = serial
		}
		if made == 0 {
			return nil
		}
		e.Detail += fmt.Sprintf(" made=%d", made)
		return appendAudit(ctx, tx, e, nil)
	})
	return out, err
}

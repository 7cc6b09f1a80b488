package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// EnsureNotice implements insurer.EnrolmentStore.
func (s enrolmentStore) EnsureNotice(
	ctx context.Context, person insurer.PersonKey, mac insurer.NoticeMAC, e audit.Entry,
) (int64, error) {
	return s.notice(ctx, person, mac, e, false)
}

// ReissueNotice implements insurer.EnrolmentStore.
func (s enrolmentStore) ReissueNotice(
	ctx context.Context, person insurer.PersonKey, mac insurer.NoticeMAC, e audit.Entry,
) (int64, error) {
	return s.notice(ctx, person, mac, e, true)
}

func (s enrolmentStore) notice(
	ctx context.Context, person insurer.PersonKey, mac insurer.NoticeMAC, e audit.Entry, next bool,
) (serial int64, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		n := noticeRow{ref: string(person.ID), at: toMillis(e.At)}
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
			person.ID, person.Insurer).Scan(&n.person); err != nil {
			return err
		}
		known, err := s.notices().readVerified(ctx, tx, `notices.person_id = $1`, n.person)
		if err != nil {
			return err
		}
		last := noticeRow{void: true}
		if len(known) > 0 {
			last = known[len(known)-1]
		}
		serial = last.serial
		if next || last.void {
			if err := s.notices().void(ctx, tx, known); err != nil {
				return err
			}
			serial++
			n.serial, n.code = serial, mac(serial)
			if err := s.notices().put(ctx, tx, n); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, e)
	})
	return serial, err
}

// Notice implements insurer.EnrolmentStore. UsedBy is the keyed hash of the subject in hexadecimal.
func (s enrolmentStore) Notice(ctx context.Context, mac []byte) (insurer.Notice, error) {
	n, err := s.notices().withCode(ctx, s.read, mac)
	return insurer.Notice{
		Person:  audit.PersonID(n.ref),
		Insurer: n.insurer,
		Serial:  n.serial,
		Void:    n.void,
		UsedBy:  hex.EncodeToString(n.used),
	}, storageError(err)
}

// Enrol implements insurer.EnrolmentStore.
func (s enrolmentStore) Enrol(ctx context.Context, noticeMAC []byte, subject string, e audit.Entry) error {
	subjectMAC := s.index.mac("subject", subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		n, err := s.notices().withCode(ctx, tx, noticeMAC)
		switch {
		case err != nil:
			return err
		case n.void:
			return insurer.ErrNoticeVoid
		case len(n.used) > 0 && !bytes.Equal(n.used, subjectMAC):
			return insurer.ErrNoticeUsed
		}
		n.used = subjectMAC
		if err := s.notices().change(ctx, tx, n); err != nil {
			return err
		}
		if err := s.enrolments().put(ctx, tx, enrolmentRow{person: n.person, ref: n.ref, subject: subjectMAC,
			at: toMillis(e.At)}); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

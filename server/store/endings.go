package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// What ends with a phone, a login or a person. Each is one transaction: after a failure everything is as it
// was before and can be tried again, and there is no moment in which one half has ended and the other brings
// it back. A row that was altered from outside is ended like any other.

// endings ends sessions and enrolments within a transaction.
type endings struct{ *core }

// endSessions ends the sessions of a subject (its MAC) but one.
func endSessions(ctx context.Context, tx *sql.Tx, subject []byte, but [32]byte) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE subject_mac = $1 AND hash <> $2`, subject,
		but[:]); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	return nil
}

// sessionsOf ends the sessions that grants' phones opened by their keys and, if logins says so, those of
// their logins: a copied cookie must not live on until the phone is added again.
func (s endings) sessionsOf(ctx context.Context, tx *sql.Tx, grants []deviceGrantRow, logins bool,
	but [32]byte) error {
	done := map[string]bool{}
	for _, g := range grants {
		subjects := [][]byte{s.index.mac("subject", insurer.DeviceSubject(g.deviceID))}
		if logins {
			subjects = append(subjects, g.subject)
		}
		for _, subject := range subjects {
			if done[string(subject)] {
				continue
			}
			done[string(subject)] = true
			if err := endSessions(ctx, tx, subject, but); err != nil {
				return err
			}
		}
	}
	return nil
}

// EndDeviceGrants implements insurer.DevicesStore. Which ones there are is read where they are ended: none is
// added in between.
func (s devicesStore) EndDeviceGrants(
	ctx context.Context, end insurer.DeviceGrantEnd, e audit.Entry,
) (n int, err error) {
	where, args := s.pick(end.DeviceGrantQuery)
	if len(args) == 0 {
		return 0, nil // never everybody's
	}
	err = s.change(ctx, func(tx *sql.Tx) error {
		all, err := deviceGrantRows(ctx, tx, where, args)
		if err != nil {
			return err
		}
		if err := s.endings().sessionsOf(ctx, tx, all, end.Logins, end.But); err != nil {
			return err
		}
		for _, g := range all {
			if err := endDeviceGrant(ctx, tx, g); err != nil {
				return err
			}
			e.Person, e.Detail = audit.PersonID(g.ref), g.key
			if err := s.audit(ctx, tx, e); err != nil {
				return err
			}
		}
		n = len(all)
		return nil
	})
	return n, err
}

func deviceGrantRows(
	ctx context.Context, tx *sql.Tx, where string, args []any,
) (all []deviceGrantRow, err error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT device_grants.id, people.id, people.ref, device_grants.subject_mac, device_grants.phone,
			device_grants.key_id
		FROM device_grants JOIN people ON people.id = device_grants.person_id WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for grants: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var g deviceGrantRow
		if err := rows.Scan(&g.id, &g.person, &g.ref, &g.subject, &g.deviceID, &g.key); err != nil {
			return nil, fmt.Errorf("reading a grant: %w", err)
		}
		all = append(all, g)
	}
	return all, rows.Err()
}

// endDeviceGrant removes one grant, what lies for that person and phone, the online code that the phone may
// have told just now, and the receipt key of a phone that shows nobody of this subject any more.
func endDeviceGrant(ctx context.Context, tx *sql.Tx, g deviceGrantRow) error {
	return inOrder(ctx, tx, []statement{
		{`DELETE FROM device_grants WHERE id = $1`, []any{g.id}},
		{`DELETE FROM receipts WHERE key_id = $1 AND person_id = $2`, []any{g.deviceID, g.person}},
		{`DELETE FROM codes WHERE subject_mac = $1 AND person_id = $2`, []any{g.subject, g.person}},
		{`DELETE FROM phone_keys WHERE subject_mac = $1 AND key_id = $2
			AND NOT EXISTS (SELECT 1 FROM device_grants WHERE subject_mac = $1
				AND phone = $2)`, []any{g.subject, g.deviceID}},
	})
}

// EndLogin implements insurer.EnrolmentStore.
func (s enrolmentStore) EndLogin(
	ctx context.Context, person insurer.PersonKey, login int64, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		found, err := readEnrolments(ctx, tx,
			`enrolments.id = $1 AND people.ref = $2 AND people.insurer = $3`,
			login, person.ID, person.Insurer)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return sql.ErrNoRows
		}
		if err := s.endings().enrolment(ctx, tx, found[0]); err != nil {
			return err
		}
		return s.audit(ctx, tx, e)
	})
}

// enrolment ends one login for one person, and every way back: the notices that it used are void, its
// sessions and those of its phones end, and its grants, codes and receipts of the person go. Its keys for
// receipts go with its last person.
func (s endings) enrolment(ctx context.Context, tx *sql.Tx, e enrolmentRow) error {
	grants, err := deviceGrantRows(ctx, tx, `device_grants.subject_mac = $1`, []any{e.subject})
	if err != nil {
		return err
	}
	if err := s.sessionsOf(ctx, tx, grants, true, [32]byte{}); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, e.subject, [32]byte{}); err != nil { // a login without phones
		return err
	}
	used, err := readNotices(ctx, tx, `notices.person_id = $1 AND notices.used_by = $2`, e.person, e.subject)
	if err != nil {
		return err
	}
	if err := s.notices().void(ctx, tx, used); err != nil {
		return err
	}
	both := []any{e.subject, e.person}
	return inOrder(ctx, tx, []statement{
		{`DELETE FROM receipts WHERE person_id = $2 AND key_id IN (SELECT key_id FROM phone_keys
			WHERE subject_mac = $1)`, both},
		{`DELETE FROM device_grants WHERE subject_mac = $1 AND person_id = $2`, both},
		{`DELETE FROM codes WHERE subject_mac = $1 AND person_id = $2`, both},
		{`DELETE FROM enrolments WHERE subject_mac = $1 AND person_id = $2`, both},
		{`DELETE FROM phone_keys WHERE subject_mac = $1 AND NOT EXISTS (SELECT 1 FROM enrolments
			WHERE subject_mac = $1)`, both[:1]},
	})
}

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"madoguchi/server/desk"
)

// grantRecord names what a grant's sealed subject is bound to.
func grantRecord(subjectMAC []byte, phone string) string {
	return hex.EncodeToString(subjectMAC) + "/" + phone
}

// PutGrants: see desk.PhoneStore.
func (s *Store) PutGrants(ctx context.Context, g desk.Grant, e desk.Entry) error {
	mac := s.mac("subject", g.Subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealValue(ctx, tx, "session/grants", "device_grants.subject", grantRecord(mac, g.Phone), []byte(g.Subject))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO device_grants (subject_mac, subject, phone, key_id, public, person_id, login_at, created_at)
			SELECT $1, $2, $3, $4, $5, person_id, $6, $7 FROM enrolments WHERE subject_mac = $8
			ON CONFLICT (subject_mac, phone, person_id) DO UPDATE SET subject = $9, key_id = $10, public = $11, login_at = $12`,
			mac, sealed, g.Phone, g.KeyID, g.Public, stamp(g.LoginAt), stamp(g.At), mac, sealed, g.KeyID, g.Public, stamp(g.LoginAt)); err != nil {
			return fmt.Errorf("storing a phone's grants: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

// pick returns the condition of a query on device_grants and its arguments from $1 on.
func (s *Store) pick(q desk.GrantQuery) (where string, args []any) {
	where = "1 = 1"
	add := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Subject != "" {
		add("device_grants.subject_mac = $%d", s.mac("subject", q.Subject))
	}
	if q.Phone != "" {
		add("device_grants.phone = $%d", q.Phone)
	}
	if q.KeyID != "" {
		add("device_grants.key_id = $%d", q.KeyID)
	}
	if q.Person != "" {
		add("device_grants.person_id = (SELECT id FROM people WHERE ref = $%d)", q.Person)
	}
	return where, args
}

// Grants: see desk.PhoneStore.
func (s *Store) Grants(ctx context.Context, q desk.GrantQuery) ([]desk.Grant, error) {
	where, args := s.pick(q)
	if len(args) == 0 {
		return nil, nil // never everybody's
	}
	rows, err := s.read.QueryContext(ctx, `SELECT people.ref, device_grants.subject_mac, device_grants.subject, device_grants.phone, device_grants.key_id, device_grants.public,
		device_grants.login_at, device_grants.created_at FROM device_grants JOIN people ON people.id = device_grants.person_id
		WHERE `+where+` ORDER BY device_grants.created_at DESC, device_grants.id DESC LIMIT 100`, args...)
	if err != nil {
		return nil, storage(err)
	}
	defer rows.Close()
	var all []desk.Grant
	for rows.Next() {
		var g desk.Grant
		var mac, sealed []byte
		var login, at int64
		if err := rows.Scan(&g.Person, &mac, &sealed, &g.Phone, &g.KeyID, &g.Public, &login, &at); err != nil {
			return nil, storage(err)
		}
		subject, err := s.openValue(ctx, s.read, "device_grants.subject", grantRecord(mac, g.Phone), sealed)
		if err != nil {
			return nil, storage(err)
		}
		g.Subject, g.LoginAt, g.At = string(subject), unstamp(login), unstamp(at)
		all = append(all, g)
	}
	return all, storage(rows.Err())
}

// grantRow is a grant as it is ended.
type grantRow struct {
	id, person int64
	ref        desk.PersonID
	subject    []byte // its MAC
	phone, key string
}

// EndGrants: see desk.PhoneStore. Which ones there are is read where they are ended: none is added in between.
func (s *Store) EndGrants(ctx context.Context, q desk.GrantQuery, e desk.Entry) (n int, err error) {
	where, args := s.pick(q)
	if len(args) == 0 {
		return 0, nil // never everybody's
	}
	err = s.change(ctx, func(tx *sql.Tx) error {
		all, err := grantRows(ctx, tx, where, args)
		if err != nil {
			return err
		}
		for _, g := range all {
			if err := endGrant(ctx, tx, g); err != nil {
				return err
			}
			e.Person, e.Detail = g.ref, g.key
			if err := s.audit(ctx, tx, e); err != nil {
				return err
			}
		}
		n = len(all)
		return nil
	})
	return n, err
}

func grantRows(ctx context.Context, tx *sql.Tx, where string, args []any) (all []grantRow, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT device_grants.id, people.id, people.ref, device_grants.subject_mac, device_grants.phone, device_grants.key_id
		FROM device_grants JOIN people ON people.id = device_grants.person_id WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for grants: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var g grantRow
		if err := rows.Scan(&g.id, &g.person, &g.ref, &g.subject, &g.phone, &g.key); err != nil {
			return nil, fmt.Errorf("reading a grant: %w", err)
		}
		all = append(all, g)
	}
	return all, rows.Err()
}

// endGrant removes one grant, what lies for that person and phone, the online code that the phone may have told just now, and
// the receipt key of a phone that shows nobody of this subject any more.
func endGrant(ctx context.Context, tx *sql.Tx, g grantRow) error {
	for _, step := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM device_grants WHERE id = $1`, []any{g.id}},
		{`DELETE FROM receipts WHERE key_id = $1 AND person_id = $2`, []any{g.phone, g.person}},
		{`DELETE FROM codes WHERE subject_mac = $1 AND person_id = $2`, []any{g.subject, g.person}},
		{`DELETE FROM phone_keys WHERE subject_mac = $1 AND key_id = $2 AND NOT EXISTS (SELECT 1 FROM device_grants WHERE subject_mac = $3 AND phone = $4)`, []any{g.subject, g.phone, g.subject, g.phone}},
	} {
		if _, err := tx.ExecContext(ctx, step.text, step.args...); err != nil {
			return fmt.Errorf("ending a grant: %w", err)
		}
	}
	return nil
}

// UseNonce: see desk.PhoneStore.
func (s *Store) UseNonce(ctx context.Context, nonce []byte, ends time.Time) (bool, error) {
	done, err := s.write.ExecContext(ctx, `INSERT INTO used_nonces (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, nonce, stamp(ends))
	if err != nil {
		return false, storage(err)
	}
	n, err := done.RowsAffected()
	return n == 1, storage(err)
}

// ExpireDevices: see desk.PhoneStore.
func (s *Store) ExpireDevices(ctx context.Context, now, lastLogin time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, step := range []struct {
			text string
			at   time.Time
		}{
			{`DELETE FROM used_nonces WHERE expires_at < $1`, now},
			{`DELETE FROM device_grants WHERE login_at < $1`, lastLogin},
			// a phone that is being added has a key before it has a grant: only old ones are nobody's
			{`DELETE FROM phone_keys WHERE created_at < $1 AND NOT EXISTS (SELECT 1 FROM device_grants
				WHERE device_grants.subject_mac = phone_keys.subject_mac AND device_grants.phone = phone_keys.key_id)`, lastLogin},
		} {
			if _, err := tx.ExecContext(ctx, step.text, stamp(step.at)); err != nil {
				return fmt.Errorf("sweeping phones: %w", err)
			}
		}
		return nil
	})
}

// EraseSubject: see desk.PhoneStore. A notice that this login used can be used again: it is still worth nothing without the
// person's own login.
func (s *Store) EraseSubject(ctx context.Context, subject string, e desk.Entry) error {
	people, err := s.Enrolled(ctx, subject)
	if err != nil {
		return err
	}
	mac := s.mac("subject", subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, r := range people {
			e.Person = r.ID
			if err := s.audit(ctx, tx, e); err != nil {
				return err
			}
		}
		for _, text := range []string{
			`DELETE FROM receipts WHERE id IN (SELECT receipts.id FROM receipts JOIN phone_keys ON phone_keys.key_id = receipts.key_id
				JOIN enrolments ON enrolments.person_id = receipts.person_id AND enrolments.subject_mac = phone_keys.subject_mac WHERE phone_keys.subject_mac = $1)`,
			`DELETE FROM phone_keys WHERE subject_mac = $1`,
			`DELETE FROM device_grants WHERE subject_mac = $1`,
			`DELETE FROM codes WHERE subject_mac = $1`,
			`DELETE FROM sessions WHERE subject_mac = $1`,
			`UPDATE notices SET used_by = NULL WHERE used_by = $1`,
			`DELETE FROM enrolments WHERE subject_mac = $1`,
		} {
			if _, err := tx.ExecContext(ctx, text, mac); err != nil {
				return fmt.Errorf("erasing a login's data: %w", err)
			}
		}
		return nil
	})
}

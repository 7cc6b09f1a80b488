package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// grantRow is a row of device_grants, with the person's ref in the place of the row's number. The seal of the
// login's subject vouches for it.
type grantRow struct {
	id, person int64
	ref        string
	subject    []byte // its MAC
	phone, key string
	public     []byte
	login, at  int64
}

func (g grantRow) place() place {
	return bound("device_grants.subject", hex.EncodeToString(g.subject)+"/"+g.phone, g.ref, g.key, g.public,
		g.login, g.at)
}

// PutGrants: see desk.PhoneStore.
func (s *Store) PutGrants(ctx context.Context, g insurer.Grant, e audit.Entry) error {
	mac := s.mac("subject", g.Subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		people, err := s.enrolmentsOf(ctx, tx, `enrolments.subject_mac = $1`, mac)
		if err != nil {
			return err
		}
		for _, p := range people {
			row := grantRow{ref: p.ref, subject: mac, phone: g.Phone, key: g.KeyID, public: g.Public,
				login: stamp(g.LoginAt), at: stamp(g.At)}
			err := tx.QueryRowContext(ctx, `SELECT created_at FROM device_grants WHERE subject_mac = $1
				AND phone = $2 AND person_id = $3`,
				mac, g.Phone, p.person).Scan(&row.at) // of the first stays
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("looking for a phone's grant: %w", err)
			}
			sealed, err := s.sealValue(ctx, tx, "session/grants", row.place(), []byte(g.Subject))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx,
				`INSERT INTO device_grants (subject_mac, subject, phone, key_id, public, person_id, login_at, created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (subject_mac, phone, person_id) DO UPDATE
					SET subject = $2, key_id = $4, public = $5, login_at = $7`,
				mac, sealed, g.Phone, g.KeyID, g.Public, p.person, row.login, row.at); err != nil {
				return fmt.Errorf("storing a phone's grants: %w", err)
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// pick returns the condition of a query on device_grants and its arguments from $1 on.
func (s *Store) pick(q insurer.GrantQuery) (where string, args []any) {
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
	if q.Insurer != "" {
		add("people.insurer = $%d", string(q.Insurer))
	}
	if q.Person != "" {
		add("device_grants.person_id = (SELECT id FROM people WHERE ref = $%d)", q.Person)
	}
	return where, args
}

// Grants: see desk.PhoneStore.
func (s *Store) Grants(ctx context.Context, q insurer.GrantQuery) ([]insurer.Grant, error) {
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
	var all []insurer.Grant
	for rows.Next() {
		var row grantRow
		var sealed []byte
		if err := rows.Scan(&row.ref, &row.subject, &sealed, &row.phone, &row.key, &row.public, &row.login,
			&row.at); err != nil {
			return nil, storage(err)
		}
		subject, err := s.openValue(ctx, s.read, row.place(), sealed)
		if err != nil {
			return nil, storage(err)
		}
		all = append(all, insurer.Grant{Person: audit.PersonID(row.ref), Subject: string(subject),
			Phone: row.phone, KeyID: row.key, Public: row.public,
			LoginAt: unstamp(row.login), At: unstamp(row.at)})
	}
	return all, storage(rows.Err())
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

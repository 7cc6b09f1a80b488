package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// deviceGrantRow is a row of device_grants, with the person's ref in the place of the row's number. The seal
// of the login's subject vouches for it.
type deviceGrantRow struct {
	id, person    int64
	ref           string
	subject       []byte // its MAC
	deviceID, key string
	public        []byte
	login, at     int64
}

func (g deviceGrantRow) place() place {
	return boundPlace("device_grants.subject",
		hex.EncodeToString(g.subject)+"/"+g.deviceID, g.ref, g.key, g.public,
		g.login, g.at)
}

// PutDeviceGrants implements insurer.DevicesStore.
func (s devicesStore) PutDeviceGrants(ctx context.Context, g insurer.DeviceGrant, e audit.Entry) error {
	mac := s.index.mac("subject", g.Subject)
	return s.change(ctx, func(tx *sql.Tx) error {
		people, err := s.enrolments().readVerified(ctx, tx, `enrolments.subject_mac = $1`, mac)
		if err != nil {
			return err
		}
		for _, p := range people {
			row := deviceGrantRow{
				ref:      p.ref,
				subject:  mac,
				deviceID: g.DeviceID,
				key:      g.KeyID,
				public:   g.Public,
				login:    toMillis(g.LoginAt),
				at:       toMillis(g.At),
			}
			err := tx.QueryRowContext(ctx, `SELECT created_at FROM device_grants WHERE subject_mac = $1
				AND phone = $2 AND person_id = $3`,
				mac, g.DeviceID, p.person).Scan(&row.at) // of the first stays
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("looking for a phone's grant: %w", err)
			}
			sealed, err := s.sealer.seal(ctx, tx, "session/grants", row.place(), []byte(g.Subject))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx,
				`INSERT INTO device_grants (subject_mac, subject, phone, key_id, public, person_id, login_at,
					created_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (subject_mac, phone, person_id) DO UPDATE
					SET subject = $2, key_id = $4, public = $5, login_at = $7`,
				mac, sealed, g.DeviceID, g.KeyID, g.Public, p.person, row.login, row.at); err != nil {
				return fmt.Errorf("storing a phone's grants: %w", err)
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// deviceGrantReader reads which phones may show whom.
type deviceGrantReader struct{ *core }

func (s deviceGrantReader) readDeviceGrants(
	ctx context.Context, q insurer.DeviceGrantQuery,
) ([]insurer.DeviceGrant, error) {
	where, args := s.pick(q)
	if len(args) == 0 {
		return nil, nil // never everybody's
	}
	rows, err := s.read.QueryContext(ctx,
		`SELECT people.ref, device_grants.subject_mac, device_grants.subject, device_grants.phone,
		device_grants.key_id, device_grants.public,
		device_grants.login_at, device_grants.created_at FROM device_grants
		JOIN people ON people.id = device_grants.person_id
		WHERE `+where+` ORDER BY device_grants.created_at DESC, device_grants.id DESC LIMIT 100`, args...)
	if err != nil {
		return nil, storageError(err)
	}
	defer rows.Close()
	var all []insurer.DeviceGrant
	for rows.Next() {
		var row deviceGrantRow
		var sealed []byte
		if err := rows.Scan(&row.ref, &row.subject, &sealed, &row.deviceID, &row.key, &row.public, &row.login,
			&row.at); err != nil {
			return nil, storageError(err)
		}
		subject, err := s.sealer.open(ctx, s.read, row.place(), sealed)
		if err != nil {
			return nil, storageError(err)
		}
		all = append(all, insurer.DeviceGrant{Person: audit.PersonID(row.ref), Subject: string(subject),
			DeviceID: row.deviceID, KeyID: row.key, Public: row.public,
			LoginAt: fromMillis(row.login), At: fromMillis(row.at)})
	}
	return all, storageError(rows.Err())
}

// pick returns the condition of a query on device_grants and its arguments from $1 on.
func (s deviceGrantReader) pick(q insurer.DeviceGrantQuery) (where string, args []any) {
	where = "1 = 1"
	add := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	if q.Subject != "" {
		add("device_grants.subject_mac = $%d", s.index.mac("subject", q.Subject))
	}
	if q.DeviceID != "" {
		add("device_grants.phone = $%d", q.DeviceID)
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

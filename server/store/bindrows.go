package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/server/agents"
)

// Rows of the releases before this one were bound to their place only, and had no proofs. They get both when
// the database opens for the first time, in one transaction: whatever ends it leaves the old rows. A database
// that holds one bound row without saying that it is bound is refused, so that taking the mark away does not
// make the program vouch for what somebody else wrote.

// boundMark stands in meta once all rows are bound.
const boundMark = "bound"

// bindStep binds the rows of one table: query reads at most bindRows of them after a row's number, row turns
// one into the column's new value.
type bindStep struct {
	table, column, query string
	row                  func(scan func(...any) error) (id int64, value []byte, err error)
}

// rowBinder binds the rows of releases before schema 9.
type rowBinder struct{ *core }

const bindRows = 1000

func (s rowBinder) bind(ctx context.Context) error {
	var done bool
	if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM meta WHERE name = $1)`,
		boundMark).Scan(&done); err != nil || done {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		var mark string
		err := tx.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = $1`, boundMark).Scan(&mark)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		for _, step := range s.bindSteps(ctx, tx) {
			if err := bindTable(ctx, tx, step); err != nil {
				return fmt.Errorf("binding the rows of %s: %w", step.table, err)
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, '1')`, boundMark)
		return err
	})
}

func bindTable(ctx context.Context, tx *sql.Tx, step bindStep) error {
	type bound struct {
		id    int64
		value []byte
	}
	for last := int64(0); ; {
		var batch []bound
		rows, err := tx.QueryContext(ctx, step.query+fmt.Sprintf(` AND %s.id > $1 ORDER BY %s.id LIMIT %d`,
			step.table, step.table, bindRows), last)
		if err != nil {
			return err
		}
		for rows.Next() {
			id, value, err := step.row(rows.Scan)
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			batch = append(batch, bound{id, value})
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(batch) == 0 {
			return nil
		}
		for _, b := range batch {
			if _, err := tx.ExecContext(ctx, `UPDATE `+step.table+` SET `+step.column+` = $2 WHERE id = $1`,
				b.id, b.value); err != nil {
				return err
			}
		}
		last = batch[len(batch)-1].id
	}
}

// firstProof is the proof of a row that has none.
func (s rowBinder) firstProof(r provenRow, found []byte) ([]byte, error) {
	if found != nil {
		return nil, errAltered.Because(fmt.Errorf("a row of %s is bound, the database says that none is",
			r.table))
	}
	return s.proofs.proofOf(r)
}

func (s rowBinder) bindSteps(ctx context.Context, tx *sql.Tx) []bindStep {
	return []bindStep{
		{"people", "body", `SELECT people.id, ` + personColumns + ` FROM people WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var p personRow
				var sealed []byte
				if err := scan(&id, &p.ref, &p.insurer, &p.keyMAC, &p.version, &p.at, &sealed); err != nil {
					return 0, nil, err
				}
				value, err = s.sealer.reseal(ctx, tx, plainPlace("people.body", p.ref), p.place(), sealed)
				return id, value, err
			}},
		{"person_versions", "body",
			`SELECT person_versions.id, people.ref, person_versions.version, person_versions.registered_at,
				person_versions.body
			FROM person_versions JOIN people ON people.id = person_versions.person_id WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var ref string
				var version, day int64
				var sealed []byte
				if err := scan(&id, &ref, &version, &day, &sealed); err != nil {
					return 0, nil, err
				}
				value, err = s.sealer.reseal(ctx, tx, plainPlace("person_versions.body", ref),
					olderPlace(ref, version, day),
					sealed)
				return id, value, err
			}},
		{"notices", "proof",
			`SELECT notices.id, people.ref, notices.serial, notices.code_mac, notices.void <> 0,
				notices.used_by, notices.created_at,
			notices.proof FROM notices JOIN people ON people.id = notices.person_id WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var n noticeRow
				if err := scan(&id, &n.ref, &n.serial, &n.code, &n.void, &n.used, &n.at,
					&n.proof); err != nil {
					return 0, nil, err
				}
				value, err = s.firstProof(n.row(), n.proof)
				return id, value, err
			}},
		{"enrolments", "proof",
			`SELECT enrolments.id, people.ref, enrolments.subject_mac, enrolments.created_at, enrolments.proof
			FROM enrolments JOIN people ON people.id = enrolments.person_id WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var e enrolmentRow
				if err := scan(&id, &e.ref, &e.subject, &e.at, &e.proof); err != nil {
					return 0, nil, err
				}
				value, err = s.firstProof(e.row(), e.proof)
				return id, value, err
			}},
		{"phone_keys", "proof", `SELECT id, subject_mac, key_id, public, created_at, proof FROM phone_keys
			WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var subject, public, proof []byte
				var key string
				var day int64
				if err := scan(&id, &subject, &key, &public, &day, &proof); err != nil {
					return 0, nil, err
				}
				value, err = s.firstProof(receiptKeyRow(subject, key, public, day), proof)
				return id, value, err
			}},
		{"device_grants", "subject",
			`SELECT device_grants.id, people.ref, device_grants.subject_mac, device_grants.subject,
				device_grants.phone,
			device_grants.key_id, device_grants.public, device_grants.login_at, device_grants.created_at
			FROM device_grants JOIN people ON people.id = device_grants.person_id WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var g deviceGrantRow
				var sealed []byte
				if err := scan(&id, &g.ref, &g.subject, &sealed, &g.deviceID, &g.key, &g.public, &g.login,
					&g.at); err != nil {
					return 0, nil, err
				}
				p := g.place()
				value, err = s.sealer.reseal(ctx, tx, plainPlace(p.column, p.record), p, sealed)
				return id, value, err
			}},
		{"sessions", "body", `SELECT id, hash, kind, subject_mac, created_at, used_at, expires_at, body
			FROM sessions WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var r sessionRow
				var sealed []byte
				if err := scan(&id, &r.hash, &r.kind, &r.subject, &r.created, &r.used, &r.expires,
					&sealed); err != nil {
					return 0, nil, err
				}
				p := r.place()
				value, err = s.sealer.reseal(ctx, tx, plainPlace(p.column, p.record), p, sealed)
				return id, value, err
			}},
		{"cases", "body", `SELECT id, facility, ref, at, outcome, body, version FROM cases WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var c caseRow
				var when int64
				var sealed []byte
				if err := scan(&id, &c.Facility, &c.ID, &when, &c.Outcome, &sealed, &c.Version); err != nil {
					return 0, nil, err
				}
				c.At = fromMillis(when)
				p := c.place(c.Version)
				value, err = s.sealer.reseal(ctx, tx, plainPlace(p.column, p.record), p, sealed)
				return id, value, err
			}},
		{"agents", "proof", `SELECT id, ref, facility, name, public, paired_at, paired_by, proof FROM agents
			WHERE 1 = 1`,
			func(scan func(...any) error) (id int64, value []byte, err error) {
				var a agents.Agent
				var when int64
				var proof []byte
				if err := scan(&id, &a.ID, &a.Facility, &a.Name, &a.Key, &when, &a.PairedBy,
					&proof); err != nil {
					return 0, nil, err
				}
				a.PairedAt = fromMillis(when)
				value, err = s.firstProof(agentRow(a), proof)
				return id, value, err
			}},
	}
}

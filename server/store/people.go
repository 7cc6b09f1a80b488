package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"

	"madoguchi/eligibility"
	"madoguchi/server/desk"
)

// Insurers returns the insurers of this server in the order of their numbers.
func (s *Store) Insurers(ctx context.Context) ([]desk.Insurer, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT number, name, issuer, telephone, look FROM insurers ORDER BY number`)
	if err != nil {
		return nil, storage(err)
	}
	defer rows.Close()
	var out []desk.Insurer
	for rows.Next() {
		var in desk.Insurer
		var look string
		if err := rows.Scan(&in.Number, &in.Name, &in.Issuer, &in.Telephone, &look); err != nil {
			return nil, storage(err)
		}
		if err := json.Unmarshal([]byte(look), &in.Look); err != nil {
			return nil, fmt.Errorf("reading an insurer's look: %w", err)
		}
		out = append(out, in)
	}
	return out, storage(rows.Err())
}

// PutInsurer stores an insurer, new or changed.
func (s *Store) PutInsurer(ctx context.Context, in desk.Insurer, e desk.Entry) error {
	return s.PutSettings(ctx, in, nil, e)
}

// PutSettings: see desk.InsurerStore.
func (s *Store) PutSettings(ctx context.Context, in desk.Insurer, png []byte, e desk.Entry) error {
	look, err := json.Marshal(in.Look)
	if err != nil {
		return fmt.Errorf("writing an insurer's look: %w", err)
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO insurers (number, name, issuer, telephone, look) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (number) DO UPDATE SET name = $2, issuer = $3, telephone = $4, look = $5`, in.Number, in.Name, in.Issuer, in.Telephone, string(look))
		if err != nil {
			return fmt.Errorf("storing an insurer: %w", err)
		}
		if png != nil {
			if _, err := tx.ExecContext(ctx, `UPDATE insurers SET logo = $2 WHERE number = $1`, in.Number, png); err != nil {
				return fmt.Errorf("storing a mark: %w", err)
			}
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// Logo: see desk.InsurerStore.
func (s *Store) Logo(ctx context.Context, insurer eligibility.InsurerNumber) ([]byte, error) {
	var png []byte
	err := s.read.QueryRowContext(ctx, `SELECT logo FROM insurers WHERE number = $1`, insurer).Scan(&png)
	return png, storage(err)
}

// ImportPeople: see desk.InsurerStore.
func (s *Store) ImportPeople(ctx context.Context, insurer eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person], e desk.Entry) (desk.ImportCount, error) {
	var count desk.ImportCount
	err := s.change(ctx, func(tx *sql.Tx) (err error) {
		count, err = s.importPeople(ctx, tx, insurer, people, e)
		return err
	})
	return count, err
}

const personColumns = `people.ref, people.version, people.registered_at, people.body`

// scanPerson reads and opens a row of personColumns.
func (s *Store) scanPerson(ctx context.Context, scan func(...any) error) (desk.PersonRecord, error) {
	var r desk.PersonRecord
	var at int64
	var sealed []byte
	if err := scan(&r.ID, &r.Version, &at, &sealed); err != nil {
		return r, err
	}
	r.RegisteredAt = unstamp(at)
	body, err := s.openValue(ctx, s.read, "people.body", string(r.ID), sealed)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(body, &r.Person); err != nil {
		return r, fmt.Errorf("reading person %s: %w", r.ID, err)
	}
	return r, nil
}

// Person returns one person.
func (s *Store) Person(ctx context.Context, id desk.PersonID) (desk.PersonRecord, error) {
	r, err := s.scanPerson(ctx, s.read.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE ref = $1`, id).Scan)
	return r, storage(err)
}

// PersonByKey returns the person of an insurer with this key (roster.Key).
func (s *Store) PersonByKey(ctx context.Context, insurer eligibility.InsurerNumber, key string) (desk.PersonRecord, error) {
	r, err := s.scanPerson(ctx, s.read.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE key_mac = $1`, s.mac("person", string(insurer), key)).Scan)
	return r, storage(err)
}

func (s *Store) people(ctx context.Context, query string, args ...any) ([]desk.PersonRecord, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, storage(err)
	}
	defer rows.Close()
	var out []desk.PersonRecord
	for rows.Next() {
		r, err := s.scanPerson(ctx, rows.Scan)
		if err != nil {
			return nil, storage(err)
		}
		out = append(out, r)
	}
	return out, storage(rows.Err())
}

// CountPeople returns how many people an insurer has.
func (s *Store) CountPeople(ctx context.Context, insurer eligibility.InsurerNumber) (int, error) {
	var n int
	err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM people WHERE insurer = $1`, insurer).Scan(&n)
	return n, storage(err)
}

// ErasePerson: see desk.InsurerStore.
func (s *Store) ErasePerson(ctx context.Context, id desk.PersonID, e desk.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		pseudonym, err := s.pseudonymOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := appendAudit(ctx, tx, e, pseudonym); err != nil {
			return err
		}
		var insurer eligibility.InsurerNumber
		if err := tx.QueryRowContext(ctx, `SELECT insurer FROM people WHERE ref = $1`, id).Scan(&insurer); err != nil {
			return err
		}
		if _, err := revoke(ctx, tx, insurer, `papers.person_id = (SELECT id FROM people WHERE ref = $4)`, e.At, id); err != nil {
			return err // copies that are still out must not outlive their person's record unrevoked
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM people WHERE ref = $1`, id) // the rest cascades
		return err
	})
}

// pseudonymOf returns a person's pseudonym for the audit chain; nil for no person.
func (s *Store) pseudonymOf(ctx context.Context, tx queryer, id desk.PersonID) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	var sealed []byte
	if err := tx.QueryRowContext(ctx, `SELECT pseudonym FROM people WHERE ref = $1`, id).Scan(&sealed); err != nil {
		return nil, err
	}
	key, err := s.openValue(ctx, tx, "people.pseudonym", string(id), sealed)
	if err != nil {
		return nil, err
	}
	return pseudonym(key), nil
}

// audit appends an entry with its person's pseudonym.
func (s *Store) audit(ctx context.Context, tx *sql.Tx, e desk.Entry) error {
	p, err := s.pseudonymOf(ctx, tx, e.Person)
	if err != nil {
		return err
	}
	return appendAudit(ctx, tx, e, p)
}

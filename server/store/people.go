package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/desk"
)

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

func (s *Store) people(ctx context.Context, query string, args ...any) (all []desk.PersonRecord, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r, err := s.scanPerson(ctx, scan)
		all = append(all, r)
		return err
	}, query, args...)
	return all, storage(err)
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

// People: see desk.RunStore.
func (s *Store) People(ctx context.Context, ids []desk.PersonID) (map[desk.PersonID]desk.PersonRecord, error) {
	out := make(map[desk.PersonID]desk.PersonRecord, len(ids))
	const most = 500 // parameters of one query
	for part := range slices.Chunk(ids, most) {
		args := make([]any, len(part))
		marks := make([]string, len(part))
		for i, id := range part {
			args[i], marks[i] = id, "$"+strconv.Itoa(i+1)
		}
		found, err := s.people(ctx, `SELECT `+personColumns+` FROM people WHERE ref IN (`+strings.Join(marks, ",")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			out[r.ID] = r
		}
	}
	return out, nil
}

// PersonVersion: see desk.RunStore.
func (s *Store) PersonVersion(ctx context.Context, id desk.PersonID, version int) (desk.PersonRecord, error) {
	r := desk.PersonRecord{ID: id, Version: version}
	var at int64
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT person_versions.registered_at, person_versions.body FROM person_versions JOIN people ON people.id = person_versions.person_id
		WHERE people.ref = $1 AND person_versions.version = $2`, id, version).Scan(&at, &sealed)
	if err != nil {
		return r, storage(err)
	}
	r.RegisteredAt = unstamp(at)
	body, err := s.openValue(ctx, s.read, "person_versions.body", string(id), sealed)
	if err != nil {
		return r, storage(err)
	}
	if err := json.Unmarshal(body, &r.Person); err != nil {
		return r, fmt.Errorf("reading an earlier version: %w", err)
	}
	return r, nil
}

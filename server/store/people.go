package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// personReader reads people. Several services need it.
type personReader struct{ *core }

const personColumns = `people.ref, people.insurer, people.key_mac, people.version, people.registered_at,
	people.body`

// personRow are the plain columns of a person for which the seal vouches: whose they are, by which key an
// import finds them, and which version.
type personRow struct {
	ref, insurer string
	keyMAC       []byte
	version, at  int64
}

func (p personRow) place() place {
	return boundPlace("people.body", p.ref, p.insurer, p.keyMAC, p.version, p.at)
}

// olderPlace is the place of an earlier version of a person.
func olderPlace(ref string, version, at int64) place {
	return boundPlace("person_versions.body", ref, version, at)
}

// open opens the sealed column of a person's row. Names that an earlier release stored as they stood in a
// file come as they are stored today (eligibility.CleanName).
func (s personReader) open(ctx context.Context, q queryer, p personRow, sealed []byte) (insurer.PersonRecord,
	error) {
	r := insurer.PersonRecord{
		ID:           audit.PersonID(p.ref),
		Version:      int(p.version),
		RegisteredAt: fromMillis(p.at),
	}
	body, err := s.sealer.open(ctx, q, p.place(), sealed)
	if err != nil {
		return r, err
	}
	if r.Person, err = eligibility.ReadPerson(body); err != nil {
		return r, fmt.Errorf("reading person %s: %w", r.ID, err)
	}
	r.Person = r.Person.WithCleanNames()
	return r, nil
}

// scan reads and opens a row of personColumns.
func (s personReader) scan(ctx context.Context, scan func(...any) error) (insurer.PersonRecord, error) {
	var p personRow
	var sealed []byte
	if err := scan(&p.ref, &p.insurer, &p.keyMAC, &p.version, &p.at, &sealed); err != nil {
		return insurer.PersonRecord{}, err
	}
	return s.open(ctx, s.read, p, sealed)
}

// Person returns one person of an insurer.
func (s personReader) Person(
	ctx context.Context, number eligibility.InsurerNumber, id audit.PersonID,
) (insurer.PersonRecord, error) {
	r, err := s.scan(ctx, s.read.QueryRowContext(ctx,
		`SELECT `+personColumns+` FROM people WHERE ref = $1 AND insurer = $2`, id, number).Scan)
	return r, storageError(err)
}

// PersonByKey returns the person of an insurer with this key (insuredcsv.PersonKey).
func (s personReader) PersonByKey(
	ctx context.Context, number eligibility.InsurerNumber, key string,
) (insurer.PersonRecord, error) {
	r, err := s.scan(ctx, s.read.QueryRowContext(ctx, `SELECT `+personColumns+` FROM registered AS people
		WHERE key_mac = $1`, s.index.mac("person", string(number), key)).Scan)
	return r, storageError(err)
}

func (s personReader) list(
	ctx context.Context, query string, args ...any,
) (all []insurer.PersonRecord, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r, err := s.scan(ctx, scan)
		all = append(all, r)
		return err
	}, query, args...)
	return all, storageError(err)
}

// CountPeople returns how many people an insurer has.
func (s personReader) CountPeople(ctx context.Context, insurer eligibility.InsurerNumber) (int, error) {
	var n int
	err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM registered WHERE insurer = $1`, insurer).Scan(&n)
	return n, storageError(err)
}

// People implements insurer.PrintSource.
func (s personReader) People(
	ctx context.Context, number eligibility.InsurerNumber, ids []audit.PersonID,
) (map[audit.PersonID]insurer.PersonRecord, error) {
	out := make(map[audit.PersonID]insurer.PersonRecord, len(ids))
	const most = 500 // parameters of one query
	for part := range slices.Chunk(ids, most) {
		args, marks := make([]any, len(part)), make([]string, len(part))
		for i, id := range part {
			args[i], marks[i] = id, "$"+strconv.Itoa(i+1)
		}
		// With the insurer in its words, SQLite would walk all of the insurer's people for each part.
		found, err := s.list(ctx, `SELECT `+personColumns+` FROM people
			WHERE ref IN (`+strings.Join(marks, ",")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if r.Person.Insurer == number {
				out[r.ID] = r
			}
		}
	}
	return out, nil
}

// PersonVersion implements insurer.PrintSource.
func (s personReader) PersonVersion(
	ctx context.Context, person insurer.PersonKey, version int,
) (insurer.PersonRecord, error) {
	id := person.ID
	r := insurer.PersonRecord{ID: id, Version: version}
	var at int64
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT person_versions.registered_at, person_versions.body
		FROM person_versions JOIN people ON people.id = person_versions.person_id
		WHERE people.ref = $1 AND person_versions.version = $2 AND people.insurer = $3`,
		id, version, person.Insurer).Scan(&at, &sealed)
	if err != nil {
		return r, storageError(err)
	}
	r.RegisteredAt = fromMillis(at)
	body, err := s.sealer.open(ctx, s.read, olderPlace(string(id), int64(version), at), sealed)
	if err != nil {
		return r, storageError(err)
	}
	if r.Person, err = eligibility.ReadPerson(body); err != nil {
		return r, fmt.Errorf("reading an earlier version: %w", err)
	}
	r.Person = r.Person.WithCleanNames()
	return r, nil
}

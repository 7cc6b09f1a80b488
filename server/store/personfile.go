package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// PersonFile: see desk.PeopleStore.
func (s *Store) PersonFile(
	ctx context.Context, which insurer.PersonKey, at time.Time, entries int,
) (insurer.PersonFile, error) {
	var f insurer.PersonFile
	var row int64
	id := which.ID
	err := s.read.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
		id, which.Insurer).Scan(&row)
	if err == nil {
		f.PersonRecord, err = s.Person(ctx, which.Insurer, id)
	}
	if err == nil {
		f.Older, err = s.olderVersions(ctx, row, f.PersonRecord)
	}
	if err == nil {
		f.Notices, err = s.noticesOf(ctx, row)
	}
	if err == nil {
		f.Copies, err = s.copiesOf(ctx, row)
	}
	if err == nil {
		f.Logins, f.Phones, err = s.loginsOf(ctx, id)
	}
	if err == nil {
		err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM receipts WHERE person_id = $1`, row).Scan(&f.Receipts)
	}
	if err == nil {
		f.Entries, f.MoreEntries, err = s.entriesOf(ctx, id, entries)
	}
	return f, storage(err)
}

func (s *Store) olderVersions(ctx context.Context, row int64, current insurer.PersonRecord) (older []insurer.PersonRecord, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r := insurer.PersonRecord{ID: current.ID}
		var at int64
		var sealed []byte
		if err := scan(&r.Version, &at, &sealed); err != nil {
			return err
		}
		body, err := s.openValue(ctx, s.read, olderPlace(string(r.ID), int64(r.Version), at), sealed)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(body, &r.Person); err != nil {
			return fmt.Errorf("reading version %d of person %s: %w", r.Version, r.ID, err)
		}
		r.RegisteredAt = unstamp(at)
		older = append(older, r)
		return nil
	}, `SELECT version, registered_at, body FROM person_versions WHERE person_id = $1 AND version < $2 ORDER BY version DESC`, row, current.Version)
	return older, err
}

func (s *Store) noticesOf(ctx context.Context, person int64) (all []insurer.IssuedNotice, err error) {
	rows, err := s.noticeRows(ctx, s.read, `notices.person_id = $1`, person)
	for _, n := range slices.Backward(rows) {
		all = append(all, insurer.IssuedNotice{Serial: n.serial, At: unstamp(n.at), Void: n.void,
			Used: len(n.used) > 0})
	}
	return all, err
}

func (s *Store) copiesOf(ctx context.Context, row int64) (all []insurer.IssuedCopy, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var rid, issued, expires int64
		var revoked sql.NullInt64
		if err := scan(&rid, &issued, &expires, &revoked); err != nil {
			return err
		}
		c := insurer.IssuedCopy{RID: uint32(rid), Issued: unstamp(issued), Expires: unstamp(expires)}
		if revoked.Valid {
			c.Revoked = unstamp(revoked.Int64)
		}
		all = append(all, c)
		return nil
	}, `SELECT papers.rid, papers.issued_at, papers.expires_at, revocations.at FROM papers
		LEFT JOIN revocations ON revocations.insurer = papers.insurer AND revocations.rid = papers.rid WHERE papers.person_id = $1 ORDER BY papers.id DESC`, row)
	return all, err
}

// entriesOf returns the newest lines of the audit chain about a person.
func (s *Store) entriesOf(ctx context.Context, id audit.PersonID, most int) (all []audit.Entry, more int, err error) {
	who, err := s.pseudonymOf(ctx, s.read, id)
	if err != nil {
		return nil, 0, err
	}
	err = s.each(ctx, func(scan func(...any) error) error {
		e := audit.Entry{Person: id}
		var at int64
		if err := scan(&at, &e.Actor, &e.Action, &e.Detail); err != nil {
			return err
		}
		e.At = unstamp(at)
		all = append(all, e)
		return nil
	}, `SELECT at, actor, action, detail FROM audit WHERE person = $1 ORDER BY seq DESC LIMIT $2`, who, most)
	if err != nil {
		return nil, 0, err
	}
	var lines int
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM audit WHERE person = $1`, who).Scan(&lines)
	return all, lines - len(all), err
}

// CountCopies: see desk.PeopleStore.
func (s *Store) CountCopies(ctx context.Context, number eligibility.InsurerNumber, which insurer.Copies, at time.Time) (n int, err error) {
	where, value := wantedCopies(which, "$3")
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM papers WHERE insurer = $1 AND expires_at > $2 AND `+where+` AND NOT EXISTS
		(SELECT 1 FROM revocations WHERE revocations.insurer = papers.insurer AND revocations.rid = papers.rid)`, number, stamp(at), value).Scan(&n)
	return n, storage(err)
}

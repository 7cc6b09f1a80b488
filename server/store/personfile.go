package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// PersonFile implements insurer.RegisterStore.
func (s registerStore) PersonFile(
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
		err = s.loginsOf(ctx, id, &f)
	}
	if err == nil {
		err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM receipts WHERE person_id = $1`, row).
			Scan(&f.Receipts)
	}
	if err == nil {
		f.Entries, f.MoreEntries, err = s.entriesOf(ctx, id, entries)
	}
	return f, storageError(err)
}

func (s registerStore) olderVersions(
	ctx context.Context, row int64, current insurer.PersonRecord,
) (older []insurer.PersonRecord, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r := insurer.PersonRecord{ID: current.ID}
		var at int64
		var sealed []byte
		if err := scan(&r.Version, &at, &sealed); err != nil {
			return err
		}
		body, err := s.sealer.open(ctx, s.read, olderPlace(string(r.ID), int64(r.Version), at), sealed)
		if err != nil {
			return err
		}
		if r.Person, err = eligibility.ReadPerson(body); err != nil {
			return fmt.Errorf("reading version %d of person %s: %w", r.Version, r.ID, err)
		}
		r.RegisteredAt = fromMillis(at)
		older = append(older, r)
		return nil
	}, `SELECT version, registered_at, body FROM person_versions WHERE person_id = $1 AND version < $2
		ORDER BY version DESC`, row, current.Version)
	return older, err
}

func (s registerStore) noticesOf(ctx context.Context, person int64) (all []insurer.IssuedNotice, err error) {
	rows, err := s.notices().readVerified(ctx, s.read, `notices.person_id = $1`, person)
	for _, n := range slices.Backward(rows) {
		all = append(all, insurer.IssuedNotice{Serial: n.serial, At: fromMillis(n.at), Void: n.void,
			Used: len(n.used) > 0})
	}
	return all, err
}

func (s registerStore) copiesOf(ctx context.Context, row int64) (all []insurer.IssuedCopy, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var rid, issued, expires int64
		var revoked sql.NullInt64
		if err := scan(&rid, &issued, &expires, &revoked); err != nil {
			return err
		}
		c := insurer.IssuedCopy{RID: uint32(rid), Issued: fromMillis(issued), Expires: fromMillis(expires)}
		if revoked.Valid {
			c.Revoked = fromMillis(revoked.Int64)
		}
		all = append(all, c)
		return nil
	}, `SELECT papers.rid, papers.issued_at, papers.expires_at, revocations.at FROM papers
		LEFT JOIN revocations ON revocations.insurer = papers.insurer AND revocations.rid = papers.rid
		WHERE papers.person_id = $1 ORDER BY papers.id DESC`, row)
	return all, err
}

// loginsOf fills in the logins that show a person, the person's own and the representatives', and the phones
// that do so by them.
func (s registerStore) loginsOf(ctx context.Context, person audit.PersonID, f *insurer.PersonFile) error {
	rows, err := s.enrolments().readVerified(ctx, s.read, `people.ref = $1`, person)
	if err != nil {
		return err
	}
	logins := map[string]int64{}
	for _, e := range rows {
		logins[string(e.subject)] = e.id
		if e.until != 0 {
			one, err := s.enrolments().representative(ctx, s.read, e)
			if err != nil {
				return err
			}
			f.Representatives = append(f.Representatives, one)
			continue
		}
		l := insurer.Login{ID: e.id, Since: fromMillis(e.at)}
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM phone_keys WHERE subject_mac = $1`,
			e.subject).Scan(&l.Devices); err != nil {
			return err
		}
		if l.BoundBy, l.Seen, err = s.boundAtDesk(ctx, e); err != nil {
			return err
		}
		f.Logins = append(f.Logins, l)
	}
	grants, err := deviceGrantReader{s.core}.DeviceGrants(ctx, insurer.DeviceGrantQuery{Person: person})
	for _, g := range grants {
		f.Devices = append(f.Devices, insurer.LinkedDevice{
			ID:      g.DeviceID,
			At:      g.At,
			Until:   g.Until(),
			LoginAt: g.LoginAt,
			Login:   logins[string(s.index.mac("subject", g.Subject))],
			Kind:    g.Kind,
		})
	}
	return err
}

// entriesOf returns the newest lines of the audit chain about a person.
func (s registerStore) entriesOf(
	ctx context.Context, id audit.PersonID, most int,
) (all []audit.Entry, more int, err error) {
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
		e.At = fromMillis(at)
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

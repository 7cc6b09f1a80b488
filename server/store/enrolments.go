package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// enrolmentRow is a row of enrolments, with the person's ref in the place of the row's number, so that a ref
// that was moved to another person's row takes no enrolment along.
type enrolmentRow struct {
	id, person int64
	ref        string
	subject    []byte // its MAC
	at         int64
	proof      []byte
}

func (e enrolmentRow) row() row {
	return row{"people", "enrolments", []any{e.subject, e.ref, e.at}}
}

// rowsQueryer is a transaction or a pool.
type rowsQueryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// enrolmentsOf returns the enrolments that a condition picks, each vouched for, oldest first.
func (s *Store) enrolmentsOf(ctx context.Context, q rowsQueryer, where string, args ...any) ([]enrolmentRow,
	error) {
	all, err := readEnrolments(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if err := s.vouched(e.row(), e.proof); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readEnrolments is enrolmentsOf for whoever ends them: one that was altered is ended too.
func readEnrolments(ctx context.Context, q rowsQueryer, where string, args ...any) (all []enrolmentRow,
	err error) {
	rows, err := q.QueryContext(ctx,
		`SELECT enrolments.id, people.id, people.ref, enrolments.subject_mac, enrolments.created_at, enrolments.proof
		FROM enrolments JOIN people ON people.id = enrolments.person_id WHERE `+where+`
			ORDER BY enrolments.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for enrolments: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e enrolmentRow
		if err := rows.Scan(&e.id, &e.person, &e.ref, &e.subject, &e.at, &e.proof); err != nil {
			return nil, fmt.Errorf("reading an enrolment: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// putEnrolment binds a login to a person; again is no error.
func (s *Store) putEnrolment(ctx context.Context, tx *sql.Tx, e enrolmentRow) error {
	proof, err := s.proof(e.row())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO enrolments (subject_mac, person_id, created_at, proof)
		VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		e.subject, e.person, e.at, proof); err != nil {
		return fmt.Errorf("storing the enrolment: %w", err)
	}
	return nil
}

// Enrolled: see desk.NoticeStore.
func (s *Store) Enrolled(ctx context.Context, subject string) ([]insurer.PersonRecord, error) {
	mac := s.mac("subject", subject)
	var all []insurer.PersonRecord
	err := s.each(ctx, func(scan func(...any) error) error {
		var at int64
		var proof []byte
		r, err := s.scanPerson(ctx, func(columns ...any) error {
			return scan(append(columns, &at,
				&proof)...)
		})
		if err != nil {
			return err
		}
		all = append(all, r)
		return s.vouched(enrolmentRow{ref: string(r.ID), subject: mac, at: at}.row(), proof)
	}, `SELECT `+personColumns+`, enrolments.created_at, enrolments.proof FROM people
		JOIN enrolments ON enrolments.person_id = people.id
		WHERE enrolments.subject_mac = $1 ORDER BY enrolments.id`, mac)
	if err != nil {
		return nil, storage(err)
	}
	return all, nil
}

// loginsOf returns the logins that show a person, and the phones that do so by them.
func (s *Store) loginsOf(ctx context.Context, person audit.PersonID) (all []insurer.Login,
	phones []insurer.LinkedPhone, err error) {
	rows, err := s.enrolmentsOf(ctx, s.read, `people.ref = $1`, person)
	if err != nil {
		return nil, nil, err
	}
	logins := map[string]int64{}
	for _, e := range rows {
		logins[string(e.subject)] = e.id
		l := insurer.Login{ID: e.id, Since: unstamp(e.at)}
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM phone_keys WHERE subject_mac = $1`,
			e.subject).Scan(&l.Phones); err != nil {
			return nil, nil, err
		}
		all = append(all, l)
	}
	grants, err := s.Grants(ctx, insurer.GrantQuery{Person: person})
	for _, g := range grants {
		phones = append(phones, insurer.LinkedPhone{ID: g.Phone, At: g.At, Until: g.Until(), LoginAt: g.LoginAt,
			Login: logins[string(s.mac("subject", g.Subject))]})
	}
	return all, phones, err
}

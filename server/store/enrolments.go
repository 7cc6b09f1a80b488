package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"madoguchi/server/insurer"
)

// enrolmentRow is a row of enrolments, with the person's ref in the place of the row's number, so that a ref
// that was moved to another person's row takes no enrolment along.
type enrolmentRow struct {
	id, person int64
	ref        string
	subject    []byte // its MAC
	at         int64
	until      int64  // of a representative's login: when it ends; 0 for the person's own
	body       []byte // of a representative's login: insurer.Representation, sealed
	proof      []byte
}

// row vouches for who may show whom. Schema 22 added representatives: a row of the person's own login is
// vouched for as before.
func (e enrolmentRow) row() provenRow {
	values := []any{e.subject, e.ref, e.at}
	if e.until != 0 || len(e.body) > 0 {
		values = append(values, e.until, append([]byte{}, e.body...)) // an empty value is read back as nil
	}
	return provenRow{"people", "enrolments", values}
}

// shows reports whether the login shows the person at a time: always, or until the representation ends.
func (e enrolmentRow) shows(at time.Time) bool { return e.until == 0 || toMillis(at) < e.until }

// enrolmentRows reads and writes rows of enrolments within a transaction.
type enrolmentRows struct{ *core }

// readVerified returns the enrolments that a condition picks, each vouched for, oldest first.
func (s enrolmentRows) readVerified(
	ctx context.Context,
	q rowsQueryer,
	where string,
	args ...any,
) ([]enrolmentRow,
	error) {
	all, err := readEnrolments(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if err := s.proofs.checkProof(e.row(), e.proof); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// showing returns the enrolments by which logins show a person at a time, each vouched for, oldest first.
func (s enrolmentRows) showing(
	ctx context.Context, q rowsQueryer, person insurer.PersonKey, at time.Time,
) ([]enrolmentRow, error) {
	return s.readVerified(ctx, q, `people.ref = $1 AND people.insurer = $2
		AND (enrolments.until = 0 OR enrolments.until > $3)`, person.ID, person.Insurer, toMillis(at))
}

// readEnrolments reads enrolments without looking at their proofs, for whoever ends them: one that was
// altered is ended too.
func readEnrolments(ctx context.Context, q rowsQueryer, where string, args ...any) (all []enrolmentRow,
	err error) {
	rows, err := q.QueryContext(ctx,
		`SELECT enrolments.id, people.id, people.ref, enrolments.subject_mac, enrolments.created_at,
			enrolments.until, enrolments.body, enrolments.proof
		FROM enrolments JOIN people ON people.id = enrolments.person_id WHERE `+where+`
			ORDER BY enrolments.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for enrolments: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e enrolmentRow
		if err := rows.Scan(&e.id, &e.person, &e.ref, &e.subject, &e.at, &e.until, &e.body,
			&e.proof); err != nil {
			return nil, fmt.Errorf("reading an enrolment: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// put binds a login to a person; again is no error.
func (s enrolmentRows) put(ctx context.Context, tx *sql.Tx, e enrolmentRow) error {
	proof, err := s.proofs.proofOf(e.row())
	if err != nil {
		return err
	}
	if e.body == nil {
		e.body = []byte{}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO enrolments
		(subject_mac, person_id, created_at, until, body, proof)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		e.subject, e.person, e.at, e.until, e.body, proof); err != nil {
		return fmt.Errorf("storing the enrolment: %w", err)
	}
	return nil
}

// enrolledReader reads whom a login may show.
type enrolledReader struct{ *core }

// readEnrolled returns whom a login shows, and those whose representation is over.
func (s enrolledReader) readEnrolled(ctx context.Context, mac []byte) ([]insurer.PersonRecord, error) {
	var all []insurer.PersonRecord
	err := s.each(ctx, func(scan func(...any) error) error {
		e := enrolmentRow{subject: mac}
		r, err := s.people().scan(ctx, func(columns ...any) error {
			return scan(append(columns, &e.id, &e.at, &e.until, &e.body, &e.proof)...)
		})
		if err != nil {
			return err
		}
		e.ref = string(r.ID)
		if r.RepresentedUntil = timeOrNone(e.until); r.IsRepresented() {
			r.Representative = e.id
		}
		all = append(all, r)
		return s.proofs.checkProof(e.row(), e.proof)
	}, `SELECT `+personColumns+`, enrolments.id, enrolments.created_at, enrolments.until, enrolments.body,
		enrolments.proof FROM people JOIN enrolments ON enrolments.person_id = people.id
		WHERE enrolments.subject_mac = $1 ORDER BY enrolments.id`, mac)
	if err != nil {
		return nil, storageError(err)
	}
	return all, nil
}

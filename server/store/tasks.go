package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// taskStore implements insurer.TaskStore.
type taskStore struct{ *core }

// EachPrinted implements insurer.TaskStore.
func (s taskStore) EachPrinted(
	ctx context.Context, number eligibility.InsurerNumber,
	see func(eligibility.Person, insurer.Printed),
) error {
	return eachPrinted(ctx, s.core, number, "", see)
}

// eachPrinted hands everybody of an insurer, or who came with a file where one is named, to see, with what a
// run ever printed for them.
func eachPrinted(
	ctx context.Context, s *core, number eligibility.InsurerNumber, file string,
	see func(eligibility.Person, insurer.Printed),
) error {
	whose, values := `people.insurer = $1`, []any{number, insurer.NoticeRun, insurer.CertificateRun}
	if file != "" {
		whose, values = whose+` AND people.came_with = $4 AND people.came_with <> ''`, append(values, file)
	}
	return storageError(s.each(ctx, func(scan func(...any) error) error {
		var printed insurer.Printed
		r, err := s.people().scan(ctx, func(columns ...any) error {
			return scan(append(columns, &printed.Notice, &printed.Certificate)...)
		})
		if err == nil {
			see(r.Person, printed)
		}
		return err
	}, `SELECT `+personColumns+`,
		EXISTS (SELECT 1 FROM prints WHERE prints.person_id = people.id AND prints.kind = $2),
		EXISTS (SELECT 1 FROM prints WHERE prints.person_id = people.id AND prints.kind = $3)
		FROM registered AS people WHERE `+whose, values...))
}

// LastPrint implements insurer.TaskStore.
func (s taskStore) LastPrint(
	ctx context.Context, number eligibility.InsurerNumber,
) (n int, at time.Time, err error) {
	var last int64
	err = s.read.QueryRowContext(ctx, `SELECT count(*), coalesce(max(prints.at), 0) FROM prints
		JOIN people ON people.id = prints.person_id WHERE people.insurer = $1`, number).Scan(&n, &last)
	return n, fromMillis(last), storageError(err)
}

// RefusedRows implements insurer.TaskStore.
func (s taskStore) RefusedRows(
	ctx context.Context, number eligibility.InsurerNumber,
) (r insurer.RefusedRows, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, `SELECT at, n, preview FROM refused_rows WHERE insurer = $1`, number).
		Scan(&at, &r.N, &r.Preview)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	r.At = fromMillis(at)
	return r, storageError(err)
}

// ManyPhones implements insurer.TaskStore.
func (s taskStore) ManyPhones(
	ctx context.Context, number eligibility.InsurerNumber, since time.Time, least int,
) (all []audit.PersonID, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var id audit.PersonID
		err := scan(&id)
		all = append(all, id)
		return err
	}, `SELECT people.ref FROM device_grants JOIN people ON people.id = device_grants.person_id
		LEFT JOIN asked_phones ON asked_phones.person_id = people.id
			AND asked_phones.phone = device_grants.phone
		WHERE people.insurer = $1 AND device_grants.login_at > $2
		GROUP BY people.ref HAVING count(DISTINCT device_grants.phone) >= $3
			AND sum(CASE WHEN asked_phones.phone IS NULL THEN 1 ELSE 0 END) > 0
		ORDER BY people.ref`,
		number, toMillis(since), least)
	return all, storageError(err)
}

// AskedPhones implements insurer.TaskStore.
func (s taskStore) AskedPhones(ctx context.Context, which insurer.PersonKey, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var person int64
		if err := tx.QueryRowContext(ctx, `SELECT id FROM people WHERE ref = $1 AND insurer = $2`,
			which.ID, which.Insurer).Scan(&person); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO asked_phones (person_id, phone, at)
			SELECT DISTINCT $1, phone, $2 FROM device_grants WHERE person_id = $1
			ON CONFLICT (person_id, phone) DO NOTHING`, person, toMillis(e.At)); err != nil {
			return fmt.Errorf("noting phones that were asked about: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

package store

import (
	"context"
	"database/sql"
	"errors"
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
		FROM registered AS people WHERE people.insurer = $1`,
		number, insurer.NoticeRun, insurer.CertificateRun))
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
		WHERE people.insurer = $1 AND device_grants.login_at > $2
		GROUP BY people.ref HAVING count(DISTINCT device_grants.phone) >= $3 ORDER BY people.ref`,
		number, toMillis(since), least)
	return all, storageError(err)
}

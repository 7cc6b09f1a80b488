package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// outageStore implements counter.OutageStore.
type outageStore struct{ *core }

// outagePlace binds an entry to its times, whether it is open, and how often it was stored.
func outagePlace(o counter.StoredOutage, version int) place {
	return boundPlace("outages.body", o.Facility+"/"+o.ID, toMillis(o.At), toMillis(o.Ends), flag(o.Open),
		int64(version))
}

// flag is a yes or no as a column holds it.
func flag(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// PutOutage implements counter.OutageStore.
func (s outageStore) PutOutage(ctx context.Context, o counter.StoredOutage, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		scope := fmt.Sprintf("cases/%s/%d", o.Facility, eligibility.DateOf(o.At).Year())
		body, err := s.sealer.seal(ctx, tx, scope, outagePlace(o, o.Version+1), o.Body)
		if err != nil {
			return err
		}
		var stored sql.Result
		if o.Version == 0 {
			stored, err = tx.ExecContext(ctx, `INSERT INTO outages (facility, ref, at, ends_at, open, body)
				VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (facility, ref) DO NOTHING`,
				o.Facility, o.ID, toMillis(o.At), toMillis(o.Ends), flag(o.Open), body)
		} else {
			stored, err = tx.ExecContext(ctx, `UPDATE outages
				SET ends_at = $4, open = $5, body = $6, version = version + 1
				WHERE facility = $1 AND ref = $2 AND version = $3`,
				o.Facility, o.ID, o.Version, toMillis(o.Ends), flag(o.Open), body)
		}
		if err != nil {
			return fmt.Errorf("storing an entry of the outage list: %w", err)
		}
		if n, err := stored.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(counter.ErrCaseChanged))
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// Outages implements counter.OutageStore.
func (s outageStore) Outages(
	ctx context.Context, facility string, now time.Time,
) (all []counter.StoredOutage, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		o := counter.StoredOutage{Facility: facility}
		var at, ends int64
		var sealed []byte
		if err := scan(&o.ID, &at, &ends, &o.Open, &sealed, &o.Version); err != nil {
			return err
		}
		o.At, o.Ends = fromMillis(at), fromMillis(ends)
		var err error
		o.Body, err = s.sealer.open(ctx, s.read, outagePlace(o, o.Version), sealed)
		all = append(all, o)
		return err
	}, `SELECT ref, at, ends_at, open, body, version FROM outages WHERE facility = $1 AND ends_at > $2
		ORDER BY at, id`, facility, toMillis(now))
	return all, storageError(err)
}

// OpenOutages implements counter.OutageStore.
func (s outageStore) OpenOutages(ctx context.Context, facility string, now time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM outages
		WHERE facility = $1 AND open = 1 AND ends_at > $2`, facility, toMillis(now)).Scan(&n)
	return n, storageError(err)
}

// DropOutage implements counter.OutageStore.
func (s outageStore) DropOutage(ctx context.Context, facility, id string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM outages WHERE facility = $1 AND ref = $2`, facility, id)
	return storageError(err)
}

// ExpireOutages removes the entries of outage lists that ended before a time, and returns how many.
func (s *Store) ExpireOutages(ctx context.Context, before time.Time) (int, error) {
	return removed(s.write.ExecContext(ctx, `DELETE FROM outages WHERE ends_at <= $1`, toMillis(before)))
}

package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// disasterStore implements counter.NoticeStore.
type disasterStore struct{ *core }

// disasterPlace binds a notice to its days and whether it was switched off.
func disasterPlace(n counter.StoredNotice) place {
	return boundPlace("disaster_notices.body", n.Facility+"/"+n.ID, n.From.String(), n.Until.String(),
		flag(n.Ended))
}

func (s disasterStore) sealNotice(ctx context.Context, tx *sql.Tx, n counter.StoredNotice) ([]byte, error) {
	scope := fmt.Sprintf("cases/%s/%d", n.Facility, n.From.Year())
	return s.sealer.seal(ctx, tx, scope, disasterPlace(n), n.Body)
}

// AddNotice implements counter.NoticeStore.
func (s disasterStore) AddNotice(ctx context.Context, n counter.StoredNotice, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		body, err := s.sealNotice(ctx, tx, n)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO disaster_notices
			(facility, ref, from_day, until_day, ended, body) VALUES ($1, $2, $3, $4, $5, $6)`,
			n.Facility, n.ID, n.From.String(), n.Until.String(), flag(n.Ended), body); err != nil {
			return fmt.Errorf("storing a notice: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// EndNotice implements counter.NoticeStore.
func (s disasterStore) EndNotice(ctx context.Context, n counter.StoredNotice, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		body, err := s.sealNotice(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := requireChange(tx.ExecContext(ctx, `UPDATE disaster_notices SET ended = $3, body = $4
			WHERE facility = $1 AND ref = $2 AND ended = 0`,
			n.Facility, n.ID, flag(n.Ended), body)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// DisasterNotices implements counter.NoticeStore.
func (s disasterStore) DisasterNotices(
	ctx context.Context, facility string,
) (all []counter.StoredNotice, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		n := counter.StoredNotice{Facility: facility}
		var from, until string
		var sealed []byte
		err := scan(&n.ID, &from, &until, &n.Ended, &sealed)
		if err == nil {
			n.From, err = eligibility.ParseDate(from)
		}
		if err == nil {
			n.Until, err = eligibility.ParseDate(until)
		}
		if err == nil {
			n.Body, err = s.sealer.open(ctx, s.read, disasterPlace(n), sealed)
		}
		all = append(all, n)
		return err
	}, `SELECT ref, from_day, until_day, ended, body FROM disaster_notices WHERE facility = $1
		ORDER BY id DESC`, facility)
	return all, storageError(err)
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// facilityStore implements staff.FacilityStore.
type facilityStore struct{ memberReader }

const facilityColumns = `code, name, address, telephone, blanking, copy_by_year, retention`

func scanFacility(scan func(...any) error) (f staff.Facility, err error) {
	var seconds int64
	err = scan(&f.Code, &f.Name, &f.Address, &f.Telephone, &seconds, &f.CopyByYear, &f.Retention)
	f.Blanking = time.Duration(seconds) * time.Second
	return f, err
}

// Facilities implements staff.FacilityStore.
func (s facilityStore) Facilities(ctx context.Context) (all []staff.Facility, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		f, err := scanFacility(scan)
		all = append(all, f)
		return err
	}, `SELECT `+facilityColumns+` FROM facilities ORDER BY code`)
	return all, storageError(err)
}

// Facility implements staff.FacilityStore.
func (s facilityStore) Facility(ctx context.Context, code string) (staff.Facility, error) {
	f, err := scanFacility(s.read.QueryRowContext(ctx, `SELECT `+facilityColumns+` FROM facilities
		WHERE code = $1`, code).Scan)
	return f, storageError(err)
}

// AddFacility implements staff.FacilityStore.
func (s facilityStore) AddFacility(ctx context.Context, f staff.Facility, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		err := requireChange(tx.ExecContext(ctx,
			`INSERT INTO facilities (`+facilityColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code) DO NOTHING`,
			f.Code, f.Name, f.Address, f.Telephone, int64(f.Blanking/time.Second),
			flag(f.CopyByYear), f.Retention))
		if errors.Is(err, sql.ErrNoRows) {
			return staff.ErrKnownFacility
		}
		if err != nil {
			return fmt.Errorf("storing a facility: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// SetFacility implements staff.FacilityStore.
func (s facilityStore) SetFacility(
	ctx context.Context,
	code string,
	change func(staff.FacilityRow) (staff.Facility, error),
	e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var row staff.FacilityRow
		var err error
		if row.Members, err = s.membersIn(ctx, tx, tx, staff.OfFacility(code)); err != nil {
			return err
		}
		if row.Operators, err = s.membersIn(ctx, tx, tx, staff.TheOperator); err != nil {
			return err
		}
		row.Facility, err = scanFacility(tx.QueryRowContext(ctx, `SELECT `+facilityColumns+` FROM facilities
			WHERE code = $1`, code).Scan)
		if err != nil {
			return err
		}
		f, err := change(row)
		if err != nil {
			return err
		}
		if err := requireChange(tx.ExecContext(ctx, `UPDATE facilities
			SET name = $2, address = $3, telephone = $4, blanking = $5, copy_by_year = $6, retention = $7
			WHERE code = $1`, code, f.Name, f.Address, f.Telephone, int64(f.Blanking/time.Second),
			flag(f.CopyByYear), f.Retention)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
)

// directoryStore implements insurer.DirectoryStore.
type directoryStore struct{ memberReader }

// Insurers returns the insurers of this server in the order of their numbers.
func (s directoryStore) Insurers(ctx context.Context) (all []insurer.Insurer, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var in insurer.Insurer
		var branding string
		if err := scan(&in.Number, &in.Name, &in.Issuer, &in.Telephone, &branding); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(branding), &in.Branding); err != nil {
			return fmt.Errorf("reading an insurer's look: %w", err)
		}
		all = append(all, in)
		return nil
	}, `SELECT number, name, issuer, telephone, look FROM insurers ORDER BY number`)
	return all, storageError(err)
}

// readInsurer returns an insurer of this server, or NotFound.
func (s directoryStore) readInsurer(
	ctx context.Context, number eligibility.InsurerNumber,
) (in insurer.Insurer, err error) {
	var branding string
	err = s.read.QueryRowContext(ctx, `SELECT number, name, issuer, telephone, look FROM insurers
		WHERE number = $1`, number).Scan(&in.Number, &in.Name, &in.Issuer, &in.Telephone, &branding)
	if err != nil {
		return in, storageError(err)
	}
	if err := json.Unmarshal([]byte(branding), &in.Branding); err != nil {
		return in, fmt.Errorf("reading an insurer's look: %w", err)
	}
	return in, nil
}

// PutSettings implements insurer.DirectoryStore.
func (s directoryStore) PutSettings(
	ctx context.Context, in insurer.Insurer, png []byte, e audit.Entry,
) error {
	branding, err := json.Marshal(in.Branding)
	if err != nil {
		return fmt.Errorf("writing an insurer's look: %w", err)
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		old, oldMark, err := insurerIn(ctx, tx, in.Number)
		if err != nil {
			return err
		}
		if png == nil {
			png = oldMark
		}
		if e.Detail, err = insurer.SettingsChange(old, in, oldMark, png); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO insurers (number, name, issuer, telephone, look, logo)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (number) DO UPDATE SET name = $2, issuer = $3, telephone = $4, look = $5, logo = $6`,
			in.Number, in.Name, in.Issuer, in.Telephone, string(branding), png); err != nil {
			return fmt.Errorf("storing an insurer: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// AddInsurer implements insurer.DirectoryStore.
func (s directoryStore) AddInsurer(
	ctx context.Context, in insurer.Insurer, may func(operators []staff.Member) error, e audit.Entry,
) error {
	branding, err := json.Marshal(in.Branding)
	if err != nil {
		return fmt.Errorf("writing an insurer's look: %w", err)
	}
	if e.Detail, err = insurer.SettingsChange(insurer.Insurer{}, in, nil, nil); err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		operators, err := s.membersIn(ctx, tx, tx, staff.TheOperator)
		if err != nil {
			return err
		}
		if err := may(operators); err != nil {
			return err
		}
		err = requireChange(tx.ExecContext(ctx, `INSERT INTO insurers (number, name, issuer, telephone, look)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO NOTHING`,
			in.Number, in.Name, in.Issuer, in.Telephone, string(branding)))
		if errors.Is(err, sql.ErrNoRows) {
			return insurer.ErrKnownInsurer
		}
		if err != nil {
			return fmt.Errorf("storing an insurer: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// SetInsurer implements insurer.DirectoryStore.
func (s directoryStore) SetInsurer(
	ctx context.Context,
	number eligibility.InsurerNumber,
	change func(in insurer.Insurer, operators []staff.Member) (insurer.Insurer, error),
	e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		old, mark, err := insurerIn(ctx, tx, number)
		if err != nil {
			return err
		}
		if old.Number == "" {
			return sql.ErrNoRows
		}
		operators, err := s.membersIn(ctx, tx, tx, staff.TheOperator)
		if err != nil {
			return err
		}
		in, err := change(old, operators)
		if err != nil {
			return err
		}
		branding, err := json.Marshal(in.Branding)
		if err != nil {
			return fmt.Errorf("writing an insurer's look: %w", err)
		}
		if e.Detail, err = insurer.SettingsChange(old, in, mark, mark); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE insurers
			SET name = $2, issuer = $3, telephone = $4, look = $5
			WHERE number = $1`, number, in.Name, in.Issuer, in.Telephone, string(branding)); err != nil {
			return fmt.Errorf("storing an insurer: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// insurerIn returns an insurer with its mark as they stand before a change, both empty for a new one.
func insurerIn(ctx context.Context, tx *sql.Tx, number eligibility.InsurerNumber) (in insurer.Insurer,
	mark []byte, err error) {
	var branding string
	err = tx.QueryRowContext(ctx, `SELECT number, name, issuer, telephone, look, logo FROM insurers
		WHERE number = $1`, number).
		Scan(&in.Number, &in.Name, &in.Issuer, &in.Telephone, &branding, &mark)
	if errors.Is(err, sql.ErrNoRows) {
		return insurer.Insurer{}, nil, nil
	}
	if err != nil {
		return in, nil, fmt.Errorf("looking for an insurer: %w", err)
	}
	if err := json.Unmarshal([]byte(branding), &in.Branding); err != nil {
		return in, nil, fmt.Errorf("reading an insurer's look: %w", err)
	}
	return in, mark, nil
}

// Logo implements insurer.DirectoryStore.
func (s directoryStore) Logo(ctx context.Context, insurer eligibility.InsurerNumber) ([]byte, error) {
	var png []byte
	err := s.read.QueryRowContext(ctx, `SELECT logo FROM insurers WHERE number = $1`, insurer).Scan(&png)
	return png, storageError(err)
}

package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// caseStore implements counter.Store.
type caseStore struct{ *core }

// PutCase implements counter.Store.
func (s caseStore) PutCase(ctx context.Context, c counter.Case, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		day := eligibility.DateOf(c.At)
		body, err := s.sealer.seal(ctx, tx, fmt.Sprintf("cases/%s/%d", c.Facility, day.Year()), casePlace(c,
			c.Version+1), c.Body)
		if err != nil {
			return err
		}
		var stored sql.Result
		if c.Version == 0 {
			stored, err = tx.ExecContext(ctx, `INSERT INTO cases
				(facility, ref, at, day, outcome, body, person) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				c.Facility, c.ID, toMillis(c.At), day.String(), string(c.Outcome), body, s.personMAC(c))
		} else {
			stored, err = tx.ExecContext(ctx, `UPDATE cases SET outcome = $4, body = $5, person = $6,
				version = version + 1 WHERE facility = $1 AND ref = $2 AND version = $3`,
				c.Facility, c.ID, c.Version, string(c.Outcome), body, s.personMAC(c))
		}
		if err != nil {
			return fmt.Errorf("storing a case: %w", err)
		}
		if n, err := stored.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(counter.ErrCaseChanged))
		}
		if err := s.changeReceipt(ctx, tx, c); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// casePlace binds a case to its outcome, its time and how often it was stored.
func casePlace(c counter.Case, version int) place {
	return boundPlace("cases.body", c.Facility+"/"+c.ID, toMillis(c.At), string(c.Outcome), int64(version))
}

const caseColumns = `facility, ref, at, outcome, body, version`

func (s caseStore) scanCase(ctx context.Context, scan func(...any) error) (counter.Case, error) {
	var c counter.Case
	var at int64
	var sealed []byte
	if err := scan(&c.Facility, &c.ID, &at, &c.Outcome, &sealed, &c.Version); err != nil {
		return c, err
	}
	c.At = fromMillis(at)
	var err error
	c.Body, err = s.sealer.open(ctx, s.read, casePlace(c, c.Version), sealed)
	return c, err
}

// Case implements counter.Store.
func (s caseStore) Case(ctx context.Context, facility, id string) (counter.Case, error) {
	c, err := s.scanCase(ctx, s.read.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases
		WHERE facility = $1 AND ref = $2`, facility, id).Scan)
	return c, storageError(err)
}

// Cases implements counter.Store.
func (s caseStore) Cases(
	ctx context.Context, facility string, day eligibility.Date,
) (all []counter.Case, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		c, err := s.scanCase(ctx, scan)
		all = append(all, c)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE facility = $1 AND day = $2 ORDER BY id DESC`, facility,
		day.String())
	return all, storageError(err)
}

// personMAC is the keyed hash by which a person's cases are found at one facility; nothing where the case is
// not to be found so. At another facility the same person has another.
func (s caseStore) personMAC(c counter.Case) []byte {
	if c.Person == "" {
		return nil
	}
	return s.index.mac("case person", c.Facility, c.Person)
}

// PaperCases implements counter.PaperStore.
func (s caseStore) PaperCases(ctx context.Context, q counter.PaperQuery) (all []counter.Case, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		c, err := s.scanCase(ctx, scan)
		all = append(all, c)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE facility = $1 AND person = $2 AND outcome = $3 AND day >= $4
		ORDER BY id DESC LIMIT $5`, q.Facility,
		s.personMAC(counter.Case{Facility: q.Facility, Person: q.Person}), string(hostapi.Accepted),
		q.Since.String(), q.Limit)
	return all, storageError(err)
}

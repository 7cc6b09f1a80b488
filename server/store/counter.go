package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// PutCase: see desk.CounterStore.
func (s *Store) PutCase(ctx context.Context, c counter.Case, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		day := eligibility.DateOf(c.At)
		body, err := s.sealValue(ctx, tx, fmt.Sprintf("cases/%s/%d", c.Facility, day.Year()), casePlace(c,
			c.Version+1), c.Body)
		if err != nil {
			return err
		}
		var stored sql.Result
		if c.Version == 0 {
			stored, err = tx.ExecContext(ctx, `INSERT INTO cases (facility, ref, at, day, outcome, body) VALUES ($1, $2, $3, $4, $5, $6)`,
				c.Facility, c.ID, stamp(c.At), day.String(), string(c.Outcome), body)
		} else {
			stored, err = tx.ExecContext(ctx, `UPDATE cases SET outcome = $4, body = $5, version = version + 1 WHERE facility = $1 AND ref = $2 AND version = $3`,
				c.Facility, c.ID, c.Version, string(c.Outcome), body)
		}
		if err != nil {
			return fmt.Errorf("storing a case: %w", err)
		}
		if n, err := stored.RowsAffected(); err != nil || n != 1 {
			return cmp.Or(err, error(counter.ErrCaseMoved))
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// casePlace binds a case to its outcome, its time and how often it was stored.
func casePlace(c counter.Case, version int) place {
	return bound("cases.body", c.Facility+"/"+c.ID, stamp(c.At), string(c.Outcome), int64(version))
}

const caseColumns = `facility, ref, at, outcome, body, version`

func (s *Store) scanCase(ctx context.Context, scan func(...any) error) (counter.Case, error) {
	var c counter.Case
	var at int64
	var sealed []byte
	if err := scan(&c.Facility, &c.ID, &at, &c.Outcome, &sealed, &c.Version); err != nil {
		return c, err
	}
	c.At = unstamp(at)
	var err error
	c.Body, err = s.openValue(ctx, s.read, casePlace(c, c.Version), sealed)
	return c, err
}

// Case: see desk.CounterStore.
func (s *Store) Case(ctx context.Context, facility, id string) (counter.Case, error) {
	c, err := s.scanCase(ctx, s.read.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases WHERE facility = $1 AND ref = $2`, facility, id).Scan)
	return c, storage(err)
}

// Cases: see desk.CounterStore.
func (s *Store) Cases(ctx context.Context, facility string, day eligibility.Date) (all []counter.Case, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		c, err := s.scanCase(ctx, scan)
		all = append(all, c)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE facility = $1 AND day = $2 ORDER BY id DESC`, facility, day.String())
	return all, storage(err)
}

// agentRow vouches for whose reader an agent is, and by which key it proves itself.
func agentRow(a agents.Agent) row {
	return row{"cases", "agents", []any{a.ID, a.Facility, a.Name, a.Key, stamp(a.PairedAt), a.PairedBy}}
}

// PutAgent stores a paired bridge agent.
func (s *Store) PutAgent(ctx context.Context, a agents.Agent, e audit.Entry) error {
	proof, err := s.proof(agentRow(a))
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO agents (ref, facility, name, public, paired_at, paired_by, proof)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (ref) DO UPDATE
				SET facility = $2, name = $3, public = $4, paired_at = $5, paired_by = $6, proof = $7`,
			a.ID, a.Facility, a.Name, a.Key, stamp(a.PairedAt), a.PairedBy, proof); err != nil {
			return fmt.Errorf("storing an agent: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// Agent returns a paired bridge agent.
func (s *Store) Agent(ctx context.Context, id string) (agents.Agent, error) {
	var a agents.Agent
	var at int64
	var proof []byte
	err := s.read.QueryRowContext(ctx, `SELECT ref, facility, name, public, paired_at, paired_by, proof
		FROM agents WHERE ref = $1`, id).
		Scan(&a.ID, &a.Facility, &a.Name, &a.Key, &at, &a.PairedBy, &proof)
	a.PairedAt = unstamp(at)
	if err == nil {
		err = s.vouched(agentRow(a), proof)
	}
	if err != nil {
		return agents.Agent{}, storage(err)
	}
	return a, nil
}

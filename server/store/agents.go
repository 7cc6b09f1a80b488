package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/server/agents"
	"madoguchi/server/audit"
)

// agentStore implements agents.Store.
type agentStore struct{ *core }

const agentColumns = `ref, facility, name, public, paired_at, paired_by, first_seen, last_seen, version,
	ended_at, ended_by, program, trouble, trouble_at`

// agentRow vouches for whose reader an agent is, by which key it proves itself, and whether it was ended.
// Schema 20 added when it was seen and its end: a row that has nothing of that is vouched for as before.
func agentRow(a agents.Agent) provenRow {
	values := []any{a.ID, a.Facility, a.Name, a.Key, toMillis(a.PairedAt), a.PairedBy}
	first, last, ended := millisOrZero(a.FirstSeen), millisOrZero(a.LastSeen), millisOrZero(a.EndedAt)
	if first != 0 || last != 0 || a.Version != 0 || ended != 0 || a.EndedBy != "" {
		values = append(values, first, last, int64(a.Version), ended, a.EndedBy)
	}
	if a.Program != "" { // schema 23
		values = append(values, a.Program)
	}
	if a.Trouble != "" { // schema 31
		values = append(values, a.Trouble, toMillis(a.TroubleAt))
	}
	return provenRow{"cases", "agents", values}
}

// scan reads agentColumns and proof, and checks that they belong together.
func (s agentStore) scan(scan func(...any) error) (agents.Agent, error) {
	var a agents.Agent
	var paired, first, last, ended, trouble int64
	var proof []byte
	if err := scan(&a.ID, &a.Facility, &a.Name, &a.Key, &paired, &a.PairedBy, &first, &last, &a.Version,
		&ended, &a.EndedBy, &a.Program, &a.Trouble, &trouble, &proof); err != nil {
		return agents.Agent{}, err
	}
	a.PairedAt = fromMillis(paired)
	a.FirstSeen, a.LastSeen, a.EndedAt = timeOrNone(first), timeOrNone(last), timeOrNone(ended)
	a.TroubleAt = timeOrNone(trouble)
	if err := s.proofs.checkProof(agentRow(a), proof); err != nil {
		return agents.Agent{}, err
	}
	return a, nil
}

// PutAgent stores a newly paired bridge agent.
func (s agentStore) PutAgent(ctx context.Context, a agents.Agent, e audit.Entry) error {
	proof, err := s.proofs.proofOf(agentRow(a))
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO agents (`+agentColumns+`, proof)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			ON CONFLICT DO NOTHING`,
			a.ID, a.Facility, a.Name, a.Key, toMillis(a.PairedAt), a.PairedBy, millisOrZero(a.FirstSeen),
			millisOrZero(a.LastSeen), a.Version, millisOrZero(a.EndedAt), a.EndedBy, a.Program, a.Trouble,
			millisOrZero(a.TroubleAt), proof)
		if err != nil {
			return fmt.Errorf("storing an agent: %w", err)
		}
		stored, err := done.RowsAffected()
		if err != nil {
			return fmt.Errorf("storing an agent: %w", err)
		}
		if stored == 0 {
			return agents.ErrPairedAlready
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// Agent returns a paired bridge agent.
func (s agentStore) Agent(ctx context.Context, id string) (agents.Agent, error) {
	a, err := s.agent(ctx, s.read, id)
	return a, storageError(err)
}

func (s agentStore) agent(ctx context.Context, q queryer, id string) (agents.Agent, error) {
	return s.scan(
		q.QueryRowContext(ctx, `SELECT `+agentColumns+`, proof FROM agents WHERE ref = $1`, id).Scan,
	)
}

// Agents returns a facility's bridge agents, also those that were ended.
func (s agentStore) Agents(ctx context.Context, facility string) (all []agents.Agent, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		a, err := s.scan(scan)
		all = append(all, a)
		return err
	}, `SELECT `+agentColumns+`, proof FROM agents WHERE facility = $1 ORDER BY id`, facility)
	if err != nil {
		return nil, storageError(err)
	}
	return all, nil
}

// SawAgent stores that an agent was there.
func (s agentStore) SawAgent(ctx context.Context, seen agents.AgentSeen) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		a, err := s.agent(ctx, tx, seen.ID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && a.Ended() {
			return nil
		}
		if err != nil {
			return err
		}
		if a.FirstSeen.IsZero() {
			a.FirstSeen = a.PairedAt
		}
		a.LastSeen, a.Version, a.Program = seen.At, seen.Version, seen.Program
		return s.update(ctx, tx, a)
	})
}

// TroubledAgent implements agents.Store.
func (s agentStore) TroubledAgent(ctx context.Context, trouble agents.AgentTrouble) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		a, err := s.agent(ctx, tx, trouble.ID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && a.Ended() {
			return nil
		}
		if err != nil {
			return err
		}
		a.Trouble, a.TroubleAt = trouble.Key, trouble.At
		return s.update(ctx, tx, a)
	})
}

// EndAgent ends a facility's agent.
func (s agentStore) EndAgent(ctx context.Context, end agents.AgentEnd, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		a, err := s.agent(ctx, tx, end.ID)
		if err == nil && a.Facility != end.Facility {
			err = sql.ErrNoRows
		}
		if err != nil || a.Ended() {
			return err
		}
		a.EndedAt, a.EndedBy = end.At, end.By
		if err := s.update(ctx, tx, a); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// update stores what changes of an agent after it was paired.
func (s agentStore) update(ctx context.Context, tx *sql.Tx, a agents.Agent) error {
	proof, err := s.proofs.proofOf(agentRow(a))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE agents SET first_seen = $2, last_seen = $3, version = $4,
		ended_at = $5, ended_by = $6, proof = $7, program = $8, trouble = $9, trouble_at = $10
		WHERE ref = $1`,
		a.ID, millisOrZero(a.FirstSeen), millisOrZero(a.LastSeen), a.Version, millisOrZero(a.EndedAt),
		a.EndedBy, proof, a.Program, a.Trouble, millisOrZero(a.TroubleAt)); err != nil {
		return fmt.Errorf("changing an agent: %w", err)
	}
	return nil
}

// ForgetAgent deletes a facility's agent that was ended.
func (s agentStore) ForgetAgent(ctx context.Context, facility, id string, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		a, err := s.agent(ctx, tx, id)
		if err == nil && (a.Facility != facility || !a.Ended()) {
			err = sql.ErrNoRows
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM agents WHERE ref = $1`, id); err != nil {
			return fmt.Errorf("deleting an agent: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// NoteAgent stores what was done with an agent that is not stored.
func (s agentStore) NoteAgent(ctx context.Context, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error { return appendAudit(ctx, tx, e, nil) })
}

package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/server/agents"
	"madoguchi/server/audit"
)

// agentStore implements agents.Store.
type agentStore struct{ *core }

// agentRow vouches for whose reader an agent is, and by which key it proves itself.
func agentRow(a agents.Agent) provenRow {
	return provenRow{"cases", "agents",
		[]any{a.ID, a.Facility, a.Name, a.Key, toMillis(a.PairedAt), a.PairedBy}}
}

// PutAgent stores a paired bridge agent.
func (s agentStore) PutAgent(ctx context.Context, a agents.Agent, e audit.Entry) error {
	proof, err := s.proofs.proofOf(agentRow(a))
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO agents (ref, facility, name, public, paired_at, paired_by, proof)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (ref) DO UPDATE
				SET facility = $2, name = $3, public = $4, paired_at = $5, paired_by = $6, proof = $7`,
			a.ID, a.Facility, a.Name, a.Key, toMillis(a.PairedAt), a.PairedBy, proof); err != nil {
			return fmt.Errorf("storing an agent: %w", err)
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// Agent returns a paired bridge agent.
func (s agentStore) Agent(ctx context.Context, id string) (agents.Agent, error) {
	var a agents.Agent
	var at int64
	var proof []byte
	err := s.read.QueryRowContext(ctx, `SELECT ref, facility, name, public, paired_at, paired_by, proof
		FROM agents WHERE ref = $1`, id).
		Scan(&a.ID, &a.Facility, &a.Name, &a.Key, &at, &a.PairedBy, &proof)
	a.PairedAt = fromMillis(at)
	if err == nil {
		err = s.proofs.checkProof(agentRow(a), proof)
	}
	if err != nil {
		return agents.Agent{}, storageError(err)
	}
	return a, nil
}

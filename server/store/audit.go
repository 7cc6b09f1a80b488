package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"

	"madoguchi/credential"
	"madoguchi/server/audit"
)

// The audit chain: each row holds the hash of the row before it and of itself, the first row that of 32 zero
// bytes. Whose record it concerns is a pseudonym, an HMAC under the person's own random key: erasing the
// person drops that key, and the chain stays whole.

// appendAudit adds an entry within a writing transaction, after reading the head in it: no other one appends
// beside it (engine.lockWrites). pseudonym may be nil.
func appendAudit(ctx context.Context, tx *sql.Tx, e audit.Entry, pseudonym []byte) error {
	var seq int64
	previous := make([]byte, sha256.Size)
	err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).
		Scan(&seq, &previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the head of the audit chain: %w", err)
	}
	seq++
	at := toMillis(e.At)
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, at, actor, action, person, detail, previous, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		seq, at, e.Actor, e.Action, pseudonym, e.Detail, previous,
		auditHash(seq, at, string(e.Actor), e.Action, pseudonym, e.Detail, previous))
	if err != nil {
		return fmt.Errorf("appending to the audit chain: %w", err)
	}
	return nil
}

// auditNotes appends entries that belong to no other change.
type auditNotes struct{ *core }

// Note implements insurer.RegisterStore and insurer.DocumentsStore.
func (s auditNotes) Note(ctx context.Context, e audit.Entry) error {
	return s.transact(ctx, true, func(tx *sql.Tx) error { return s.audit(ctx, tx, e) })
}

// auditHash hashes a row's fields.
func auditHash(seq, at int64, actor, action string, person []byte, detail string, previous []byte) []byte {
	sum := audit.Row{
		Sequence: seq,
		At:       at,
		Actor:    actor,
		Action:   action,
		Person:   person,
		Detail:   detail,
		Previous: previous,
	}.Sum()
	return sum[:]
}

// pseudonym returns what stands for a person in the audit chain.
func pseudonym(personKey []byte) []byte {
	h := hmac.New(sha256.New, personKey)
	h.Write([]byte("audit"))
	return h.Sum(nil)
}

// pseudonymOf returns a person's pseudonym for the audit chain; nil for no person.
func (s *core) pseudonymOf(ctx context.Context, tx queryer, id audit.PersonID) ([]byte, error) {
	if id == "" {
		return nil, nil
	}
	var sealed []byte
	if err := tx.QueryRowContext(ctx, `SELECT pseudonym FROM people WHERE ref = $1`, id).
		Scan(&sealed); err != nil {
		return nil, err
	}
	key, err := s.sealer.open(ctx, tx, plainPlace("people.pseudonym", string(id)), sealed)
	if err != nil {
		return nil, err
	}
	return pseudonym(key), nil
}

// audit appends an entry with its person's pseudonym.
func (s *core) audit(ctx context.Context, tx *sql.Tx, e audit.Entry) error {
	p, err := s.pseudonymOf(ctx, tx, e.Person)
	if err != nil {
		return err
	}
	return appendAudit(ctx, tx, e, p)
}

// Checkpoint implements insurer.IssuerStore.
func (s issuerStore) Checkpoint(ctx context.Context) (credential.Checkpoint, error) {
	var c credential.Checkpoint
	var hash []byte
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT seq, hash, at FROM audit ORDER BY seq DESC LIMIT 1`).
		Scan(&c.Sequence, &hash, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	c.Hash, c.At = base64.RawURLEncoding.EncodeToString(hash), fromMillis(at).Unix()
	return c, storageError(err)
}

package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math/bits"
	"strings"

	"madoguchi/credential"
	"madoguchi/server/audit"
)

// The audit chain: each row holds the hash of the row before it and of itself, the first row that of 32 zero
// bytes. Whose record it concerns is a pseudonym, an HMAC under the person's own random key: erasing the
// person drops that key, and the chain stays whole.

// chainedEntry is an entry with what stands for its person; nil for nobody.
type chainedEntry struct {
	audit.Entry
	pseudonym []byte
}

// appendAudit adds an entry within a writing transaction. pseudonym may be nil.
func appendAudit(ctx context.Context, tx *sql.Tx, e audit.Entry, pseudonym []byte) error {
	return appendEntries(ctx, tx, []chainedEntry{{e, pseudonym}})
}

// appendEntries adds entries within a writing transaction, after reading the head in it: no other one appends
// beside it (engine.lockWrites).
func appendEntries(ctx context.Context, tx *sql.Tx, entries []chainedEntry) error {
	var seq int64
	previous := make([]byte, sha256.Size)
	err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).
		Scan(&seq, &previous)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the head of the audit chain: %w", err)
	}
	for len(entries) > 0 {
		// the largest power of two that is there, so that few statements are kept prepared
		n := 1 << (bits.Len(uint(len(entries))) - 1)
		values := make([]any, 0, 8*n)
		for _, e := range entries[:n] {
			seq++
			at := toMillis(e.At)
			hash := auditHash(seq, at, string(e.Actor), e.Action, e.pseudonym, e.Detail, previous)
			values = append(values, seq, at, e.Actor, e.Action, e.pseudonym, e.Detail, previous, hash)
			previous = hash
		}
		if _, err := tx.ExecContext(ctx, insertEntries(n), values...); err != nil {
			return fmt.Errorf("appending to the audit chain: %w", err)
		}
		entries = entries[n:]
	}
	return nil
}

// insertEntries is the statement that adds n.
func insertEntries(n int) string {
	var text strings.Builder
	text.WriteString(`INSERT INTO audit (seq, at, actor, action, person, detail, previous, hash) VALUES `)
	for i := range n {
		if i > 0 {
			text.WriteString(", ")
		}
		k := 8 * i
		fmt.Fprintf(&text, "($%d, $%d, $%d, $%d, $%d, $%d, $%d, $%d)", k+1, k+2, k+3, k+4, k+5, k+6, k+7, k+8)
	}
	return text.String()
}

// auditNotes appends entries that belong to no other change.
type auditNotes struct{ *core }

// Note implements insurer.RegisterStore and insurer.DocumentsStore.
func (s auditNotes) Note(ctx context.Context, e audit.Entry) error {
	return storageError(s.write.run(&changing{
		do:    func(tx *sql.Tx) error { return s.audit(ctx, tx, e) },
		ctx:   ctx,
		keep:  true,
		entry: func(tx *sql.Tx) (chainedEntry, error) { return s.chained(ctx, tx, e) },
	}))
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

// chained is an entry with its person's pseudonym.
func (s *core) chained(ctx context.Context, tx *sql.Tx, e audit.Entry) (chainedEntry, error) {
	p, err := s.pseudonymOf(ctx, tx, e.Person)
	return chainedEntry{e, p}, err
}

// audit appends an entry with its person's pseudonym.
func (s *core) audit(ctx context.Context, tx *sql.Tx, e audit.Entry) error {
	c, err := s.chained(ctx, tx, e)
	if err != nil {
		return err
	}
	return appendEntries(ctx, tx, []chainedEntry{c})
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

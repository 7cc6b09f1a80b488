package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"madoguchi/server/audit"
)

// AuditChain is the database's chain as server/audit reads it. It implements audit.Chain.
type AuditChain struct {
	engine engine
	read   *sql.DB
	core   *core // nil: of a database that is only looked at
}

// AuditChain returns the chain.
func (s *Store) AuditChain() *AuditChain { return &AuditChain{s.engine, s.read, s.core} }

// ReadAuditChain opens the chain of a database for reading: without keys, beside a running server, and by
// another user than the server's. It is fs.ErrNotExist where there is no database.
func ReadAuditChain(ctx context.Context, database string) (*AuditChain, error) {
	e := engineOf(database)
	db, err := e.inspect(ctx)
	if err == nil && db == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the database: %w", err)
	}
	db.SetMaxOpenConns(2)
	return &AuditChain{engine: e, read: db}, nil
}

// Close closes what ReadAuditChain opened.
func (c *AuditChain) Close() error { return c.read.Close() }

// Head implements audit.Chain.
func (c *AuditChain) Head(ctx context.Context) (audit.Point, error) {
	var p audit.Point
	var hash []byte
	err := c.read.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).
		Scan(&p.Sequence, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	copy(p.Hash[:], hash)
	return p, storageError(err)
}

// rowsAtOnce is how many rows are read at a time: whoever takes them may be slow, and an open query would
// keep the database's log from being cleared.
const rowsAtOnce = 5_000

// Rows implements audit.Chain.
func (c *AuditChain) Rows(ctx context.Context, from int64, take func(audit.Row) error) error {
	for {
		batch, err := c.batch(ctx, from)
		if err != nil {
			return storageError(err)
		}
		for _, r := range batch {
			if err := take(r); err != nil {
				return err
			}
			from = r.Sequence + 1
		}
		if len(batch) < rowsAtOnce {
			return nil
		}
	}
}

func (c *AuditChain) batch(ctx context.Context, from int64) (batch []audit.Row, err error) {
	rows, err := c.read.QueryContext(ctx, `SELECT seq, at, actor, action, person, detail, previous, hash
		FROM audit WHERE seq >= $1 ORDER BY seq LIMIT $2`, from, rowsAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r audit.Row
		if err := rows.Scan(&r.Sequence, &r.At, &r.Actor, &r.Action, &r.Person, &r.Detail, &r.Previous,
			&r.Hash); err != nil {
			return nil, err
		}
		batch = append(batch, r)
	}
	return batch, rows.Err()
}

// Archives implements audit.Chain.
func (c *AuditChain) Archives(ctx context.Context) (texts []string, err error) {
	if there, err := c.engine.hasTable(ctx, c.read, "audit_archives"); err != nil || !there {
		return nil, storageError(err)
	}
	rows, err := c.read.QueryContext(ctx, `SELECT manifest FROM audit_archives ORDER BY first`)
	if err != nil {
		return nil, storageError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, storageError(err)
		}
		texts = append(texts, text)
	}
	return texts, storageError(rows.Err())
}

// Noted implements audit.Chain.
func (c *AuditChain) Noted(ctx context.Context) (seq int64, err error) {
	if there, err := c.engine.hasTable(ctx, c.read, "audit_checkpoints"); err != nil || !there {
		return 0, storageError(err)
	}
	err = c.read.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit_checkpoints`).Scan(&seq)
	return seq, storageError(err)
}

// Note implements audit.Chain.
func (c *AuditChain) Note(ctx context.Context, sequence int64, at time.Time) error {
	if c.core == nil {
		return nil
	}
	return c.core.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_checkpoints (place, seq, at) VALUES ('file', $1, $2)
			ON CONFLICT (place) DO UPDATE SET seq = $1, at = $2`, sequence, toMillis(at))
		return err
	})
}

// ErrAudit is wrapped by what VerifyAudit finds wrong.
var ErrAudit = errors.New("store: the audit chain is broken")

// VerifyAudit walks the chain as it lies in the database, without checkpoints and archives, and returns the
// number of entries; an error names the first row that does not fit.
func (s *Store) VerifyAudit(ctx context.Context) (int, error) {
	walked, n := audit.NewWalk(), 0
	left, err := s.AuditChain().Archives(ctx)
	if err != nil {
		return 0, err
	}
	if len(left) > 0 {
		walked = &audit.Walk{}
	}
	err = s.AuditChain().Rows(ctx, 1, func(r audit.Row) error {
		n++
		return walked.Next(r)
	})
	var fault *audit.Fault
	if errors.As(err, &fault) {
		return n, fmt.Errorf("%w: %w", ErrAudit, err)
	}
	return n, err
}

// forgetBatch is how many rows leave in a transaction, so that others need not wait long.
const forgetBatch = 5_000

// ForgetArchived lets rows leave the database whose archives are signed and stand elsewhere; the triggers let
// no other row go. manifests are in order, each behind what left before; e is noted in the chain.
func (c *AuditChain) ForgetArchived(
	ctx context.Context, manifests []string, archived []audit.Archived, e audit.Entry,
) error {
	last := archived[len(archived)-1].Last
	err := c.core.change(ctx, func(tx *sql.Tx) error {
		for i, a := range archived {
			if _, err := tx.ExecContext(ctx, `INSERT INTO audit_archives (first, last, manifest)
				VALUES ($1, $2, $3)`, a.First, a.Last, manifests[i]); err != nil {
				return fmt.Errorf("noting an archive: %w", err)
			}
		}
		e.Detail = fmt.Sprintf("%d-%d", archived[0].First, last)
		return appendAudit(ctx, tx, e, nil)
	})
	for gone := forgetBatch; err == nil && gone == forgetBatch; {
		err = c.core.change(ctx, func(tx *sql.Tx) (err error) {
			gone, err = removed(tx.ExecContext(ctx, `DELETE FROM audit WHERE seq IN
				(SELECT seq FROM audit WHERE seq <= $1 ORDER BY seq LIMIT $2)`, last, forgetBatch))
			return err
		})
	}
	return err
}

// ForgetCheckpoints lets the next start begin a checkpoint file anew (audit accept).
func (c *AuditChain) ForgetCheckpoints(ctx context.Context, e audit.Entry) error {
	return c.core.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM audit_checkpoints`); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// Pseudonym is what stands for a person in the chain.
func (c *AuditChain) Pseudonym(ctx context.Context, id audit.PersonID) ([]byte, error) {
	who, err := c.core.pseudonymOf(ctx, c.read, id)
	return who, storageError(err)
}

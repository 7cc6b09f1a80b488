package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/server/observe"
	"madoguchi/server/readiness"
)

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, `SELECT 1 FROM meta WHERE name = 'stamp'`).Scan(&one)
}

// isFull reports an error of a disk without room.
func isFull(err error) bool { return isFullSQLite(err) || isFullPostgres(err) }

// CanWrite reports whether the database takes a change: it writes what stands there, and looks for more room
// where another change found none. Where there is none the error is readiness.ErrFull.
func (s *Store) CanWrite(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('probe', '')
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
	wasFull := s.write.full.Load()
	if err == nil && wasFull {
		err = s.engine.hasRoom(ctx, s.write.DB)
	}
	switch {
	case isFull(err), err != nil && wasFull: // full until room was found
		return fmt.Errorf("%w: %w", readiness.ErrFull, err)
	case err == nil:
		s.write.full.Store(false)
	}
	return err
}

// Pools says how busy the database's connections are.
func (s *Store) Pools() []observe.Pool {
	of := func(name string, db *sql.DB) observe.Pool {
		all := db.Stats()
		return observe.Pool{
			Name:   name,
			Most:   all.MaxOpenConnections,
			InUse:  all.InUse,
			Idle:   all.Idle,
			Waits:  all.WaitCount,
			Waited: all.WaitDuration,
		}
	}
	return []observe.Pool{of("read", s.read), of("write", s.write.DB)}
}

// AuditHead is the newest entry of the audit chain.
func (s *Store) AuditHead(ctx context.Context) (head observe.Head, err error) {
	var at int64
	err = s.read.QueryRowContext(ctx, `SELECT seq, at FROM audit ORDER BY seq DESC LIMIT 1`).
		Scan(&head.Sequence, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return observe.Head{}, nil
	}
	head.At = time.UnixMilli(at)
	return head, storageError(err)
}

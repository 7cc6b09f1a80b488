package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"madoguchi/eligibility"
)

// copiedRows are rows for a table, stored by COPY: a third of the time that INSERT takes.
type copiedRows struct {
	table   string
	columns []string
	n       int
	row     func(i int) []any // good until the next is asked for
}

// copyInto stores rows within a transaction of PostgreSQL. The connection knows them by their type
// (postgresConn.ExecContext): database/sql has no other way to it within a transaction.
func copyInto(ctx context.Context, tx *sql.Tx, rows copiedRows) error {
	if rows.n == 0 {
		return nil
	}
	done, err := tx.ExecContext(ctx, "COPY "+rows.table, rows)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != int64(rows.n) {
		return errors.Join(err, fmt.Errorf("store: COPY stored %d of %d rows", n, rows.n))
	}
	return nil
}

// snapshotOf is how a transaction is begun that reads everything as it stands at its begin. SQLite's do
// anyhow, and what only reads does not wait for the file's lock (_txlock).
func snapshotOf(e engine) *sql.TxOptions {
	if _, ok := e.(postgres); !ok {
		return &sql.TxOptions{ReadOnly: true}
	}
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// makeRoom makes the partitions of the months that a copy's source knows.
func makeRoom(ctx context.Context, target engine, write *sql.DB, source *sql.Tx) error {
	if _, ok := target.(postgres); !ok {
		return nil
	}
	var first, last sql.NullInt64
	if err := source.QueryRowContext(ctx, `SELECT min(at), max(at) FROM audit`).
		Scan(&first, &last); err != nil {
		return fmt.Errorf("reading the months of the audit chain: %w", err)
	}
	var from, until sql.NullString
	if err := source.QueryRowContext(ctx, `SELECT min(day), max(day) FROM cases`).
		Scan(&from, &until); err != nil {
		return fmt.Errorf("reading the months of the cases: %w", err)
	}
	var known []time.Time
	if first.Valid {
		known = append(known, fromMillis(first.Int64), fromMillis(last.Int64))
	}
	for _, text := range []string{from.String, until.String} {
		if day, err := eligibility.ParseDate(text); err == nil {
			known = append(known, day.Time())
		}
	}
	if len(known) == 0 {
		return nil
	}
	return makeMonths(ctx, write, slices.MinFunc(known, time.Time.Compare), slices.MaxFunc(known,
		time.Time.Compare))
}

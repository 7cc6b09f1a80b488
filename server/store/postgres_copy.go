package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"madoguchi/eligibility"
)

// together is larger than SQLite's: each COPY has its own way to the server and back.
func (postgres) together() int { return 2000 }

// bulk begins a transaction in which others write too: new rows are nobody's to see before it ends.
func (e postgres) bulk(ctx context.Context, write *sql.DB, whose string) (*bulk, error) {
	conn, err := write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, lockImport,
		whose); err != nil {
		err = fmt.Errorf("waiting for another import: %w", err)
		return nil, errors.Join(err, tx.Rollback(), conn.Close())
	}
	return &bulk{
		Tx:   tx,
		late: true,
		copyIn: func(ctx context.Context, table string, columns []string, rows [][]any) error {
			return copyIn(ctx, conn, table, columns, rows)
		},
		done: conn.Close,
	}, nil
}

// copyIn stores rows by COPY, which takes a third of the time of INSERT.
func copyIn(ctx context.Context, conn *sql.Conn, table string, columns []string, rows [][]any) error {
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("store: a connection is %T", driver)
		}
		n, err := c.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		if err == nil && n != int64(len(rows)) {
			err = fmt.Errorf("store: COPY stored %d of %d rows", n, len(rows))
		}
		return err
	})
}

// snapshotOf is how a transaction is begun that reads everything as it stands at its begin. SQLite's do
// anyhow.
func snapshotOf(e engine) *sql.TxOptions {
	if _, ok := e.(postgres); !ok {
		return nil
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

// renumber lets new rows be numbered behind those that a copy stored with their numbers. SQLite does by
// itself.
func renumber(ctx context.Context, target engine, write *sql.DB, tables []copiedTable) error {
	if _, ok := target.(postgres); !ok {
		return nil
	}
	for _, t := range tables {
		if !slices.Equal(t.key, []string{"id"}) {
			continue
		}
		if _, err := write.ExecContext(ctx, fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%s', 'id'),
			coalesce((SELECT max(id) FROM %s), 0) + 1, false)`, t.name, t.name)); err != nil {
			return err
		}
	}
	return nil
}

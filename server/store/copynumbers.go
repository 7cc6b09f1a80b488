package store

import (
	"context"
	"fmt"
	"slices"
)

// Some numbers are never given twice, also once their rows are gone: that of an open import marks the people
// who came with it. Whoever gave them remembers the last, and so must a copy.

// numbered reports whether a table's rows are numbered.
func (t copiedTable) numbered() bool { return slices.Equal(t.key, []string{"id"}) }

// lastNumbers returns the last number that each table of the source gave, where it remembers that.
func (c *copier) lastNumbers(ctx context.Context) (map[string]int64, error) {
	last := map[string]int64{}
	for _, t := range copied {
		if !t.numbered() {
			continue
		}
		query := `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = $1`
		if _, ok := c.source.(postgres); ok {
			query = `SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0)`
		}
		var number int64
		if err := c.tx.QueryRowContext(ctx, query, t.name).Scan(&number); err != nil {
			return nil, fmt.Errorf("looking for the last number of %s: %w", t.name, err)
		}
		last[t.name] = number
	}
	return last, nil
}

// renumber lets new rows be numbered behind those that a copy stored with their numbers, and behind those
// that the source had.
func (c *copier) renumber(ctx context.Context) error {
	last, err := c.lastNumbers(ctx)
	if err != nil {
		return err
	}
	for _, t := range copied {
		if !t.numbered() {
			continue
		}
		if _, ok := c.target.(postgres); ok {
			_, err = c.write.ExecContext(ctx, fmt.Sprintf(
				`SELECT setval(pg_get_serial_sequence('%s', 'id'),
				greatest($1, coalesce((SELECT max(id) FROM %s), 0)) + 1, false)`, t.name, t.name),
				last[t.name])
		} else {
			err = c.renumberSQLite(ctx, t, last[t.name])
		}
		if err != nil {
			return fmt.Errorf("numbering %s: %w", t.name, err)
		}
	}
	return nil
}

// renumberSQLite raises the last number of a table that is AUTOINCREMENT. Others have none to remember.
func (c *copier) renumberSQLite(ctx context.Context, t copiedTable, last int64) error {
	var remembers bool
	if err := c.write.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_master
		WHERE type = 'table' AND name = $1 AND sql LIKE '%AUTOINCREMENT%')`, t.name).
		Scan(&remembers); err != nil || !remembers {
		return err
	}
	if _, err := c.write.ExecContext(ctx, `INSERT INTO sqlite_sequence (name, seq) SELECT $1, 0
		WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)`, t.name); err != nil {
		return err
	}
	_, err := c.write.ExecContext(ctx,
		`UPDATE sqlite_sequence SET seq = $2 WHERE name = $1 AND seq < $2`, t.name, last)
	return err
}

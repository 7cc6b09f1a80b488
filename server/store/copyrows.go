package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// copiedRow is a row with its key.
type copiedRow struct{ key, values []any }

// readColumns notes a table's columns, in the source's order.
func (c *copier) readColumns(ctx context.Context, t copiedTable) error {
	rows, err := c.tx.QueryContext(ctx, `SELECT * FROM `+t.name+` WHERE 1 = 0`)
	if err != nil {
		return fmt.Errorf("reading the columns of %s: %w", t.name, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	c.columns[t.name] = columns
	return err
}

// slice returns the next rows of a table behind a key.
func (c *copier) slice(
	ctx context.Context, from rowsQueryer, t copiedTable, key []any,
) (slice []copiedRow, err error) {
	columns := c.columns[t.name]
	rows, err := from.QueryContext(ctx, t.after(columns, key, copySlice), key...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row := copiedRow{values: make([]any, len(columns))}
		into := make([]any, len(columns))
		for i := range into {
			into[i] = &row.values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, value := range row.values {
			if bytes, ok := value.([]byte); ok && bytes == nil {
				row.values[i] = []byte{} // SQLite's empty value
			}
		}
		for _, part := range t.key {
			for i, column := range columns {
				if column == part {
					row.key = append(row.key, row.values[i])
				}
			}
		}
		slice = append(slice, row)
	}
	return slice, rows.Err()
}

// tableSum is what tells a table's content: its rows, and the sum of their hashes, so that their order, which
// is the engine's, does not matter.
type tableSum struct {
	rows int64
	hash [4]uint64
}

func (s *tableSum) add(values []any) {
	sum := sha256.Sum256(appendColumns(nil, values))
	s.rows++
	for i := range s.hash {
		s.hash[i] += binary.BigEndian.Uint64(sum[8*i:])
	}
}

// appendColumns writes a row's values so that different rows never read the same.
func appendColumns(b []byte, values []any) []byte {
	for _, v := range values {
		if v == nil {
			v = []byte(nil)
		}
		b = appendValues(b, v)
	}
	return b
}

// sum reads a whole table.
func (c *copier) sum(ctx context.Context, from rowsQueryer, t copiedTable) (s tableSum, err error) {
	for key := []any(nil); ; {
		slice, err := c.slice(ctx, from, t, key)
		if err != nil || len(slice) == 0 {
			return s, err
		}
		for _, row := range slice {
			s.add(row.values)
		}
		key = slice[len(slice)-1].key
	}
}

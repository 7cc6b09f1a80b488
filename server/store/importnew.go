package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// insertTogether is how many people one statement stores.
const insertTogether = 20

// newPeople are people to be stored together.
type newPeople struct {
	im     *openImport
	n      int
	values []any
}

// newColumns are the columns of a new person; newPersonColumns is how many values they have, since the version
// is one.
var newColumns = []string{
	"ref", "insurer", "key_mac", "body_mac", "version", "registered_at", "body", "pseudonym", "import",
	"search", "number_mac", "name_mac", "kana_mac", "birth_mac", "insured_mac", "name_head_mac",
	"kana_head_mac",
}

const newPersonColumns = 16

var (
	insertOne  = insertPeople(1)
	insertMany = insertPeople(insertTogether)
)

func insertPeople(n int) string {
	var text strings.Builder
	text.WriteString(`INSERT INTO people (` + strings.Join(newColumns, ", ") + `) VALUES `)
	for i := range n {
		if i > 0 {
			text.WriteString(", ")
		}
		for j := range newPersonColumns {
			switch j {
			case 0:
				text.WriteString("(")
			case 4:
				text.WriteString(", 1, ")
			default:
				text.WriteString(", ")
			}
			text.WriteString("?") // the driver looks for the name of each that has one
		}
		text.WriteString(")")
	}
	return text.String()
}

func (f *newPeople) add(ctx context.Context, tx *sql.Tx, p incomingPerson) error {
	at := toMillis(f.im.entry.At)
	f.values = append(f.values, p.ref, string(f.im.number), p.keyMAC, p.bodyMAC, at,
		p.sealed, p.pseudonym, f.im.id)
	f.values = append(f.values, p.search...)
	f.n++
	if _, ok := f.im.engine.(postgres); ok || f.n < insertTogether {
		return nil
	}
	_, err := tx.ExecContext(ctx, insertMany, f.values...)
	f.n, f.values = 0, f.values[:0]
	return storing(err)
}

// stored returns the number of a person who was added.
func (f *newPeople) stored(ctx context.Context, tx *sql.Tx, keyMAC []byte) (id int64, err error) {
	if err := f.flush(ctx, tx); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, `SELECT id FROM people WHERE key_mac = $1`, keyMAC).Scan(&id)
	return id, err
}

func (f *newPeople) flush(ctx context.Context, tx *sql.Tx) error {
	if _, ok := f.im.engine.(postgres); ok {
		return f.copyIn(ctx, tx)
	}
	for ; f.n > 0; f.n-- {
		if _, err := tx.ExecContext(ctx, insertOne, f.values[:newPersonColumns]...); err != nil {
			return storing(err)
		}
		f.values = f.values[newPersonColumns:]
	}
	return nil
}

// copyIn stores by COPY.
func (f *newPeople) copyIn(ctx context.Context, tx *sql.Tx) error {
	rows := make([][]any, 0, f.n)
	for row := range slices.Chunk(f.values, newPersonColumns) {
		rows = append(rows, slices.Insert(slices.Clone(row), 4, any(int64(1)))) // version
	}
	f.n, f.values = 0, f.values[:0]
	return storing(copyInto(ctx, tx, copiedRows{"people", newColumns, rows}))
}

func storing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("storing a person: %w", err)
}

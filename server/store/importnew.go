package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// insertTogether is how many people one statement stores.
const insertTogether = 20

// newPeople are people to be stored together.
type newPeople struct {
	im     *openImport
	n      int
	values []any
}

// newColumns are the columns of a new person; newPersonColumns is how many values they have, since the
// version is one.
var newColumns = []string{
	"ref", "insurer", "key_mac", "body_mac", "version", "registered_at", "body", "pseudonym", "import",
	"came_with", "search", "number_mac", "name_mac", "kana_mac", "birth_mac", "insured_mac",
	"name_head_mac", "kana_head_mac",
}

const newPersonColumns = 17

var (
	insertOne  = insertPeople(1)
	insertMany = insertPeople(insertTogether)
	// insertNew passes over who is known: how many rows it stored says whether anybody was
	insertNew = insertMany + ` ON CONFLICT (key_mac) DO NOTHING`
)

// insertPeople stores n people. An error gives the whole transaction up (OR ROLLBACK), as storeSlice does
// anyway: SQLite would else keep a journal of each statement, to take back that alone, and that took a third
// of an import.
func insertPeople(n int) string {
	var text strings.Builder
	text.WriteString(`INSERT OR ROLLBACK INTO people (` + strings.Join(newColumns, ", ") + `) VALUES `)
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

// putNew stores those of a batch who are new, and returns those among whom somebody is known: some of them
// may be stored already, under their new reference. What is too few for one statement comes back too.
func (im *openImport) putNew(
	ctx context.Context, tx *sql.Tx, batch []incomingPerson,
) (rest []incomingPerson, err error) {
	if _, ok := im.engine.(postgres); ok {
		return im.copyNew(ctx, tx, batch)
	}
	next := newPeople{im: im}
	for some := range slices.Chunk(batch, insertTogether) {
		if len(some) < insertTogether {
			return append(rest, some...), nil
		}
		next.values = next.values[:0]
		for _, p := range some {
			next.hold(p)
		}
		done, err := tx.ExecContext(ctx, insertNew, next.values...)
		if err != nil {
			return nil, storing(err)
		}
		stored, err := done.RowsAffected()
		if err != nil {
			return nil, storing(err)
		}
		if int(stored) < len(some) {
			rest = append(rest, some...)
			continue
		}
		im.areNew(some...)
	}
	return rest, nil
}

// areNew counts people who are new.
func (im *openImport) areNew(people ...incomingPerson) {
	im.count.New += len(people)
	if im.isNew == nil {
		return
	}
	for _, p := range people {
		im.isNew(p.mark)
	}
}

// copyNew is putNew by COPY, which stores all or nobody.
func (im *openImport) copyNew(
	ctx context.Context, tx *sql.Tx, batch []incomingPerson,
) (rest []incomingPerson, err error) {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT copied"); err != nil {
		return nil, storing(err)
	}
	next := newPeople{im: im}
	for _, p := range batch {
		next.hold(p)
	}
	after := "RELEASE copied"
	var refused *pgconn.PgError
	switch err := next.copyIn(ctx, tx); {
	case errors.As(err, &refused) && refused.Code == uniqueViolation:
		rest, after = batch, "ROLLBACK TO copied"
	case err != nil:
		return nil, err
	default:
		im.areNew(batch...)
	}
	_, err = tx.ExecContext(ctx, after)
	return rest, storing(err)
}

// uniqueViolation is PostgreSQL's SQLSTATE for a value that is there already.
const uniqueViolation = "23505"

// hold appends a person's values.
func (f *newPeople) hold(p incomingPerson) {
	at := toMillis(f.im.entry.At)
	f.values = append(f.values, p.ref, string(f.im.number), p.keyMAC, p.bodyMAC, at,
		p.sealed, p.pseudonym, f.im.id, f.im.preview)
	f.values = append(f.values, p.search...)
	f.n++
}

func (f *newPeople) add(ctx context.Context, tx *sql.Tx, p incomingPerson) error {
	f.hold(p)
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

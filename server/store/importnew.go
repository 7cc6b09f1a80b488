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
// version is one. Who is found by a slice (searchslices.go) has in_slice besides.
var newColumns = []string{
	"ref", "insurer", "key_mac", "body_mac", "version", "registered_at", "body", "pseudonym", "import",
	"came_with", "search", "number_mac", "name_mac", "kana_mac", "birth_mac", "insured_mac",
	"name_head_mac", "kana_head_mac",
}

const newPersonColumns = 17

// slicedColumns are those of a new person whose number is known before.
var slicedColumns = slices.Concat(newColumns, []string{"id", "in_slice"})

var (
	insertOne  = insertPeople(1, "", "")
	insertMany = insertPeople(insertTogether, "", "")
	// insertNew passes over who is known: how many rows it stored says whether anybody was
	insertNew = insertPeople(insertTogether, ", in_slice", ", 1") + ` ON CONFLICT (key_mac) DO NOTHING`
)

// insertPeople stores n people, with one column more and its value where that is not empty. An error gives
// the whole transaction up (OR ROLLBACK), as storeSlice does anyway: SQLite would else keep a journal of each
// statement, to take back that alone, and that took a third of an import.
func insertPeople(n int, column, value string) string {
	var text strings.Builder
	text.WriteString(`INSERT OR ROLLBACK INTO people (` + strings.Join(newColumns, ", ") + column +
		`) VALUES `)
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
		text.WriteString(value + ")")
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
		last, err := done.LastInsertId() // nobody else writes: their numbers follow each other
		if err != nil {
			return nil, storing(err)
		}
		for i, p := range some {
			if err := im.search.add(last-int64(len(some)-1-i), p.search); err != nil {
				return nil, err
			}
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
	numbers, err := nextPeople(ctx, tx, len(batch))
	if err != nil {
		return nil, err
	}
	next := newPeople{im: im}
	for _, p := range batch {
		next.hold(p)
	}
	after := "RELEASE copied"
	var refused *pgconn.PgError
	switch err := next.copyIn(ctx, tx, numbers); {
	case errors.As(err, &refused) && refused.Code == uniqueViolation:
		rest, after = batch, "ROLLBACK TO copied"
	case err != nil:
		return nil, err
	default:
		for i, p := range batch {
			if err := im.search.add(numbers[i], p.search); err != nil {
				return nil, err
			}
		}
		im.areNew(batch...)
	}
	_, err = tx.ExecContext(ctx, after)
	return rest, storing(err)
}

// nextPeople takes numbers for n people, for whom COPY would choose them without telling.
func nextPeople(ctx context.Context, tx *sql.Tx, n int) (numbers []int64, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT nextval(pg_get_serial_sequence('people', 'id'))
		FROM generate_series(1, $1)`, n)
	if err != nil {
		return nil, storing(err)
	}
	defer rows.Close()
	for numbers = make([]int64, 0, n); rows.Next(); {
		var number int64
		if err := rows.Scan(&number); err != nil {
			return nil, storing(err)
		}
		numbers = append(numbers, number)
	}
	return numbers, storing(rows.Err())
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
		return f.copyIn(ctx, tx, nil)
	}
	for ; f.n > 0; f.n-- {
		if _, err := tx.ExecContext(ctx, insertOne, f.values[:newPersonColumns]...); err != nil {
			return storing(err)
		}
		f.values = f.values[newPersonColumns:]
	}
	return nil
}

// copyIn stores by COPY: under these numbers who is found by a slice, others without.
func (f *newPeople) copyIn(ctx context.Context, tx *sql.Tx, numbers []int64) error {
	columns := newColumns
	if numbers != nil {
		columns = slicedColumns
	}
	rows := make([][]any, 0, f.n)
	for values := range slices.Chunk(f.values, newPersonColumns) {
		row := make([]any, 0, len(columns))
		row = append(append(append(row, values[:4]...), int64(1)), values[4:]...) // the fifth is the version
		if numbers != nil {
			row = append(row, numbers[len(rows)], int64(1))
		}
		rows = append(rows, row)
	}
	f.n, f.values = 0, f.values[:0]
	return storing(copyInto(ctx, tx, copiedRows{"people", columns, rows}))
}

func storing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("storing a person: %w", err)
}

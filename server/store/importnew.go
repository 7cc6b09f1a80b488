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
	people []incomingPerson
}

// newColumns are the columns of a new person. Who is found by a slice (searchslices.go) has in_slice besides.
var newColumns = []string{
	"ref", "insurer", "key_mac", "body_mac", "version", "registered_at", "body", "pseudonym", "import",
	"came_with", "search", "number_mac", "name_mac", "kana_mac", "birth_mac", "insured_mac",
	"name_head_mac", "kana_head_mac",
}

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
		// The driver looks for the name of each that has one.
		text.WriteString("(?" + strings.Repeat(", ?", len(newColumns)-1) + value + ")")
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
	for some := range slices.Chunk(batch, insertTogether) {
		if len(some) < insertTogether {
			return append(rest, some...), nil
		}
		done, err := tx.ExecContext(ctx, insertNew, im.newRows(some)...)
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
	after := "RELEASE copied"
	var refused *pgconn.PgError
	switch err := im.copyIn(ctx, tx, batch, numbers); {
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
	// The sequence's name is looked up once, not for each: that took an eighth of an import.
	rows, err := tx.QueryContext(ctx, `SELECT nextval(
		(SELECT pg_get_serial_sequence('people', 'id')::regclass)) FROM generate_series(1, $1)`, n)
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

// newVersion is the version of who is new, as an engine gets it.
var newVersion any = int64(1)

// newRow appends the values of newColumns.
func (im *openImport) newRow(to []any, p incomingPerson) []any {
	to = append(to, p.ref, im.alike.insurer, p.keyMAC, p.bodyMAC, newVersion, im.alike.registeredAt,
		p.sealed, p.pseudonym, im.alike.id, im.alike.preview)
	return append(to, p.search...)
}

// newRows returns the values of people who are stored by one statement, good until the next are asked for.
func (im *openImport) newRows(people []incomingPerson) []any {
	im.room = im.room[:0]
	for _, p := range people {
		im.room = im.newRow(im.room, p)
	}
	return im.room
}

func (f *newPeople) add(ctx context.Context, tx *sql.Tx, p incomingPerson) error {
	f.people = append(f.people, p)
	if _, ok := f.im.engine.(postgres); ok || len(f.people) < insertTogether {
		return nil
	}
	_, err := tx.ExecContext(ctx, insertMany, f.im.newRows(f.people)...)
	f.people = f.people[:0]
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
	people := f.people
	f.people = nil
	if _, ok := f.im.engine.(postgres); ok {
		return f.im.copyIn(ctx, tx, people, nil)
	}
	for i := range people {
		if _, err := tx.ExecContext(ctx, insertOne, f.im.newRows(people[i:i+1])...); err != nil {
			return storing(err)
		}
	}
	return nil
}

// copyIn stores by COPY: under these numbers who is found by a slice, others without.
func (im *openImport) copyIn(
	ctx context.Context, tx *sql.Tx, people []incomingPerson, numbers []int64,
) error {
	columns := newColumns
	if numbers != nil {
		columns = slicedColumns
	}
	return storing(copyInto(ctx, tx, copiedRows{"people", columns, len(people), func(i int) []any {
		row := im.newRows(people[i : i+1])
		if numbers != nil {
			row = append(row, numbers[i], int64(1))
			im.room = row // where it had to grow
		}
		return row
	}}))
}

func storing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("storing a person: %w", err)
}

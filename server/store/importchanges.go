package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"madoguchi/eligibility"
)

// changesTogether is how many people's changes a statement takes. What is left over goes one by one, so that
// there are two texts of each statement to keep.
const changesTogether = 50

// inStatements runs a statement for rows of values: text makes it of the rows, written as VALUES has them.
// types are PostgreSQL's of the columns, which it does not know of a list that stands for a table; empty
// where it does. It returns how many rows were changed.
func (im *openImport) inStatements(
	ctx context.Context, tx *sql.Tx, rows [][]any, types []string, text func(values string) string,
) (changed int64, err error) {
	for len(rows) > 0 {
		n := 1
		if len(rows) >= changesTogether {
			n = changesTogether
		}
		done, err := tx.ExecContext(ctx, text(im.written(n, len(rows[0]), types)),
			slices.Concat(rows[:n]...)...)
		if err != nil {
			return changed, err
		}
		some, err := done.RowsAffected()
		if err != nil {
			return changed, err
		}
		changed, rows = changed+some, rows[n:]
	}
	return changed, nil
}

// written is so many rows of parameters.
func (im *openImport) written(rows, columns int, types []string) string {
	_, numbered := im.engine.(postgres)
	var text strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%columns == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		if !numbered {
			text.WriteString("?") // SQLite's driver looks for the name of each that has one
			continue
		}
		text.WriteString("$" + strconv.Itoa(i+1))
		if i < len(types) {
			text.WriteString("::" + types[i])
		}
	}
	return text.String() + ")"
}

// nextVersions are those of a batch's people who are known.
type nextVersions struct {
	im   *openImport
	rows [][]any // import, person_id, body_mac, body
	at   map[int64]int
}

func (im *openImport) waitingPlace(person int64) place {
	return boundPlace("import_changes.body", fmt.Sprint(im.id), person)
}

// add takes a person's next version. Of a person who stands in the file twice, the last counts.
func (v *nextVersions) add(person int64, p incomingPerson) {
	sealed := sealWith(v.im.key, v.im.aead, v.im.waitingPlace(person), p.body)
	row := []any{v.im.id, person, p.bodyMAC, sealed}
	if i, twice := v.at[person]; twice {
		v.rows[i] = row
		return
	}
	if v.at == nil {
		v.at = map[int64]int{}
	}
	v.at[person] = len(v.rows)
	v.rows = append(v.rows, row)
}

// flush stores them beside the people until the whole file is there.
func (v *nextVersions) flush(ctx context.Context, tx *sql.Tx) error {
	_, err := v.im.inStatements(ctx, tx, v.rows, nil, func(values string) string {
		return `INSERT INTO import_changes (import, person_id, body_mac, body) VALUES ` + values + `
			ON CONFLICT (import, person_id) DO UPDATE SET body_mac = excluded.body_mac, body = excluded.body`
	})
	if err != nil {
		return fmt.Errorf("storing people's next versions: %w", err)
	}
	return nil
}

// applyChanges puts the current versions of changed people to the older ones and the next in their places.
func (im *openImport) applyChanges(ctx context.Context, tx *sql.Tx) error {
	for last := int64(0); ; {
		some, err := im.changesAfter(ctx, tx, last)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := im.apply(ctx, tx, some); err != nil {
			return err
		}
		last = some[len(some)-1].id
	}
}

// changedRow is a row of import_changes with the person as stored.
type changedRow struct {
	personRow
	id, person            int64
	next, nextMAC, sealed []byte
}

func (im *openImport) changesAfter(ctx context.Context, tx *sql.Tx, id int64) (some []changedRow, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT import_changes.id, import_changes.person_id,
			import_changes.body, import_changes.body_mac, `+personColumns+`
		FROM import_changes JOIN people ON people.id = import_changes.person_id
		WHERE import_changes.import = $1 AND import_changes.id > $2 ORDER BY import_changes.id LIMIT 500`,
		im.id, id)
	if err != nil {
		return nil, fmt.Errorf("looking for next versions: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c changedRow
		if err := rows.Scan(&c.id, &c.person, &c.next, &c.nextMAC, &c.ref, &c.insurer, &c.keyMAC,
			&c.version, &c.at, &c.sealed); err != nil {
			return nil, fmt.Errorf("reading a next version: %w", err)
		}
		some = append(some, c)
	}
	return some, rows.Err()
}

// nextPersonTypes are those of nextPerson's values.
var nextPersonTypes = strings.Fields(
	"bigint bytea bigint bigint bytea bigint bytea bytea bytea bytea bytea bytea bytea")

// nextPerson changes people: a row has the person's number, then the columns in their order.
func nextPerson(values string) string {
	return `UPDATE people SET body_mac = next.column2, version = next.column3, registered_at = next.column4,
		body = next.column5, search = next.column6, number_mac = next.column7, name_mac = next.column8,
		kana_mac = next.column9, birth_mac = next.column10, insured_mac = next.column11,
		name_head_mac = next.column12, kana_head_mac = next.column13
		FROM (VALUES ` + values + `) AS next WHERE people.id = next.column1`
}

func (im *openImport) apply(ctx context.Context, tx *sql.Tx, some []changedRow) error {
	var older, people [][]any
	for _, c := range some {
		next, err := im.sealer.open(ctx, tx, im.waitingPlace(c.person), c.next)
		if err != nil {
			return err
		}
		person, err := eligibility.ReadPerson(next)
		if err != nil {
			return fmt.Errorf("reading a next version: %w", err)
		}
		before, err := im.sealer.open(ctx, tx, c.place(), c.sealed)
		if err != nil {
			return err
		}
		older = append(older, []any{c.person, c.version, c.at,
			sealWith(im.key, im.aead, olderPlace(c.ref, c.version, c.at), before)})
		row := c.personRow
		row.version, row.at = row.version+1, toMillis(im.entry.At)
		people = append(people, append([]any{c.person, c.nextMAC, row.version, row.at,
			sealWith(im.key, im.aead, row.place(), next)}, im.index.searchValues(im.number, person)...))
	}
	// The current version stands in people alone. Older programs kept a copy of it here.
	_, err := im.inStatements(ctx, tx, older, nil, func(values string) string {
		return `INSERT INTO person_versions (person_id, version, registered_at, body) VALUES ` + values + `
			ON CONFLICT DO NOTHING`
	})
	if err != nil {
		return fmt.Errorf("keeping people's older versions: %w", err)
	}
	changed, err := im.inStatements(ctx, tx, people, nextPersonTypes, nextPerson)
	if err == nil && changed != int64(len(people)) {
		err = fmt.Errorf("%d of %d were changed", changed, len(people))
	}
	if err != nil {
		return fmt.Errorf("storing people's new versions: %w", err)
	}
	return nil
}

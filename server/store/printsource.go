package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// printSource implements insurer.PrintSource.
type printSource struct {
	*core
	personReader
}

// EachOfFile implements insurer.PrintSource.
func (s printSource) EachOfFile(
	ctx context.Context, number eligibility.InsurerNumber, file string,
	see func(eligibility.Person, insurer.Printed),
) error {
	return eachPrinted(ctx, s.core, number, file, see)
}

// EachPrint implements insurer.PrintSource.
func (s printSource) EachPrint(
	ctx context.Context, q insurer.PrintQuery, see func(insurer.PersonRecord, insurer.LastPrint) error,
) error {
	where, args := `people.insurer = $1`, []any{q.Insurer, q.Kind}
	if q.File != "" {
		where, args = where+` AND people.came_with = $3 AND people.came_with <> ''`, append(args, q.File)
	}
	rows, err := s.read.QueryContext(ctx,
		`SELECT `+personColumns+`, coalesce(prints.at, 0), coalesce(prints.version, 0)
		FROM registered AS people LEFT JOIN prints ON prints.person_id = people.id AND prints.kind = $2
		WHERE `+where, args...)
	if err != nil {
		return storageError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var last insurer.LastPrint
		var at int64
		r, err := s.people().scan(ctx,
			func(columns ...any) error { return rows.Scan(append(columns, &at, &last.Version)...) })
		if err != nil {
			return storageError(err)
		}
		if at > 0 {
			last.At = fromMillis(at)
		}
		if err := see(r, last); err != nil {
			return err
		}
	}
	return storageError(rows.Err())
}

// noticesAtOnce is how many people's notices one query finds.
const noticesAtOnce = 100

// EnsureNotices implements insurer.PrintSource.
func (s printSource) EnsureNotices(
	ctx context.Context, many insurer.ManyNotices, e audit.Entry,
) (map[audit.PersonID]int64, error) {
	out := make(map[audit.PersonID]int64, len(many.People))
	err := s.changeAlone(ctx, func(tx *sql.Tx) error {
		made := 0
		for some := range slices.Chunk(many.People, noticesAtOnce) {
			last, err := lastNotices(ctx, tx, many.Insurer, some)
			if err != nil {
				return fmt.Errorf("looking for notices: %w", err)
			}
			for _, n := range last { // who was erased a moment ago has none
				if n.current == 0 || n.current < n.serial { // none yet, or the last one is void
					made++
					n.serial++
					n.at = toMillis(e.At)
					n.code = many.MAC(audit.PersonID(n.ref), n.serial)
					if err := s.notices().put(ctx, tx, n.noticeRow); err != nil {
						return err
					}
				}
				out[audit.PersonID(n.ref)] = n.serial
			}
		}
		if made == 0 {
			return nil
		}
		e.Detail += fmt.Sprintf(" made=%d", made)
		return appendAudit(ctx, tx, e, nil)
	})
	return out, err
}

// lastNotice is a person's last notice, and which of them is not void; 0: none.
type lastNotice struct {
	noticeRow
	current int64
}

func lastNotices(
	ctx context.Context, tx *sql.Tx, number eligibility.InsurerNumber, people []audit.PersonID,
) (all []lastNotice, err error) {
	places, values := make([]string, len(people)), []any{number}
	for i, id := range people {
		values = append(values, id)
		places[i] = fmt.Sprintf("$%d", len(values))
	}
	// || keeps SQLite from taking the index of insurers, and with it a whole register for a hundred people
	rows, err := tx.QueryContext(ctx, `SELECT people.id, people.ref,
			(SELECT coalesce(max(serial), 0) FROM notices WHERE person_id = people.id),
			(SELECT coalesce(max(serial), 0) FROM notices WHERE person_id = people.id AND void = 0)
		FROM registered AS people
		WHERE people.insurer || '' = $1 AND people.ref IN (`+strings.Join(places, ", ")+`)`, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n lastNotice
		if err := rows.Scan(&n.person, &n.ref, &n.serial, &n.current); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

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
		for some := range slices.Chunk(inOrderOfRefs(many.People), noticesAtOnce) {
			last, err := lastNotices(ctx, tx, many.Insurer, some)
			if err != nil {
				return fmt.Errorf("looking for notices: %w", err)
			}
			var fresh []noticeRow
			for _, n := range last { // who was erased a moment ago has none
				if n.current == 0 || n.current < n.serial { // none yet, or the last one is void
					n.serial++
					n.at = toMillis(e.At)
					n.code = many.MAC(audit.PersonID(n.ref), n.serial)
					fresh = append(fresh, n.noticeRow)
				}
				out[audit.PersonID(n.ref)] = n.serial
			}
			if err := s.notices().putTogether(ctx, tx, fresh); err != nil {
				return err
			}
			made += len(fresh)
		}
		if made == 0 {
			return nil
		}
		e.Detail += fmt.Sprintf(" made=%d", made)
		return appendAudit(ctx, tx, e, nil)
	})
	return out, err
}

// inOrderOfRefs returns people in the order in which they came in (refs): who stand on one page of the
// database are found one after the other.
func inOrderOfRefs(people []audit.PersonID) []audit.PersonID {
	return slices.Sorted(slices.Values(people))
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
	rows, err := tx.QueryContext(ctx, `SELECT people.id, people.ref, coalesce(notices.serial, 0),
			coalesce(notices.void, 0) <> 0
		FROM registered AS people LEFT JOIN notices ON notices.person_id = people.id
		WHERE people.insurer || '' = $1 AND people.ref IN (`+strings.Join(places, ", ")+`)
		ORDER BY people.ref`, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n noticeRow
		if err := rows.Scan(&n.person, &n.ref, &n.serial, &n.void); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].person != n.person {
			all = append(all, lastNotice{noticeRow: noticeRow{person: n.person, ref: n.ref}})
		}
		last := &all[len(all)-1]
		last.serial = max(last.serial, n.serial)
		if !n.void {
			last.current = max(last.current, n.serial)
		}
	}
	return all, rows.Err()
}

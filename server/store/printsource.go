package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// printSource implements insurer.PrintSource.
type printSource struct {
	*core
	personReader
}

// EachPrint implements insurer.PrintSource.
func (s printSource) EachPrint(
	ctx context.Context, number eligibility.InsurerNumber, kind insurer.PaperKind,
	see func(insurer.PersonRecord, insurer.LastPrint) error,
) error {
	rows, err := s.read.QueryContext(ctx,
		`SELECT `+personColumns+`, coalesce(prints.at, 0), coalesce(prints.version, 0)
		FROM registered AS people LEFT JOIN prints ON prints.person_id = people.id AND prints.kind = $2
		WHERE people.insurer = $1`, number, kind)
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

// EnsureNotices implements insurer.PrintSource.
func (s printSource) EnsureNotices(
	ctx context.Context, many insurer.ManyNotices, e audit.Entry,
) (map[audit.PersonID]int64, error) {
	out := make(map[audit.PersonID]int64, len(many.People))
	err := s.changeAlone(ctx, func(tx *sql.Tx) error {
		find, err := tx.PrepareContext(ctx,
			`SELECT people.id, coalesce(max(notices.serial), 0),
				coalesce(max(CASE WHEN notices.void = 0 THEN notices.serial END), 0)
			FROM registered AS people LEFT JOIN notices ON notices.person_id = people.id
				WHERE people.ref = $1 AND people.insurer = $2 GROUP BY people.id`)
		if err != nil {
			return fmt.Errorf("looking for notices: %w", err)
		}
		defer find.Close()
		insert, err := tx.PrepareContext(ctx,
			`INSERT INTO notices (person_id, serial, code_mac, void, created_at, proof)
			VALUES ($1, $2, $3, 0, $4, $5)`)
		if err != nil {
			return fmt.Errorf("storing notices: %w", err)
		}
		defer insert.Close()
		made := 0
		for _, id := range many.People {
			n := noticeRow{ref: string(id), at: toMillis(e.At)}
			var current int64
			err := find.QueryRowContext(ctx, id, many.Insurer).Scan(&n.person, &n.serial, &current)
			if errors.Is(err, sql.ErrNoRows) {
				continue // erased a moment ago
			}
			if err != nil {
				return fmt.Errorf("looking for notices: %w", err)
			}
			if current == 0 || current < n.serial { // none yet, or the last one is void
				made++
				n.serial++
				n.code = many.MAC(id, n.serial)
				proof, err := s.proofs.proofOf(n.row())
				if err != nil {
					return err
				}
				if _, err := insert.ExecContext(ctx, n.person, n.serial, n.code, n.at, proof); err != nil {
					return fmt.Errorf("storing notices: %w", err)
				}
			}
			out[id] = n.serial
		}
		if made == 0 {
			return nil
		}
		e.Detail += fmt.Sprintf(" made=%d", made)
		return appendAudit(ctx, tx, e, nil)
	})
	return out, err
}

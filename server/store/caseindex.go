package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"madoguchi/server/counter"
)

// caseRenewal gives cases of an older program what they are found by.
type caseRenewal struct{ *core }

type oldCase struct {
	caseRow
	id     int64
	sealed []byte
}

// renewCases does it for all that have none of it, a thousand at a time. A server without the key of cases
// has no cases. One that was altered stays as it is: whoever asks for it is told.
func (s caseRenewal) renewCases(ctx context.Context) error {
	if _, ok := s.sealer.masters["cases"]; !ok {
		return nil
	}
	var done bool
	if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM meta WHERE name = $1)`,
		casesMark).Scan(&done); err != nil || done {
		return storageError(err)
	}
	for last := int64(0); ; {
		var err error
		if last, err = s.renewSome(ctx, last); err != nil {
			return err
		}
		if last == 0 {
			break
		}
	}
	_, err := s.write.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ($1, '1')
		ON CONFLICT (name) DO NOTHING`, casesMark)
	return storageError(err)
}

// casesMark stands in meta once all cases have what they are found by, so that a start need not look at all.
const casesMark = "cases"

// renewSome renews the next thousand and returns the last one's number, 0 when there were none.
func (s caseRenewal) renewSome(ctx context.Context, after int64) (int64, error) {
	var old []oldCase
	err := s.each(ctx, func(scan func(...any) error) (err error) {
		var c oldCase
		c.caseRow, c.sealed, err = readCaseRow(func(into ...any) error {
			return scan(append(into, &c.id)...)
		})
		old = append(old, c)
		return err
	}, `SELECT `+caseColumns+`, id FROM cases WHERE ended = '' AND id > $1 ORDER BY id LIMIT 1000`, after)
	if err != nil || len(old) == 0 {
		return 0, storageError(err)
	}
	return old[len(old)-1].id, s.change(ctx, func(tx *sql.Tx) error {
		for _, c := range old {
			if err := s.renewCase(ctx, tx, c); err != nil {
				return fmt.Errorf("giving a case what it is found by: %w", err)
			}
		}
		return nil
	})
}

func (s caseRenewal) renewCase(ctx context.Context, tx *sql.Tx, c oldCase) error {
	cases := caseStore{core: s.core}
	stored, err := cases.openCase(ctx, tx, c.caseRow, c.sealed)
	if errors.Is(err, errAltered) {
		return nil
	}
	if err != nil {
		return err
	}
	r := cases.rowOf(counter.Indexed(stored))
	body, err := s.sealer.seal(ctx, tx, r.scope(), r.place(c.Version), stored.Body)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE cases SET body = $2, ended = $3, staff = $4, number_mac = $5
		WHERE id = $1`, c.id, body, r.ended, r.staff, r.mac)
	return err
}

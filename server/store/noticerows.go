package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"madoguchi/eligibility"
)

// noticeRow is a row of notices, with the person's ref in the place of the row's number.
type noticeRow struct {
	id, person int64
	ref        string
	insurer    eligibility.InsurerNumber // the person's
	serial     int64
	code       []byte // its MAC
	void       bool
	used       []byte // MAC of the subject that used it; nil before
	at         int64
	proof      []byte
}

func (n noticeRow) row() provenRow {
	void := int64(0)
	if n.void {
		void = 1
	}
	return provenRow{"people", "notices", []any{n.ref, n.serial, n.code, void, n.used, n.at}}
}

// noticeRows reads and writes rows of notices within a transaction.
type noticeRows struct{ *core }

// readVerified returns the notices that a condition picks, each vouched for, in the order of their serials.
func (s noticeRows) readVerified(ctx context.Context, q rowsQueryer, where string, args ...any) ([]noticeRow,
	error) {
	all, err := readNotices(ctx, q, where, args...)
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if err := s.proofs.checkProof(n.row(), n.proof); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readNotices reads notices without looking at their proofs, for whoever ends them: one that was altered is
// ended too.
func readNotices(ctx context.Context, q rowsQueryer, where string, args ...any) (all []noticeRow, err error) {
	rows, err := q.QueryContext(ctx,
		`SELECT notices.id, people.id, people.ref, people.insurer, notices.serial, notices.code_mac,
			notices.void <> 0, notices.used_by, notices.created_at, notices.proof
		FROM notices JOIN people ON people.id = notices.person_id
			WHERE `+where+` ORDER BY notices.serial, notices.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for notices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n noticeRow
		if err := rows.Scan(&n.id, &n.person, &n.ref, &n.insurer, &n.serial, &n.code, &n.void, &n.used, &n.at,
			&n.proof); err != nil {
			return nil, fmt.Errorf("reading a notice: %w", err)
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// withCode returns the notice whose code has a MAC, or sql.ErrNoRows.
func (s noticeRows) withCode(ctx context.Context, q rowsQueryer, code []byte) (noticeRow, error) {
	found, err := s.readVerified(ctx, q, `notices.code_mac = $1`, code)
	if err == nil && len(found) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return noticeRow{}, err
	}
	return found[0], nil
}

// noticesTogether is how many notices one statement stores.
const noticesTogether = 20

var (
	insertNotice = insertNotices("INSERT", 1)
	// insertSeveral gives the whole transaction up with an error, as insertPeople does on SQLite.
	insertSeveral = map[bool]string{
		true:  insertNotices("INSERT OR ROLLBACK", noticesTogether),
		false: insertNotices("INSERT", noticesTogether),
	}
)

// insertNotices stores n notices.
func insertNotices(verb string, n int) string {
	rows := make([]string, n)
	for i := range rows {
		at := 5 * i
		rows[i] = fmt.Sprintf("($%d, $%d, $%d, 0, $%d, $%d)", at+1, at+2, at+3, at+4, at+5)
	}
	return verb + ` INTO notices (person_id, serial, code_mac, void, created_at, proof)
		VALUES ` + strings.Join(rows, ", ")
}

// put stores a new notice.
func (s noticeRows) put(ctx context.Context, tx *sql.Tx, n noticeRow) error {
	return s.putTogether(ctx, tx, []noticeRow{n})
}

// putTogether stores new notices, many with one statement. Of several, tx must be nobody else's.
func (s noticeRows) putTogether(ctx context.Context, tx *sql.Tx, all []noticeRow) error {
	_, isSQLite := s.engine.(sqlite)
	for len(all) > 0 {
		text, n := insertNotice, 1
		if len(all) >= noticesTogether {
			text, n = insertSeveral[isSQLite], noticesTogether
		}
		values := make([]any, 0, 5*n)
		for _, one := range all[:n] {
			proof, err := s.proofs.proofOf(one.row())
			if err != nil {
				return err
			}
			values = append(values, one.person, one.serial, one.code, one.at, proof)
		}
		if _, err := tx.ExecContext(ctx, text, values...); err != nil {
			return fmt.Errorf("storing notices: %w", err)
		}
		all = all[n:]
	}
	return nil
}

// change stores whether a notice is void and who used it.
func (s noticeRows) change(ctx context.Context, tx *sql.Tx, n noticeRow) error {
	proof, err := s.proofs.proofOf(n.row())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE notices SET void = $2, used_by = $3, proof = $4 WHERE id = $1`,
		n.id, flag(n.void), n.used, proof); err != nil {
		return fmt.Errorf("changing a notice: %w", err)
	}
	return nil
}

// void makes codes useless.
func (s noticeRows) void(ctx context.Context, tx *sql.Tx, all []noticeRow) error {
	for _, n := range all {
		if n.void {
			continue
		}
		n.void = true
		if err := s.change(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

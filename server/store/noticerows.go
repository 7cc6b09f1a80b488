package store

import (
	"context"
	"database/sql"
	"fmt"

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

func (s noticeRows) put(ctx context.Context, tx *sql.Tx, n noticeRow) error {
	proof, err := s.proofs.proofOf(n.row())
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO notices (person_id, serial, code_mac, void, created_at, proof)
		VALUES ($1, $2, $3, 0, $4, $5)`,
		n.person, n.serial, n.code, n.at, proof); err != nil {
		return fmt.Errorf("storing the notice: %w", err)
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

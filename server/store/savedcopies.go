package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// PutSavedCopy implements insurer.DocumentsStore.
func (s documentsStore) PutSavedCopy(
	ctx context.Context, c insurer.NewCopy, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var taken int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM papers WHERE insurer = $1 AND rid = $2 UNION ALL
			SELECT 1 FROM revocations WHERE insurer = $1 AND rid = $2`,
			c.Of.Insurer, int64(c.RID)).Scan(&taken)
		if err == nil {
			return insurer.ErrRIDTaken
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("looking for the index: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO papers
			(insurer, rid, person_id, issued_at, expires_at, login)
			SELECT $1, $2, id, $4, $5, $6 FROM people WHERE ref = $3 AND insurer = $1`,
			c.Of.Insurer, int64(c.RID), c.Of.ID, toMillis(c.Issued), toMillis(c.Expires),
			c.Representative); err != nil {
			return fmt.Errorf("noting the copy: %w", err)
		}
		return s.audit(ctx, tx, e)
	})
}

// Revoke implements insurer.IssuerStore.
func (s issuerStore) Revoke(
	ctx context.Context, number eligibility.InsurerNumber, which insurer.CopySelection, e audit.Entry,
) (n int, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		where, value := wantedCopies(which, "$4")
		if n, err = revokeCopies(ctx, tx, number, where, e.At, value); err != nil {
			return err
		}
		e.Detail = fmt.Sprintf("%s: %d", e.Detail, n)
		return s.audit(ctx, tx, e)
	})
	return n, err
}

// wantedCopies is the condition that picks copies, with its value at a place of the query.
func wantedCopies(which insurer.CopySelection, place string) (where string, value any) {
	switch {
	case which.Person != "":
		return `papers.person_id = (SELECT id FROM people WHERE ref = ` + place + `)`, which.Person
	case !which.Before.IsZero():
		return `papers.issued_at < ` + place, toMillis(which.Before)
	}
	return `papers.rid = ` + place, int64(which.RID)
}

// revokeCopies lists the copies of one insurer that a condition on $4 picks, if they have not ended at and
// are not listed yet.
func revokeCopies(
	ctx context.Context, tx *sql.Tx, insurer eligibility.InsurerNumber, where string, at time.Time, value any,
) (int, error) {
	done, err := tx.ExecContext(ctx, `INSERT INTO revocations (insurer, rid, at, expires_at)
		SELECT papers.insurer, papers.rid, $2, papers.expires_at FROM papers WHERE papers.insurer = $1
		AND papers.expires_at > $3 AND `+where+`
		ON CONFLICT DO NOTHING`, insurer, toMillis(at), toMillis(at), value)
	if err != nil {
		return 0, fmt.Errorf("revoking copies: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil || n == 0 {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE insurers SET revocations = revocations + 1 WHERE number = $1`,
		insurer); err != nil {
		return 0, fmt.Errorf("counting the revocation: %w", err)
	}
	return int(n), nil
}

// revokeRepresentatives lists the copies that a representative made and that end after until: their
// representation ends then, sooner than was stated when they were made.
func revokeRepresentatives(
	ctx context.Context, tx *sql.Tx, number eligibility.InsurerNumber, login int64, until, at time.Time,
) (int, error) {
	where := fmt.Sprintf(`papers.login = $4 AND papers.expires_at > %d`, toMillis(until))
	return revokeCopies(ctx, tx, number, where, at, login)
}

// Revoked implements insurer.IssuerStore.
func (s issuerStore) Revoked(
	ctx context.Context, insurer eligibility.InsurerNumber, at time.Time,
) (rids []uint32, counter int, err error) {
	if counter, err = s.Revocations(ctx, insurer); err != nil {
		return nil, 0, err
	}
	err = s.each(ctx, func(scan func(...any) error) error {
		var rid int64
		err := scan(&rid)
		rids = append(rids, uint32(rid))
		return err
	}, `SELECT rid FROM revocations WHERE insurer = $1 AND expires_at > $2 ORDER BY rid`, insurer,
		toMillis(at))
	return rids, counter, storageError(err)
}

// Revocations implements insurer.IssuerStore.
func (s issuerStore) Revocations(
	ctx context.Context, insurer eligibility.InsurerNumber,
) (counter int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT revocations FROM insurers WHERE number = $1`, insurer).
		Scan(&counter)
	return counter, storageError(err)
}

// CountCopies implements insurer.IssuerStore.
func (s issuerStore) CountCopies(
	ctx context.Context, number eligibility.InsurerNumber, which insurer.CopySelection, at time.Time,
) (n int, err error) {
	where, value := wantedCopies(which, "$3")
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM papers WHERE insurer = $1 AND expires_at > $2
		AND `+where+` AND NOT EXISTS
		(SELECT 1 FROM revocations WHERE revocations.insurer = papers.insurer
		AND revocations.rid = papers.rid)`, number, toMillis(at), value).Scan(&n)
	return n, storageError(err)
}

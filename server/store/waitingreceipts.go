package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// waitingReceiptPlace binds a waiting receipt to its case and its end.
func waitingReceiptPlace(r counter.WaitingReceipt) place {
	return boundPlace("waiting_receipts.body", r.Facility+"/"+r.CaseID, toMillis(r.Ends))
}

// changeReceipt makes the change of a case's receipt, in the transaction of the case.
func (s caseStore) changeReceipt(ctx context.Context, tx *sql.Tx, c counter.Case) error {
	if c.Receipt == nil {
		return nil
	}
	if c.Receipt.Waits == nil {
		_, err := tx.ExecContext(ctx, `DELETE FROM waiting_receipts WHERE facility = $1 AND ref = $2`,
			c.Facility, c.ID)
		return err
	}
	r := *c.Receipt.Waits
	scope := fmt.Sprintf("cases/%s/%d", r.Facility, eligibility.DateOf(r.Ends).Year())
	body, err := s.sealer.seal(ctx, tx, scope, waitingReceiptPlace(r), r.Body)
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, `INSERT INTO waiting_receipts (facility, ref, ends_at, body)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (facility, ref) DO UPDATE SET ends_at = excluded.ends_at, body = excluded.body`,
		r.Facility, r.CaseID, toMillis(r.Ends), body); err != nil {
		return fmt.Errorf("storing a receipt that waits: %w", err)
	}
	return nil
}

const waitingReceiptColumns = `facility, ref, ends_at, body`

// openReceipt reads a row. Why it cannot be opened is apart from why it could not be read.
func (s caseStore) openReceipt(
	ctx context.Context, scan func(...any) error,
) (r counter.WaitingReceipt, closed, err error) {
	var ends int64
	var sealed []byte
	if err := scan(&r.Facility, &r.CaseID, &ends, &sealed); err != nil {
		return r, nil, err
	}
	r.Ends = fromMillis(ends)
	r.Body, closed = s.sealer.open(ctx, s.read, waitingReceiptPlace(r), sealed)
	return r, closed, ctx.Err()
}

// WaitingReceipt implements counter.ReceiptStore.
func (s caseStore) WaitingReceipt(
	ctx context.Context, facility, caseID string,
) (counter.WaitingReceipt, error) {
	r, closed, err := s.openReceipt(ctx, s.read.QueryRowContext(ctx, `SELECT `+waitingReceiptColumns+`
		FROM waiting_receipts WHERE facility = $1 AND ref = $2`, facility, caseID).Scan)
	return r, storageError(cmp.Or(err, closed))
}

// WaitingReceipts implements counter.ReceiptStore.
func (s caseStore) WaitingReceipts(
	ctx context.Context,
) (all []counter.WaitingReceipt, closed []error, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		r, why, err := s.openReceipt(ctx, scan)
		if why != nil {
			closed = append(closed, why)
		} else {
			all = append(all, r)
		}
		return err
	}, `SELECT `+waitingReceiptColumns+` FROM waiting_receipts ORDER BY id`)
	return all, closed, storageError(err)
}

// dropReceipt removes one receipt as it was read: of the same case another may have come meanwhile.
func dropReceipt(ctx context.Context, db queryer, r counter.WaitingReceipt) error {
	_, err := db.ExecContext(ctx, `DELETE FROM waiting_receipts
		WHERE facility = $1 AND ref = $2 AND ends_at = $3`, r.Facility, r.CaseID, toMillis(r.Ends))
	return err
}

// DropReceipt implements counter.ReceiptStore.
func (s caseStore) DropReceipt(ctx context.Context, r counter.WaitingReceipt) error {
	return s.change(ctx, func(tx *sql.Tx) error { return dropReceipt(ctx, tx, r) })
}

// GiveUpReceipt implements counter.ReceiptStore.
func (s caseStore) GiveUpReceipt(ctx context.Context, r counter.WaitingReceipt, e audit.Entry) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := dropReceipt(ctx, tx, r); err != nil {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

// GiveUpEnded implements counter.ReceiptStore.
func (s caseStore) GiveUpEnded(ctx context.Context, e audit.Entry) (n int, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		n, err = removed(tx.ExecContext(ctx, `DELETE FROM waiting_receipts WHERE ends_at <= $1`,
			toMillis(e.At)))
		if err != nil || n == 0 {
			return err
		}
		e.Detail = strconv.Itoa(n)
		return appendAudit(ctx, tx, e, nil)
	})
	return n, err
}

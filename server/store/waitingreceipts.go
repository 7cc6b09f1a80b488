package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/server/counter"
)

// waitingReceiptPlace binds a waiting receipt to its case and its end.
func waitingReceiptPlace(r counter.WaitingReceipt) place {
	return boundPlace("waiting_receipts.body", r.Facility+"/"+r.CaseID, toMillis(r.Ends))
}

// PutReceipt implements counter.ReceiptStore.
func (s caseStore) PutReceipt(ctx context.Context, r counter.WaitingReceipt) error {
	return s.change(ctx, func(tx *sql.Tx) error { return s.putReceipt(ctx, tx, r) })
}

func (s caseStore) putReceipt(ctx context.Context, tx *sql.Tx, r counter.WaitingReceipt) error {
	scope := fmt.Sprintf("cases/%s/%d", r.Facility, eligibility.DateOf(r.Ends).Year())
	body, err := s.sealer.seal(ctx, tx, scope, waitingReceiptPlace(r), r.Body)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO waiting_receipts (facility, ref, ends_at, body)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (facility, ref) DO UPDATE SET ends_at = excluded.ends_at, body = excluded.body`,
		r.Facility, r.CaseID, toMillis(r.Ends), body)
	if err != nil {
		return fmt.Errorf("storing a receipt that waits: %w", err)
	}
	return nil
}

// WaitingReceipts implements counter.ReceiptStore.
func (s caseStore) WaitingReceipts(ctx context.Context) (all []counter.WaitingReceipt, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var r counter.WaitingReceipt
		var ends int64
		var sealed []byte
		if err := scan(&r.Facility, &r.CaseID, &ends, &sealed); err != nil {
			return err
		}
		r.Ends = fromMillis(ends)
		var err error
		r.Body, err = s.sealer.open(ctx, s.read, waitingReceiptPlace(r), sealed)
		all = append(all, r)
		return err
	}, `SELECT facility, ref, ends_at, body FROM waiting_receipts ORDER BY id`)
	return all, storageError(err)
}

// DropReceipt implements counter.ReceiptStore.
func (s caseStore) DropReceipt(ctx context.Context, facility, caseID string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM waiting_receipts WHERE facility = $1 AND ref = $2`,
		facility, caseID)
	return storageError(err)
}

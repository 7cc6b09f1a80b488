package store

import (
	"context"
	"database/sql"
	"fmt"

	"madoguchi/server/audit"
)

// receiptKeyRow vouches for whose a phone's key for receipts is.
func receiptKeyRow(subjectMAC []byte, keyID string, public []byte, at int64) provenRow {
	return provenRow{"people", "phone_keys", []any{subjectMAC, keyID, public, at}}
}

// PutReceiptKey implements insurer.DevicesStore.
func (s devicesStore) PutReceiptKey(
	ctx context.Context, subject, keyID string, public []byte, e audit.Entry,
) error {
	mac := s.index.mac("subject", subject)
	proof, err := s.proofs.proofOf(receiptKeyRow(mac, keyID, public, toMillis(e.At)))
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx,
			`INSERT INTO phone_keys (subject_mac, key_id, public, created_at, proof)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			mac, keyID, public, toMillis(e.At), proof)
		if err != nil {
			return fmt.Errorf("storing a phone's key: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err // known already
		}
		return s.audit(ctx, tx, e)
	})
}

// HasReceiptKey implements insurer.DevicesStore.
func (s devicesStore) HasReceiptKey(ctx context.Context, subject, keyID string) (known bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM phone_keys WHERE subject_mac = $1
		AND key_id = $2)`, s.index.mac("subject", subject), keyID).Scan(&known)
	return known, storageError(err)
}

// CountReceiptKeys implements insurer.DevicesStore.
func (s devicesStore) CountReceiptKeys(ctx context.Context, subject string) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM phone_keys WHERE subject_mac = $1`,
		s.index.mac("subject", subject)).Scan(&n)
	return n, storageError(err)
}

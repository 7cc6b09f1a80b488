package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"madoguchi/server/audit"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
)

// receiptsStore implements insurer.ReceiptsStore.
type receiptsStore struct {
	*core
	nonceStore
}

// ReceiptKeys implements insurer.ReceiptsStore.
func (s receiptsStore) ReceiptKeys(
	ctx context.Context, person insurer.PersonKey, at time.Time,
) (map[string][]byte, error) {
	keys, err := s.receiptKeys(ctx, person, at)
	return keys, storageError(err)
}

func (s receiptsStore) receiptKeys(
	ctx context.Context, person insurer.PersonKey, at time.Time,
) (map[string][]byte, error) {
	enrolled, err := s.enrolments().showing(ctx, s.read, person, at)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, e := range enrolled {
		rows, err := s.read.QueryContext(ctx, `SELECT key_id, public, created_at, proof FROM phone_keys
			WHERE subject_mac = $1 ORDER BY id DESC LIMIT $2`,
			e.subject, hostapi.MaxReceiptDevices)
		if err != nil {
			return nil, fmt.Errorf("looking for phones' keys: %w", err)
		}
		defer rows.Close()
		for rows.Next() && len(out) < hostapi.MaxReceiptDevices {
			var id string
			var public, proof []byte
			var at int64
			if err := rows.Scan(&id, &public, &at, &proof); err != nil {
				return nil, fmt.Errorf("reading a phone's key: %w", err)
			}
			if err := s.proofs.checkProof(receiptKeyRow(e.subject, id, public, at), proof); err != nil {
				return nil, err
			}
			out[id] = public
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hasReceipts asks whether receipts of a mark lie there.
const hasReceipts = `SELECT EXISTS (SELECT 1 FROM receipts WHERE mark = $1)`

// HasReceipts implements insurer.ReceiptsStore.
func (s receiptsStore) HasReceipts(ctx context.Context, mark []byte) (known bool, err error) {
	err = s.read.QueryRowContext(ctx, hasReceipts, mark).Scan(&known)
	return known, storageError(err)
}

// PutReceipts implements insurer.ReceiptsStore.
func (s receiptsStore) PutReceipts(
	ctx context.Context, person insurer.PersonKey, left insurer.LeftReceipts, e audit.Entry,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		var known bool
		if err := tx.QueryRowContext(ctx, hasReceipts, left.Mark).Scan(&known); err != nil || known {
			return err
		}
		enrolled, err := s.enrolments().showing(ctx, tx, person, e.At)
		if err != nil {
			return err
		}
		for keyID, receipt := range left.Sealed {
			for _, who := range enrolled {
				done, err := tx.ExecContext(ctx, `INSERT INTO receipts (person_id, key_id, at, sealed, mark)
					SELECT $1, $2, $3, $4, $6
					WHERE EXISTS (SELECT 1 FROM phone_keys WHERE subject_mac = $5
						AND key_id = $2)`, who.person, keyID, toMillis(e.At), receipt, who.subject, left.Mark)
				if err != nil {
					return fmt.Errorf("storing a receipt: %w", err)
				}
				if n, err := done.RowsAffected(); err != nil {
					return err
				} else if n > 0 {
					break // one a phone
				}
			}
		}
		return s.audit(ctx, tx, e)
	})
}

// Receipts implements insurer.ReceiptsStore.
func (s receiptsStore) Receipts(
	ctx context.Context, subject, keyID string, at time.Time,
) ([]insurer.SealedReceipt, error) {
	mac := s.index.mac("subject", subject)
	shown := map[audit.PersonID]bool{}
	enrolled, err := s.enrolments().readVerified(ctx, s.read, `enrolments.subject_mac = $1`, mac)
	for _, e := range enrolled {
		shown[audit.PersonID(e.ref)] = e.shows(at)
	}
	if err != nil {
		return nil, storageError(err)
	}
	var out []insurer.SealedReceipt
	err = s.each(ctx, func(scan func(...any) error) error {
		var left int64
		var r insurer.SealedReceipt
		if err := scan(&r.Person, &left, &r.Sealed); err != nil {
			return err
		}
		r.At = fromMillis(left)
		if shown[r.Person] {
			out = append(out, r)
		}
		return nil
	}, `SELECT people.ref, receipts.at, receipts.sealed FROM receipts
		JOIN people ON people.id = receipts.person_id
		JOIN phone_keys ON phone_keys.key_id = receipts.key_id
		JOIN enrolments ON enrolments.person_id = receipts.person_id
			AND enrolments.subject_mac = phone_keys.subject_mac
		WHERE phone_keys.subject_mac = $1 AND receipts.key_id = $2 AND receipts.at >= $3
			ORDER BY receipts.id DESC LIMIT 50`, mac, keyID,
		toMillis(at.Add(-insurer.ReceiptLife)))
	return out, storageError(err)
}

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

// offlineStore implements counter.OfflineStore.
type offlineStore struct {
	*core
	cases caseStore
}

const offlineKeyColumns = `ref, facility, public, registered_at, ends_at, registered_by`

// offlineKeyRow vouches for whose a console's key is, and until when it counts.
func offlineKeyRow(k counter.OfflineKey) provenRow {
	return provenRow{"cases", "offline_keys", []any{
		k.ID, k.Facility, k.Public, toMillis(k.From), toMillis(k.Ends), k.By,
	}}
}

// PutOfflineKey implements counter.OfflineStore.
func (s offlineStore) PutOfflineKey(ctx context.Context, k counter.OfflineKey, e audit.Entry) error {
	proof, err := s.proofs.proofOf(offlineKeyRow(k))
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO offline_keys (`+offlineKeyColumns+`, proof)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			k.ID, k.Facility, k.Public, toMillis(k.From), toMillis(k.Ends), k.By, proof)
		if err != nil {
			return fmt.Errorf("storing a console's key: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

func (s offlineStore) scanKey(scan func(...any) error) (counter.OfflineKey, error) {
	var k counter.OfflineKey
	var from, ends int64
	var proof []byte
	if err := scan(&k.ID, &k.Facility, &k.Public, &from, &ends, &k.By, &proof); err != nil {
		return k, err
	}
	k.From, k.Ends = fromMillis(from), fromMillis(ends)
	return k, s.proofs.checkProof(offlineKeyRow(k), proof)
}

// OfflineKey implements counter.OfflineStore.
func (s offlineStore) OfflineKey(ctx context.Context, facility, id string) (counter.OfflineKey, error) {
	k, err := s.scanKey(s.read.QueryRowContext(ctx, `SELECT `+offlineKeyColumns+`, proof FROM offline_keys
		WHERE facility = $1 AND ref = $2`, facility, id).Scan)
	return k, storageError(err)
}

// OfflineKeys implements counter.OfflineStore.
func (s offlineStore) OfflineKeys(
	ctx context.Context, facility string, since time.Time,
) (all []counter.OfflineKey, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		k, err := s.scanKey(scan)
		all = append(all, k)
		return err
	}, `SELECT `+offlineKeyColumns+`, proof FROM offline_keys WHERE facility = $1 AND registered_at >= $2
		ORDER BY registered_at, id`, facility, toMillis(since))
	return all, storageError(err)
}

// offlineRecordPlace binds a record to whose it is, its number, its hash and when it came.
func offlineRecordPlace(r counter.OfflineRecord) place {
	return boundPlace("offline_records.body", r.Facility+"/"+r.Key+"/"+hex.EncodeToString(r.Hash), r.Seq,
		toMillis(r.ReceivedAt))
}

// OfflineRecords implements counter.OfflineStore.
func (s offlineStore) OfflineRecords(
	ctx context.Context, facility, key string,
) (all []counter.OfflineRecord, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var r counter.OfflineRecord
		var received int64
		var sealed []byte
		if err := scan(&r.Facility, &r.Key, &r.Seq, &r.Hash, &received, &sealed); err != nil {
			return err
		}
		r.ReceivedAt = fromMillis(received)
		var err error
		r.Body, err = s.sealer.open(ctx, s.read, offlineRecordPlace(r), sealed)
		all = append(all, r)
		return err
	}, `SELECT facility, key_ref, seq, hash, received_at, body FROM offline_records
		WHERE facility = $1 AND key_ref = $2 ORDER BY id`, facility, key)
	return all, storageError(err)
}

// PutOffline implements counter.OfflineStore.
func (s offlineStore) PutOffline(ctx context.Context, a counter.OfflineArrival, e audit.Entry) error {
	r := a.Record
	return s.change(ctx, func(tx *sql.Tx) error {
		scope := fmt.Sprintf("cases/%s/%d", r.Facility, eligibility.DateOf(r.ReceivedAt).Year())
		body, err := s.sealer.seal(ctx, tx, scope, offlineRecordPlace(r), r.Body)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO offline_records
			(facility, key_ref, seq, hash, received_at, body) VALUES ($1, $2, $3, $4, $5, $6)`,
			r.Facility, r.Key, r.Seq, r.Hash, toMillis(r.ReceivedAt), body); err != nil {
			return fmt.Errorf("storing a console's record: %w", err)
		}
		if a.Case != nil {
			if err := s.cases.put(ctx, tx, *a.Case); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, e, nil)
	})
}

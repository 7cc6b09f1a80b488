package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// pinBody is a PIN as it is sealed, whole: who has the database alone can search for no PIN.
type pinBody struct {
	Hash   string `json:"hash"`
	Tries  int    `json:"tries"`
	Locked bool   `json:"locked"`
}

func pinPlace(id staff.MemberID) place { return boundPlace("pins.body", string(id)) }

// pinRows reads and writes PINs.
type pinRows struct{ *core }

func (s pinRows) pin(ctx context.Context, q queryer, member int64, id staff.MemberID) (staff.PIN, error) {
	var sealed []byte
	if err := q.QueryRowContext(ctx, `SELECT body FROM pins WHERE member_id = $1`, member).
		Scan(&sealed); err != nil {
		return staff.PIN{}, err
	}
	return s.open(ctx, q, id, sealed)
}

func (s pinRows) open(ctx context.Context, q queryer, id staff.MemberID, sealed []byte) (staff.PIN, error) {
	plain, err := s.sealer.open(ctx, q, pinPlace(id), sealed)
	if err != nil {
		return staff.PIN{}, err
	}
	var body pinBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return staff.PIN{}, fmt.Errorf("reading a PIN: %w", err)
	}
	return staff.PIN(body), nil
}

func (s pinRows) put(ctx context.Context, tx *sql.Tx, member int64, id staff.MemberID, p staff.PIN) error {
	body, err := json.Marshal(pinBody(p))
	if err != nil {
		return fmt.Errorf("writing a PIN: %w", err)
	}
	sealed, err := s.sealer.seal(ctx, tx, staffScope, pinPlace(id), body)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO pins (member_id, body) VALUES ($1, $2)
		ON CONFLICT (member_id) DO UPDATE SET body = $2`, member, sealed); err != nil {
		return fmt.Errorf("storing a PIN: %w", err)
	}
	return nil
}

// pinStore implements staff.PINStore.
type pinStore struct {
	memberReader
	rows pinRows
}

// PINs implements staff.PINStore.
func (s pinStore) PINs(ctx context.Context, of staff.Organisation) (map[staff.MemberID]staff.PIN, error) {
	sealed := map[staff.MemberID][]byte{}
	if err := s.each(ctx, func(scan func(...any) error) error {
		var id staff.MemberID
		var body []byte
		err := scan(&id, &body)
		sealed[id] = body
		return err
	}, `SELECT members.ref, pins.body FROM pins JOIN members ON members.id = pins.member_id
		WHERE members.kind = $1 AND members.number = $2`, of.Kind, of.Number); err != nil {
		return nil, storageError(err)
	}
	all := map[staff.MemberID]staff.PIN{}
	for id, body := range sealed {
		p, err := s.rows.open(ctx, s.read, id, body)
		if err != nil {
			return nil, storageError(err)
		}
		all[id] = p
	}
	return all, nil
}

// ChangePIN implements staff.PINStore.
func (s pinStore) ChangePIN(
	ctx context.Context, within staff.Scope, id staff.MemberID,
	decide func(m staff.Member, was staff.PIN) (staff.PIN, []audit.Entry, error),
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		row, m, err := s.memberIn(ctx, tx, within, id)
		if err != nil {
			return err
		}
		was, err := s.rows.pin(ctx, tx, row, id)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		becomes, entries, err := decide(m, was)
		if err != nil {
			return err
		}
		if err := s.rows.put(ctx, tx, row, id, becomes); err != nil {
			return err
		}
		for _, e := range entries {
			if err := appendAudit(ctx, tx, e, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"madoguchi/auth/passkey"
	"madoguchi/server/audit"
	"madoguchi/server/staff"
)

// passkeyBody is what of a passkey is sealed: what signs for it, and what is known of the authenticator.
type passkeyBody struct {
	Public     []byte   `json:"public"`
	AAGUID     []byte   `json:"aaguid"`
	Synced     bool     `json:"synced"`
	Transports []string `json:"transports,omitempty"`
}

// passkeyPlace vouches for whose a passkey is, for its counter, and that it is not locked.
func passkeyPlace(p staff.Passkey) place {
	return boundPlace(
		"passkeys.body",
		hex.EncodeToString(p.ID),
		string(p.Member),
		int64(p.Count),
		toMillis(p.CreatedAt),
		millisOrZero(p.UsedAt),
		millisOrZero(p.LockedAt),
	)
}

// passkeyRows reads and writes passkeys.
type passkeyRows struct{ *core }

func (s passkeyRows) seal(ctx context.Context, tx *sql.Tx, p staff.Passkey) ([]byte, error) {
	body, err := json.Marshal(passkeyBody{p.Public, p.AAGUID, p.Synced, p.Transports})
	if err != nil {
		return nil, fmt.Errorf("writing a passkey: %w", err)
	}
	return s.sealer.seal(ctx, tx, staffScope, passkeyPlace(p), body)
}

// insert stores a new passkey, or reports that somebody has it already.
func (s passkeyRows) insert(ctx context.Context, tx *sql.Tx, member int64, p staff.Passkey) (bool, error) {
	sealed, err := s.seal(ctx, tx, p)
	if err != nil {
		return false, err
	}
	err = requireChange(tx.ExecContext(ctx, `INSERT INTO passkeys
		(key, member_id, count, created_at, used_at, locked_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING`, p.ID, member, p.Count,
		toMillis(p.CreatedAt), millisOrZero(p.UsedAt), millisOrZero(p.LockedAt), sealed))
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return false, err
}

const passkeyColumns = `passkeys.key, members.ref, passkeys.count, passkeys.created_at, passkeys.used_at,
	passkeys.locked_at, passkeys.body`

// sealedPasskey is a passkey's row before its seal is opened.
type sealedPasskey struct {
	passkey staff.Passkey
	sealed  []byte
}

func scanPasskey(scan func(...any) error) (r sealedPasskey, err error) {
	p := &r.passkey
	var created, used, locked int64
	err = scan(&p.ID, &p.Member, &p.Count, &created, &used, &locked, &r.sealed)
	p.CreatedAt, p.UsedAt, p.LockedAt = fromMillis(created), timeOrNone(used), timeOrNone(locked)
	return r, err
}

func (s passkeyRows) open(ctx context.Context, q queryer, r sealedPasskey) (staff.Passkey, error) {
	p := r.passkey
	plain, err := s.sealer.open(ctx, q, passkeyPlace(p), r.sealed)
	if err != nil {
		return staff.Passkey{}, err
	}
	var body passkeyBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return staff.Passkey{}, fmt.Errorf("reading a passkey: %w", err)
	}
	p.Key = passkey.Key{
		ID:         p.ID,
		Public:     body.Public,
		Count:      p.Count,
		AAGUID:     body.AAGUID,
		Synced:     body.Synced,
		Transports: body.Transports,
	}
	return p, nil
}

// signInStore implements staff.SignInStore.
type signInStore struct {
	memberReader
	auditNotes
	passkeys passkeyRows
	pins     pinRows
}

// Passkeys implements staff.SignInStore.
func (s signInStore) Passkeys(ctx context.Context, id staff.MemberID) (all []staff.Passkey, err error) {
	var sealed []sealedPasskey
	if err := s.memberReader.each(ctx, func(scan func(...any) error) error {
		r, err := scanPasskey(scan)
		sealed = append(sealed, r)
		return err
	}, `SELECT `+passkeyColumns+` FROM passkeys JOIN members ON members.id = passkeys.member_id
		WHERE members.ref = $1 ORDER BY passkeys.id`, id); err != nil {
		return nil, storageError(err)
	}
	for _, r := range sealed {
		p, err := s.passkeys.open(ctx, s.memberReader.read, r)
		if err != nil {
			return nil, storageError(err)
		}
		all = append(all, p)
	}
	return all, nil
}

// PasskeyOwner implements staff.SignInStore. That it is the owner the seal says, as the passkey is read.
func (s signInStore) PasskeyOwner(ctx context.Context, key []byte) (id staff.MemberID, err error) {
	err = s.memberReader.read.QueryRowContext(ctx, `SELECT members.ref FROM passkeys
		JOIN members ON members.id = passkeys.member_id WHERE passkeys.key = $1`, key).Scan(&id)
	return id, storageError(err)
}

// ChangeSignIn implements staff.SignInStore.
func (s signInStore) ChangeSignIn(
	ctx context.Context, id staff.MemberID, key []byte,
	decide func(was staff.SignInRow) (staff.SignInRow, error),
) error {
	return s.memberReader.change(ctx, func(tx *sql.Tx) error {
		row, was, err := s.signInRow(ctx, tx, id, key)
		if err != nil {
			return err
		}
		becomes, err := decide(was)
		if err != nil {
			return err
		}
		return s.putSignIn(ctx, tx, row, becomes)
	})
}

// signInRow reads a member, by the number of its row too, with one of its passkeys and the PIN.
func (s signInStore) signInRow(
	ctx context.Context, tx *sql.Tx, id staff.MemberID, key []byte,
) (row int64, was staff.SignInRow, err error) {
	m, err := scanMember(tx.QueryRowContext(ctx, `SELECT `+memberColumns+` FROM members WHERE ref = $1`,
		id).Scan)
	if err != nil {
		return 0, was, err
	}
	if was.Member, err = s.openMember(ctx, tx, m); err != nil {
		return 0, was, err
	}
	p, err := scanPasskey(tx.QueryRowContext(ctx, `SELECT `+passkeyColumns+` FROM passkeys
		JOIN members ON members.id = passkeys.member_id WHERE passkeys.key = $1 AND members.id = $2`, key,
		m.row).Scan)
	if err != nil {
		return 0, was, err
	}
	if was.Passkey, err = s.passkeys.open(ctx, tx, p); err != nil {
		return 0, was, err
	}
	was.PIN, err = s.pins.pin(ctx, tx, m.row, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return m.row, was, err
}

// putSignIn stores what an answer by a passkey changes.
func (s signInStore) putSignIn(ctx context.Context, tx *sql.Tx, row int64, r staff.SignInRow) error {
	if err := s.putMember(ctx, tx, r.Member); err != nil {
		return err
	}
	p := r.Passkey
	sealed, err := s.passkeys.seal(ctx, tx, p)
	if err != nil {
		return err
	}
	if err := requireChange(tx.ExecContext(ctx, `UPDATE passkeys SET count = $2, used_at = $3, locked_at = $4,
		body = $5 WHERE key = $1`, p.ID, p.Count, millisOrZero(p.UsedAt), millisOrZero(p.LockedAt),
		sealed)); err != nil {
		return fmt.Errorf("storing a passkey: %w", err)
	}
	if r.PIN.Hash != "" {
		if err := s.pins.put(ctx, tx, row, r.Member.ID, r.PIN); err != nil {
			return err
		}
	}
	if r.EndsSessions {
		subject := s.memberReader.index.mac("subject", string(r.Member.ID))
		if err := endSessions(ctx, tx, subject, [32]byte{}); err != nil {
			return err
		}
		if err := s.endCodes(ctx, tx, r.Member); err != nil {
			return err
		}
	}
	for _, e := range r.Entries {
		if err := appendAudit(ctx, tx, e, nil); err != nil {
			return err
		}
	}
	return nil
}

// Note implements staff.SignInStore.
func (s signInStore) Note(ctx context.Context, e audit.Entry) error { return s.auditNotes.Note(ctx, e) }

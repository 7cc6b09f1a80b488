package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"madoguchi/auth"
)

// sessionBody is what of a session is sealed.
type sessionBody struct {
	Subject string `json:"subject"`
	Data    []byte `json:"data"`
}

// PutSession stores a new session until expires.
func (s *Store) PutSession(ctx context.Context, session auth.Session, expires time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealSession(ctx, tx, session)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sessions (hash, kind, subject_mac, created_at, used_at, expires_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			session.Hash[:], string(session.Kind), s.mac("subject", session.Subject), stamp(session.CreatedAt), stamp(session.UsedAt), stamp(expires), sealed)
		return err
	})
}

// ChangeSession stores the changed data of a session that has not ended since it was read.
func (s *Store) ChangeSession(ctx context.Context, session auth.Session, expires time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealSession(ctx, tx, session)
		if err != nil {
			return err
		}
		return touched(tx.ExecContext(ctx, `UPDATE sessions SET subject_mac = $2, used_at = $3, expires_at = $4, body = $5 WHERE hash = $1`,
			session.Hash[:], s.mac("subject", session.Subject), stamp(session.UsedAt), stamp(expires), sealed))
	})
}

// TouchSession notes that a session was used, if it has not ended since it was read, and leaves its data alone.
func (s *Store) TouchSession(ctx context.Context, hash [32]byte, used, expires time.Time) error {
	return storage(touched(s.write.ExecContext(ctx, `UPDATE sessions SET used_at = $2, expires_at = $3 WHERE hash = $1`, hash[:], stamp(used), stamp(expires))))
}

// touched returns sql.ErrNoRows when a statement changed nothing.
func touched(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return err
}

func (s *Store) sealSession(ctx context.Context, tx *sql.Tx, session auth.Session) ([]byte, error) {
	body, err := json.Marshal(sessionBody{session.Subject, session.Data})
	if err != nil {
		return nil, fmt.Errorf("writing a session: %w", err)
	}
	return s.sealValue(ctx, tx, "session/all", "sessions.body", hex.EncodeToString(session.Hash[:]), body)
}

// Session returns a session by the hash of its id.
func (s *Store) Session(ctx context.Context, hash [32]byte) (auth.Session, error) {
	session := auth.Session{Hash: hash}
	var created, used int64
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT kind, created_at, used_at, body FROM sessions WHERE hash = $1`, hash[:]).Scan(&session.Kind, &created, &used, &sealed)
	if err != nil {
		return session, storage(err)
	}
	plain, err := s.openValue(ctx, s.read, "sessions.body", hex.EncodeToString(hash[:]), sealed)
	if err != nil {
		return session, storage(err)
	}
	var body sessionBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return session, fmt.Errorf("reading a session: %w", err)
	}
	session.Subject, session.Data, session.CreatedAt, session.UsedAt = body.Subject, body.Data, unstamp(created), unstamp(used)
	return session, nil
}

// DeleteSession ends a session.
func (s *Store) DeleteSession(ctx context.Context, hash [32]byte) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash[:])
	return storage(err)
}

// ExpireSessions removes sessions that ended before a time and returns how many.
func (s *Store) ExpireSessions(ctx context.Context, before time.Time) (int, error) {
	done, err := s.write.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < $1`, stamp(before))
	if err != nil {
		return 0, storage(err)
	}
	n, err := done.RowsAffected()
	return int(n), storage(err)
}

// EndLogins: see desk.PhoneStore.
func (s *Store) EndLogins(ctx context.Context, subject string, but [32]byte) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM sessions WHERE subject_mac = $1 AND hash <> $2`, s.mac("subject", subject), but[:])
	return storage(err)
}

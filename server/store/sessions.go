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

// sessionStore implements auth.SessionStore.
type sessionStore struct{ *core }

// sessionBody is what of a session is sealed.
type sessionBody struct {
	Subject string `json:"subject"`
	Data    []byte `json:"data"`
}

// sessionRow are the plain columns of a session for which its seal vouches.
type sessionRow struct {
	hash                   []byte
	kind                   string
	subject                []byte // its MAC
	created, used, expires int64
}

func (r sessionRow) place() place {
	return boundPlace("sessions.body",
		hex.EncodeToString(r.hash), r.kind, r.subject, r.created, r.used, r.expires)
}

func (s sessionStore) sessionRow(session auth.Session, expires time.Time) sessionRow {
	return sessionRow{session.Hash[:], string(session.Kind), s.index.mac("subject", session.Subject),
		toMillis(session.CreatedAt), toMillis(session.UsedAt), toMillis(expires)}
}

const sessionScope = "session/all"

// PutSession stores a new session until expires.
func (s sessionStore) PutSession(ctx context.Context, session auth.Session, expires time.Time) error {
	r := s.sessionRow(session, expires)
	return s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealSession(ctx, tx, r, session)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx,
			`INSERT INTO sessions (hash, kind, subject_mac, created_at, used_at, expires_at, body)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.hash, r.kind, r.subject, r.created, r.used, r.expires,
			sealed)
		return err
	})
}

// ChangeSession stores the changed data of a session that has not ended since it was read.
func (s sessionStore) ChangeSession(ctx context.Context, session auth.Session, expires time.Time) error {
	r := s.sessionRow(session, expires)
	return s.change(ctx, func(tx *sql.Tx) error {
		sealed, err := s.sealSession(ctx, tx, r, session)
		if err != nil {
			return err
		}
		return requireChange(tx.ExecContext(ctx, `UPDATE sessions
			SET subject_mac = $2, used_at = $3, expires_at = $4, body = $5
			WHERE hash = $1 AND kind = $6
				AND created_at = $7`, r.hash, r.subject, r.used, r.expires, sealed, r.kind, r.created))
	})
}

// TouchSession notes that a session was used, if it has not ended since it was read, and leaves its data
// alone.
func (s sessionStore) TouchSession(ctx context.Context, hash [32]byte, used, expires time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		r, plain, err := s.openSession(ctx, tx, hash)
		if err != nil {
			return err
		}
		r.used, r.expires = toMillis(used), toMillis(expires)
		sealed, err := s.sealer.seal(ctx, tx, sessionScope, r.place(), plain)
		if err != nil {
			return err
		}
		return requireChange(tx.ExecContext(ctx, `UPDATE sessions SET used_at = $2, expires_at = $3, body = $4
			WHERE hash = $1`,
			r.hash, r.used, r.expires, sealed))
	})
}

func (s sessionStore) sealSession(ctx context.Context, tx *sql.Tx, r sessionRow, session auth.Session) (
	[]byte,
	error) {
	body, err := json.Marshal(sessionBody{session.Subject, session.Data})
	if err != nil {
		return nil, fmt.Errorf("writing a session: %w", err)
	}
	return s.sealer.seal(ctx, tx, sessionScope, r.place(), body)
}

// openSession reads a session's row and opens its sealed column.
func (s sessionStore) openSession(ctx context.Context, q queryer, hash [32]byte) (sessionRow, []byte, error) {
	r := sessionRow{hash: hash[:]}
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT kind, subject_mac, created_at, used_at, expires_at, body
		FROM sessions WHERE hash = $1`, hash[:]).
		Scan(&r.kind, &r.subject, &r.created, &r.used, &r.expires, &sealed)
	if err != nil {
		return r, nil, err
	}
	plain, err := s.sealer.open(ctx, q, r.place(), sealed)
	return r, plain, err
}

// Session returns a session by the hash of its id.
func (s sessionStore) Session(ctx context.Context, hash [32]byte) (auth.Session, error) {
	r, plain, err := s.openSession(ctx, s.read, hash)
	if err != nil {
		return auth.Session{Hash: hash}, storageError(err)
	}
	var body sessionBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return auth.Session{Hash: hash}, fmt.Errorf("reading a session: %w", err)
	}
	return auth.Session{Hash: hash, Kind: auth.Kind(r.kind), Subject: body.Subject,
		CreatedAt: fromMillis(r.created), UsedAt: fromMillis(r.used),
		Data: body.Data}, nil
}

// DeleteSession ends a session.
func (s sessionStore) DeleteSession(ctx context.Context, hash [32]byte) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash[:])
	return storageError(err)
}

// ExpireSessions removes sessions that ended before a time and returns how many.
func (s sessionStore) ExpireSessions(ctx context.Context, before time.Time) (int, error) {
	return removed(s.write.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < $1`, toMillis(before)))
}

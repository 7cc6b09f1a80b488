package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"madoguchi/auth"
)

// sessionStore implements auth.SessionStore.
type sessionStore struct{ *core }

// sessionBody is what of a session is sealed.
type sessionBody struct {
	Subject  string    `json:"subject"`
	Data     []byte    `json:"data"`
	Browser  []byte    `json:"browser,omitempty"`
	ProvedAt time.Time `json:"provedAt,omitzero"`
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
	return s.change(ctx, func(tx *sql.Tx) error { return s.insertSession(ctx, tx, session, expires) })
}

func (s sessionStore) insertSession(
	ctx context.Context, tx *sql.Tx, session auth.Session, expires time.Time,
) error {
	r := s.sessionRow(session, expires)
	sealed, err := s.sealSession(ctx, tx, r, session)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		`INSERT INTO sessions (hash, kind, subject_mac, created_at, used_at, expires_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.hash, r.kind, r.subject, r.created, r.used, r.expires,
		sealed)
	return err
}

// ReplaceSession stores a session in the place of one that has not ended since it was read.
func (s sessionStore) ReplaceSession(
	ctx context.Context, old [32]byte, session auth.Session, expires time.Time,
) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		err := requireChange(tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, old[:]))
		if err != nil {
			return err
		}
		return s.insertSession(ctx, tx, session, expires)
	})
}

// SessionsOf returns a subject's sessions, the latest first.
func (s sessionStore) SessionsOf(ctx context.Context, subject string) (all []auth.Session, err error) {
	hashes, err := hashesOf(ctx, s.read, s.index.mac("subject", subject))
	if err != nil {
		return nil, storageError(err)
	}
	for _, hash := range hashes {
		one, err := s.Session(ctx, hash)
		if errors.Is(err, errMissing) {
			continue // ended since
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
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
	body, err := json.Marshal(sessionBody{
		Subject:  session.Subject,
		Data:     session.Data,
		Browser:  session.Browser,
		ProvedAt: session.ProvedAt,
	})
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

func (s sessionStore) readSession(ctx context.Context, hash [32]byte) (auth.Session, error) {
	r, plain, err := s.openSession(ctx, s.read, hash)
	if err != nil {
		return auth.Session{Hash: hash}, storageError(err)
	}
	var body sessionBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return auth.Session{Hash: hash}, fmt.Errorf("reading a session: %w", err)
	}
	return auth.Session{
		Hash:      hash,
		Kind:      auth.Kind(r.kind),
		Subject:   body.Subject,
		CreatedAt: fromMillis(r.created),
		UsedAt:    fromMillis(r.used),
		Data:      body.Data,
		Browser:   body.Browser,
		ProvedAt:  body.ProvedAt,
	}, nil
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

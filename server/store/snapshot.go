package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// Snapshot is what a copy of a database holds.
type Snapshot struct {
	Stamp    string // mode/role
	Schema   int64
	Sequence int64  // of the newest entry of the audit chain; 0: there is none
	Hash     []byte // of that entry
}

// TakeSnapshot writes the database at path, which a server may be using, to a new file of the owner's alone,
// as it is at one moment: what other connections change meanwhile is in it whole or not at all. It reads, and
// stops nobody from writing.
func TakeSnapshot(ctx context.Context, path, to string) (Snapshot, error) {
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite fills an empty file
	if err != nil {
		return Snapshot{}, err
	}
	if err := file.Close(); err != nil {
		return Snapshot{}, err
	}
	err = onFile(path, "rw", func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, `VACUUM INTO $1`, to)
		return err
	})
	if err != nil {
		return Snapshot{}, errStorage.Because(err)
	}
	return ReadSnapshot(ctx, to)
}

// ReadSnapshot says what the copy at path holds, after SQLite has looked through the whole file.
func ReadSnapshot(ctx context.Context, path string) (s Snapshot, err error) {
	err = onFile(path, "ro", func(db *sql.DB) error {
		var sound string
		if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&sound); err != nil {
			return err
		}
		if sound != "ok" {
			return fmt.Errorf("integrity check: %s", sound)
		}
		if s.Schema, _, err = schemas(ctx, sqlite{path}, db); err != nil {
			return err
		}
		err := db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'stamp'`).Scan(&s.Stamp)
		if err != nil {
			return err
		}
		err = db.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).
			Scan(&s.Sequence, &s.Hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return s, err
}

// onFile does something with the database at path by one connection.
func onFile(path, mode string, do func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?mode="+mode+"&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	return errors.Join(do(db), db.Close())
}

// Package store keeps what the services must not lose, in SQLite (one file, no cgo) or in PostgreSQL. SQL
// stands nowhere else.
//
// Each service of server/insurer, server/counter, server/agents and auth declares the store that it needs; a
// type of this package implements each (services.go). All of them stand on one core: the database's
// connections, the keys that seal columns, the key of look-ups, and the keys of the rows' proofs (core.go).
//
// The text of the queries is one for both; what differs stands in sqlite.go, postgres.go and the migrations.
// Whatever names a person is sealed (seal.go) and found again by keyed hashes only, so the file itself tells
// nothing. Every change appends to the audit chain in its own transaction (audit.go).
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"madoguchi/eligibility"
	"madoguchi/server/recall"
)

//go:embed migrations/sqlite migrations/postgres
var migrations embed.FS

// Store is an open database. What is kept in it is reached by who uses it: ForInsurer, ForCounter,
// ForAgents, ForStaff and Sessions.
type Store struct{ *core }

// Options say how to open a database.
type Options struct {
	Mode  string // demo or live
	Role  string // all, insurer or counter
	Index []byte // 32 bytes: keyed hashes for look-ups
	// Master keys, 32 bytes each, of what this role may open: people, cases, session. The others are left
	// out.
	Masters map[string][]byte
	// Readers and Writers are how many connections the pools have at most; 0: as many as suit the engine.
	// SQLite has one writer.
	Readers, Writers int

	Recall  time.Duration    // how long what was read is remembered; 0: not at all
	Now     func() time.Time // the clock; only where something is remembered
	Changes recall.Changes   // told what changes; nil: there is no other instance
}

var (
	errStamp   = &eligibility.Error{Code: eligibility.Conflict, Key: "store.stamp"}
	errStorage = &eligibility.Error{Code: eligibility.Unavailable, Key: "store.unavailable"}
	errFull    = &eligibility.Error{Code: eligibility.Unavailable, Key: "store.full"}
	errAltered = &eligibility.Error{Code: eligibility.Internal, Key: "store.altered"}
	errMissing = &eligibility.Error{Code: eligibility.NotFound, Key: "store.missing"}
)

// Open opens a database, a SQLite file's path or a PostgreSQL address (IsAddress), brings its tables up to
// date and verifies its stamp. One whose tables a newer program made is refused, unless that only added to
// them (readsFrom). Rows that a program before schema 9 wrote are bound (bindrows.go), and each key must
// open what it sealed (OtherKeyError).
func Open(ctx context.Context, database string, o Options) (*Store, error) {
	return openOn(ctx, engineOf(database), o)
}

func openOn(ctx context.Context, engine engine, o Options) (*Store, error) {
	remembered := newRecalled(o)
	read, write, err := engine.open(ctx, o, remembered.told)
	if err != nil {
		return nil, err
	}
	s := &Store{&core{
		engine: engine,
		read:   read,
		write:  newWriter(write, engine),
		sealer: &sealer{masters: o.Masters, keys: map[int64]dataKey{}},
		index:  &keyedHash{key: o.Index},

		recalled: remembered,

		importing: make(chan struct{}, 1),
	}}
	if s.proofs, err = proofKeys(o.Masters); err == nil {
		err = engine.alone(ctx, write, func() error { return s.prepare(ctx, o) })
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context, o Options) error {
	if _, _, err := schemas(ctx, s.engine, s.write.DB); err != nil {
		return err
	}
	if err := migrate(ctx, s.engine, s.write.DB); err != nil {
		return err
	}
	if err := s.engine.prepare(ctx, s.write.DB); err != nil {
		return err
	}
	if err := s.sealer.connect(ctx, s.engine); err != nil {
		return err
	}
	if err := s.stamp(ctx, stampOf(o.Mode, o.Role)); err != nil {
		return err
	}
	if err := (rowBinder{s.core}).bind(ctx); err != nil {
		return err
	}
	if err := (keyProver{s.core}).proveKeys(ctx); err != nil {
		return err
	}
	if err := (caseRenewal{s.core}).renewCases(ctx); err != nil {
		return err
	}
	if err := s.clearLeftImports(ctx); err != nil {
		return err
	}
	return searchRenewal{s.core}.renewSearch(ctx)
}

// stamp stamps a new database, and refuses one with another stamp.
func (s *Store) stamp(ctx context.Context, stamp string) error {
	var unfinished bool
	if err := s.write.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM meta WHERE name = $1)`, copyMark).
		Scan(&unfinished); err != nil {
		return fmt.Errorf("looking for the mark of a copy: %w", err)
	}
	if unfinished {
		return errCopying
	}
	if _, err := s.write.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('stamp', $1)
		ON CONFLICT DO NOTHING`, stamp); err != nil {
		return fmt.Errorf("stamping the database: %w", err)
	}
	var found string
	if err := s.write.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'stamp'`).
		Scan(&found); err != nil {
		return fmt.Errorf("reading the stamp: %w", err)
	}
	if found != stamp {
		return stampedOtherwise(found, stamp)
	}
	return nil
}

// migrate brings the tables up to date. Numbers may have gaps, and what fills one later runs then.
func migrate(ctx context.Context, e engine, db *sql.DB) error {
	folder, dialect, err := e.migrations()
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	return migrateBy(ctx, dialect, db, folder)
}

func migrateBy(ctx context.Context, dialect goose.Dialect, db *sql.DB, folder fs.FS) error {
	provider, err := goose.NewProvider(dialect, db, folder,
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the tables up to date: %w", err)
	}
	return nil
}

// MakeRoom makes what the next months need (partitions.go). A start does it too.
func (s *core) MakeRoom(ctx context.Context) error {
	return storageError(s.engine.prepare(ctx, s.write.DB))
}

// Close closes the database after its open transactions.
func (s *Store) Close() error {
	s.attended.end()
	var keys error
	if s.sealer.committed != nil {
		keys = s.sealer.committed.Close() // first: SQLite's last to close puts its log into the file
	}
	return errors.Join(keys, s.write.Close(), s.read.Close())
}

// Package store keeps what the services must not lose, in SQLite (one file, no cgo). SQL stands nowhere else.
//
// Each service of server/insurer, server/counter, server/agents and auth declares the store that it needs; a
// type of this package implements each (services.go). All of them stand on one core: the database's
// connections, the keys that seal columns, the key of look-ups, and the keys of the rows' proofs (core.go).
//
// The text of the queries is written so that PostgreSQL runs it unchanged; only the migrations differ.
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
	"net/url"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // and registers the driver "sqlite"

	"madoguchi/eligibility"
)

//go:embed migrations/sqlite
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
}

var (
	errStamp     = &eligibility.Error{Code: eligibility.Conflict, Key: "store.stamp"}
	errOldSQLite = errors.New("store: SQLite is older than 3.51.3 and may lose committed pages")
	errStorage   = &eligibility.Error{Code: eligibility.Unavailable, Key: "store.unavailable"}
	errAltered   = &eligibility.Error{Code: eligibility.Internal, Key: "store.altered"}
	errMissing   = &eligibility.Error{Code: eligibility.NotFound, Key: "store.missing"}
)

// writerCache is the page cache of the writing connection, 24 MiB: an import of a whole register changes
// every page of seven indexes again and again, and with less they go to the disk and back each time.
const writerCache = "&_pragma=cache_size(-24576)"

func dataSource(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)" +
		"&_pragma=foreign_keys(1)&_txlock=immediate"
}

// Open opens the SQLite database at path, brings its tables up to date and verifies its stamp. One whose
// tables a newer program made is refused. Rows that a program before schema 9 wrote are bound
// (bindrows.go), and each key must open what it sealed (OtherKeyError).
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if err := ownerOnly(path); err != nil {
		return nil, err
	}
	dsn := dataSource(path)
	connector, err := sqlite.NewConnector(dsn + writerCache)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	write := sql.OpenDB(steady{connector})
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), write.Close())
	}
	read.SetMaxOpenConns(8)
	s := &Store{&core{
		read:   read,
		write:  newWriter(write),
		sealer: &sealer{committed: read, masters: o.Masters, keys: map[int64]dataKey{}},
		index:  &keyedHash{key: o.Index},
	}}
	if s.proofs, err = proofKeys(o.Masters); err == nil {
		err = s.prepare(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context, o Options) error {
	var version string
	if err := s.write.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return fmt.Errorf("asking SQLite for its version: %w", err)
	}
	if !isSafeSQLite(version) {
		return errOldSQLite
	}
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	if _, _, err := schemas(ctx, s.write.DB); err != nil {
		return err
	}
	if err := migrate(ctx, s.write.DB, folder); err != nil {
		return err
	}
	stamp := stampOf(o.Mode, o.Role)
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
	if err := (rowBinder{s.core}).bind(ctx); err != nil {
		return err
	}
	if err := (keyProver{s.core}).proveKeys(ctx); err != nil {
		return err
	}
	if err := (caseRenewal{s.core}).renewCases(ctx); err != nil {
		return err
	}
	return searchRenewal{s.core}.renewSearch(ctx)
}

// migrate brings the tables up to date. Numbers may have gaps, and what fills one later runs then.
func migrate(ctx context.Context, db *sql.DB, folder fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder,
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the tables up to date: %w", err)
	}
	return nil
}

// isSafeSQLite reports whether a SQLite version is at least 3.51.3: versions from 3.7.0 to 3.51.2 can lose
// committed pages when a checkpoint races a writer.
func isSafeSQLite(version string) bool {
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return false
	}
	return major*1_000_000+minor*1_000+patch >= 3_051_003
}

// Close closes the database after its open transactions.
func (s *Store) Close() error { return errors.Join(s.write.Close(), s.read.Close()) }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Package store keeps what desk must not lose, in SQLite (one file, no cgo). SQL stands nowhere else.
//
// The text of the queries is written so that PostgreSQL runs it unchanged; only the migrations differ. Whatever names a
// person is sealed (seal.go) and found again by keyed hashes only, so the file itself tells nothing. Every change appends
// to the audit chain in its own transaction (audit.go).
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

//go:embed migrations/sqlite
var migrations embed.FS

// Store implements desk.Store, desk.CounterStore, readers.Store and auth.SessionStore.
type Store struct {
	read  *sql.DB // a pool
	write writer  // one connection: SQLite has one writer
	seal  sealer

	index  keyedHash             // by which rows are found
	proofs map[string]*keyedHash // of rows, by the kind of their master key
}

// Options say how to open a database.
type Options struct {
	Mode  string // demo or live
	Role  string // all, insurer or counter
	Index []byte // 32 bytes: keyed hashes for look-ups
	// Master keys, 32 bytes each, of what this role may open: people, cases, session. The others are left out.
	Masters map[string][]byte
}

var (
	errStamp     = &eligibility.Error{Code: eligibility.Conflict, Key: "store.stamp"}
	errOldSQLite = errors.New("store: SQLite is older than 3.51.3 and may lose committed pages")
	errStorage   = &eligibility.Error{Code: eligibility.Unavailable, Key: "store.unavailable"}
	errAltered   = &eligibility.Error{Code: eligibility.Internal, Key: "store.altered"}
	errMissing   = &eligibility.Error{Code: eligibility.NotFound, Key: "store.missing"}
)

// writerCache is the page cache of the writing connection, 24 MiB: an import of a whole register changes every page of seven
// indexes again and again, and with less they go to the disk and back each time.
const writerCache = "&_pragma=cache_size(-24576)"

func dataSource(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)" +
		"&_pragma=foreign_keys(1)&_txlock=immediate"
}

// Open opens the SQLite database at path, brings its tables up to date and verifies its stamp and the head of the audit
// chain. Rows of the release before are bound, and each key must open what it sealed (OtherKeyError).
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if err := ownerOnly(path); err != nil {
		return nil, err
	}
	dsn := dataSource(path)
	write, err := sql.Open("sqlite", dsn+writerCache)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), write.Close())
	}
	read.SetMaxOpenConns(8)
	s := &Store{read: read, write: writer{write}, index: keyedHash{key: o.Index}}
	s.seal = sealer{masters: o.Masters, keys: map[int64]dataKey{}}
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
	if !recent(version) {
		return errOldSQLite
	}
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	if err := migrate(ctx, s.write.DB, folder); err != nil {
		return err
	}
	stamp := o.Mode + "/" + o.Role
	if _, err := s.write.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('stamp', $1) ON CONFLICT DO NOTHING`, stamp); err != nil {
		return fmt.Errorf("stamping the database: %w", err)
	}
	var found string
	if err := s.write.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'stamp'`).Scan(&found); err != nil {
		return fmt.Errorf("reading the stamp: %w", err)
	}
	if found != stamp {
		return errStamp.Because(fmt.Errorf("stamped %s, started as %s", found, stamp))
	}
	if err := s.bind(ctx); err != nil {
		return err
	}
	if err := s.proveKeys(ctx); err != nil {
		return err
	}
	return s.renewSearch(ctx)
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

// recent reports whether a SQLite version is at least 3.51.3: versions from 3.7.0 to 3.51.2 can lose committed pages when
// a checkpoint races a writer.
func recent(version string) bool {
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

// change runs f in one writing transaction: all of it happens or nothing. Under desk.WithoutChange it is nothing.
func (s *Store) change(ctx context.Context, f func(tx *sql.Tx) error) error {
	return s.transact(ctx, !audit.ChangesNothing(ctx), f)
}

func (s *Store) transact(ctx context.Context, keep bool, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return storage(err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return storage(err)
	}
	if !keep {
		return storage(tx.Rollback())
	}
	return storage(tx.Commit())
}

// each runs a query and hands every row to take.
func (s *Store) each(ctx context.Context, take func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// storage gives a database's fault its sentence; errors that already have one pass.
func storage(err error) error {
	var e *eligibility.Error
	switch {
	case err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled):
		return err
	case err == sql.ErrNoRows: // as the look-up itself returned it: within another fault it is a thing that should be there
		return errMissing.Because(err)
	}
	return errStorage.Because(err)
}

func stamp(t time.Time) int64   { return t.UnixMilli() }
func unstamp(n int64) time.Time { return time.UnixMilli(n).In(eligibility.Japan) }

// ForInsurer returns what the insurer's services keep.
func (s *Store) ForInsurer() insurer.Stores {
	return insurer.Stores{
		Directory:   s,
		Register:    s,
		Importer:    s,
		Usage:       s,
		Enrolment:   s,
		Devices:     s,
		Receipts:    s,
		Issuer:      s,
		OnlineCodes: s,
		Documents:   s,
		Runs:        s,
		People:      s,
	}
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"madoguchi/server/durable"
)

// sqlite is an engine: a file, one writing connection.
type sqlite struct{ path string }

var errOldSQLite = errors.New("store: SQLite is older than 3.51.3 and may lose committed pages")

// writerCache is the page cache of the writing connection, 24 MiB: an import of a whole register changes
// every page of five indexes again and again, and with less they go to the disk and back each time. For the
// same reason the log is brought into the database only every 32 MB.
const writerCache = "&_pragma=cache_size(-24576)&_pragma=wal_autocheckpoint(8000)"

// readerCache is that of each of the reading connections, 2 MiB. All caches together are what SQLite holds
// beside Go's heap, 40 MiB at most (docs/scale.md).
const readerCache = "&_pragma=cache_size(-2048)"

// sqliteReaders is how many connections read where the options do not say.
const sqliteReaders = 8

func dataSource(path string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)" +
		"&_pragma=foreign_keys(1)&_txlock=immediate"
}

func (e sqlite) open(
	ctx context.Context, o Options, told func(writes),
) (read, write *sql.DB, err error) {
	if err := ownerOnly(e.path); err != nil {
		return nil, nil, err
	}
	dsn := dataSource(e.path)
	writing, err := driver.NewConnector(dsn + writerCache)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the database: %w", err)
	}
	reading, err := driver.NewConnector(dsn + readerCache)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the database: %w", err)
	}
	write = openPrepared(steady{writing}, told)
	write.SetMaxOpenConns(1)
	read = openPrepared(reading, nil)
	read.SetMaxOpenConns(orElse(o.Readers, sqliteReaders))
	read.SetMaxIdleConns(orElse(o.Readers, sqliteReaders))
	if err := checkSQLite(ctx, write); err != nil {
		return nil, nil, errors.Join(err, write.Close(), read.Close())
	}
	return read, write, nil
}

// orElse is a setting's number, or another where it is not set.
func orElse(n, other int) int {
	if n > 0 {
		return n
	}
	return other
}

func checkSQLite(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return fmt.Errorf("asking SQLite for its version: %w", err)
	}
	if !isSafeSQLite(version) {
		return errOldSQLite
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

func (sqlite) server(context.Context) (name string, inClear bool, err error) { return "", false, nil }

func (e sqlite) inspect(context.Context) (*sql.DB, error) {
	if _, err := os.Stat(e.path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: e.path}).EscapedPath()+
		"?mode=ro&_pragma=busy_timeout(10000)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// forQuestions opens the database as a writer does, for one question.
func (e sqlite) forQuestions() (*sql.DB, error) {
	db, err := sql.Open("sqlite", dataSource(e.path))
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// alone is f: the data folder has one server.
func (sqlite) alone(_ context.Context, _ *sql.DB, f func() error) error { return f() }

func (sqlite) hasTable(ctx context.Context, db *sql.DB, name string) (there bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table'
		AND name = $1)`, name).Scan(&there)
	return there, err
}

func (sqlite) migrations() (fs.FS, goose.Dialect, error) {
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	return folder, goose.DialectSQLite3, err
}

func (sqlite) prepare(context.Context, *sql.DB) error { return nil }

// holdImports holds a file beside the database.
func (e sqlite) holdImports(ctx context.Context, _ *sql.DB, wait bool) (release func(), err error) {
	if !wait {
		return durable.TryLock(e.path + "-import")
	}
	type held struct {
		release func()
		err     error
	}
	got := make(chan held)
	go func() {
		release, err := durable.Lock(e.path + "-import")
		select {
		case got <- held{release, err}:
		case <-ctx.Done():
			if err == nil {
				release()
			}
		}
	}()
	select {
	case h := <-got:
		return h.release, h.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hasRoom leaves it to the look at the disk's free space, and to the next change.
func (sqlite) hasRoom(context.Context, *sql.DB) error { return nil }

// isFullSQLite is SQLITE_FULL.
func isFullSQLite(err error) bool {
	var fault *driver.Error
	return errors.As(err, &fault) && fault.Code()&0xff == codes.SQLITE_FULL
}

// lockWrites has nothing to do: there is one writing connection, and its transactions begin by taking the
// file's lock (_txlock).
func (sqlite) lockWrites(context.Context, *sql.Tx) error { return nil }

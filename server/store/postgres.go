package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// postgres is an engine: a database on a PostgreSQL server, which several instances of this program share.
//
// Writing transactions come one after the other here too: each begins by taking one lock of the database
// (lockWrites). What decides in a transaction by what it read, whether a code is unused, how often a PIN was
// wrong, what the head of the audit chain is, is then as safe as with SQLite's one writer, for every query
// that is added later. The isolation below the lock is READ COMMITTED, whose statements see all that was
// committed before them: with a snapshot of the transaction's begin the head of the chain would be old once
// the lock is held, and each of two writers would have to be run again. Functions of a change run once, so
// they need not be repeatable. An import, which may take minutes, takes the lock at its end (importer.go).
type postgres struct{ address string }

// Connections of the pools where the options do not say.
const (
	postgresReaders = 16
	postgresWriters = 8
)

// Keys of advisory locks, in the space of two numbers: the first is this program's.
const (
	lockSpace  = 0x6d61646f // "mado"
	lockStart  = 1          // migrations and what else a start does
	lockWriter = 2          // writing transactions
	lockImport = 0x6d616470 // a space of its own: by insurer
)

// connectTime is how long a connection may take to be made. A request waits no longer for a server that is
// not there.
const connectTime = 5 * time.Second

// postgresSession is set on each connection: a lock is not waited for for ever, and a server that was cut off
// in the middle of a transaction does not hold up the others.
const postgresSession = `SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';
	SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
	SET default_transaction_isolation = 'read committed'`

// connect returns a pool of connections.
func (e postgres) connect(most int) (*sql.DB, error) {
	config, err := pgx.ParseConfig(e.address)
	if err != nil {
		return nil, errAddress // its cause could hold the password
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "madoguchi"
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, postgresSession, pgx.QueryExecModeSimpleProtocol)
		return err
	}))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}

func (e postgres) open(ctx context.Context, o Options) (read, write *sql.DB, err error) {
	// a start holds one and needs another
	if write, err = e.connect(max(2, orElse(o.Writers, postgresWriters))); err != nil {
		return nil, nil, err
	}
	if read, err = e.connect(orElse(o.Readers, postgresReaders)); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	if err := write.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(errNoServer.Because(err), write.Close(), read.Close())
	}
	return read, write, nil
}

// server asks over a connection: neither a socket nor TLS is read by others.
func (e postgres) server(ctx context.Context) (name string, inClear bool, err error) {
	db, err := e.connect(1)
	if err != nil {
		return "", false, err
	}
	err = db.QueryRowContext(ctx, `SELECT 'PostgreSQL ' || current_setting('server_version'),
		inet_server_addr() IS NOT NULL AND NOT inet_server_addr() <<= '127.0.0.0/8'
		AND inet_server_addr() <> '::1'
		AND NOT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)`).
		Scan(&name, &inClear)
	if err != nil {
		err = errNoServer.Because(err)
	}
	return name, inClear, errors.Join(err, db.Close())
}

// inspect returns nil for a database in which no start has made anything.
func (e postgres) inspect(ctx context.Context) (*sql.DB, error) {
	db, err := e.connect(1)
	if err != nil {
		return nil, err
	}
	there, err := e.hasTable(ctx, db, "goose_db_version")
	if err != nil {
		err = errNoServer.Because(err)
	}
	if err != nil || !there {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// alone runs f under the lock of starts: of two instances that start at once, one makes the tables and the
// other finds them.
func (e postgres) alone(ctx context.Context, write *sql.DB, f func() error) error {
	conn, err := write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("reaching the database: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SET lock_timeout = 0`); err != nil {
		return fmt.Errorf("waiting for another start: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1, $2)`, lockSpace, lockStart); err != nil {
		return fmt.Errorf("waiting for another start: %w", err)
	}
	err = f()
	after := context.WithoutCancel(ctx)
	_, unlocked := conn.ExecContext(after, `SELECT pg_advisory_unlock($1, $2)`, lockSpace, lockStart)
	_, reset := conn.ExecContext(after, postgresSession)
	return errors.Join(err, unlocked, reset)
}

func (postgres) hasTable(ctx context.Context, db *sql.DB, name string) (there bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&there)
	return there, err
}

func (postgres) migrations() (fs.FS, goose.Dialect, error) {
	folder, err := fs.Sub(migrations, "migrations/postgres")
	return folder, goose.DialectPostgres, err
}

func (postgres) prepare(ctx context.Context, write *sql.DB) error {
	return makePartitions(ctx, write)
}

func (postgres) lockWrites(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, lockSpace,
		lockWriter); err != nil {
		return fmt.Errorf("waiting to write: %w", err)
	}
	return nil
}

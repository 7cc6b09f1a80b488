package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"madoguchi/server/durable"
)

// postgres is an engine: a database on a PostgreSQL server, which several instances of this program share.
//
// Writing transactions come one after the other here too: each begins by taking one lock of the database
// (lockWrites). What decides in a transaction by what it read, whether a code is unused, how often a PIN was
// wrong, what the head of the audit chain is, is then as safe as with SQLite's one writer, for every query
// that is added later. The isolation below the lock is READ COMMITTED, whose statements see all that was
// committed before them: with a snapshot of the transaction's begin the head of the chain would be old once
// the lock is held, and each of two writers would have to be run again. Functions of a change run once, so
// they need not be repeatable. An import, which may take minutes, lets others in between its slices.
type postgres struct {
	address string
	lost    time.Duration // lostTime, where a test does not wait for that; 0: lostTime
}

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
	lockImport = 3          // files that come in
	lockServer = 4          // what serves: one alone, or several that share it
)

// holding says how a lock is held: whether whoever comes late waits, and whether several may hold it.
type holding struct{ wait, shared bool }

// lockPause is between two looks whether a lock is free that another instance holds for long.
const lockPause = 50 * time.Millisecond

// connectTime is how long a connection may take to be made. A request waits no longer for a server that is
// not there.
const connectTime = 5 * time.Second

// postgresSession is set on each connection: a lock is not waited for for ever, and a server that was cut off
// in the middle of a transaction does not hold up the others.
const postgresSession = `SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';
	SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
	SET default_transaction_isolation = 'read committed'`

// connect returns a pool of connections.
func (e postgres) connect(most int, told func(writes), steady bool) (*sql.DB, error) {
	config, err := pgx.ParseConfig(e.address)
	if err != nil {
		return nil, errAddress // its cause could hold the password
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	config.DialFunc = dialWithin(cmp.Or(e.lost, lostTime))
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "madoguchi"
	}
	connector := stdlib.GetConnector(*config,
		stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, postgresSession, pgx.QueryExecModeSimpleProtocol)
			return err
		}))
	db := sql.OpenDB(postgresConnector{connector, told, steady})
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}

func (e postgres) open(
	ctx context.Context, o Options, told func(writes),
) (read, write *sql.DB, err error) {
	// a server holds one, a start or an import another, and each needs one more
	if write, err = e.connect(max(3, orElse(o.Writers, postgresWriters)), told, true); err != nil {
		return nil, nil, err
	}
	if read, err = e.connect(orElse(o.Readers, postgresReaders), nil, false); err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	if err := write.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(errNoServer.Because(err), write.Close(), read.Close())
	}
	return read, write, nil
}

// server asks over a connection: neither a socket nor TLS is read by others.
func (e postgres) server(ctx context.Context) (name string, inClear bool, err error) {
	db, err := e.connect(1, nil, false)
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
	db, err := e.connect(1, nil, false)
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
	release, err := holdLock(ctx, write, lockStart, holding{wait: true})
	if err != nil {
		return fmt.Errorf("waiting for another start: %w", err)
	}
	defer release()
	return f()
}

// holdImports holds a lock of the database: of all instances one imports.
func (postgres) holdImports(ctx context.Context, write *sql.DB, wait bool) (release func(), err error) {
	return holdLock(ctx, write, lockImport, holding{wait: wait})
}

// holdLock takes a lock that a connection of its own holds until release is called, or the program ends. It
// returns durable.ErrHeld where another holds it and it is not to be waited for.
func holdLock(ctx context.Context, write *sql.DB, lock int, how holding) (release func(), err error) {
	shared := ""
	if how.shared {
		shared = "_shared"
	}
	conn, err := write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("reaching the database: %w", err)
	}
	end := func() {
		unlock := `SELECT pg_advisory_unlock` + shared + `($1, $2)`
		_, err := conn.ExecContext(context.WithoutCancel(ctx), unlock, lockSpace, lock)
		if err != nil { // what the lock hangs on must not be used by others
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
		_ = conn.Close()
	}
	for {
		var got bool
		try := `SELECT pg_try_advisory_lock` + shared + `($1, $2)`
		err := conn.QueryRowContext(ctx, try, lockSpace, lock).Scan(&got)
		switch {
		case err != nil:
			end() // whoever is cancelled may have got the lock all the same
			return nil, err
		case got:
			return end, nil
		case !how.wait:
			return nil, errors.Join(durable.ErrHeld, conn.Close())
		}
		select { // a statement that waits would wait on for whoever has gone (postgresConnector.steady)
		case <-time.After(lockPause):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), conn.Close())
		}
	}
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

// hasRoom makes the server's files grow by a megabyte and gives it back: a small change fits into pages that
// are there, and the server's disk cannot be seen from here.
func (postgres) hasRoom(ctx context.Context, write *sql.DB) error {
	tx, err := write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	_, err = tx.ExecContext(ctx, `CREATE TABLE room AS
		SELECT repeat('x', 1000) FROM generate_series(1, 1000)`)
	return err
}

// isFullPostgres is SQLSTATE disk_full.
func isFullPostgres(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && fault.Code == "53100"
}

func (postgres) lockWrites(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, lockSpace,
		lockWriter); err != nil {
		return fmt.Errorf("waiting to write: %w", err)
	}
	return nil
}

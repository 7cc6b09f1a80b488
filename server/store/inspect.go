package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"madoguchi/eligibility"
)

// Condition is what a database tells without its keys, before it is opened.
type Condition struct {
	Exists     bool
	Stamp      string         // mode and role that it belongs to; empty: no start has come that far
	Schema     int64          // of its tables; 0: there are none yet
	Newest     int64          // the schema that this program makes of it
	Facilities []string       // 医療機関コード of those whose counters it serves, in order
	Agents     int            // paired bridge agents that were not ended
	LastPaired time.Time      // when the newest of them was paired
	Releases   []AgentRelease // that those agents were, in order; none: nothing of it is stored
	Server     string         // the database's server with its version; empty for a file
	InClear    bool           // what the server is told and says can be read on the network between

	copying int // marks of a copy into it that has not ended
}

// AgentRelease is how many of the paired bridge agents were one release when they were last stored.
type AgentRelease struct {
	Program string // empty: they did not say
	Wire    int    // version of the messages that they spoke; 0: not known
	Agents  int
}

var (
	errNewer      = &eligibility.Error{Code: eligibility.Conflict, Key: "store.newer"}
	errUnreadable = &eligibility.Error{Code: eligibility.Unavailable, Key: "store.unreadable"}
	errNoServer   = &eligibility.Error{
		Code:  eligibility.Unavailable,
		Key:   "store.no_server",
		Field: "MADOGUCHI_DATABASE",
	}
)

// Exists reports whether there is a database: a file, or the tables on a server.
func Exists(ctx context.Context, database string) (bool, error) {
	db, err := engineOf(database).inspect(ctx)
	if err != nil || db == nil {
		return false, err
	}
	return true, db.Close()
}

// Inspect looks at a database for a mode and role and changes nothing. With what it found it
// returns the refusals of Open that need no key: another mode or role, a newer program's tables, a copy that
// has not ended, no database.
func Inspect(ctx context.Context, database, mode, role string) (Condition, error) {
	c := Condition{}
	e := engineOf(database)
	var err error
	if c.Server, c.InClear, err = e.server(ctx); err != nil {
		return c, err
	}
	db, err := e.inspect(ctx)
	if err == nil && db == nil {
		return c, nil
	}
	c.Exists = true
	if err == nil {
		err = errors.Join(c.read(ctx, e, db), db.Close())
	}
	var refused *eligibility.Error
	switch {
	case errors.As(err, &refused):
		return c, err
	case err != nil:
		return c, errUnreadable.Because(err)
	case c.copying > 0:
		return c, errCopying
	case c.Stamp != "" && c.Stamp != stampOf(mode, role):
		return c, stampedOtherwise(c.Stamp, stampOf(mode, role))
	}
	return c, nil
}

// read asks what the tables hold that are there: an older program's has fewer.
func (c *Condition) read(ctx context.Context, e engine, db *sql.DB) (err error) {
	if c.Schema, c.Newest, err = schemas(ctx, e, db); err != nil {
		return err
	}
	var paired sql.NullInt64
	for _, ask := range []struct {
		table, query string
		into         []any
	}{
		{"meta", `SELECT coalesce(max(value), '') FROM meta WHERE name = 'stamp'`, []any{&c.Stamp}},
		{"meta", `SELECT count(*) FROM meta WHERE name = '` + copyMark + `'`, []any{&c.copying}},
		{"agents", `SELECT count(*), max(paired_at) FROM agents`, []any{&c.Agents, &paired}},
	} {
		there, err := e.hasTable(ctx, db, ask.table)
		if err == nil && there {
			err = db.QueryRowContext(ctx, ask.query).Scan(ask.into...)
		}
		if err != nil {
			return fmt.Errorf("looking at the database: %w", err)
		}
	}
	if err := c.readReleases(ctx, db); err != nil {
		return fmt.Errorf("looking at the database: %w", err)
	}
	if paired.Valid {
		c.LastPaired = fromMillis(paired.Int64)
	}
	if there, err := e.hasTable(ctx, db, "facilities"); err != nil || !there {
		return err
	}
	return c.readFacilities(ctx, db)
}

func (c *Condition) readFacilities(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `SELECT code FROM facilities ORDER BY code`)
	if err != nil {
		return fmt.Errorf("looking at the database: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			return fmt.Errorf("looking at the database: %w", err)
		}
		c.Facilities = append(c.Facilities, code)
	}
	return rows.Err()
}

// agentsHaveReleases is the first schema that stores which release an agent was.
const agentsHaveReleases = 23

// readReleases counts the agents that were not ended, by what they were.
func (c *Condition) readReleases(ctx context.Context, db *sql.DB) error {
	if c.Schema < agentsHaveReleases {
		return nil
	}
	rows, err := db.QueryContext(ctx, `SELECT program, version, count(*) FROM agents WHERE ended_at = 0
		GROUP BY program, version ORDER BY program, version`)
	if err != nil {
		return err
	}
	c.Agents = 0
	for rows.Next() {
		var r AgentRelease
		if err := rows.Scan(&r.Program, &r.Wire, &r.Agents); err != nil {
			return errors.Join(err, rows.Close())
		}
		c.Releases = append(c.Releases, r)
		c.Agents += r.Agents
	}
	return rows.Err()
}

// schemas returns the number of the newest migration that a database has had, and of the newest one of this
// program. It returns errNewer where the database is so far ahead that this program does not work on its
// tables (readsFrom).
func schemas(ctx context.Context, e engine, db *sql.DB) (has, newest int64, err error) {
	folder, _, err := e.migrations()
	if err != nil {
		return 0, 0, err
	}
	names, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("reading the migrations: %w", err)
		}
		newest = max(newest, n)
	}
	there, err := e.hasTable(ctx, db, "goose_db_version")
	if err == nil && there {
		err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version
			WHERE is_applied`).Scan(&has)
	}
	if err != nil || has <= newest {
		return has, newest, err
	}
	from, err := readsFrom(ctx, e, db)
	if err == nil && newest < from {
		err = errNewer.Because(fmt.Errorf("its schema is %d, this program's %d", has, newest))
	}
	return has, newest, err
}

// readsFrom is the oldest schema whose program works on a database's tables, as the migrations have left it
// there. A step that only adds (tables, columns with a default, indexes) leaves it as it is, so the program
// before it runs on beside the new one and may be started again; a step that takes away or changes sets it
// to the first schema that works without what it takes. A database that does not say is for its own program
// alone.
func readsFrom(ctx context.Context, e engine, db *sql.DB) (int64, error) {
	there, err := e.hasTable(ctx, db, "meta")
	if err != nil || !there {
		return math.MaxInt64, err
	}
	var text string
	err = db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'reads_from'`).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MaxInt64, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// stampOf is what a database of a mode and role is stamped with.
func stampOf(mode, role string) string { return mode + "/" + role }

// stampedOtherwise is the refusal of a database with another stamp.
func stampedOtherwise(found, started string) error {
	return errStamp.Because(fmt.Errorf("stamped %s, started as %s", found, started))
}

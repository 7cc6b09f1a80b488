package store

import (
	"context"
	"database/sql"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"

	"madoguchi/eligibility"
)

// engine is what differs between the databases: SQLite (sqlite.go) and PostgreSQL (postgres.go). The text of
// the queries does not.
type engine interface {
	// open makes the database if it can, checks it, and returns a pool that reads and one that writes. told
	// hears of what is written; nil: nobody asks.
	open(ctx context.Context, o Options, told func(writes)) (read, write *sql.DB, err error)
	// server says which server that is, and whether others on the network can read what it is told; "" for
	// none.
	server(ctx context.Context) (name string, inClear bool, err error)
	// inspect opens an existing database for questions that change nothing; nil where there is none.
	inspect(ctx context.Context) (*sql.DB, error)
	// alone runs f while no other program does what f does to the database.
	alone(ctx context.Context, write *sql.DB, f func() error) error
	// hasTable reports whether a table is there.
	hasTable(ctx context.Context, db *sql.DB, name string) (bool, error)
	// migrations are the steps that make the tables.
	migrations() (fs.FS, goose.Dialect, error)
	// prepare makes what a start makes besides the tables.
	prepare(ctx context.Context, write *sql.DB) error
	// hasRoom looks for room after a change found none; its error is one of a full disk while there is none.
	hasRoom(ctx context.Context, write *sql.DB) error
	// lockWrites makes tx the only writing transaction until it ends: what it reads from then on stays true,
	// the head of the audit chain too. Within one transaction it may be called again.
	lockWrites(ctx context.Context, tx *sql.Tx) error
	// holdImports makes this program the only one that imports until release is called. Without wait it
	// returns durable.ErrHeld while another imports.
	holdImports(ctx context.Context, write *sql.DB, wait bool) (release func(), err error)
}

var errAddress = &eligibility.Error{
	Code:  eligibility.Invalid,
	Key:   "store.address",
	Field: "MADOGUCHI_DATABASE",
}

// IsAddress reports whether a database is named by an address of a server, not by a file.
func IsAddress(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// engineOf returns the engine of a database: a file's path, or the address of a PostgreSQL server.
func engineOf(database string) engine {
	if IsAddress(database) {
		return postgres{address: database}
	}
	return sqlite{database}
}

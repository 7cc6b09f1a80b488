// Package storetest runs tests of what stands on server/store on each engine that a store may have.
//
//	func TestSomething(t *testing.T) { storetest.Engines(t, testSomething) }
//
//	func testSomething(t *testing.T) {
//		s, err := store.Open(t.Context(), storetest.Database(t), …)
//
// The tests of server/store are the suite that every engine must pass: one that holds for one engine only
// says so by not being run so.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"madoguchi/internal/postgrestest"
)

// onPostgreSQL is the name of the subtests on PostgreSQL, by which Database knows them.
const onPostgreSQL = "PostgreSQL"

// Engines runs test on each engine as a subtest of its own. PostgreSQL is left out or missed as testenv has
// it.
func Engines(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Run("SQLite", test)
	t.Run(onPostgreSQL, test)
}

// Database returns the name of a database for store.Open that holds nothing: within the subtest of Engines on
// PostgreSQL one whose tables may be there already, from another test that has ended; else a file that is not
// there yet. It must be closed when t ends.
func Database(t testing.TB) string {
	t.Helper()
	if !wantsPostgreSQL(t) {
		return filepath.Join(t.TempDir(), "madoguchi.db")
	}
	address := emptied.take()
	if address == "" {
		address = postgrestest.Lasting(t)
	}
	t.Cleanup(func() {
		if err := empty(address); err != nil {
			t.Errorf("emptying the database: %v", err)
			return
		}
		emptied.put(address)
	})
	return address
}

// New is Database of one without tables.
func New(t testing.TB) string {
	t.Helper()
	if !wantsPostgreSQL(t) {
		return filepath.Join(t.TempDir(), "madoguchi.db")
	}
	return postgrestest.Database(t)
}

// everyTest is the name in the environment that puts every test on PostgreSQL which asks for a Database here:
// MADOGUCHI_TEST_ENGINE=PostgreSQL go test ./server/web
const everyTest = "MADOGUCHI_TEST_ENGINE"

func wantsPostgreSQL(t testing.TB) bool {
	return os.Getenv(everyTest) == onPostgreSQL || slices.Contains(strings.Split(t.Name(), "/"), onPostgreSQL)
}

// pool are databases that no test uses now. Making the tables anew takes longer than most tests.
type pool struct {
	mu   sync.Mutex
	free []string
}

var emptied pool

func (p *pool) take() (address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		address, p.free = p.free[n-1], p.free[:n-1]
	}
	return address
}

func (p *pool) put(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, address)
}

// empty takes everything out of a database but its tables, also what triggers protect; rows are numbered from
// one again. Connections that a test left are ended.
func empty(address string) error {
	ctx := context.Background()
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	if _, err := db.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		return err
	}
	rows, err := db.Query(ctx, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'goose_db_version'`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	rows, err = db.Query(ctx, `SELECT sequencename FROM pg_sequences
		WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename NOT LIKE 'goose%'`)
	if err != nil {
		return err
	}
	sequences, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	steps := []string{"SET session_replication_role = replica"} // no trigger and no cascade
	for _, table := range tables {
		steps = append(steps, fmt.Sprintf("DELETE FROM %q", table))
	}
	for _, sequence := range sequences {
		steps = append(steps, fmt.Sprintf("ALTER SEQUENCE %q RESTART", sequence))
	}
	_, err = db.Exec(ctx, strings.Join(steps, "; "))
	return err
}

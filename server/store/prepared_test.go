package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	sqlitedriver "modernc.org/sqlite"
)

// preparedDB is a database with one table, numbers from 1 to 10 in it.
func preparedDB(t *testing.T, connections int) (*sql.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	connector, err := sqlitedriver.NewConnector(dataSource(path))
	if err != nil {
		t.Fatal(err)
	}
	db := openPrepared(connector, nil)
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	for _, text := range []string{
		`CREATE TABLE numbers (n INTEGER PRIMARY KEY)`,
		`INSERT INTO numbers SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10]')`,
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	return db, path
}

// idleOf is how many statements the one connection of a pool keeps.
func idleOf(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Raw(func(c any) error { n = len(c.(*preparedConn).idle); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// Within a transaction rows of a query are read while the same query is asked again, and again inside.
func TestTheSameQueryMayBeOpenTwiceOnAConnection(t *testing.T) {
	db, _ := preparedDB(t, 1)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const text = `SELECT n FROM numbers WHERE n >= $1 ORDER BY n`
	var sum func(from, depth int) int
	sum = func(from, depth int) (total int) {
		rows, err := tx.Query(text, from)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			total += n
			if depth > 0 {
				total += sum(n, depth-1)
			}
		}
		return total
	}
	if got := sum(9, 2); got != 9+10+(9+10+10)+(9+10+10+10) {
		t.Errorf("%d", got)
	}
}

// A statement that was prepared before the tables changed, by another connection, is right afterwards.
func TestAStatementOutlivesAChangeOfTheTables(t *testing.T) {
	db, path := preparedDB(t, 1)
	ask := func() (columns []string, n int) {
		rows, err := db.Query(`SELECT * FROM numbers WHERE n = $1`, 3)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		if columns, err = rows.Columns(); err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			n++
		}
		return columns, n
	}
	ask()
	other, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec(`ALTER TABLE numbers ADD COLUMN word TEXT`); err != nil {
		t.Fatal(err)
	}
	if columns, n := ask(); len(columns) != 2 || n != 1 {
		t.Errorf("%v, %d rows", columns, n)
	}
	if _, err := other.Exec(`DROP TABLE numbers`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Query(`SELECT * FROM numbers WHERE n = $1`, 3); err == nil {
		t.Error("a table that is gone is read")
	}
}

// A caller who goes away in the middle of the rows, or before them, leaves no statement that is half read.
func TestACallerWhoGoesAwayLeavesNoBrokenStatement(t *testing.T) {
	db, _ := preparedDB(t, 1)
	const text = `SELECT n FROM numbers ORDER BY n`
	for range 20 {
		gone, cancel := context.WithCancel(ctx)
		rows, err := db.QueryContext(gone, text)
		if err != nil {
			t.Fatal(err)
		}
		rows.Next()
		cancel()
		rows.Close()
		if _, err := db.QueryContext(gone, text); err == nil {
			t.Fatal("somebody who has gone is answered")
		}
		var n, total int
		all, err := db.Query(text)
		if err != nil {
			t.Fatal(err)
		}
		for all.Next() {
			if err := all.Scan(&n); err != nil {
				t.Fatal(err)
			}
			total += n
		}
		if err := all.Err(); err != nil || total != 55 {
			t.Fatalf("%d, %v", total, err)
		}
	}
}

func TestAConnectionKeepsABoundedNumberOfStatements(t *testing.T) {
	db, _ := preparedDB(t, 1)
	for i := range 3 * keptStatements {
		var n int
		text := fmt.Sprintf(`SELECT count(*) FROM numbers WHERE n > %d`, i)
		if err := db.QueryRow(text).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if idle := idleOf(t, db); idle > keptStatements {
			t.Fatalf("%d are kept", idle)
		}
	}
	for range 5 {
		if _, err := db.Exec(`INSERT INTO numbers (n) VALUES ($1)`, 1); err == nil {
			t.Fatal("a number is there twice")
		}
	}
	if idle := idleOf(t, db); idle != keptStatements {
		t.Errorf("%d are kept", idle)
	}
}

// Many ask and change over the connections of a pool (make race runs this).
func TestManyMayUseKeptStatements(t *testing.T) {
	db, _ := preparedDB(t, 4)
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for i := range 50 {
				n := 1000*(who+1) + i
				if _, err := db.Exec(`INSERT INTO numbers (n) VALUES ($1)`, n); err != nil {
					t.Error(err)
					return
				}
				var got int
				err := db.QueryRow(`SELECT n FROM numbers WHERE n = $1`, n).Scan(&got)
				if err != nil || got != n {
					t.Errorf("%d: %d %v", n, got, err)
				}
			}
		})
	}
	all.Wait()
}

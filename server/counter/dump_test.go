package counter_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// dump is every row of a database, the audit chain among them.
func dump(t *testing.T, file string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro")
	fatal(t, err)
	defer db.Close()
	var b strings.Builder
	tables, err := db.Query(`SELECT name FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	fatal(t, err)
	var names []string
	for tables.Next() {
		var name string
		fatal(t, tables.Scan(&name))
		names = append(names, name)
	}
	fatal(t, tables.Err())
	for _, name := range names {
		fmt.Fprintln(&b, name)
		rows, err := db.Query(`SELECT * FROM "` + name + `" ORDER BY rowid`)
		fatal(t, err)
		columns, err := rows.Columns()
		fatal(t, err)
		for rows.Next() {
			values, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				to[i] = &values[i]
			}
			fatal(t, rows.Scan(to...))
			fmt.Fprintln(&b, values...)
		}
		fatal(t, rows.Err())
	}
	return b.String()
}

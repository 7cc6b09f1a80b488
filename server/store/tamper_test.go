package store

import (
	"database/sql"
	"fmt"
	"regexp"
	"strings"
)

// tamper runs SQL as somebody who can write the database does, past its triggers and references where the
// text says so. The text is SQLite's; for PostgreSQL what differs is translated.
func (s *opened) tamper(text string, args ...any) (sql.Result, error) {
	if _, ok := s.engine.(postgres); !ok {
		return s.write.Exec(text, args...)
	}
	s.write.SetMaxOpenConns(1) // what is set stays
	for _, t := range translations {
		text = t.from.ReplaceAllString(text, t.to)
	}
	for i, arg := range args { // some texts name one of two, which PostgreSQL does not take
		value := fmt.Sprintf("'%v'", arg)
		if bytes, ok := arg.([]byte); ok {
			value = fmt.Sprintf(`'\x%x'::bytea`, bytes)
		}
		text = strings.ReplaceAll(text, fmt.Sprintf("$%d", i+1), value)
	}
	return s.write.Exec(text)
}

var translations = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`x'([0-9a-f]*)'`), `'\x$1'::bytea`},
	{regexp.MustCompile(`AS BLOB`), `AS bytea`},
	{regexp.MustCompile(`substr\(body, -1\)`), `substr(body, length(body))`},
	{regexp.MustCompile(`PRAGMA foreign_keys = 0`), `SET session_replication_role = replica`},
	{regexp.MustCompile(`DROP TRIGGER.*`), `SET session_replication_role = replica`},
	{
		regexp.MustCompile(`CREATE TRIGGER (\w+ BEFORE \w+ ON \w+)\s+` +
			`BEGIN SELECT RAISE\(ABORT, 'disk'\); END`),
		`CREATE OR REPLACE FUNCTION disk() RETURNS trigger LANGUAGE plpgsql
			AS 'BEGIN RAISE EXCEPTION $$$$disk$$$$; END';
		CREATE TRIGGER $1 FOR EACH ROW EXECUTE FUNCTION disk()`,
	},
}

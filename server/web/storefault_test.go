package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// A disk that fails says nothing about who is insured, which notice is void or who is logged in. Whatever
// of the store is broken, a route answers as if all were well, because it needs nothing of that, or that
// the storage failed (RFC 9110 15.6.4: 503): never that there is no such thing (15.5.5), that it is
// forbidden (15.5.4), or that the login is over.
func TestAStoresFailureIsNotTheAbsenceOfWhatWasAskedFor(t *testing.T) {
	h, stops := tour(t)
	h.runs.Wait()
	snapshot := filepath.Join(t.TempDir(), "db")
	tables := tablesOf(t, h.database, snapshot)
	well := answersOf(t, h, stops, snapshot, fault{})
	for i, s := range stops {
		if well[i].Code >= 500 && s.route != "/api/v1/counter/reader" { // its double has no reader to choose
			t.Fatalf("%s: %d %s", s, well[i].Code, well[i].Body)
		}
	}
	faults := []fault{{name: "the database does not answer", closed: true},
		{name: "no data key is there", sql: "DELETE FROM data_keys"},
		{name: "sessions are damaged", sql: "UPDATE sessions SET body = x'00'"}, {name: "people are damaged",
			sql: "UPDATE people SET body = zeroblob(200)"},
		{name: "cases are damaged", sql: "UPDATE cases SET body = zeroblob(200)"}}
	for _, table := range tables {
		faults = append(faults, fault{name: "without " + table,
			sql: fmt.Sprintf("ALTER TABLE %[1]s RENAME TO %[1]s_gone", table)})
	}
	for _, broken := range faults {
		t.Run(broken.name, func(t *testing.T) {
			failed := 0
			for i, w := range answersOf(t, h, stops, snapshot, broken) {
				if saysStorageFailed(w) {
					failed++
					continue
				}
				to, usual := leads(w), leads(well[i])
				if w.Code != well[i].Code || to != usual || w.Body.Len() == 0 && well[i].Body.Len() > 0 {
					t.Errorf("%s: %d %s %.300s, and %d %s when all is well", stops[i], w.Code, to, w.Body,
						well[i].Code, usual)
				}
			}
			t.Logf("%d of %d routes need it", failed, len(stops))
		})
	}
	testenv.Refused(t, testenv.Stored, len(faults)*len(stops))
}

// A key register that cannot be read is our trouble: it makes no screen foreign and no insurer unknown.
func TestAKeyThatCannotBeReadIsOurFault(t *testing.T) {
	h, stops := tour(t)
	h.runs.Wait()
	snapshot := filepath.Join(t.TempDir(), "db")
	tablesOf(t, h.database, snapshot)
	well := answersOf(t, h, stops, snapshot, fault{})
	if err := os.WriteFile(filepath.Join(h.dir, "keys", "issuer-00138990.json"), []byte("{"),
		0o600); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for i, w := range answersOf(t, h, stops, snapshot, fault{}) {
		if w.Code != well[i].Code {
			failed++
			if w.Code < 500 {
				t.Errorf("%s: %d %.300s, and %d when all is well", stops[i], w.Code, w.Body, well[i].Code)
			}
		}
	}
	if failed < 5 {
		t.Errorf("%d routes failed: the register was read by nobody", failed)
	}
}

// fault is what is wrong with a store: it is closed, or a statement has been run on it.
type fault struct {
	name, sql string
	closed    bool
}

func saysStorageFailed(w *httptest.ResponseRecorder) bool {
	if w.Code == http.StatusInternalServerError { // what is there is not what was stored
		return strings.Contains(w.Body.String(), "このプログラムの外で書き換えられています。")
	}
	return w.Code == http.StatusServiceUnavailable &&
		(strings.Contains(w.Body.String(), "保存できませんでした。何も変わっていません。") ||
			strings.HasPrefix(w.Body.String(), "database"))
}

var aName = regexp.MustCompile(`/[A-Z2-7]{10,26}\b|\?.*`)

// leads is where an answer leads to, without the names that are made anew each time.
func leads(w *httptest.ResponseRecorder) string {
	return aName.ReplaceAllString(w.Header().Get("Location"), "")
}

// tablesOf copies a database as it is and returns its tables but those that only a start reads.
func tablesOf(t *testing.T, from, to string) (names []string) {
	t.Helper()
	db, err := sql.Open("sqlite", from)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`VACUUM INTO '` + to + `'`); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
			AND name NOT IN ('meta', 'goose_db_version') ORDER BY name`,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	return names
}

// answersOf asks all stops of a program on a copy of the database of which something is broken.
func answersOf(t *testing.T, h *testApp, stops []stop, snapshot string,
	broken fault) []*httptest.ResponseRecorder {
	t.Helper()
	file := filepath.Join(t.TempDir(), "db")
	data, err := os.ReadFile(snapshot)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	copied := *h
	copied.store = openStore(t, file, nil) // which remembers nothing
	copied.build(t)
	copied.counter.Insurers, copied.counter.Receipts.Key = h.counter.Insurers, h.counter.Receipts.Key
	if broken.closed {
		copied.store.Close()
	}
	if broken.sql != "" {
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(broken.sql); err != nil {
			t.Fatal(err)
		}
	}
	answers := make([]*httptest.ResponseRecorder, len(stops))
	for i, s := range stops {
		answers[i] = httptest.NewRecorder()
		copied.echo.ServeHTTP(answers[i], s.request(h.cookies))
	}
	copied.runs.Wait()
	return slices.Clip(answers)
}

package store

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// A database of before kept in the clear which clinic had looked up a code. Opened by this program its files
// hold none of that, not even in pages that were freed. (Entries of its audit chain that name a clinic stay:
// the chain cannot be changed.)
func TestAnOlderDatabaseForgetsWhichClinicsAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	folder, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder,
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	const name = "架空亀鶴医院"
	for _, text := range []string{
		`INSERT INTO codes (code_mac, person_id, subject_mac, state, counter, counter_name, expires_at)
			VALUES (x'01', 1, x'', 'used', 'https://clinic.example.jp', '` + name + `', 0)`,
		`INSERT INTO codes (code_mac, person_id, subject_mac, state, counter, counter_name, expires_at)
			VALUES (x'02', 1, x'', 'used', 'https://clinic.example.jp', '` + name + `', 0)`,
		`DELETE FROM codes WHERE code_mac = x'02'`,
	} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if !filesHold(t, path, name) {
		t.Fatal("the search looks in the wrong place")
	}
	s, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, secret := range []string{name, "clinic.example.jp"} {
		if filesHold(t, path, secret) {
			t.Errorf("%s is still in the files", secret)
		}
	}
}

// databaseHolds searches all of a database for a text: the files of SQLite, all tables of PostgreSQL, in
// which bytes are written in hexadecimal.
func databaseHolds(t *testing.T, database, text string) bool {
	t.Helper()
	if !IsAddress(database) {
		return filesHold(t, database, text)
	}
	db, err := postgres{address: database}.connect(1, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var tables string
	if err := db.QueryRowContext(t.Context(), `SELECT string_agg(table_name, ' ')
		FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`).
		Scan(&tables); err != nil {
		t.Fatal(err)
	}
	for table := range strings.FieldsSeq(tables) {
		var found bool
		if err := db.QueryRowContext(t.Context(), `SELECT EXISTS (SELECT 1 FROM `+table+` AS one
			WHERE strpos(one::text, $1) > 0 OR strpos(one::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0)`,
			text).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found {
			return true
		}
	}
	return false
}

// filesHold searches a database's file and its log.
func filesHold(t *testing.T, path, text string) bool {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), text) {
			return true
		}
	}
	return false
}

// Of two that move one code on at once, one does; who asks is gone with the question.
func TestAnOnlineCodeMovesOnOnce(t *testing.T) { storetest.Engines(t, testAnOnlineCodeMovesOnOnce) }

func testAnOnlineCodeMovesOnOnce(t *testing.T) {
	s, path := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.Issuer.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	code := insurer.OnlineCode{MAC: []byte("code"), HiddenMAC: []byte("printed"), Person: r.ID,
		ExpiresAt: noon.Add(time.Minute)}
	if err := s.OnlineCodes.PutCode(ctx, code, "op|a"); err != nil {
		t.Fatal(err)
	}
	if err := s.OnlineCodes.PutCode(ctx, code, "op|b"); !errors.Is(err, insurer.ErrCodeTaken) {
		t.Errorf("a code that is out already: %v", err)
	}
	stored, err := s.OnlineCodes.Code(ctx, []byte("code"))
	if err != nil || stored.State != insurer.CodeOpen || string(stored.HiddenMAC) != "printed" {
		t.Fatalf("%+v %v", stored, err)
	}
	asker := hostapi.Caller{URL: "https://clinic.example.jp", Name: "架空亀鶴医院"}
	for i, want := range []bool{true, false} {
		if moved, err := s.OnlineCodes.CompareAndSetCode(ctx, stored, insurer.CodeAsked, asker,
			entry("code.asked")); err != nil || moved != want {
			t.Errorf("step %d: %v %v", i+1, moved, err)
		}
	}
	asked, err := s.OnlineCodes.Code(ctx, []byte("code"))
	if err != nil || asked.Asker != asker || databaseHolds(t, path, asker.Name) ||
		databaseHolds(t, path, asker.URL) {
		t.Errorf("%+v %v", asked, err)
	}
	for _, end := range []insurer.CodeState{insurer.CodeDenied, insurer.CodeUsed} {
		if moved, err := s.OnlineCodes.CompareAndSetCode(ctx, asked, end, asker,
			entry("code.end")); err != nil || !moved {
			t.Fatal(moved, err)
		}
		if asked, err = s.OnlineCodes.Code(ctx, []byte("code")); err != nil ||
			asked.Asker != (hostapi.Caller{}) {
			t.Errorf("%s: %+v %v", end, asked, err)
		}
	}
}

package postgrestest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ask returns what a query of one text says at an address.
func ask(t *testing.T, address, query string) string {
	t.Helper()
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	var said string
	if err := db.QueryRow(t.Context(), query).Scan(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	first, second := Database(t), Database(t)
	write(t, first, `CREATE TABLE here (word text)`)
	write(t, second, `CREATE TABLE here (word text)`)
	const which = `SELECT current_database()`
	if a, b := ask(t, first, which), ask(t, second, which); a == b {
		t.Errorf("both are %s", a)
	}
}

func TestAServerKeepsWhatWasCommittedOverAStopAndAKill(t *testing.T) {
	s := New(t)
	address := s.Database(t)
	if on := ask(t, address, `SHOW fsync`); on != "on" {
		t.Errorf("fsync is %s", on)
	}
	write(t, address, `CREATE TABLE kept (word text)`, `INSERT INTO kept VALUES ('before')`)
	for _, end := range []struct {
		name string
		it   func(testing.TB)
	}{{"stop", s.Stop}, {"kill", s.Kill}} {
		end.it(t)
		if db, err := pgx.Connect(t.Context(), address); err == nil {
			t.Errorf("%s: it still answers", end.name)
			_ = db.Close(t.Context())
		}
		s.Start(t)
		if word := ask(t, address, `SELECT word FROM kept`); word != "before" {
			t.Errorf("%s: %q", end.name, word)
		}
	}
}

func write(t *testing.T, address string, statements ...string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	for _, statement := range statements {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// A test binary that ends without a word leaves neither a server nor its folder.
func TestNothingIsLeftOfATestThatIsKilled(t *testing.T) {
	if os.Getenv("POSTGRESTEST_CHILD") != "" {
		s := New(t)
		os.Stdout.WriteString("folder " + s.folder + "\n")
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		_ = self.Kill()
		select {}
	}
	find(t)
	child := exec.Command(os.Args[0], "-test.run", "^TestNothingIsLeftOfATestThatIsKilled$")
	child.Env = append(os.Environ(), "POSTGRESTEST_CHILD=yes")
	said, _ := child.CombinedOutput() // it is killed, which is an error
	_, folder, found := strings.Cut(string(said), "folder ")
	folder, _, _ = strings.Cut(folder, "\n")
	if !found {
		t.Fatalf("no server was started:\n%s", said)
	}
	for range 1000 {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s is left", folder)
}

// SQLSTATE 53100 is disk_full.
func TestASmallDiskIsFilledAndEmptied(t *testing.T) {
	s := NewSmall(t)
	address := s.Database(t)
	const grow = `CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)`
	db, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	s.Fill(t)
	var full *pgconn.PgError
	if _, err := db.Exec(t.Context(), grow); !errors.As(err, &full) || full.Code != "53100" {
		t.Errorf("on a full disk: %v", err)
	}
	s.Free(t)
	if _, err := db.Exec(t.Context(), grow); err != nil {
		t.Errorf("with room: %v", err)
	}
}

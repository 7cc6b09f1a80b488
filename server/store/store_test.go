package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/agents"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/store/storetest"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)
)

func options() Options {
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	// one reader: whoever holds it and asks for another waits for ever
	return Options{Mode: "demo", Role: "all", Index: key(1), Readers: 1,
		Masters: map[string][]byte{"people": key(2), "cases": key(3), "session": key(4)}}
}

// opened is an open database with what the insurer's services keep in it.
type opened struct {
	*Store
	insurer.Stores
}

func openAt(path string, o Options) (*opened, error) {
	s, err := Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return &opened{s, s.ForInsurer()}, nil
}

func open(t *testing.T) (*opened, string) {
	t.Helper()
	path := storetest.Database(t)
	s, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func entry(action string) audit.Entry { return audit.Entry{At: noon, Actor: "test", Action: action} }

var hanako = eligibility.Person{Insurer: "06139992", Symbol: "１２３－４", Number: "５６７", BranchNumber: "01",
	Name: "試験 花子", Kana: "ｼｹﾝ ﾊﾅｺ",
	BirthDate: eligibility.MustDate("1988-11-30"), Address: "大阪府架空市練習町7-8"}

// ofKumiai names a person of the insurer of these tests.
func ofKumiai(id audit.PersonID) insurer.PersonKey {
	return insurer.PersonKey{Insurer: "06139992", ID: id}
}

// clerkOf is a clerk of that insurer.
func clerkOf(name string) staff.Clerk { return staff.Clerk{Staff: name, Insurer: "06139992"} }

func importPeople(t *testing.T, s *opened, people map[string]eligibility.Person) insurer.ImportCount {
	t.Helper()
	count, err := s.Importer.ImportPeople(ctx, "06139992", maps.All(people), entry("people.import"))
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// A SQLite database that is closed is its file alone, so that the file can be copied.
func TestAClosedDatabaseIsItsFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	importPeople(t, s, map[string]eligibility.Person{"k": hanako})
	if _, err := s.Issuer.PersonByKey(ctx, "06139992", "k"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if log, err := os.Stat(path + "-wal"); err == nil {
		t.Errorf("%d bytes are beside it", log.Size())
	}
}

func TestDatabaseOfAnotherModeOrRoleDoesNotOpen(t *testing.T) {
	storetest.Engines(t, testDatabaseOfAnotherModeOrRoleDoesNotOpen)
}

func testDatabaseOfAnotherModeOrRoleDoesNotOpen(t *testing.T) {
	s, path := open(t)
	s.Close()
	for _, c := range []struct {
		name   string
		change func(*Options)
	}{
		{"another mode", func(o *Options) { o.Mode = "live" }},
		{"another role", func(o *Options) { o.Role = "insurer" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options()
			c.change(&o)
			if again, err := openAt(path, o); !errors.Is(err, errStamp) {
				t.Errorf("%v", err)
				again.Close()
			}
		})
	}
}

func TestAgentsAndSessionsComeBack(t *testing.T) {
	storetest.Engines(t, testAgentsAndSessionsComeBack)
}

func testAgentsAndSessionsComeBack(t *testing.T) {
	s, _ := open(t)
	a := agents.Agent{ID: "0123456789abcdef0", Facility: "1319999991", Name: "受付1", Key: []byte("key"),
		PairedAt: noon, PairedBy: "鈴木"}
	if err := s.ForAgents().PutAgent(ctx, a, entry("agent.pair")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.ForAgents().Agent(ctx, a.ID); err != nil || got.Facility != a.Facility ||
		!got.PairedAt.Equal(noon) || !bytes.Equal(got.Key, a.Key) {
		t.Errorf("%+v %v", got, err)
	}
	session := auth.Session{Hash: [32]byte{1}, Kind: auth.Patient, Subject: "op|a", CreatedAt: noon,
		UsedAt: noon, Data: []byte("data")}
	if err := s.Sessions().PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Sessions().Session(ctx, session.Hash); err != nil || got.Subject != "op|a" ||
		string(got.Data) != "data" {
		t.Errorf("%+v %v", got, err)
	}
	if n, err := s.Sessions().ExpireSessions(ctx, noon.Add(2*time.Hour)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}

// SQLite 3.7.0 to 3.51.2 can lose committed pages (docs/facts/server-libraries.md#sqlite).
func TestOldSQLiteIsRefused(t *testing.T) {
	for _, c := range []struct {
		version string
		want    bool
	}{
		{"3.51.2", false},
		{"3.51.3", true},
		{"3.54.1", true},
		{"3.7.0", false},
		{"4.0.0", true},
		{"x", false},
	} {
		t.Run(c.version, func(t *testing.T) {
			if isSafeSQLite(c.version) != c.want {
				t.Error(!c.want)
			}
		})
	}
}

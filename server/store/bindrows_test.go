package store

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"madoguchi/internal/testenv"
	"madoguchi/server/agents"
	"madoguchi/server/hostapi"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// released unpacks the database that the release with schema 8 wrote: two enrolled people, one of them in her
// second version and with a second notice, a phone, a session, a case in its second version, an agent.
func released(t *testing.T) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "schema8.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "madoguchi.db")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func reopen(t *testing.T, path string) (*opened, error) {
	t.Helper()
	s, err := openAt(path, options())
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

func TestADatabaseOfTheReleaseBeforeOpensAndIsBound(t *testing.T) {
	path := released(t)
	for range 2 { // the second start finds all bound
		s, err := reopen(t, path)
		if err != nil {
			t.Fatal(err)
		}
		hers, err := s.Enrolment.Enrolled(ctx, "op|hanako", noon)
		if err != nil || len(hers) != 1 || hers[0].Person.Address != "大阪府架空市新町1" || hers[0].Version != 2 {
			t.Fatalf("%+v %v", hers, err)
		}
		if older, err := s.People.PersonVersion(ctx, ofKumiai(hers[0].ID), 1); err != nil ||
			older.Person.Address != hanako.Address {
			t.Errorf("%+v %v", older, err)
		}
		if session, err := s.Sessions().Session(ctx, [32]byte{1}); err != nil ||
			session.Subject != "op|hanako" ||
			!session.CreatedAt.Equal(noon) {
			t.Errorf("%+v %v", session, err)
		}
		if n, err := s.Enrolment.Notice(ctx, []byte("mac of hanako")); err != nil || !n.Void ||
			n.UsedBy == "" {
			t.Errorf("%+v %v", n, err)
		}
		if n, err := s.Enrolment.Notice(ctx, []byte("mac of the next")); err != nil || n.Void ||
			n.Serial != 2 {
			t.Errorf("%+v %v", n, err)
		}
		g := grants(t, s, insurer.DeviceGrantQuery{DeviceID: "P"})
		if len(g) != 1 || g[0].Subject != "op|hanako" || !g[0].LoginAt.Equal(noon) {
			t.Errorf("%+v", g)
		}
		if c, err := s.ForCounter().Case(ctx, "1319999991", "CASE"); err != nil ||
			string(c.Body) != "second" ||
			c.Outcome != hostapi.Accepted || c.Version != 2 {
			t.Errorf("%+v %v", c, err)
		}
		if a, err := s.ForAgents().Agent(ctx, agentID); err != nil || string(a.Key) != "key" {
			t.Errorf("%+v %v", a, err)
		}
		if keys, err := s.Receipts.ReceiptKeys(ctx, ofKumiai(hers[0].ID), noon); err != nil ||
			string(keys["P"]) != "public" {
			t.Errorf("%v %v", keys, err)
		}
		if got, err := s.Receipts.Receipts(ctx, "op|hanako", "P", noon); err != nil ||
			len(got) != 1 {
			t.Errorf("%v %v", got, err)
		}
		if n, err := s.VerifyAudit(ctx); err != nil || n == 0 {
			t.Errorf("%d %v", n, err)
		}
		if file, err := s.Register.PersonFile(ctx, ofKumiai(hers[0].ID), noon, 10); err != nil ||
			len(file.Older) != 1 ||
			len(file.Notices) != 2 || len(file.Devices) != 1 {
			t.Errorf("%+v %v", file, err)
		}
		s.Close()
	}
}

// Whoever takes the mark away must not have what they wrote vouched for, be it on a new row or on an altered
// one.
func TestADatabaseThatOnlyLooksUnboundIsRefused(t *testing.T) {
	cases := []struct{ name, sql string }{
		{"nothing else", `SELECT 1`},
		{"an enrolment of the enemy's own", `INSERT INTO enrolments (subject_mac, person_id, created_at)
			SELECT x'00', id, 0 FROM people`},
		{"a notice as new", `UPDATE notices SET void = 0, used_by = NULL, proof = NULL`},
		{"no proofs at all", `UPDATE notices SET proof = NULL; UPDATE enrolments
			SET proof = NULL; UPDATE phone_keys SET proof = NULL; UPDATE agents SET proof = NULL`},
		{"a clerk's session", `UPDATE sessions SET kind = 'clerk'`},
		{"people of the old form", `UPDATE people SET body = x'00' || substr(body, 2)`},
		{"people and sessions of the old form", `UPDATE people
			SET body = x'00' || substr(body, 2); UPDATE sessions SET body = x'00' || substr(body, 2)`},
		{"a longer grant", `UPDATE device_grants SET login_at = login_at + 1`},
	}
	testenv.Refused(t, testenv.Stored, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := released(t)
			s, err := reopen(t, path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.tamper(`DELETE FROM meta WHERE name = 'bound'; ` + c.sql); err != nil {
				t.Fatal(err)
			}
			s.Close()
			if _, err := reopen(t, path); !errors.Is(err, errAltered) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The same where nothing sealed stands beside the row: a counter's database with a reader's agent and no case
// yet.
func TestAnAgentOfADatabaseThatOnlyLooksUnboundIsNotVouchedFor(t *testing.T) {
	storetest.Engines(t, testAnAgentOfADatabaseThatOnlyLooksUnboundIsNotVouchedFor)
}

func testAnAgentOfADatabaseThatOnlyLooksUnboundIsNotVouchedFor(t *testing.T) {
	s, path := open(t)
	if err := s.ForAgents().PutAgent(ctx,
		agents.Agent{ID: agentID, Facility: "1319999991", Name: "受付1", Key: []byte("key"),
			PairedAt: noon, PairedBy: "鈴木"}, entry("agent.pair")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tamper(`DELETE FROM meta WHERE name = 'bound';
		UPDATE agents SET facility = '1310000000'`); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s, err := openAt(path, options()); !errors.Is(err, errAltered) {
		t.Errorf("%v %v", s, err)
	}
}

// A row of the old form, kept from before, does not come back once the database is bound.
func TestRowsOfTheOldFormAreRefusedAfterwards(t *testing.T) {
	path := released(t)
	s, err := reopen(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.tamper(`ATTACH DATABASE '` + released(t) + `' AS old`); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`UPDATE sessions SET body = (SELECT body FROM old.sessions o
		WHERE o.id = sessions.id)`,
		`UPDATE people SET body = (SELECT body FROM old.people o WHERE o.id = people.id)`} {
		if _, err := s.tamper(text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Sessions().Session(ctx, [32]byte{1}); !errors.Is(err, errAltered) {
		t.Errorf("%v", err)
	}
	if _, err := s.Enrolment.Enrolled(ctx, "op|hanako", noon); !errors.Is(err, errAltered) {
		t.Errorf("%v", err)
	}
}

// Numbers of migrations may have gaps, and one that fills a gap runs on a database that has a later one
// already.
func TestMigrationsMayHaveGaps(t *testing.T) { storetest.Engines(t, testMigrationsMayHaveGaps) }

func testMigrationsMayHaveGaps(t *testing.T) {
	s, err := openAt(storetest.New(t), options())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	steps, dialect, err := s.engine.migrations()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(steps, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	folder := fstest.MapFS{"0010_between.sql": &fstest.MapFile{Data: []byte(
		"-- +goose Up\nCREATE TABLE between_others (id INTEGER);\n")}}
	for _, name := range names {
		data, err := fs.ReadFile(steps, name)
		if err != nil {
			t.Fatal(err)
		}
		if short := filepath.Base(name); !strings.HasPrefix(short, "0010") {
			folder[short] = &fstest.MapFile{Data: data}
		}
	}
	if err := migrateBy(ctx, dialect, s.write.DB, folder); err != nil {
		t.Fatal(err)
	}
	if _, err := s.tamper(`INSERT INTO between_others DEFAULT VALUES`); err != nil {
		t.Error(err)
	}
}

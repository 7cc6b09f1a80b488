package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/desk"
	"madoguchi/server/readers"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, eligibility.Japan)
)

func options() Options {
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	return Options{Mode: "demo", Role: "all", Index: key(1), Masters: map[string][]byte{"people": key(2), "cases": key(3), "session": key(4)}}
}

func open(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "madoguchi.db")
	s, err := Open(ctx, path, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func entry(action string) desk.Entry { return desk.Entry{At: noon, Actor: "test", Action: action} }

var hanako = eligibility.Person{Insurer: "06139992", Symbol: "１２３－４", Number: "５６７", BranchNumber: "01", Name: "試験 花子", Kana: "ｼｹﾝ ﾊﾅｺ",
	BirthDate: eligibility.MustDate("1988-11-30"), Address: "大阪府架空市練習町7-8"}

func importPeople(t *testing.T, s *Store, people map[string]eligibility.Person) desk.ImportCount {
	t.Helper()
	count, err := s.ImportPeople(ctx, "06139992", maps.All(people), entry("people.import"))
	if err != nil {
		t.Fatal(err)
	}
	return count
}

func TestSameFileTwiceChangesNothingAndNewValuesAreANextVersion(t *testing.T) {
	s, _ := open(t)
	people := map[string]eligibility.Person{"k1": hanako}
	if got := importPeople(t, s, people); got != (desk.ImportCount{New: 1}) {
		t.Errorf("first: %+v", got)
	}
	if got := importPeople(t, s, people); got != (desk.ImportCount{Unchanged: 1}) {
		t.Errorf("again: %+v", got)
	}
	moved := hanako
	moved.Address = "大阪府架空市新町1"
	if got := importPeople(t, s, map[string]eligibility.Person{"k1": moved}); got != (desk.ImportCount{Changed: 1}) {
		t.Errorf("moved: %+v", got)
	}
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil || r.Person != moved || r.Version != 2 || !r.RegisteredAt.Equal(noon) {
		t.Errorf("%+v %v", r, err)
	}
	for _, text := range []string{"５６７", "試験花子", "試験　花子", ""} {
		if found, err := s.FindPeople(ctx, desk.PeopleQuery{Insurer: "06139992", Text: text, Limit: 10}); err != nil || len(found) != 1 {
			t.Errorf("searching %q: %d, %v", text, len(found), err)
		}
	}
	if found, err := s.FindPeople(ctx, desk.PeopleQuery{Insurer: "01139997", Text: "５６７", Limit: 10}); err != nil || len(found) != 0 {
		t.Errorf("another insurer sees %d people, %v", len(found), err)
	}
}

func TestTheFileItselfTellsNothingOfAPerson(t *testing.T) {
	s, path := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	if err := s.PutCase(ctx, desk.Case{Facility: "1319999991", ID: "CASE", At: noon, Body: []byte(`{"name":"試験 花子"}`)}, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	if err := s.PutSession(ctx, auth.Session{Kind: auth.Patient, Subject: "issuer|p2", CreatedAt: noon, UsedAt: noon, Data: []byte("試験 花子")}, noon); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"試験", "花子", "ｼｹﾝ", "５６７", "１２３", "1988-11-30", "練習町", "issuer|p2"} {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s holds %q in plain text", filepath.Base(file), secret)
			}
		}
	}
}

func TestSealedValuesCannotBeMovedToAnotherRow(t *testing.T) {
	s, _ := open(t)
	other := hanako
	other.Name = "試験 太一"
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako, "k2": other})
	if _, err := s.write.Exec(`UPDATE people SET body = (SELECT body FROM people WHERE id = 2) WHERE id = 1`); err != nil {
		t.Fatal(err)
	}
	var ref desk.PersonID
	if err := s.read.QueryRow(`SELECT ref FROM people WHERE id = 1`).Scan(&ref); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Person(ctx, ref); err == nil {
		t.Errorf("a moved row was opened as %+v", r.Person)
	}
}

func TestInsurersKeysDoNotOpenCountersRecords(t *testing.T) {
	s, path := open(t)
	if err := s.PutCase(ctx, desk.Case{Facility: "1319999991", ID: "CASE", At: noon, Body: []byte("x")}, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	o := options()
	delete(o.Masters, "cases")
	without, err := Open(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer without.Close()
	if c, err := without.Case(ctx, "1319999991", "CASE"); err == nil {
		t.Errorf("opened without its key: %+v", c)
	}
}

func TestAuditChainShowsEveryChange(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := s.EnsureNotice(ctx, r.ID, func(n int64) []byte { return fmt.Appendf(nil, "mac%d", n) }, desk.Entry{At: noon, Actor: "test", Action: "notice.show", Person: r.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 4 {
		t.Fatalf("%d %v", n, err)
	}
	if err := s.ErasePerson(ctx, r.ID, desk.Entry{At: noon, Actor: "test", Action: "person.erase", Person: r.ID}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 5 {
		t.Errorf("after erasing the person: %d %v", n, err)
	}
	if _, err := s.Person(ctx, r.ID); err == nil {
		t.Error("the person is still there")
	}
	for _, statement := range []string{`UPDATE audit SET actor = 'x' WHERE seq = 2`, `DELETE FROM audit WHERE seq = 5`} {
		if _, err := s.write.Exec(statement); err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
	if _, err := s.write.Exec(`DROP TRIGGER audit_is_never_changed`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec(`UPDATE audit SET actor = 'x' WHERE seq = 2`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.VerifyAudit(ctx); !errors.Is(err, ErrAudit) || n != 2 {
		t.Errorf("a changed row: %d %v", n, err)
	}
}

func TestNoticeIsUsedByOneLoginAndVoidedByTheNext(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	mac := func(n int64) []byte { return fmt.Appendf(nil, "mac%d", n) }
	e := desk.Entry{At: noon, Actor: "patient", Action: "notice.enrol", Person: r.ID}
	if n, err := s.EnsureNotice(ctx, r.ID, mac, e); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	for range 2 { // the same login again is no error
		if err := s.Enrol(ctx, []byte("mac1"), "op|a", e); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Enrol(ctx, []byte("mac1"), "op|b", e); !errors.Is(err, desk.ErrNoticeUsed) {
		t.Errorf("another login: %v", err)
	}
	if n, err := s.ReissueNotice(ctx, r.ID, mac, e); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if err := s.Enrol(ctx, []byte("mac1"), "op|a", e); !errors.Is(err, desk.ErrNoticeVoid) {
		t.Errorf("the old notice: %v", err)
	}
	if err := s.Enrol(ctx, []byte("nothing"), "op|a", e); err == nil {
		t.Error("an unknown notice was accepted")
	}
	if people, err := s.Enrolled(ctx, "op|a"); err != nil || len(people) != 1 || people[0].ID != r.ID {
		t.Errorf("%+v %v", people, err)
	}
	if people, err := s.Enrolled(ctx, "op|b"); err != nil || len(people) != 0 {
		t.Errorf("%+v %v", people, err)
	}
}

func TestReceiptsReachThePhonesOfThePersonOnly(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	e := desk.Entry{At: noon, Actor: "patient", Action: "x", Person: r.ID}
	if _, err := s.EnsureNotice(ctx, r.ID, func(int64) []byte { return []byte("m") }, e); err != nil {
		t.Fatal(err)
	}
	if err := s.Enrol(ctx, []byte("m"), "op|a", e); err != nil {
		t.Fatal(err)
	}
	if err := s.PutPhoneKey(ctx, "op|a", "phone", []byte("public"), entry("phone.add")); err != nil {
		t.Fatal(err)
	}
	keys, err := s.PhoneKeys(ctx, r.ID)
	if err != nil || string(keys["phone"]) != "public" || len(keys) != 1 {
		t.Fatalf("%v %v", keys, err)
	}
	if err := s.PutReceipts(ctx, r.ID, map[string][]byte{"phone": []byte("sealed")}, e); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Receipts(ctx, "op|a", "phone", noon.Add(-time.Hour)); err != nil || len(got) != 1 || string(got[0].Sealed) != "sealed" {
		t.Errorf("%v %v", got, err)
	}
	if got, err := s.Receipts(ctx, "op|b", "phone", noon.Add(-time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("another login reads %v %v", got, err)
	}
	if n, err := s.ExpireReceipts(ctx, noon.Add(time.Second)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}

func TestRevocationIndexIsGivenOnce(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	r, err := s.PersonByKey(ctx, "06139992", "k1")
	if err != nil {
		t.Fatal(err)
	}
	put := func() error { return s.PutPaper(ctx, r.ID, "06139992", 7, noon, noon, entry("paper.issue")) }
	if err := put(); err != nil {
		t.Fatal(err)
	}
	if err := put(); !errors.Is(err, desk.ErrRIDTaken) {
		t.Errorf("%v", err)
	}
}

func TestDatabaseOfAnotherModeOrRoleDoesNotOpen(t *testing.T) {
	s, path := open(t)
	s.Close()
	for _, change := range []func(*Options){func(o *Options) { o.Mode = "live" }, func(o *Options) { o.Role = "insurer" }} {
		o := options()
		change(&o)
		if again, err := Open(ctx, path, o); !errors.Is(err, errStamp) {
			t.Errorf("%v", err)
			again.Close()
		}
	}
}

func TestFailedImportLeavesNothing(t *testing.T) {
	s, _ := open(t)
	cancelled, cancel := context.WithCancel(ctx)
	people := func(yield func(string, eligibility.Person) bool) {
		yield("k1", hanako)
		cancel()
		other := hanako
		other.Number = "2"
		yield("k2", other)
	}
	if _, err := s.ImportPeople(cancelled, "06139992", people, entry("people.import")); err == nil {
		t.Fatal("the cancelled import succeeded")
	}
	if n, err := s.CountPeople(ctx, "06139992"); err != nil || n != 0 {
		t.Errorf("%d people are stored, %v", n, err)
	}
	if n, err := s.VerifyAudit(ctx); err != nil || n != 0 {
		t.Errorf("%d entries, %v", n, err)
	}
}

func TestAgentsAndSessionsComeBack(t *testing.T) {
	s, _ := open(t)
	a := readers.Agent{ID: "0123456789abcdef0", Facility: "1319999991", Name: "受付1", Key: []byte("key"), PairedAt: noon, PairedBy: "鈴木"}
	if err := s.PutAgent(ctx, a); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Agent(ctx, a.ID); err != nil || got.Facility != a.Facility || !got.PairedAt.Equal(noon) || !bytes.Equal(got.Key, a.Key) {
		t.Errorf("%+v %v", got, err)
	}
	session := auth.Session{Hash: [32]byte{1}, Kind: auth.Patient, Subject: "op|a", CreatedAt: noon, UsedAt: noon, Data: []byte("data")}
	if err := s.PutSession(ctx, session, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Session(ctx, session.Hash); err != nil || got.Subject != "op|a" || string(got.Data) != "data" {
		t.Errorf("%+v %v", got, err)
	}
	if n, err := s.ExpireSessions(ctx, noon.Add(2*time.Hour)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
}

// facts: server.md 1: 3.7.0 to 3.51.2 can lose committed pages.
func TestOldSQLiteIsRefused(t *testing.T) {
	for version, want := range map[string]bool{"3.51.2": false, "3.51.3": true, "3.54.1": true, "3.7.0": false, "4.0.0": true, "x": false} {
		if recent(version) != want {
			t.Errorf("%s: %v", version, !want)
		}
	}
}

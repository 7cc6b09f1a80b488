package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
)

func TestTheFileItselfTellsNothingOfAPerson(t *testing.T) {
	s, path := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	if err := s.PutCase(ctx, counter.Case{Facility: "1319999991", ID: "CASE", At: noon, Body: []byte(`{"name":"試験 花子"}`)}, entry("case.open")); err != nil {
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
	var ref audit.PersonID
	if err := s.read.QueryRow(`SELECT ref FROM people WHERE id = 1`).Scan(&ref); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Person(ctx, "06139992", ref); err == nil {
		t.Errorf("a moved row was opened as %+v", r.Person)
	}
}

func TestInsurersKeysDoNotOpenCountersRecords(t *testing.T) {
	s, path := open(t)
	if err := s.PutCase(ctx, counter.Case{Facility: "1319999991", ID: "CASE", At: noon, Body: []byte("x")}, entry("case.open")); err != nil {
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

package store

import (
	"bytes"
	"testing"

	"madoguchi/auth"
	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/store/storetest"
)

func TestTheFileItselfTellsNothingOfAPerson(t *testing.T) {
	storetest.Engines(t, testTheFileItselfTellsNothingOfAPerson)
}

func testTheFileItselfTellsNothingOfAPerson(t *testing.T) {
	s, path := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	if err := s.ForCounter().PutCase(ctx, counter.Case{Facility: "1319999991", ID: "CASE", At: noon,
		Body: []byte(`{"name":"試験 花子"}`)}, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	if err := s.Sessions().PutSession(ctx, auth.Session{Kind: auth.Patient, Subject: "issuer|p2",
		CreatedAt: noon, UsedAt: noon, Data: []byte("試験 花子")}, noon); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"試験", "花子", "ｼｹﾝ", "５６７", "１２３", "1988-11-30", "練習町", "issuer|p2"} {
		if databaseHolds(t, path, secret) {
			t.Errorf("it holds %q in plain text", secret)
		}
	}
}

func TestSealedValuesCannotBeMovedToAnotherRow(t *testing.T) {
	storetest.Engines(t, testSealedValuesCannotBeMovedToAnotherRow)
}

func testSealedValuesCannotBeMovedToAnotherRow(t *testing.T) {
	s, _ := open(t)
	other := hanako
	other.Name = "試験 太一"
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako, "k2": other})
	if _, err := s.tamper(`UPDATE people SET body = (SELECT body FROM people WHERE id = 2)
		WHERE id = 1`); err != nil {
		t.Fatal(err)
	}
	var ref audit.PersonID
	if err := s.read.QueryRow(`SELECT ref FROM people WHERE id = 1`).Scan(&ref); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Register.Person(ctx, "06139992", ref); err == nil {
		t.Errorf("a moved row was opened as %+v", r.Person)
	}
}

func TestInsurersKeysDoNotOpenCountersRecords(t *testing.T) {
	storetest.Engines(t, testInsurersKeysDoNotOpenCountersRecords)
}

func testInsurersKeysDoNotOpenCountersRecords(t *testing.T) {
	s, path := open(t)
	if err := s.ForCounter().PutCase(ctx, counter.Case{Facility: "1319999991", ID: "CASE", At: noon,
		Body: []byte("x")}, entry("case.open")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	o := options()
	delete(o.Masters, "cases")
	without, err := openAt(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer without.Close()
	if c, err := without.ForCounter().Case(ctx, "1319999991", "CASE"); err == nil {
		t.Errorf("opened without its key: %+v", c)
	}
}

// What is sealed is bound to its table, its column, its record and the values of its row that it vouches for:
// nothing opens in another place or beside others.
func TestASealedValueOpensInItsOwnPlaceOnly(t *testing.T) {
	storetest.Engines(t, testASealedValueOpensInItsOwnPlaceOnly)
}

func testASealedValueOpensInItsOwnPlaceOnly(t *testing.T) {
	s, _ := open(t)
	const scope = "people/06139992/2026"
	seal := func(own place) []byte {
		t.Helper()
		sealed, err := s.sealer.seal(ctx, s.write, scope, own, []byte("text"))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := s.sealer.open(ctx, s.read, own, sealed); err != nil || string(plain) != "text" {
			t.Fatalf("%q %v", plain, err)
		}
		return sealed
	}
	own := boundPlace("people.body", "RECORD", "a", []byte("b"), int64(3))
	plain, vouching := seal(plainPlace("people.body", "RECORD")), seal(own)
	missing := seal(boundPlace("people.body", "RECORD", []byte(nil)))
	apart := seal(boundPlace("people.body", "RECORD", "a", "sb")) // texts are written behind an s
	cases := []struct {
		name   string
		sealed []byte
		place  place
	}{
		{"another column", plain, plainPlace("people.pseudonym", "RECORD")},
		{"another table", plain, plainPlace("cases.body", "RECORD")},
		{"another record", plain, plainPlace("people.body", "RECORE")},
		{"a shorter record", plain, plainPlace("people.body", "RECOR")},
		{"no record", plain, plainPlace("people.body", "")},
		{"a letter moved", plain, plainPlace("people.bodyR", "ECORD")},
		{"no place", plain, plainPlace("", "")},
		{"as one that vouches", plain, boundPlace("people.body", "RECORD")},
		{"as one that vouches for nothing", vouching, plainPlace("people.body", "RECORD")},
		{"its column another", vouching, boundPlace("people.bodx", "RECORD", own.values...)},
		{"its record another", vouching, boundPlace("people.body", "RECORE", own.values...)},
		{"a text another", vouching, boundPlace("people.body", "RECORD", "A", []byte("b"), int64(3))},
		{"bytes others", vouching, boundPlace("people.body", "RECORD", "a", []byte("B"), int64(3))},
		{"bytes missing", vouching, boundPlace("people.body", "RECORD", "a", []byte(nil), int64(3))},
		{"bytes empty", vouching, boundPlace("people.body", "RECORD", "a", []byte{}, int64(3))},
		{"bytes as a text", vouching, boundPlace("people.body", "RECORD", "a", "b", int64(3))},
		{"a number another", vouching, boundPlace("people.body", "RECORD", "a", []byte("b"), int64(4))},
		{"a value less", vouching, boundPlace("people.body", "RECORD", "a", []byte("b"))},
		{"a value more", vouching, boundPlace("people.body", "RECORD", "a", []byte("b"), int64(3), "")},
		{"values turned", vouching, boundPlace("people.body", "RECORD", []byte("b"), "a", int64(3))},
		{"two texts as one", vouching, boundPlace("people.body", "RECORD", "ab", []byte{}, int64(3))},
		{"a letter to the next text", apart, boundPlace("people.body", "RECORD", "as", "b")},
		{"empty bytes for missing ones", missing, boundPlace("people.body", "RECORD", []byte{})},
	}
	testenv.Refused(t, testenv.Stored, len(cases)+len(plain)+len(vouching))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if text, err := s.sealer.open(ctx, s.read, c.place, c.sealed); err == nil {
				t.Errorf("opened as %q", text)
			}
		})
	}
	for _, c := range []struct {
		sealed []byte
		place  place
	}{{plain, plainPlace("people.body", "RECORD")}, {vouching, own}} {
		for i := range c.sealed { // its form, its key's number, nonce, text and tag alike
			b := bytes.Clone(c.sealed)
			b[i] ^= 1
			if text, err := s.sealer.open(ctx, s.read, c.place, b); err == nil {
				t.Errorf("form %d, byte %d changed: %q", c.place.form, i, text)
			}
		}
		again := seal(c.place)
		if bytes.Equal(again[8:20], c.sealed[8:20]) || bytes.Equal(again[20:], c.sealed[20:]) {
			t.Error("sealed twice with one nonce")
		}
	}
}

package store

import (
	"fmt"
	"maps"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/internal/testenv"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// Several insurers share a server; a clerk's list, search and count are of the own one, also where two people
// are alike in all that is searched for.
func TestAClerkFindsTheOwnInsurersPeopleOnly(t *testing.T) {
	storetest.Engines(t, testAClerkFindsTheOwnInsurersPeopleOnly)
}

func testAClerkFindsTheOwnInsurersPeopleOnly(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	twin := hanako
	twin.Insurer = "00138990"
	if _, err := s.Importer.ImportPeople(ctx, "00138990", maps.All(map[string]eligibility.Person{"k1": twin}),
		entry("people.import")); err != nil {
		t.Fatal(err)
	}
	texts := []string{"", "５６７", "567", "試験 花子", "ｼｹﾝ ﾊﾅｺ", "1988-11-30", "１２３－４ ５６７"}
	testenv.Refused(t, testenv.Stored, 2*len(texts)+2)
	for _, number := range []eligibility.InsurerNumber{"06139992", "00138990"} {
		for _, text := range texts {
			t.Run(fmt.Sprintf("%s by %q", number, text), func(t *testing.T) {
				q := insurer.PeopleQuery{Insurer: number, Text: text, Limit: 10}
				found, err := s.Register.FindPeople(ctx, q)
				if err != nil || len(found) != 1 || found[0].Person.Insurer != number {
					t.Errorf("%d people, %v", len(found), err)
				}
				if n, err := s.Register.CountFound(ctx, q); err != nil || n != 1 {
					t.Errorf("%d counted, %v", n, err)
				}
			})
		}
		if n, err := s.Register.CountPeople(ctx, number); err != nil || n != 1 {
			t.Errorf("%s counts %d, %v", number, n, err)
		}
	}
	for _, nobody := range []eligibility.InsurerNumber{"01139997", ""} {
		if found, err := s.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: nobody, Text: "567",
			Limit: 10}); err != nil || len(found) != 0 {
			t.Errorf("%q finds %d people, %v", nobody, len(found), err)
		}
	}
}

// A receipt goes to the phones of its person, is read by the login of the phone, and lies for no phone that
// shows somebody else.
func TestReceiptsOfOnePersonReachNoOthersPhone(t *testing.T) {
	storetest.Engines(t, testReceiptsOfOnePersonReachNoOthersPhone)
}

func testReceiptsOfOnePersonReachNoOthersPhone(t *testing.T) {
	s, _ := open(t)
	a, b := twoEnrolled(t, s)
	both := []struct {
		id           audit.PersonID
		login, phone string
	}{
		{a, "op|hanako", "phone-a"},
		{b, "op|taichi", "phone-b"},
	}
	for _, c := range both {
		if err := s.Devices.PutReceiptKey(ctx, c.login, c.phone, []byte(c.phone),
			entry("phone.add")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range both {
		t.Run("the keys of "+c.login, func(t *testing.T) {
			keys, err := s.Receipts.ReceiptKeys(ctx, ofKumiai(c.id), noon)
			if err != nil || len(keys) != 1 || string(keys[c.phone]) != c.phone {
				t.Errorf("%v %v, want %s alone", keys, err, c.phone)
			}
		})
	}
	sealed := map[string][]byte{"phone-a": []byte("one"), "phone-b": []byte("two"), "nobody": []byte("three")}
	if err := s.Receipts.PutReceipts(ctx, ofKumiai(a), insurer.LeftReceipts{Sealed: sealed},
		audit.Entry{At: noon, Actor: "t", Action: "receipt.leave",
			Person: a}); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := s.read.QueryRow(`SELECT count(*) FROM receipts`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d receipts are kept, %v", rows, err)
	}
	testenv.Refused(t, testenv.Sessions, 5)
	for _, c := range []struct {
		login, phone string
		want         int
	}{
		{"op|hanako", "phone-a", 1},
		{"op|hanako", "phone-b", 0},
		{"op|taichi", "phone-a", 0},
		{"op|taichi", "phone-b", 0},
		{"op|nobody", "phone-a", 0},
		{"", "phone-a", 0},
	} {
		t.Run(fmt.Sprintf("%q reads of %s", c.login, c.phone), func(t *testing.T) {
			got, err := s.Receipts.Receipts(ctx, c.login, c.phone, noon)
			if err != nil || len(got) != c.want {
				t.Errorf("%d receipts, %v", len(got), err)
			}
		})
	}
}

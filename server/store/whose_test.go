package store

import (
	"maps"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/outside"
	"madoguchi/server/audit"
	"madoguchi/server/insurer"
)

// Several insurers share a server; a clerk's list, search and count are of the own one, also where two people are
// alike in all that is searched for.
func TestAClerkFindsTheOwnInsurersPeopleOnly(t *testing.T) {
	s, _ := open(t)
	importPeople(t, s, map[string]eligibility.Person{"k1": hanako})
	twin := hanako
	twin.Insurer = "00138990"
	if _, err := s.ImportPeople(ctx, "00138990", maps.All(map[string]eligibility.Person{"k1": twin}),
		entry("people.import")); err != nil {
		t.Fatal(err)
	}
	texts := []string{"", "５６７", "567", "試験 花子", "ｼｹﾝ ﾊﾅｺ", "1988-11-30", "１２３－４ ５６７"}
	outside.Refused(t, outside.Stored, 2*len(texts)+2)
	for _, number := range []eligibility.InsurerNumber{"06139992", "00138990"} {
		for _, text := range texts {
			q := insurer.PeopleQuery{Insurer: number, Text: text, Limit: 10}
			found, err := s.FindPeople(ctx, q)
			if err != nil || len(found) != 1 || found[0].Person.Insurer != number {
				t.Errorf("%s finds by %q %d people, %v", number, text, len(found), err)
			}
			if n, err := s.CountFound(ctx, q); err != nil || n != 1 {
				t.Errorf("%s counts by %q %d, %v", number, text, n, err)
			}
		}
		if n, err := s.CountPeople(ctx, number); err != nil || n != 1 {
			t.Errorf("%s counts %d, %v", number, n, err)
		}
	}
	for _, nobody := range []eligibility.InsurerNumber{"01139997", ""} {
		if found, err := s.FindPeople(ctx, insurer.PeopleQuery{Insurer: nobody, Text: "567",
			Limit: 10}); err != nil || len(found) != 0 {
			t.Errorf("%q finds %d people, %v", nobody, len(found), err)
		}
	}
}

// A receipt goes to the phones of its person, is read by the login of the phone, and lies for no phone that shows
// somebody else.
func TestReceiptsOfOnePersonReachNoOthersPhone(t *testing.T) {
	s, _ := open(t)
	a, b := twoEnrolled(t, s)
	logins := map[audit.PersonID]string{a: "op|hanako", b: "op|taichi"}
	for id, phone := range map[audit.PersonID]string{a: "phone-a", b: "phone-b"} {
		if err := s.PutPhoneKey(ctx, logins[id], phone, []byte(phone), entry("phone.add")); err != nil {
			t.Fatal(err)
		}
	}
	for id, phone := range map[audit.PersonID]string{a: "phone-a", b: "phone-b"} {
		keys, err := s.PhoneKeys(ctx, ofKumiai(id))
		if err != nil || len(keys) != 1 || string(keys[phone]) != phone {
			t.Errorf("%v %v, want %s alone", keys, err, phone)
		}
	}
	sealed := map[string][]byte{"phone-a": []byte("one"), "phone-b": []byte("two"), "nobody": []byte("three")}
	if err := s.PutReceipts(ctx, ofKumiai(a), sealed,
		audit.Entry{At: noon, Actor: "t", Action: "receipt.leave",
			Person: a}); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := s.read.QueryRow(`SELECT count(*) FROM receipts`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d receipts are kept, %v", rows, err)
	}
	outside.Refused(t, outside.Sessions, 5)
	for _, c := range []struct {
		login, phone string
		want         int
	}{{logins[a], "phone-a", 1}, {logins[a], "phone-b", 0}, {logins[b], "phone-a", 0}, {logins[b], "phone-b",
		0}, {"op|nobody", "phone-a", 0}, {"", "phone-a", 0}} {
		if got, err := s.Receipts(ctx, c.login, c.phone, noon.Add(-time.Hour)); err != nil ||
			len(got) != c.want {
			t.Errorf("%q reads of %s %d receipts, %v", c.login, c.phone, len(got), err)
		}
	}
}

package store

import (
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insuredcsv"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// formerly imports people as the releases before did: names as they stood in the file, keys and search values
// made of them.
func formerly(t *testing.T, s *opened, people ...eligibility.Person) {
	t.Helper()
	all := map[string]eligibility.Person{}
	for _, p := range people {
		all[insuredcsv.FormerKey(p)] = p
	}
	importPeople(t, s, all)
	for _, change := range []string{`UPDATE people SET search = 1, name_mac = x'00'`,
		`DELETE FROM meta WHERE name = 'search'`} {
		if _, err := s.tamper(change); err != nil {
			t.Fatal(err)
		}
	}
}

func again(t *testing.T, s *opened, path string) *opened {
	t.Helper()
	s.Close()
	next, err := openAt(path, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { next.Close() })
	return next
}

func TestANameThatWasStoredWithRadicalsIsTheSamePersonAtTheNextImport(t *testing.T) {
	storetest.Engines(t, testANameThatWasStoredWithRadicalsIsTheSamePersonAtTheNextImport)
}

func testANameThatWasStoredWithRadicalsIsTheSamePersonAtTheNextImport(t *testing.T) {
	for _, c := range []struct{ stored, now string }{
		{"⻑⾕川 ⻘⼦", "長谷川 青子"},
		{"⻄⼝ 花子", "西口 花子"},
		{"?田 花子", "〓田 花子"},
		{"□田 花子", "〓田 花子"},
		{"⻲⼭ ？子", "亀山 〓子"},
		{"髙橋 花子", "髙橋 花子"},
		{"●田 花子", "●田 花子"},
		{"⼭⽥ 花⼦", "山田 花子"},
	} {
		t.Run(c.stored, func(t *testing.T) {
			stored, now := c.stored, c.now
			s, path := open(t)
			old, next := hanako, hanako
			old.BranchNumber, old.Name = "", stored
			next.BranchNumber, next.Name = "", now
			formerly(t, s, old)
			s = again(t, s, path)
			r, err := s.Issuer.PersonByKey(ctx, "06139992", insuredcsv.PersonKey(old))
			if err != nil || r.Person.Name != now || r.Version != 1 {
				t.Fatalf("after the start: %+v %v", r, err)
			}
			if found, err := s.Register.FindPeople(ctx, insurer.PeopleQuery{Insurer: "06139992", Text: now,
				Limit: 5}); err != nil || len(found) != 1 || found[0].ID != r.ID {
				t.Errorf("looked for by the name as it is shown: %d %v", len(found), err)
			}
			changed := 1
			if stored == now {
				changed = 0
			}
			count := importPeople(t, s, map[string]eligibility.Person{insuredcsv.PersonKey(next): next})
			if count != (insurer.ImportCount{Changed: changed, Unchanged: 1 - changed}) {
				t.Errorf("the next import: %+v", count)
			}
			count = importPeople(t, s, map[string]eligibility.Person{insuredcsv.PersonKey(next): next})
			if count != (insurer.ImportCount{Unchanged: 1}) {
				t.Errorf("the one after it: %+v", count)
			}
			if again, err := s.Register.Person(ctx, "06139992", r.ID); err != nil ||
				again.Person.Name != now {
				t.Errorf("%+v %v", again, err)
			}
		})
	}
}

func TestTwoPeopleWhoseNamesAreOneNowBothStay(t *testing.T) {
	storetest.Engines(t, testTwoPeopleWhoseNamesAreOneNowBothStay)
}

func testTwoPeopleWhoseNamesAreOneNowBothStay(t *testing.T) {
	s, path := open(t)
	radical, plain := hanako, hanako
	radical.BranchNumber, radical.Name = "", "⻑⾕川 花子"
	plain.BranchNumber, plain.Name = "", "長谷川 花子"
	formerly(t, s, radical, plain)
	s = again(t, s, path)
	if n, err := s.Register.CountPeople(ctx, "06139992"); err != nil || n != 2 {
		t.Errorf("%d people, %v", n, err)
	}
	if found, err := s.Register.FindPeople(ctx,
		insurer.PeopleQuery{Insurer: "06139992", Text: "長谷川花子", Limit: 5}); err != nil || len(found) != 2 {
		t.Errorf("%d found, %v", len(found), err)
	}
}

func TestMoreThanOneBatchOfPeopleIsRenewedAtAStart(t *testing.T) {
	storetest.Engines(t, testMoreThanOneBatchOfPeopleIsRenewedAtAStart)
}

func testMoreThanOneBatchOfPeopleIsRenewedAtAStart(t *testing.T) {
	s, path := open(t)
	people := make([]eligibility.Person, 2100)
	for i := range people {
		people[i] = hanako
		people[i].Number = string(rune('A'+i/100)) + string(rune('A'+i%100))
	}
	formerly(t, s, people...)
	s = again(t, s, path)
	n := 0
	if err := s.read.QueryRow(`SELECT count(*) FROM people WHERE search < $1 OR name_mac = $2`,
		searchForm, []byte{0}).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d people are as they were, %v", n, err)
	}
}

// A 記号 with a hyphen that the release before did not know (U+2012) is the same person's at the next import.
func TestAPersonWhoseSymbolHadAnUnknownHyphenIsTheSamePersonAtTheNextImport(t *testing.T) {
	storetest.Engines(t, testAPersonWhoseSymbolHadAnUnknownHyphenIsTheSamePersonAtTheNextImport)
}

func testAPersonWhoseSymbolHadAnUnknownHyphenIsTheSamePersonAtTheNextImport(t *testing.T) {
	p := hanako
	p.Symbol, p.BranchNumber = "12\u20123", "01"
	if insuredcsv.PersonKey(p) == insuredcsv.FormerKey(p) {
		t.Fatal("the test itself is wrong")
	}
	s, path := open(t)
	formerly(t, s, p)
	s = again(t, s, path)
	if r, err := s.Issuer.PersonByKey(ctx, p.Insurer, insuredcsv.PersonKey(p)); err != nil || r.Version != 1 {
		t.Errorf("under the key of today: %+v %v", r, err)
	}
}

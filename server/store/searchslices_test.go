package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// strangers are people who do not exist, with names that begin in a few ways, by keys of their own.
func strangers(from, n int) iter.Seq2[string, eligibility.Person] {
	return func(yield func(string, eligibility.Person) bool) {
		for i := from; i < from+n; i++ {
			p := hanako
			p.Symbol, p.Number = "国", fmt.Sprint(7_000_000+i)
			p.Name = []string{"架空 花子", "架空橋 花子", "仮名 花子", "名無 花子", "架空 太郎"}[i%5]
			p.Kana = []string{"カクウ ハナコ", "カクウバシ ハナコ", "カメイ ハナコ", "ナナシ ハナコ", "カクウ タロウ"}[i%5]
			p.BirthDate = eligibility.MustDate("1930-01-01").AddDays(i)
			if !yield(fmt.Sprint("stranger", i), p) {
				return
			}
		}
	}
}

func importStrangers(t *testing.T, s *opened, n int) {
	t.Helper()
	_, err := s.Importer.ImportPeople(ctx, "06139992", strangers(0, n), entry("people.import"))
	if err != nil {
		t.Fatal(err)
	}
}

// told is what slices or the rows of people tell: by kind and hash in hexadecimal, whom.
type told map[string]int64

// toldBySlices is what all slices tell, read without any of the code that writes and searches them: entries
// of sixteen bytes, a hash and a number.
func toldBySlices(t *testing.T, s *opened) told {
	t.Helper()
	all := told{}
	err := s.each(ctx, func(scan func(...any) error) error {
		var kind, part int
		var first int64
		var entries []byte
		if err := scan(&kind, &part, &first, &entries); err != nil {
			return err
		}
		text, before := hex.EncodeToString(entries), ""
		for ; text != ""; text = text[32:] {
			var person int64
			if _, err := fmt.Sscanf(text[16:32], "%x", &person); err != nil {
				return err
			}
			if text[:16] < before || fmt.Sprintf("%x", part) != text[:1] || person < first {
				t.Errorf("kind %d, part %d of %d: %s after %s", kind, part, first, text[:32], before)
			}
			before = text[:16]
			all[fmt.Sprintf("%s %s %d", searchKinds[kind].column, text[:16], person)] = person
		}
		return nil
	}, `SELECT kind, part, first, entries FROM search_slices`)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// slicesTellOfTheirPeople wants the slices to tell of whoever is said to be in one, and of nobody else but of
// those in stale.
func slicesTellOfTheirPeople(t *testing.T, s *opened, stale ...int64) (inSlices int) {
	t.Helper()
	want := told{}
	err := s.each(ctx, func(scan func(...any) error) error {
		var person int64
		hashes := make([][]byte, 4)
		if err := scan(&person, &hashes[0], &hashes[1], &hashes[2], &hashes[3]); err != nil {
			return err
		}
		inSlices++
		for i, column := range []string{"number_mac", "birth_mac", "name_head_mac", "kana_head_mac"} {
			want[fmt.Sprintf("%s %x %d", column, hashes[i], person)] = person
		}
		return nil
	}, `SELECT id, number_mac, birth_mac, name_head_mac, kana_head_mac FROM people WHERE in_slice = 1`)
	if err != nil {
		t.Fatal(err)
	}
	got := toldBySlices(t, s)
	maps.DeleteFunc(got, func(_ string, person int64) bool { return slices.Contains(stale, person) })
	if !maps.Equal(got, want) {
		t.Errorf("the slices tell of %d, %d are in one", len(got), len(want))
	}
	return inSlices
}

// count is how many people a clerk finds.
func (s *opened) count(t *testing.T, text string) int {
	t.Helper()
	n, err := s.Register.CountFound(ctx, insurer.PeopleQuery{Insurer: "06139992", Text: text})
	if err != nil {
		t.Errorf("%s: %v", text, err)
	}
	return n
}

// The people of a file are found by their slices, each by everything that people are found by, as if they had
// come one by one.
func TestPeopleOfAFileAreFoundBySlices(t *testing.T) {
	storetest.Engines(t, testPeopleOfAFileAreFoundBySlices)
}

func testPeopleOfAFileAreFoundBySlices(t *testing.T) {
	s, _ := open(t)
	const all = 2*importSlice + 300
	importStrangers(t, s, all)
	if n := slicesTellOfTheirPeople(t, s); n != all-s.importBatch() {
		t.Errorf("%d of %d are in a slice: all but the first batch should be", n, all)
	}
	i := 0
	for key, p := range strangers(0, all) {
		if i++; i%97 > 0 && i < all-3 {
			continue
		}
		for _, text := range []string{p.Number, "国 " + p.Number, p.BirthDate.String()} {
			q := insurer.PeopleQuery{Insurer: "06139992", Text: text, Limit: 10}
			found, err := s.Register.FindPeople(ctx, q)
			if err != nil || len(found) != 1 || found[0].Person != p {
				t.Errorf("%s by %s: %d found, %v", key, text, len(found), err)
			}
			q.Insurer = "01130012"
			if others, err := s.Register.FindPeople(ctx, q); err != nil || len(others) > 0 {
				t.Errorf("%s by %s: another insurer finds %d, %v", key, text, len(others), err)
			}
		}
	}
	for text, want := range map[string]int{"架空": 3, "架空橋": 1, "架空 太郎": 1, "仮名花子": 1, "ナナシ": 1,
		"カクウ": 3, "架空亀": 0, "国 9999999": 0} {
		if n := s.count(t, text); n != want*all/5 {
			t.Errorf("%s: %d found, want %d", text, n, want*all/5)
		}
	}
}

// Whoever is changed or erased is no longer found by what a slice tells of them, and nothing of who is erased
// stays in it, of a former name neither.
func TestASliceKeepsNothingOfWhoIsErased(t *testing.T) {
	storetest.Engines(t, testASliceKeepsNothingOfWhoIsErased)
}

func testASliceKeepsNothingOfWhoIsErased(t *testing.T) {
	s, _ := open(t)
	all := s.importBatch() + 100
	importStrangers(t, s, all)
	var key string
	var p eligibility.Person
	for key, p = range strangers(all-1, 1) { // of the last batch, which is in a slice
	}
	r, err := s.Issuer.PersonByKey(ctx, "06139992", key)
	if err != nil {
		t.Fatal(err)
	}
	number := func() (number int64, inSlice bool) {
		var flag int
		if err := s.read.QueryRow(`SELECT id, in_slice FROM people WHERE ref = $1`, string(r.ID)).
			Scan(&number, &flag); err != nil {
			t.Fatal(err)
		}
		return number, flag == 1
	}
	person, inSlice := number()
	if !inSlice {
		t.Fatal("the person is in no slice: nothing is shown below")
	}
	moved := p
	moved.Address = "大阪府架空市新町1"
	importPeople(t, s, map[string]eligibility.Person{key: moved})
	if _, inSlice := number(); !inSlice || s.count(t, p.Number) != 1 {
		t.Error("a person who moved has left the slice")
	}
	married := moved
	married.Name, married.Kana = "練習 花子", "レンシュウ ハナコ"
	importPeople(t, s, map[string]eligibility.Person{key: married})
	if _, inSlice := number(); inSlice {
		t.Error("a person with a new name is still in the slice")
	}
	slicesTellOfTheirPeople(t, s, person)
	former := (all + 5 - (all-1)%5 - 1) / 5 // how many have a name that begins as this one's did
	for text, want := range map[string]int{p.Number: 1, "練習": 1, "レンシュウ": 1, p.Name: former - 1} {
		if n := s.count(t, text); n != want {
			t.Errorf("%s: %d found, want %d", text, n, want)
		}
	}
	if err := s.Register.ErasePerson(ctx, "06139992", r.ID, entry("person.erase")); err != nil {
		t.Fatal(err)
	}
	if n := slicesTellOfTheirPeople(t, s); n != 99 {
		t.Errorf("%d are in a slice, want 99", n)
	}
	for _, text := range []string{p.Number, "練習"} {
		if n := s.count(t, text); n != 0 {
			t.Errorf("%s: %d found who are erased", text, n)
		}
	}
}

// A row that is damaged is told, and not read as if nobody were there.
func TestADamagedSliceIsTold(t *testing.T) { storetest.Engines(t, testADamagedSliceIsTold) }

func testADamagedSliceIsTold(t *testing.T) {
	s, _ := open(t)
	all := s.importBatch() + 100
	importStrangers(t, s, all)
	if _, err := s.write.ExecContext(ctx, `UPDATE search_slices SET entries = $1`,
		[]byte(strings.Repeat("x", 17))); err != nil {
		t.Fatal(err)
	}
	q := insurer.PeopleQuery{Insurer: "06139992", Text: "架空", Limit: 10}
	if _, err := s.Register.FindPeople(ctx, q); !errors.Is(err, errSlice) {
		t.Errorf("%v", err)
	}
	r, err := s.Issuer.PersonByKey(ctx, "06139992", fmt.Sprint("stranger", all-1))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Register.ErasePerson(ctx, "06139992", r.ID, entry("person.erase"))
	if !errors.Is(err, errSlice) {
		t.Errorf("%v", err)
	}
}

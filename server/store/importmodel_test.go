package store

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// modelSteps says in the environment how many steps the next test makes where a few are not enough, and
// modelSeed from which number chance goes on:
// MADOGUCHI_TEST_MODEL_STEPS=300 MADOGUCHI_TEST_MODEL_SEED=7 go test ./server/store -run AsItsModel
const (
	modelSteps = "MADOGUCHI_TEST_MODEL_STEPS"
	modelSeed  = "MADOGUCHI_TEST_MODEL_SEED"
)

func numberIn(name string, other int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return other
}

// Files of all sizes, in which people are new, changed, renamed, repeated and as before, files that are given
// up, erasures between and beside them, and starts: after each the store finds, lists and counts whom a list
// in memory has that is searched from end to end.
func TestARegisterIsAsItsModel(t *testing.T) { storetest.Engines(t, testARegisterIsAsItsModel) }

func testARegisterIsAsItsModel(t *testing.T) {
	s, path := open(t)
	steps := 10
	if s.importBatch() > 1000 {
		steps = 4 // with ten times as many people
	}
	seed := numberIn(modelSeed, 1)
	m := registerModel{
		T:      t,
		opened: s,
		chance: rand.New(rand.NewPCG(uint64(seed), 42)),
		people: [2]map[string]eligibility.Person{{}, {}},
		plain:  plainTexts{},
	}
	for step := range numberIn(modelSteps, steps) {
		m.did = fmt.Sprintf("seed %d, step %d", seed, step)
		switch what := m.chance.IntN(10); {
		case what < 6:
			m.imports()
		case what < 8:
			for range 1 + m.chance.IntN(4) {
				m.erases(m.chance.IntN(2))
			}
		case what < 9:
			m.renames()
		default:
			m.opened = again(t, m.opened, path)
		}
		m.compare()
		if t.Failed() {
			t.Fatal(m.did)
		}
	}
	m.slicesTellOfNobodyElse()
}

// registerModel is a store and what it should hold.
type registerModel struct {
	*testing.T
	*opened
	chance *rand.Rand
	people [2]map[string]eligibility.Person // of each insurer, by the keys of their imports
	newest [2][]string                      // keys, in the order in which they came
	former []eligibility.Person             // some whom nothing finds any more, perhaps
	next   int                              // key that nobody had
	plain  plainTexts
	did    string
}

var modelInsurers = [2]eligibility.InsurerNumber{"06139992", "01130012"}

// plainTexts remembers what texts are compared by.
type plainTexts map[string]map[string]string

func (t plainTexts) of(kind, text string, how func(string) string) string {
	plain, ok := t[kind][text]
	if !ok {
		if t[kind] == nil {
			t[kind] = map[string]string{}
		}
		plain = how(text)
		t[kind][text] = plain
	}
	return plain
}

func (t plainTexts) number(text string) string {
	return t.of("number", text, eligibility.NormaliseNumber)
}
func (t plainTexts) symbol(text string) string {
	return t.of("symbol", text, eligibility.NormaliseSymbol)
}
func (t plainTexts) name(text string) string { return t.of("name", text, eligibility.SearchName) }

// modelRow is a row of a file.
type modelRow struct {
	key    string
	person eligibility.Person
}

func (m *registerModel) says(format string, args ...any) {
	m.did += "; " + fmt.Sprintf(format, args...)
}

func oneOf[T any](chance *rand.Rand, all ...T) T { return all[chance.IntN(len(all))] }

// somebody makes a person of few names, numbers and birthdays, so that some have the same.
func (m *registerModel) somebody(of int, key string) eligibility.Person {
	p := hanako
	p.Insurer, p.Address = modelInsurers[of], "架空市"+key
	p.Symbol = oneOf(m.chance, "", "国", "１２－３")
	p.Number = oneOf(m.chance, "", "00", "００") + fmt.Sprint(m.chance.IntN(m.importBatch()))
	letter := func() string {
		return string(oneOf(m.chance, []rune("架空橋髙高渡邉辺仮名練習試験京都大阪")...))
	}
	p.Name = letter() + letter() + oneOf(m.chance, "", " 花子", "　太郎", letter())
	if m.chance.IntN(50) == 0 {
		p.Name = oneOf(m.chance, "仮", "A", "'; --", "ﾀﾅｶ", "架\U000E0101空", "〓山 花子")
	}
	p.Kana = oneOf(m.chance, "", "カ", "ｶｸｳ ", "タナ", "ワタ") +
		oneOf(m.chance, "", "ハナコ", "ﾀﾛｳ", "ナベ")
	p.BirthDate = eligibility.MustDate("1950-01-01").AddDays(m.chance.IntN(m.importBatch()))
	return p
}

// changed is a person as another file has them.
func (m *registerModel) changed(of int, key string, p eligibility.Person) eligibility.Person {
	if m.chance.IntN(2) == 0 {
		p.PostCode = fmt.Sprintf("%07d", m.chance.IntN(1000))
		return p
	}
	return m.somebody(of, key)
}

// known is a key of somebody, the last who came more often than others; "" where there is nobody.
func (m *registerModel) known(of int) string {
	n := len(m.newest[of])
	if n == 0 {
		return ""
	}
	return m.newest[of][n-1-m.chance.IntN(oneOf(m.chance, 1, min(n, 20), n))]
}

// file makes a file: a stretch of new people, and others among them.
func (m *registerModel) file(of int) (rows []modelRow) {
	batch := m.importBatch()
	size := oneOf(m.chance, 0, 1, 19, 21, batch-1, batch, batch+1, 2*batch-1, 2*batch+m.chance.IntN(batch))
	if m.chance.IntN(8) == 0 {
		size = importSlice + oneOf(m.chance, -1, 0, 1, importSlice+1)
	}
	for range size {
		m.next++
		key := fmt.Sprint("k", m.next)
		rows = append(rows, modelRow{key, m.somebody(of, key)})
	}
	for range oneOf(m.chance, 0, 0, 1, 30) {
		key := m.known(of)
		if len(rows) > 0 && (key == "" || m.chance.IntN(3) == 0) {
			key = rows[m.chance.IntN(len(rows))].key // a row that is repeated
		}
		if key == "" {
			continue
		}
		p := m.people[of][key]
		if at := slices.IndexFunc(rows, func(r modelRow) bool { return r.key == key }); at >= 0 {
			p = rows[at].person
		}
		if m.chance.IntN(3) > 0 {
			p = m.changed(of, key, p)
		}
		rows = slices.Insert(rows, m.chance.IntN(len(rows)+1), modelRow{key, p})
	}
	return rows
}

// imports stores a file, or gives it up. Somebody may be erased when it has begun.
func (m *registerModel) imports() {
	of := m.chance.IntN(2)
	rows, upAt := m.file(of), -1
	if m.chance.IntN(4) == 0 {
		upAt = m.chance.IntN(len(rows) + 1)
	}
	m.says("a file of %d, given up at %d", len(rows), upAt)
	asFile := map[string]bool{}
	for _, r := range rows {
		asFile[r.key] = true
	}
	cancelled, cancel := context.WithCancel(ctx)
	defer cancel()
	beside := m.chance.IntN(3) == 0
	people := func(yield func(string, eligibility.Person) bool) {
		if key := m.known(of); beside && !asFile[key] {
			m.erase(of, key)
		}
		for i, r := range rows {
			if i == upAt {
				cancel()
			}
			if !yield(r.key, r.person) {
				return
			}
		}
	}
	count, err := m.Importer.ImportPeople(cancelled, modelInsurers[of], people, entry("people.import"))
	if err != nil && upAt < 0 {
		m.Error(err)
	}
	if err == nil {
		if want := m.take(of, rows); count != want {
			m.Errorf("%+v, want %+v", count, want)
		}
	}
}

// take brings a file into the model.
func (m *registerModel) take(of int, rows []modelRow) (count insurer.ImportCount) {
	for _, r := range rows {
		before, ok := m.people[of][r.key]
		switch {
		case !ok:
			count.New++
			m.newest[of] = append(m.newest[of], r.key)
		case before == r.person:
			count.Unchanged++
		default:
			count.Changed++
			m.former = append(m.former, before)
		}
		m.people[of][r.key] = r.person
	}
	return count
}

// renames gives everybody whose name has a first letter another name.
func (m *registerModel) renames() {
	of := m.chance.IntN(2)
	if m.known(of) == "" {
		return
	}
	name := m.people[of][m.known(of)].Name
	var rows []modelRow
	for _, key := range m.newest[of] {
		if p := m.people[of][key]; strings.HasPrefix(p.Name, string([]rune(name)[:1])) {
			p.Name = oneOf(m.chance, "改名 花子", "架空 改")
			rows = append(rows, modelRow{key, p})
		}
	}
	m.says("%d renamed", len(rows))
	count, err := m.Importer.ImportPeople(ctx, modelInsurers[of], func(
		yield func(string, eligibility.Person) bool,
	) {
		for _, r := range rows {
			if !yield(r.key, r.person) {
				return
			}
		}
	}, entry("people.import"))
	if want := m.take(of, rows); err != nil || count != want {
		m.Errorf("%+v, want %+v, %v", count, want, err)
	}
}

func (m *registerModel) erases(of int) { m.erase(of, m.known(of)) }

func (m *registerModel) erase(of int, key string) {
	if key == "" {
		return
	}
	m.says("%s erased", key)
	number := modelInsurers[of]
	r, err := m.Issuer.PersonByKey(ctx, number, key)
	if err == nil {
		err = m.Register.ErasePerson(ctx, number, r.ID, entry("person.erase"))
	}
	if err != nil {
		m.Errorf("erasing %s: %v", key, err)
	}
	m.former = append(m.former, m.people[of][key])
	delete(m.people[of], key)
	m.newest[of] = slices.DeleteFunc(m.newest[of], func(k string) bool { return k == key })
}

// meaning returns what says whether a clerk's text means a person.
func (m *registerModel) meaning(text string) func(eligibility.Person) bool {
	number, name := eligibility.NormaliseNumber(text), eligibility.SearchName(text)
	born, _ := eligibility.ReadDate(text)
	symbol, of, insured := strings.Cut(text, " ")
	symbol, of = eligibility.NormaliseSymbol(symbol), eligibility.NormaliseNumber(of)
	begins := func(whole string) bool {
		return name != "" && strings.HasPrefix(whole, name) && (len([]rune(name)) > 1 || whole == name)
	}
	return func(p eligibility.Person) bool {
		own := m.plain.number(p.Number)
		return own == number || born == p.BirthDate ||
			insured && own == of && symbol == m.plain.symbol(p.Symbol) ||
			begins(m.plain.name(p.Name)) || begins(m.plain.name(p.Kana))
	}
}

// texts are by what somebody may be looked for.
func (m *registerModel) texts() (all []string) {
	var some []eligibility.Person
	for of := range m.people {
		if key := m.known(of); key != "" {
			some = append(some, m.people[of][key])
		}
	}
	for range min(2, len(m.former)) {
		some = append(some, oneOf(m.chance, m.former...))
	}
	for _, p := range some {
		all = append(all, p.Number, p.Symbol+" "+p.Number, p.BirthDate.String(), p.Name, p.Kana,
			string([]rune(p.Name)[:min(2, len([]rune(p.Name)))]))
	}
	slices.Sort(all)
	return append(slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" }), "改名")
}

func (m *registerModel) compare() {
	for of, number := range modelInsurers {
		if n, err := m.Register.CountPeople(ctx, number); err != nil || n != len(m.people[of]) {
			m.Errorf("%d people of %s, want %d, %v", n, number, len(m.people[of]), err)
		}
		for _, text := range m.texts() {
			want, means := map[string]eligibility.Person{}, m.meaning(text)
			for key, p := range m.people[of] {
				if means(p) {
					want["架空市"+key] = p
				}
			}
			q := insurer.PeopleQuery{Insurer: number, Text: text, Limit: 1 << 30}
			records, err := m.Register.FindPeople(ctx, q)
			got := map[string]eligibility.Person{}
			for _, r := range records {
				got[r.Person.Address] = r.Person
			}
			if err != nil || len(records) != len(want) || !maps.Equal(got, want) {
				m.Errorf("%q of %s: %d are found, want %d, %v", text, number, len(records), len(want), err)
			}
		}
	}
}

// slicesTellOfNobodyElse wants no entry of anybody who is gone.
func (m *registerModel) slicesTellOfNobodyElse() {
	there := map[int64]bool{}
	if err := m.each(ctx, func(scan func(...any) error) error {
		var person int64
		err := scan(&person)
		there[person] = true
		return err
	}, `SELECT id FROM people`); err != nil {
		m.Error(err)
	}
	for entry, person := range toldBySlices(m.T, m.opened) {
		if !there[person] {
			m.Errorf("a slice tells of somebody who is gone: %s", entry)
		}
	}
}

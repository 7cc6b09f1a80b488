package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/store/storetest"
)

// Behind a stretch of new people the next are stored before anybody is looked for. Wherever in a file known,
// changed and repeated ones stand, each is counted once (ImporterStore), and is as the file says.
func TestWhoIsKnownIsFoundAnywhereInAFile(t *testing.T) {
	storetest.Engines(t, testWhoIsKnownIsFoundAnywhereInAFile)
}

func testWhoIsKnownIsFoundAnywhereInAFile(t *testing.T) {
	s, _ := open(t)
	known := map[string]eligibility.Person{}
	for i := range 50 {
		p := hanako
		p.Number = fmt.Sprint("9", i)
		known["known"+fmt.Sprint(i)] = p
	}
	importPeople(t, s, known)
	most := s.importBatch()
	for seed, others := range [][3]int{ // unchanged, changed and repeated rows among the new ones
		{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {5, 5, 5}, {20, 20, 400},
	} {
		t.Run(fmt.Sprint(others), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(uint64(seed), 1))
			type row struct {
				key    string
				person eligibility.Person
			}
			var rows []row
			want := insurer.ImportCount{New: 3*most + 7}
			for i := range want.New {
				p := hanako
				p.Number = fmt.Sprint(seed, i)
				rows = append(rows, row{fmt.Sprint(seed, "new", i), p})
			}
			put := func(at int, r row) { rows = append(rows[:at], append([]row{r}, rows[at:]...)...) }
			for _, i := range chance.Perm(25)[:others[0]] {
				key := fmt.Sprint("known", i)
				put(chance.IntN(len(rows)), row{key, known[key]})
				want.Unchanged++
			}
			for _, i := range chance.Perm(25)[:others[1]] {
				key := fmt.Sprint("known", 25+i)
				moved := known[key]
				moved.Address = fmt.Sprint("大阪府架空市", seed)
				known[key] = moved
				put(chance.IntN(len(rows)), row{key, moved})
				want.Changed++
			}
			for range others[2] {
				at := chance.IntN(len(rows))
				put(at+chance.IntN(min(len(rows)-at, 2*most)), rows[at])
				want.Unchanged++
			}
			count, err := s.Importer.ImportPeople(ctx, "06139992",
				func(yield func(string, eligibility.Person) bool) {
					for _, r := range rows {
						if !yield(r.key, r.person) {
							return
						}
					}
				}, entry("people.import"))
			if err != nil || count != want {
				t.Errorf("%+v %v, want %+v", count, err, want)
			}
			slicesTellOfTheirPeople(t, s)
			for i, r := range rows {
				if i%9 > 0 && !strings.HasPrefix(r.key, "known") {
					continue
				}
				p, err := s.Issuer.PersonByKey(ctx, "06139992", r.key)
				if err != nil || p.Person != r.person {
					t.Fatalf("%s: %+v %v", r.key, p, err)
				}
			}
		})
	}
}

package insurer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whatever fits into memory or not, the order is that of one sort, and each candidate comes once.
func TestRunsAreOrderedHoweverManyPeopleTheyHave(t *testing.T) {
	for _, n := range []int{0, 1, heldCandidates, heldCandidates + 1, 3*heldCandidates + 7} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(n)))
			var sorter runSorter
			defer sorter.close()
			all := make([]candidate, n)
			for i := range all {
				place, town := random.IntN(max(n/3, 1)), random.IntN(3) // many are equal
				all[i] = candidate{
					ref:   fmt.Sprintf("REF%08d", i),
					key:   fmt.Sprintf("%07d\x00架空町%d", place, town),
					group: fmt.Sprint(random.IntN(9)),
				}
				if err := sorter.add(all[i]); err != nil {
					t.Fatal(err)
				}
			}
			slices.SortFunc(all, compareCandidates)
			at := 0
			for c, err := range sorter.sorted() {
				if err != nil {
					t.Fatal(err)
				}
				if at == len(all) || c != all[at] {
					t.Fatalf("place %d of %d: %+v", at, len(all), c)
				}
				at++
			}
			if at != n {
				t.Errorf("%d of %d came", at, n)
			}
		})
	}
}

// Addresses stand in the keys: nothing of them may be read off the disk.
func TestWhatIsSpilledIsSealed(t *testing.T) {
	var sorter runSorter
	defer sorter.close()
	for i := range 2*heldCandidates + 1 {
		c := candidate{ref: fmt.Sprint(i), key: "1000001\x00架空県架空市架空町", group: "記号"}
		if err := sorter.add(c); err != nil {
			t.Fatal(err)
		}
	}
	data := make([]byte, sorter.spill.end)
	if _, err := sorter.spill.file.ReadAt(data, 0); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"1000001", "架空", "記号"} {
		for at := 0; at+len(text) <= len(data); at++ {
			if string(data[at:at+len(text)]) == text {
				t.Fatalf("%s stands in the file at byte %d", text, at)
			}
		}
	}
	// a block that another wrote, or from another place, is refused
	data[100] ^= 1
	if _, err := sorter.spill.file.WriteAt(data, 0); err != nil {
		t.Fatal(err)
	}
	var failed error
	for _, err := range sorter.sorted() {
		failed = err
	}
	if failed == nil {
		t.Error("an altered block was read")
	}
}

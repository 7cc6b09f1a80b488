package kit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Whoever reads a page knows this program's text too. So what a hidden number can be is asked of the program:
// everything that would be shown alike is tried, and each small number among it must have several values.

// fewest is how many values a small number must keep, whatever is shown beside it.
const fewest = 4

// mayBe are the values that small numbers have, by what is shown and by their places.
type mayBe map[string][]map[int]bool

func (m mayBe) add(shown string, numbers []int) {
	if m[shown] == nil {
		m[shown] = make([]map[int]bool, len(numbers))
	}
	for i, n := range numbers {
		if m[shown][i] == nil {
			m[shown][i] = map[int]bool{}
		}
		m[shown][i][n] = true
	}
}

// each calls see with every row of so many numbers out of some.
func each(count int, out []int, see func([]int)) {
	row := make([]int, count)
	var fill func(at int)
	fill = func(at int) {
		if at == count {
			see(row)
			return
		}
		for _, n := range out {
			row[at] = n
			fill(at + 1)
		}
	}
	fill(0)
}

// upTo are the numbers from 0 to n.
func upTo(n int) (all []int) {
	for i := range n + 1 {
		all = append(all, i)
	}
	return all
}

// untold names the rows whose small numbers are told by what is shown.
func (m mayBe) untold(t *testing.T, shown string, numbers []int) {
	t.Helper()
	for i, n := range numbers {
		if n > 0 && n < Smallest && len(m[shown][i]) < fewest {
			t.Errorf("%v is shown as %s, so number %d is one of %v", numbers, shown, i+1, m[shown][i])
		}
	}
}

func TestNoPartOfAWholeIsToldByTheOthers(t *testing.T) {
	for _, c := range []struct{ parts, most, asked int }{{2, 60, 30}, {3, 36, 18}} {
		t.Run(fmt.Sprint(c.parts), func(t *testing.T) {
			shown := func(parts []int) string {
				whole := 0
				for _, n := range parts {
					whole += n
				}
				return strings.Join(append(ShownParts(parts), "of", ShownCount(whole)), " ")
			}
			known := mayBe{}
			each(c.parts, upTo(c.most), func(parts []int) { known.add(shown(parts), parts) })
			each(c.parts, upTo(c.asked), func(parts []int) {
				if !t.Failed() {
					known.untold(t, shown(parts), parts)
				}
			})
		})
	}
}

// Beside a sum stand its numbers, and no two of them are told by what happens to both.
func TestNoNumberIsToldByItsSum(t *testing.T) {
	for _, c := range []struct {
		count int
		out   []int
	}{
		{1, upTo(40)},
		{2, upTo(40)},
		{3, upTo(30)},
		{4, append(upTo(Smallest), 18, 19)},
	} {
		t.Run(fmt.Sprint(c.count), func(t *testing.T) {
			shown := func(numbers []int) string {
				return strings.Join(shownCounts(append(slices.Clone(numbers), SumOf(numbers))), " ")
			}
			known := mayBe{}
			each(c.count, c.out, func(numbers []int) { known.add(shown(numbers), numbers) })
			each(c.count, c.out, func(numbers []int) {
				if !t.Failed() {
					known.untold(t, shown(numbers), numbers)
				}
			})
		})
	}
}

// As many days of one person each as a week, a month and a quarter may have: of nine such days the sum once
// told each.
func TestManySmallNumbersAreNotToldByTheirSum(t *testing.T) {
	for count := 2; count <= 92; count++ {
		for _, n := range []int{1, 2, 8, 9} {
			for _, other := range []int{0, 10, 18, 19} {
				shown := ShownCount(SumOf(append(slices.Repeat([]int{n}, count), other)))
				var alike []int // what the first may be
				for m := 1; m < Smallest; m++ {
					for rest := count - 1; rest <= 9*(count-1); rest++ {
						others := fill(count-1, rest)
						if ShownCount(SumOf(append(others, m, other))) == shown {
							alike = append(alike, m)
							break
						}
					}
				}
				if len(alike) < fewest {
					t.Errorf("%d times %d beside %d: %s is shown, so each is one of %v",
						count, n, other, shown, alike)
				}
			}
		}
	}
}

// fill are so many numbers from 1 to 9 that come to sum.
func fill(count, sum int) []int {
	all := slices.Repeat([]int{1}, count)
	for i, left := 0, sum-count; left > 0; i++ {
		some := min(left, Smallest-2)
		all[i], left = 1+some, left-some
	}
	return all
}

// shownCounts are numbers as they may be shown.
func shownCounts(numbers []int) (all []string) {
	for _, n := range numbers {
		all = append(all, ShownCount(n))
	}
	return all
}

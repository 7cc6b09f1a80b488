package clerk

import (
	"strings"
	"testing"
)

func TestSmallNumbersAreHiddenAndCannotBeHadBySubtracting(t *testing.T) {
	for _, c := range []struct {
		parts []int
		want  string
	}{
		{[]int{100, 50, 20}, "100 50 20"},
		{[]int{100, 0, 20}, "100 0 20"},
		{[]int{100, 3, 20}, "100 10未満 非表示"},
		{[]int{100, 3, 4, 20}, "100 10未満 10未満 20"},
		{[]int{0, 9}, "0 10未満"},
		{[]int{10, 9}, "非表示 10未満"},
	} {
		if got := strings.Join(shownParts(c.parts), " "); got != c.want {
			t.Errorf("%v: %s, want %s", c.parts, got, c.want)
		}
	}
}

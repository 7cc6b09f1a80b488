package kit

import (
	"strings"
	"testing"

	"madoguchi/eligibility"
	"madoguchi/message"
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
		{[]int{10, 1}, "非表示 非表示"}, // 11 in all: the small one would be 1
		{[]int{100, 1, 1, 20}, "100 10未満 10未満 非表示"},
		{[]int{100, 1, 10}, "非表示 10未満 非表示"},
		{[]int{9, 9}, "非表示 非表示"},
		{[]int{1, 1}, "10未満 10未満"}, // the whole is shown as such too
	} {
		if got := strings.Join(ShownParts(c.parts), " "); got != c.want {
			t.Errorf("%v: %s, want %s", c.parts, got, c.want)
		}
	}
}

// Whatever is shown beside it, a hidden number cannot be had from a sum by subtracting.
func TestASumDoesNotTellAHiddenNumber(t *testing.T) {
	for _, c := range []struct {
		numbers []int
		want    int
	}{
		{nil, 0},
		{[]int{12, 30}, 42},
		{[]int{12, 0, 30}, 42},
		{[]int{12, 3}, 10},
		{[]int{100, 9, 57}, 150}, // 160 would say that it is 3 or more
		{[]int{18, 1}, 10},       // as 18 and 9 are
		{[]int{100, 3, 4}, 100},
		{[]int{100, 8, 9}, 110},
		{[]int{9, 9, 9, 9, 9}, 30},
		{[]int{1, 1, 1, 1, 1, 1, 1, 1, 1}, HiddenNumber}, // under ten would say that each is 1
		{[]int{3, 4}, 7},                                 // under ten itself, and shown so
	} {
		if got := SumOf(c.numbers); got != c.want {
			t.Errorf("%v: %d, want %d", c.numbers, got, c.want)
		}
	}
}

// A small number's bar is as high as ten is at most, and has no figure: 1 and 9 look the same.
func TestASmallNumbersBarTellsNoMoreThanThat(t *testing.T) {
	draw := func(numbers []int) []Bar {
		title := message.New("staff.statistics.chartDays", nil)
		return NewBarChart(Series{Title: title, Numbers: numbers, Labels: []string{"1", "2", "3", "4"}}).Bars
	}
	one := draw([]int{0, 1, 100, 12_345})
	nine := draw([]int{0, 9, 100, 12_345})
	for i := range one {
		if one[i] != nine[i] {
			t.Errorf("bar %d: %+v and %+v", i, one[i], nine[i])
		}
	}
	if hidden := draw([]int{0, HiddenNumber, 100, 12_345}); hidden[1] != one[1] {
		t.Errorf("a hidden number: %+v", hidden[1])
	}
	if one[0].Height != 0 || !one[1].Small || one[1].Value != "" || one[2].Value != "100" ||
		one[3].Value != "1.2万" {
		t.Errorf("%+v", one)
	}
}

// In a sentence the unit stands within the number, in a table there is none.
func TestASentenceTellsASmallNumberWithItsUnit(t *testing.T) {
	for _, c := range []struct {
		n                 int
		people, items, en string
	}{
		{0, "0人", "0件", "0"},
		{1, "10人未満", "10件未満", "fewer than 10"},
		{9, "10人未満", "10件未満", "fewer than 10"},
		{10, "10人", "10件", "10"},
		{1234, "1,234人", "1,234件", "1,234"},
	} {
		people, items := SaidPeople(c.n), SaidItems(c.n)
		if people.In("ja") != c.people || items.In("ja") != c.items || people.In("en") != c.en ||
			items.In("en") != c.en {
			t.Errorf("%d: %s, %s, %s", c.n, people.In("ja"), items.In("ja"), people.In("en"))
		}
	}
}

// Below days stand their numbers; the oldest, and the first of a month with room beside it, name the month.
func TestTheAxisOfDaysNamesMonths(t *testing.T) {
	for _, c := range []struct{ newest, want string }{
		{"2026-12-02", "2 12/1 30 11/29"},
		{"2026-12-03", "3 2 1 11/30"},
		{"2026-12-04", "4 3 2 12/1"},
	} {
		newest, err := eligibility.ParseDate(c.newest)
		if err != nil {
			t.Fatal(err)
		}
		var days []eligibility.Date
		for i := range 4 {
			days = append(days, newest.AddDays(-i))
		}
		if got := strings.Join(DayLabels(days), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.newest, got, c.want)
		}
	}
}

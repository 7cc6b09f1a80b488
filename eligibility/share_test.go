package eligibility

import (
	"errors"
	"slices"
	"testing"
)

// Expected values: 健康保険法74条, 国民健康保険法42条, 高確法67条, 年齢計算ニ関スル法律 (docs/facts/shares-and-limits.md) and the
// fictional people of docs/facts/test-people.md#people.
func TestSharesByAgeAndDay(t *testing.T) {
	for _, c := range []struct {
		name, birth, day string
		insurer          InsurerNumber
		assigned         int
		want             []int
	}{
		{"born on April 1st: pupil a year early", "2021-04-01", "2027-03-31", "", 0, []int{20}},
		{"the day school begins", "2021-04-01", "2027-04-01", "", 0, []int{30}},
		{"born on April 2nd: a year later", "2021-04-02", "2027-04-01", "", 0, []int{20}},
		{"born on April 2nd, school", "2021-04-02", "2028-04-01", "", 0, []int{30}},
		{"the day before 70 counts", "1956-11-15", "2026-11-30", "", 0, []int{30}},
		{"the first of the month after the 70th birthday", "1956-11-15", "2026-12-01", "", 0, []int{20, 30}},
		{"born on the first: that month", "1955-07-01", "2025-07-01", "", 0, []int{20, 30}},
		{"born on the first: the day before", "1955-07-01", "2025-06-30", "", 0, []int{30}},
		{"the day before the 75th birthday", "1951-11-22", "2026-11-21", "", 0, []int{20, 30}},
		{"the 75th birthday itself", "1951-11-22", "2026-11-22", "", 0, []int{10, 20, 30}},
		{"leap day, 75 in a common year", "1952-02-29", "2027-02-28", "", 0, []int{20, 30}},
		{"leap day, 75 in a common year, March 1st", "1952-02-29", "2027-03-01", "", 0, []int{10, 20, 30}},
		{"assigned by the insurer", "1955-07-01", "2026-11-22", "", 20, []int{20}},
		{"65 and certified", "1960-01-01", "2026-11-22", "39139993", 0, []int{10, 20, 30}},
		{"month unknown across the 70 boundary", "1956", "2026-11-22", "", 0, []int{20, 30}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := SharesOn(Person{BirthDate: MustDate(c.birth), Insurer: c.insurer,
				AssignedShare: c.assigned}, MustDate(c.day))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v %v, want %v", got, err, c.want)
			}
		})
	}
	_, err := SharesOn(Person{BirthDate: MustDate("2020-01-02")}, MustDate("2020-01-01"))
	if !errors.Is(err, ErrBeforeBirth) {
		t.Errorf("care before birth: %v", err)
	}
}

func TestNextShareChange(t *testing.T) {
	for _, c := range []struct{ name, birth, day, want string }{
		{"child: school", "2021-04-01", "2026-11-22", "2027-04-01"},
		{"adult: 70", "1986-04-12", "2026-11-22", "2056-05-01"},
		{"71: the review on August 1st", "1955-07-01", "2026-11-22", "2027-08-01"},
		{"74: the 75th birthday comes first", "1952-03-10", "2026-11-22", "2027-03-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := NextShareChange(Person{BirthDate: MustDate(c.birth)}, MustDate(c.day))
			if got.String() != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

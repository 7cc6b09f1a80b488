package eligibility_test

import (
	"fmt"
	"testing"
	"time"

	"madoguchi/eligibility"
)

// Every date that there can be is written as fmt writes its parts.
func TestEveryDateIsWrittenAsFmtWritesIt(t *testing.T) {
	for year := 1; year <= 9999; year++ {
		for month := 0; month <= 12; month++ {
			for day := 0; day <= 31; day++ {
				d, err := eligibility.NewPartialDate(year, month, day)
				if err != nil {
					continue
				}
				want := fmt.Appendf(nil, "%04d-%02d-%02d", year, month, day)
				switch {
				case month == 0:
					want = want[:4]
				case day == 0:
					want = want[:7]
				}
				if got := d.String(); got != string(want) {
					t.Fatalf("%s, want %s", got, want)
				}
				if year%97 != 1 && day > 1 && day < 28 {
					day = 27 // each day of some years, the ends of each month of all
				}
			}
		}
	}
	if got := (eligibility.Date{}).String(); got != "" {
		t.Errorf("no date is written as %q", got)
	}
	for _, year := range []int{-32000, -1, 0, 10000, 32000} { // by a clock that is far off
		at := time.Date(year, 3, 5, 12, 0, 0, 0, eligibility.Japan)
		if got, want := eligibility.DateOf(at).String(), fmt.Sprintf("%04d-03-05", year); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

package staff_test

import (
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/staff"
)

// 療担規則 9条: three years from the day on which a record was completed. The period begins the day after
// (民法 140条) and ends with the day of the same date, or where there is none with the month's last (民法 143条2項).
func TestARecordIsKeptToTheSameDayThreeYearsLater(t *testing.T) {
	for _, c := range []struct {
		name, completed, today string
		kept                   bool
	}{
		{"the same day three years later", "2023-11-22", "2026-11-22", true},
		{"the day after", "2023-11-22", "2026-11-23", false},
		{"a leap day, to the end of February", "2024-02-29", "2027-02-28", true},
		{"a leap day, the day after", "2024-02-29", "2027-03-01", false},
		{"the last of a month", "2023-05-31", "2026-05-31", true},
		{"today's", "2026-11-22", "2026-11-22", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := staff.RetainedFrom(eligibility.MustDate(c.today), staff.DefaultRetention)
			if kept := !eligibility.MustDate(c.completed).Before(from); kept != c.kept {
				t.Errorf("kept from %s on", from)
			}
		})
	}
}

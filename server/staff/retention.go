package staff

import (
	"strconv"
	"strings"

	"madoguchi/eligibility"
)

// How long a facility keeps the records of its counter, in whole years. 保険医療機関及び保険医療養担当規則 9条 asks for
// three years from the day on which a record was completed (完結の日); charts (診療録), which these records are
// not, are kept for five. Nothing personal is kept for longer than somebody needs it (個人情報保護法 22条), so
// there is a longest time too.
const (
	LeastRetention   = 3
	MostRetention    = 10
	DefaultRetention = LeastRetention
)

var errRetention = &eligibility.Error{
	Code:  eligibility.Invalid,
	Key:   "facility.retention",
	Field: "retention",
}

// RetainedFrom returns the first day whose records are still kept on a day: what was completed on a day is
// kept to the end of the same day so many years later (民法 140条, 143条).
func RetainedFrom(day eligibility.Date, years int) eligibility.Date {
	return day.AddMonths(-12 * years)
}

// ReadRetention is GivenFacility.Retention as a form gives it, nil where it gives none. What is no number is
// refused as any other number that is not within the bounds.
func ReadRetention(text *string) *int {
	if text == nil {
		return nil
	}
	years, err := strconv.Atoi(strings.TrimSpace(*text))
	if err != nil {
		years = -1
	}
	return &years
}

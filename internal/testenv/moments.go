package testenv

import "time"

// Moment is an instant at which calendars go wrong, written as a clock shows it.
type Moment struct {
	Name string
	At   time.Time
}

// Moments are instants around which a rule with dates must be tried: the yearly review of shares on August
// 1st (from 70 on), the fiscal year's change on April 1st, ends of months, leap days (2028; 2100 is none:
// Gregorian calendar), and the nine hours in which Japan has another day, month or year than UTC.
func Moments() []Moment {
	japan := time.FixedZone("JST", 9*60*60)
	var all []Moment
	for _, m := range []struct {
		name, clock string
		zone        *time.Location
	}{
		{"two days before the review", "2027-07-30 09:00:00", japan},
		{"the day before the review", "2027-07-31 12:00:00", japan},
		{"the last second before the review", "2027-07-31 23:59:59", japan},
		{"the review", "2027-08-01 00:00:00", japan},
		{"the review in Japan, the day before in UTC", "2027-07-31 15:00:01", time.UTC},
		{"New Year's Eve", "2026-12-31 23:59:59", japan},
		{"New Year in Japan", "2027-01-01 00:00:00", japan},
		{"New Year in UTC", "2027-01-01 00:00:00", time.UTC},
		{"the end of the fiscal year", "2027-03-31 23:59:59", japan},
		{"the fiscal year's first second", "2027-04-01 00:00:00", japan},
		{"the day before a leap day", "2028-02-28 23:59:59", japan},
		{"a leap day", "2028-02-29 00:00:00", japan},
		{"the last hour of a leap day in UTC", "2028-02-29 23:59:59", time.UTC},
		{"February's end in another year", "2027-02-28 23:59:59", japan},
		{"the thirty-first, four months before a shorter month", "2026-10-31 08:30:00", japan},
	} {
		at, err := time.ParseInLocation(time.DateTime, m.clock, m.zone)
		if err != nil {
			panic(err) // the table above is wrong
		}
		all = append(all, Moment{m.name, at})
	}
	return all
}

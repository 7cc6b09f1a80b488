package eligibility

import (
	"fmt"
	"strconv"
	"time"
)

// Japan is the zone of every date in this program: fixed +09:00, so that no time zone data are needed.
var Japan = time.FixedZone("JST", 9*60*60)

// Date is a calendar day in Japan. The zero Date means "none" or "unknown".
// A date of birth may lack its day, or its month and day (生年月日不詳): those parts are 0 and Exact is false.
type Date struct {
	year       int16
	month, day uint8
}

// ErrDate is returned for a day that the calendar does not have.
var ErrDate = &Error{Code: Invalid, Key: "date.impossible"}

// NewDate returns the day year-month-day, or ErrDate when the calendar has no such day (years 1 to 9999).
func NewDate(year, month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, ErrDate
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

// NewPartialDate is NewDate for a date of birth of which the day (0), or month and day (0, 0), are unknown.
func NewPartialDate(year, month, day int) (Date, error) {
	switch {
	case year >= 1 && year <= 9999 && month == 0 && day == 0:
		return Date{year: int16(year)}, nil
	case year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day == 0:
		return Date{int16(year), uint8(month), 0}, nil
	}
	return NewDate(year, month, day)
}

// ParseDate reads yyyy-mm-dd, and yyyy-mm or yyyy for a partial date of birth (the forms of FHIR's date).
func ParseDate(s string) (Date, error) {
	var y, m, d int
	ok := false
	switch len(s) {
	case 4:
		y, ok = digits(s)
	case 7:
		var a, b bool
		y, a = digits(s[:4])
		m, b = digits(s[5:])
		ok = a && b && s[4] == '-' && m != 0
	case 10:
		var a, b, c bool
		y, a = digits(s[:4])
		m, b = digits(s[5:7])
		d, c = digits(s[8:])
		ok = a && b && c && s[4] == '-' && s[7] == '-' && m != 0 && d != 0
	}
	if !ok {
		return Date{}, ErrDate
	}
	return NewPartialDate(y, m, d)
}

// MustDate is ParseDate for constants; it panics on a wrong one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic("eligibility: MustDate(" + strconv.Quote(s) + ")")
	}
	return d
}

// DateOf returns the day that it is in Japan at t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Japan).Date()
	return Date{int16(y), uint8(m), uint8(d)}
}

func digits(s string) (int, bool) {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Year, Month and Day return the parts; an unknown part is 0.
func (d Date) Year() int  { return int(d.year) }
func (d Date) Month() int { return int(d.month) }
func (d Date) Day() int   { return int(d.day) }

// IsZero reports whether d is "none".
func (d Date) IsZero() bool { return d == Date{} }

// Exact reports whether year, month and day are all known.
func (d Date) Exact() bool { return d.day != 0 }

// Earliest and Latest return the first and the last day that a partial date may mean; an exact date is both.
func (d Date) Earliest() Date {
	if d.IsZero() {
		return d
	}
	return Date{d.year, max(d.month, 1), max(d.day, 1)}
}

// Latest: see Earliest.
func (d Date) Latest() Date {
	if d.IsZero() || d.Exact() {
		return d
	}
	m := d.month
	if m == 0 {
		m = 12
	}
	return Date{d.year, m, uint8(daysIn(int(d.year), int(m)))}
}

// Time returns the first instant of d in Japan. A partial date counts as its earliest day.
func (d Date) Time() time.Time {
	e := d.Earliest()
	return time.Date(int(e.year), time.Month(e.month), int(e.day), 0, 0, 0, 0, Japan)
}

// Compare returns -1, 0 or 1 as d lies before, on or after o. Unknown parts sort first.
func (d Date) Compare(o Date) int {
	a := int(d.year)*512 + int(d.month)*32 + int(d.day)
	b := int(o.year)*512 + int(o.month)*32 + int(o.day)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Before and After compare two dates; see Compare.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After: see Before.
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// AddDays returns the day n days later (earlier when n is negative).
func (d Date) AddDays(n int) Date {
	e := d.Earliest()
	t := time.Date(int(e.year), time.Month(e.month), int(e.day)+n, 0, 0, 0, 0, time.UTC)
	return Date{int16(t.Year()), uint8(t.Month()), uint8(t.Day())}
}

// AddMonths returns the same day n months later; where that month is shorter, its last day (民法 143条2項).
func (d Date) AddMonths(n int) Date {
	e := d.Earliest()
	k := int(e.year)*12 + int(e.month) - 1 + n
	y, m := k/12, k%12+1
	return Date{int16(y), uint8(m), min(e.day, uint8(daysIn(y, m)))}
}

// String returns yyyy-mm-dd, yyyy-mm or yyyy as far as d is known, and "" for the zero Date.
func (d Date) String() string {
	var room [len("2000-01-01")]byte
	return string(d.appendTo(room[:0]))
}

// appendTo appends d as String writes it: a file of a register has millions of them.
func (d Date) appendTo(b []byte) []byte {
	if d.IsZero() {
		return b
	}
	if d.year < 0 || d.year > 9999 {
		return d.appendBeyondCalendar(b)
	}
	two := func(n int) { b = append(b, byte('0'+n/10), byte('0'+n%10)) }
	two(d.Year() / 100)
	two(d.Year() % 100)
	if d.month == 0 {
		return b
	}
	b = append(b, '-')
	two(int(d.month))
	if d.day == 0 {
		return b
	}
	b = append(b, '-')
	two(int(d.day))
	return b
}

// appendBeyondCalendar is appendTo for the days of a clock that is far off (DateOf).
func (d Date) appendBeyondCalendar(b []byte) []byte {
	switch {
	case d.month == 0:
		return fmt.Appendf(b, "%04d", d.year)
	case d.day == 0:
		return fmt.Appendf(b, "%04d-%02d", d.year, d.month)
	}
	return fmt.Appendf(b, "%04d-%02d-%02d", d.year, d.month, d.day)
}

// MarshalText and UnmarshalText use the form of String.
func (d Date) MarshalText() ([]byte, error) { return d.appendTo(nil), nil }

// UnmarshalText: see MarshalText.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

package insuredcsv

import (
	"regexp"
	"strconv"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// date reads an optional date. One that is partly unknown is left out with a warning; the two that end an
// eligibility must be known, since without them somebody would stay insured.
func (r *reader) date(column Column, cell string) eligibility.Date {
	if !unknownDate(cell) {
		if d := r.anyDate(column, cell); d.IsZero() || d.Exact() {
			return d
		}
	}
	if column == colLost || column == colValidUntil {
		r.refuse(column, "row.date_partial.refused", nil)
	} else {
		r.warn(column, "row.date_partial.left_empty", nil)
	}
	return eligibility.Date{}
}

// unknownDate reports whether a cell says that nothing of a date is known.
func unknownDate(cell string) bool {
	switch eligibility.NFKC(plainCell(cell)) {
	case "不詳", "年月日不詳", "生年月日不詳":
		return true
	}
	return false
}

// noDate is what a cell without a date is made of, as 0000-00-00.
const noDate = "-/.0 年月日"

func (r *reader) anyDate(column Column, cell string) eligibility.Date {
	s := plainCell(cell)
	if d, err := eligibility.ParseDate(s); err == nil && d.Exact() { // most dates are written like this
		return d
	}
	if strings.Trim(s, noDate) == "" {
		return eligibility.Date{}
	}
	if d, err := eligibility.ReadDate(s); err == nil {
		return d
	}
	day, timed := withoutMidnight(s)
	if strings.Trim(day, noDate) == "" {
		return eligibility.Date{}
	}
	if d, err := eligibility.ReadDate(day); err == nil {
		return d
	}
	if timed {
		r.refuse(column, "row.date_time", message.Args{"value": message.Text(shortQuote(s))})
		return eligibility.Date{}
	}
	serial := strings.TrimSuffix(day, ".0")
	if n, bad := strconv.Atoi(serial); bad == nil && n > 366 && n < 60000 && len(serial) == 5 {
		likely := eligibility.MustDate("1899-12-30").AddDays(n) // day 0 of spreadsheets' serial dates
		r.refuse(column, "row.spreadsheet_date", message.Args{
			"serial": message.Ordinal(n),
			"date":   message.Text(likely.String()),
		})
		return eligibility.Date{}
	}
	r.refuse(column, "row.date.unreadable", message.Args{"value": message.Text(shortQuote(s))})
	return eligibility.Date{}
}

// timeOfDay is what databases and spreadsheets write behind a date (ISO 8601; Excel's own forms in Japanese
// and English): half of the day, hour, minute, second, fraction, half, zone.
var timeOfDay = regexp.MustCompile(`(?i)([\sT]*)(午前|午後|a\.?m\.?\s|p\.?m\.?\s)?\s*(\d{1,2})\s*` +
	`(?:時(?:\s*(\d{1,2})\s*分(?:\s*(\d{1,2})\s*秒)?)?|:(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)` +
	`\s*(a\.?m\.?|p\.?m\.?)?\s*(z|utc|jst|[+-]\d{2}:?\d{2})?$`)

// withoutMidnight narrows a date, gives it one form of hyphens and takes off midnight, which is how a program
// writes a day that has no time. timed reports another time of day, which stays.
func withoutMidnight(s string) (day string, timed bool) {
	s = strings.Map(func(r rune) rune {
		if eligibility.IsHyphen(r) {
			return '-'
		}
		return r
	}, eligibility.NFKC(s))
	m := timeOfDay.FindStringSubmatch(s)
	if m == nil || m[0] == s {
		return s, false
	}
	day = strings.TrimSuffix(s, m[0])
	if last := day[len(day)-1]; m[1]+m[2] == "" && last >= '0' && last <= '9' { // 2026-11-2210:00
		return s, true
	}
	half := strings.ToLower(strings.NewReplacer(".", "", " ", "").Replace(m[2] + m[9]))
	hour := m[3]
	if hour == "12" && half == "am" {
		hour = "0"
	}
	elapsed := hour + strings.Join(m[4:9], "")
	if half == "午後" || half == "pm" || strings.Trim(elapsed, "0") != "" || !homeZone(m[10]) {
		return s, true
	}
	return day, false
}

// homeZone reports whether midnight in a zone is one day's here, or is only a way of writing a day.
func homeZone(zone string) bool {
	switch strings.ToLower(strings.ReplaceAll(zone, ":", "")) {
	case "", "z", "utc", "jst", "+0000", "-0000", "+0900":
		return true
	}
	return false
}

func (r *reader) birth(cell string) {
	if plainCell(cell) == "" {
		r.refuse(colBirth, "row.missing.birth_date", nil)
		return
	}
	if unknownDate(cell) {
		r.warn(colBirth, "row.birth_date_unknown", nil)
		return
	}
	d := r.anyDate(colBirth, cell)
	switch {
	case d.IsZero():
		r.refuse(colBirth, "row.missing.birth_year", nil)
	case !d.Exact():
		r.warn(colBirth, "row.birth_date_partial", message.Args{"date": message.Text(d.Japanese())})
	case !r.today.IsZero() && d.After(r.today):
		r.refuse(colBirth, "row.future", message.Args{"date": message.Text(d.String())})
	case d.Year() < 1868:
		r.refuse(colBirth, "row.date.long_ago", message.Args{"date": message.Text(d.String())})
	}
	r.person.BirthDate = d
}

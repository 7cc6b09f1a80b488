package insuredcsv

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
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
		r.refuse(column, "date_partial", fmt.Sprintf("「%s」は年月日をすべて入れてください。", column),
			"Year, month and day are all needed here.")
	} else {
		r.warn(column, "date_partial", fmt.Sprintf("「%s」の年月日がすべてはわからないので、空欄として登録します。", column),
			"The date is only partly known and is left empty.")
	}
	return eligibility.Date{}
}

// unknownDate reports whether a cell says that nothing of a date is known.
func unknownDate(cell string) bool {
	switch norm.NFKC.String(plain(cell)) {
	case "不詳", "年月日不詳", "生年月日不詳":
		return true
	}
	return false
}

// noDate is what a cell without a date is made of, as 0000-00-00.
const noDate = "-/.0 年月日"

func (r *reader) anyDate(column Column, cell string) eligibility.Date {
	s := plain(cell)
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
		r.refuse(column, "date_time", fmt.Sprintf("「%s」の「%s」に時刻が入っています。"+
			"日付だけの列か確かめて、2026-11-22 のように日付だけを入れ直してください。", column, short(s)),
			"The date has a time of day. Check that this is the right column and enter the date alone, "+
				"like 2026-11-22.")
		return eligibility.Date{}
	}
	serial := strings.TrimSuffix(day, ".0")
	if n, bad := strconv.Atoi(serial); bad == nil && n > 366 && n < 60000 && len(serial) == 5 {
		likely := eligibility.MustDate("1899-12-30").AddDays(n) // day 0 of spreadsheets' serial dates
		r.refuse(column, "spreadsheet_date", fmt.Sprintf("「%s」の %d は表計算ソフトの日付番号です（%s のことと思われます）。"+
			"日付の形で入れ直してください。", column, n, likely),
			fmt.Sprintf("%d is a spreadsheet's serial date, probably %s. Enter it as a date.", n, likely))
		return eligibility.Date{}
	}
	r.refuse(column, "date", fmt.Sprintf("「%s」の「%s」は日付として読めないか、暦にない日です。"+
		"2026-11-22 や 昭和55年2月17日 の形で入れ直してください。", column, short(s)),
		"This is not a date of the calendar. Write it like 2026-11-22 or 昭和55年2月17日.")
	return eligibility.Date{}
}

// timeOfDay is what databases and spreadsheets write behind a date (ISO 8601; Excel's own forms in Japanese and
// English): half of the day, hour, minute, second, fraction, half, zone.
var timeOfDay = regexp.MustCompile(`(?i)([\sT]*)(午前|午後|a\.?m\.?\s|p\.?m\.?\s)?\s*(\d{1,2})\s*` +
	`(?:時(?:\s*(\d{1,2})\s*分(?:\s*(\d{1,2})\s*秒)?)?|:(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)` +
	`\s*(a\.?m\.?|p\.?m\.?)?\s*(z|utc|jst|[+-]\d{2}:?\d{2})?$`)

// withoutMidnight narrows a date, gives it one form of hyphens and takes off midnight, which is how a program writes
// a day that has no time. timed reports another time of day, which stays.
func withoutMidnight(s string) (day string, timed bool) {
	s = strings.Map(func(r rune) rune {
		if eligibility.IsHyphen(r) {
			return '-'
		}
		return r
	}, norm.NFKC.String(s))
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
	if plain(cell) == "" {
		r.refuse(colBirth, "missing", "生年月日がありません。入れてからもう一度読み込んでください。", "The date of birth is missing.")
		return
	}
	if unknownDate(cell) {
		r.warn(colBirth, "birth_date_unknown", "生年月日は不詳として登録します。本人の画面は出せず、カードのチップでも確認できません。"+
			"年だけでもわかるときは「昭和25年不詳」のように入れてください。",
			"The date of birth is unknown: no screen can be issued and the card's chip cannot be asked. "+
				"Give at least the year where it is known.")
		return
	}
	d := r.anyDate(colBirth, cell)
	switch {
	case d.IsZero():
		r.refuse(colBirth, "missing", "生年月日がありません。年だけでもわかるときは「昭和25年不詳」のように入れてください。",
			"The date of birth is missing.")
	case !d.Exact():
		r.warn(colBirth, "birth_date_partial", fmt.Sprintf("生年月日は %s として登録します。カードのチップでは確認できません。",
			d.Japanese()),
			"The date of birth is only partly known; the card's chip cannot be asked.")
	case !r.today.IsZero() && d.After(r.today):
		r.refuse(colBirth, "future", fmt.Sprintf("生年月日 %s は先の日付です。元号を確かめて入れ直してください。", d),
			"The date of birth lies in the future. Check the era.")
	case d.Year() < 1868:
		r.refuse(colBirth, "date", fmt.Sprintf("生年月日 %s は古すぎます。確かめて入れ直してください。", d),
			"The date of birth is too long ago.")
	}
	r.person.BirthDate = d
}

package eligibility

import (
	"fmt"
	"strconv"
)

// Era is a Japanese era (元号) with its first day.
// The days: 明治 1868-01-25, 大正 1912-07-30, 昭和 1926-12-25, 平成 1989-01-08, 令和 2019-05-01 (改元の政令;
// docs/facts/shares-and-limits.md#eras).
type Era struct {
	Name   string // 令和
	Letter byte   // R
	From   Date
}

var eras = [...]Era{
	{"令和", 'R', Date{2019, 5, 1}},
	{"平成", 'H', Date{1989, 1, 8}},
	{"昭和", 'S', Date{1926, 12, 25}},
	{"大正", 'T', Date{1912, 7, 30}},
	{"明治", 'M', Date{1868, 1, 25}},
}

// Era returns the era of d and the year in it (1 is 元年). A partial date counts as its earliest day; ok is
// false before 1868-01-25 and for the zero Date.
func (d Date) Era() (era Era, year int, ok bool) {
	e := d.Earliest()
	for _, era := range eras {
		if !e.IsZero() && !e.Before(era.From) {
			return era, e.Year() - era.From.Year() + 1, true
		}
	}
	return Era{}, 0, false
}

// Japanese returns d as papers print it: 昭和55年2月17日, 令和元年5月1日; unknown parts as 不詳, with
// both eras where the day may lie in either; before 明治 in western years.
func (d Date) Japanese() string {
	if d.IsZero() {
		return ""
	}
	s := d.Earliest().eraYear()
	if d.Exact() {
		return s + strconv.Itoa(d.Month()) + "月" + strconv.Itoa(d.Day()) + "日"
	}
	if last := d.Latest().eraYear(); last != s {
		s += "・" + last
	}
	if d.month != 0 {
		return s + strconv.Itoa(d.Month()) + "月（日不詳）"
	}
	return s + "（月日不詳）"
}

// ShortEra returns an exact day as forms write it: R9.5.15, the first year as 1; before 明治, and of a
// partial date, String.
func (d Date) ShortEra() string {
	era, year, ok := d.Era()
	if !ok || !d.Exact() {
		return d.String()
	}
	return fmt.Sprintf("%c%d.%d.%d", era.Letter, year, d.Month(), d.Day())
}

// eraYear is the year of an exact day in words.
func (d Date) eraYear() string {
	era, y, ok := d.Era()
	switch {
	case !ok:
		return "西暦" + strconv.Itoa(d.Year()) + "年"
	case y == 1:
		return era.Name + "元年"
	}
	return era.Name + strconv.Itoa(y) + "年"
}

// FromEra returns the day of an era year: FromEra('S', 55, 2, 17) is 1980-02-17. Month and day may be 0
// (不詳). It returns ErrDate for a day outside the era: 平成31年5月1日 and 昭和64年1月8日 do not exist.
func FromEra(letter byte, year, month, day int) (Date, error) {
	for i, era := range eras {
		if era.Letter != letter || year < 1 {
			continue
		}
		d, err := NewPartialDate(era.From.Year()+year-1, month, day)
		if err != nil {
			return Date{}, err
		}
		if d.Latest().Before(era.From) || i > 0 && !d.Earliest().Before(eras[i-1].From) {
			return Date{}, ErrDate
		}
		return d, nil
	}
	return Date{}, ErrDate
}

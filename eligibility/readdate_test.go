package eligibility

import (
	"errors"
	"testing"
)

func TestDatesAreReadAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
	}{
		{"1980-02-17", "1980-02-17"},
		{"1980/2/17", "1980-02-17"},
		{"19800217", "1980-02-17"},
		{"1980.2.17", "1980-02-17"},
		{"1980年2月17日", "1980-02-17"},
		{"S55.2.17", "1980-02-17"},
		{"s55/02/17", "1980-02-17"},
		{"S550217", "1980-02-17"},
		{"昭和55年2月17日", "1980-02-17"},
		{"昭和５５年２月１７日", "1980-02-17"},
		{"令和元年5月1日", "2019-05-01"},
		{"R1.5.1", "2019-05-01"},
		{"平成31年4月30日", "2019-04-30"},
		{"昭和64年1月7日", "1989-01-07"},
		{"平成元年1月8日", "1989-01-08"},
		{"明治45年7月29日", "1912-07-29"},
		{"大正元年7月30日", "1912-07-30"},
		{" 1980 / 2 / 17 ", "1980-02-17"},
		{"昭和 55年 2月 17日", "1980-02-17"},
		{"1950-00-00", "1950"},
		{"19500000", "1950"},
		{"1950-03-00", "1950-03"},
		{"昭和25年月日不詳", "1950"},
		{"昭和25年3月日不詳", "1950-03"},
		{"昭和25年不詳", "1950"},
		{"", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got, err := ReadDate(c.text); err != nil || got.String() != c.want {
				t.Errorf("%s %v, want %s", got, err, c.want)
			}
		})
	}
}

// Days that the calendar does not have, and eras that had ended (docs/facts/shares-and-limits.md#eras).
func TestImpossibleDatesAreRefused(t *testing.T) {
	for _, text := range []string{"1980-02-30", "2026-13-01", "昭和64年1月8日", "平成31年5月1日", "令和0年1月1日", "29268",
		"1980", "17/02/1980", "きのう", "1980-02-17T00:00", "198002171", "R550217x", "2023-02-29"} {
		if got, err := ReadDate(text); !errors.Is(err, ErrDate) {
			t.Errorf("%q was read as %s, %v", text, got, err)
		}
	}
}

func FuzzReadDate(f *testing.F) {
	f.Add("昭和55年2月17日")
	f.Add("S550217")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ReadDate(text)
		if err == nil && !d.IsZero() {
			if again, err := ParseDate(d.String()); err != nil || again != d {
				t.Errorf("%q: %v does not come back", text, d)
			}
		}
		HoldsMyNumber(text)
	})
}

func TestTheWritingOfADateIsTold(t *testing.T) {
	for text, western := range map[string]bool{
		"2027-05-15": true, "２０２７年５月１５日": true, "西暦2027年5月15日": true, "20270515": true,
		"令和9年5月15日": false, "R9.5.15": false, "昭和55年2月17日": false, "": false,
	} {
		if WrittenWestern(text) != western {
			t.Errorf("%q: western is %t", text, !western)
		}
		if d, err := ReadDate(text); err != nil || text != "" && d.IsZero() {
			t.Errorf("%q: %v %v", text, d, err)
		}
	}
	for day, want := range map[string]string{"2027-05-15": "R9.5.15", "2019-05-01": "R1.5.1",
		"1980-02-17": "S55.2.17", "1867-12-31": "1867-12-31", "1955-07": "1955-07"} {
		if got := MustDate(day).ShortEra(); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
		if read, err := ReadDate(want); len(day) == 10 && (err != nil || read.String() != day) {
			t.Errorf("%s is read as %s, %v", want, read, err)
		}
	}
}

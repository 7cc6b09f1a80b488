package eligibility

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

// docs/facts/shares-and-limits.md#eras: the first days of the eras, 元年, and every day since 明治 both ways.
func TestJapaneseYearsBothWays(t *testing.T) {
	for _, c := range []struct {
		d    string
		want string
	}{
		{"2019-05-01", "令和元年5月1日"},
		{"2019-04-30", "平成31年4月30日"},
		{"1989-01-08", "平成元年1月8日"},
		{"1989-01-07", "昭和64年1月7日"},
		{"1926-12-25", "昭和元年12月25日"},
		{"1926-12-24", "大正15年12月24日"},
		{"1912-07-30", "大正元年7月30日"},
		{"1912-07-29", "明治45年7月29日"},
		{"1868-01-25", "明治元年1月25日"},
		{"1868-01-24", "西暦1868年1月24日"},
		{"1955-07", "昭和30年7月（日不詳）"},
		{"1955", "昭和30年（月日不詳）"},
	} {
		t.Run(c.d, func(t *testing.T) {
			if got := day(c.d).Japanese(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	for d := day("1868-01-25"); !d.After(day("2030-12-31")); d = d.AddDays(1) {
		back, err := ReadDate(d.Japanese())
		if err != nil || back != d {
			t.Fatalf("%s: %s read back as %s (%v)", d, d.Japanese(), back, err)
		}
	}
	// A year or month in which the era changed (改元の政令) belongs to both as long as the day is unknown.
	for _, c := range []struct {
		text string
		want string
	}{
		{"1989", "昭和64年・平成元年（月日不詳）"},
		{"1989-01", "昭和64年・平成元年1月（日不詳）"},
		{"1989-02", "平成元年2月（日不詳）"},
		{"2019", "平成31年・令和元年（月日不詳）"},
		{"2019-04", "平成31年4月（日不詳）"},
		{"2019-05", "令和元年5月（日不詳）"},
		{"1926-12", "大正15年・昭和元年12月（日不詳）"},
		{"1912-07", "明治45年・大正元年7月（日不詳）"},
		{"1950", "昭和25年（月日不詳）"},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := MustDate(c.text).Japanese(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	for _, partial := range []string{"1950", "1950-07"} { // as papers and pages of this program write it
		if back, err := ReadDate(MustDate(partial).Japanese()); err != nil || back != MustDate(partial) {
			t.Errorf("%s: %s %v", partial, back, err)
		}
	}
	if (Date{}).Japanese() != "" {
		t.Error("no day has a name")
	}
	for _, wrong := range []struct {
		letter  byte
		y, m, d int
	}{
		{'H', 31, 5, 1},
		{'S', 64, 1, 8},
		{'X', 1, 1, 1},
		{'R', 0, 1, 1},
		{'R', 8, 2, 30},
		{'M', 1, 1, 24},
	} {
		t.Run(fmt.Sprint(wrong.letter), func(t *testing.T) {
			if _, err := FromEra(wrong.letter, wrong.y, wrong.m, wrong.d); !errors.Is(err, ErrDate) {
				t.Errorf("%+v: %v", wrong, err)
			}
		})
	}
}

func TestDatesAsTextAndTime(t *testing.T) {
	var v struct{ A, B Date }
	err := json.Unmarshal([]byte(`{"A":"2026-11-22","B":""}`), &v)
	if err != nil || v.A.String() != "2026-11-22" || !v.B.IsZero() {
		t.Error(v, err)
	}
	for _, bad := range []string{"2026-1-1", "2026-00-01", "2026-01-00", "20260101", "2026-13", "x",
		"0000-01-01", "2026/01/01", "2026-0a-01"} {
		if err := json.Unmarshal([]byte(`{"A":"`+bad+`"}`), &v); !errors.Is(err, ErrDate) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	// 2026-11-22 00:30 in Japan is the 21st in UTC.
	got := DateOf(time.Date(2026, 11, 21, 15, 30, 0, 0, time.UTC))
	if got != day("2026-11-22") || !got.Time().Equal(time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
	defer func() {
		if recover() == nil {
			t.Error("MustDate took a wrong date")
		}
	}()
	MustDate("x")
}

package eligibility

import (
	"errors"
	"fmt"
	"testing"
)

func TestDatesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"1980-02-17": "1980-02-17", "1980/2/17": "1980-02-17", "19800217": "1980-02-17", "1980.2.17": "1980-02-17", "1980年2月17日": "1980-02-17",
		"S55.2.17": "1980-02-17", "s55/02/17": "1980-02-17", "S550217": "1980-02-17", "昭和55年2月17日": "1980-02-17", "昭和５５年２月１７日": "1980-02-17",
		"令和元年5月1日": "2019-05-01", "R1.5.1": "2019-05-01", "平成31年4月30日": "2019-04-30", "昭和64年1月7日": "1989-01-07", "平成元年1月8日": "1989-01-08",
		"明治45年7月29日": "1912-07-29", "大正元年7月30日": "1912-07-30", " 1980 / 2 / 17 ": "1980-02-17", "昭和 55年 2月 17日": "1980-02-17",
		"1950-00-00": "1950", "19500000": "1950", "1950-03-00": "1950-03", "昭和25年月日不詳": "1950", "昭和25年3月日不詳": "1950-03", "昭和25年不詳": "1950", "": "",
	} {
		if got, err := ReadDate(text); err != nil || got.String() != want {
			t.Errorf("%q: %s %v, want %s", text, got, err, want)
		}
	}
}

// Days that the calendar does not have, and eras that had ended (rules.md 4.3).
func TestImpossibleDatesAreRefused(t *testing.T) {
	for _, text := range []string{"1980-02-30", "2026-13-01", "昭和64年1月8日", "平成31年5月1日", "令和0年1月1日", "29268", "1980", "17/02/1980", "きのう", "1980-02-17T00:00", "198002171", "R550217x", "2023-02-29"} {
		if got, err := ReadDate(text); !errors.Is(err, ErrDate) {
			t.Errorf("%q was read as %s, %v", text, got, err)
		}
	}
}

// myNumber makes a valid 12-digit number at run time; none stands in a file.
func myNumber(eleven string) string { return eleven + string(myNumberDigit(eleven)) }

func TestMyNumberIsFoundHoweverItIsWritten(t *testing.T) {
	n := myNumber(fmt.Sprintf("%011d", 12345678901))
	for _, text := range []string{n, n[:4] + "-" + n[4:8] + "-" + n[8:], n[:4] + " " + n[4:8] + "　" + n[8:], "番号は" + n + "です", "１" + n[1:]} {
		if !HoldsMyNumber(text) {
			t.Error("a valid number was not found in one of its forms")
		}
	}
	wrong := n[:11] + string('0'+(n[11]-'0'+1)%10)
	for _, text := range []string{wrong, n + "0", "0" + n, n[:11], "06139992", "2026-11-22", ""} {
		if HoldsMyNumber(text) {
			t.Errorf("%d characters were taken for a number", len(text))
		}
	}
}

// Blanks and hyphens do not hide a number, whichever of Unicode's people and programs put there (general category Z, Pd; signs
// that are typed for hyphens; what nobody sees), nor does another number beside it in the same cell.
func TestMyNumberIsFoundBehindAnyBlankOrHyphen(t *testing.T) {
	n, other := myNumber(fmt.Sprintf("%011d", 12345678901)), myNumber(fmt.Sprintf("%011d", 98765432109))
	for _, gap := range []string{" ", "　", "\u00a0", "\u2009", "\t", "\n", "\r\n", "\v", "\u0085", "\u2028", "\u1680", "\u3164", "\u2800", // blanks
		"-", "－", "﹣", "\u2010", "\u2011", "\u2012", "–", "—", "―", "−", "ー", "ｰ", "─", "━", "\u2043", "\u02d7", "⸺", " - ", // hyphens
		"\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060", "\u2069", "\ufeff", "\x00", "\x1f", "\ufe0f", "\u034f"} { // unseen
		if text := n[:4] + gap + n[4:8] + gap + n[8:]; !HoldsMyNumber(text) {
			t.Errorf("%+q hides a number", gap)
		}
	}
	dashed := n[:4] + "-" + n[4:8] + "-" + n[8:]
	for name, text := range map[string]string{"two": n + " " + other, "two lines": n + "\n" + other, "a telephone behind": n + " 03-1234-5678",
		"a telephone before": "090-1234-5678　" + dashed, "a date before": "S55 " + n, "two with hyphens": dashed + " " + dashed} {
		if !HoldsMyNumber(text) {
			t.Errorf("%s: not found", name)
		}
	}
	for name, text := range map[string]string{"a telephone": "03-1234-5678", "two telephones": "03-1234-5678 090-1234-5678", "thirteen": dashed + "-1", "a time": "2026-11-22 10:00:00",
		"no digits": "東京都架空市架空町", "other separators": n[:4] + "/" + n[4:8] + "/" + n[8:]} {
		if HoldsMyNumber(text) {
			t.Errorf("%s was taken for a number", name)
		}
	}
}

// By hand from the rule of rules.md 4.1b: the weights of 12345678901 from the right are 2 … 7, 2 … 6, the sum of products is
// 212, the remainder by 11 is 3, so the digit is 8.
func TestCheckDigitOfAMyNumberByHand(t *testing.T) {
	if got := myNumberDigit("12345678901"); got != '8' {
		t.Errorf("%c", got)
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

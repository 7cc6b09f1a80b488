package eligibility

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/internal/testenv"
)

// myNumber makes a valid 12-digit number at run time; none stands in a file.
func myNumber(eleven string) string { return eleven + string(myNumberDigit(eleven)) }

func TestMyNumberIsFoundHoweverItIsWritten(t *testing.T) {
	n := myNumber(fmt.Sprintf("%011d", 12345678901))
	for _, text := range []string{n, n[:4] + "-" + n[4:8] + "-" + n[8:], n[:4] + " " + n[4:8] + "　" + n[8:],
		"番号は" + n + "です", "１" + n[1:]} {
		if !HoldsMyNumber(text) {
			t.Error("a valid number was not found in one of its forms")
		}
	}
	wrong := n[:11] + string('0'+(n[11]-'0'+1)%10)
	for _, text := range []string{wrong, n + "0", "00" + n, "9" + n, n[:11], "06139992", "2026-11-22", ""} {
		if HoldsMyNumber(text) {
			t.Errorf("%d characters were taken for a number", len(text))
		}
	}
}

// Blanks and hyphens do not hide a number, whichever of Unicode's people and programs put there (general
// category Z, Pd; signs that are typed for hyphens; what nobody sees), nor does another number beside it in
// the same cell.
func TestMyNumberIsFoundBehindAnyBlankOrHyphen(t *testing.T) {
	n, other := myNumber(fmt.Sprintf("%011d", 12345678901)), myNumber(fmt.Sprintf("%011d", 98765432109))
	for _, gap := range []string{" ", "　", "\u00a0", "\u2009", "\t", "\n", "\r\n", "\v", "\u0085", "\u2028",
		"\u1680", "\u3164", "\u2800", // blanks
		"-", "－", "﹣", "\u2010", "\u2011", "\u2012", "–", "—", "―", "−", "ー", "ｰ", "─", "━", "\u2043",
		"\u02d7", "⸺", " - ", // hyphens
		"\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060", "\u2069", "\ufeff", "\x00",
		"\x1f", "\ufe0f", "\u034f"} { // unseen
		if text := n[:4] + gap + n[4:8] + gap + n[8:]; !HoldsMyNumber(text) {
			t.Errorf("%+q hides a number", gap)
		}
	}
	dashed := n[:4] + "-" + n[4:8] + "-" + n[8:]
	for _, c := range []struct {
		name string
		text string
	}{
		{"two", n + " " + other},
		{"two lines", n + "\n" + other},
		{"a telephone behind", n + " 03-1234-5678"},
		{"a telephone before", "090-1234-5678　" + dashed},
		{"a date before", "S55 " + n},
		{"two with hyphens", dashed + " " + dashed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !HoldsMyNumber(c.text) {
				t.Errorf("not found")
			}
		})
	}
	for _, c := range []struct {
		name string
		text string
	}{
		{"a telephone", "03-1234-5678"},
		{"two telephones", "03-1234-5678 090-1234-5678"},
		{"thirteen", dashed + "-1"},
		{"a time", "2026-11-22 10:00:00"},
		{"no digits", "東京都架空市架空町"},
		{"other groups with other signs", n[:2] + "/" + n[2:8] + "/" + n[8:]},
	} {
		t.Run(c.name, func(t *testing.T) {
			if HoldsMyNumber(c.text) {
				t.Errorf("%s was taken for a number", c.name)
			}
		})
	}
}

// By hand from 平成26年総務省令第85号5条: the weights of 12345678901 from the right are 2 … 7, 2 … 6, the sum
// of products is 212, the remainder by 11 is 3, so the digit is 8.
func TestCheckDigitOfAMyNumberByHand(t *testing.T) {
	if got := myNumberDigit("12345678901"); got != '8' {
		t.Errorf("%c", got)
	}
}

// Signs of every kind stand between groups of one size, digits of every script are digits (Unicode Nd,
// section 4.6; circled ones by name), a cell of a calculation has a zero before or decimals behind.
func TestMyNumberIsFoundInOtherDigitsAndBetweenOtherSigns(t *testing.T) {
	n := myNumber(fmt.Sprintf("%011d", 12345678901))
	in := func(zero rune) string {
		return strings.Map(func(r rune) rune { return r - '0' + zero }, n)
	}
	table := func(digits string) string {
		all := []rune(digits)
		return strings.Map(func(r rune) rune { return all[r-'0'] }, n)
	}
	between := func(sign string, sizes ...int) string {
		var parts []string
		rest := n
		for _, size := range sizes {
			parts, rest = append(parts, rest[:size]), rest[size:]
		}
		return strings.Join(parts, sign)
	}
	cases := []struct{ name, text string }{
		{"Arabic-Indic", in('\u0660')},
		{"Persian", in('\u06f0')},
		{"Devanagari", in('\u0966')},
		{"Thai", in('\u0e50')},
		{"mathematical bold", in('\U0001D7CE')},
		{"mathematical monospace", in('\U0001D7F6')},
		{"segmented", in('\U0001FBF0')},
		{"full width", in('０')},
		{"circled", table("⓪①②③④⑤⑥⑦⑧⑨")},
		{"black circles", table("⓿❶❷❸❹❺❻❼❽❾")},
		{"double circles", table("⓪⓵⓶⓷⓸⓹⓺⓻⓼⓽")},
		{"brackets", table("0⑴⑵⑶⑷⑸⑹⑺⑻⑼")},
		{"with dots", table("🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐")},
		{"superscripts", table("⁰¹²³⁴⁵⁶⁷⁸⁹")},
		{"kanji", table("〇一二三四五六七八九")},
		{"kanji of deeds", table("零壱弐参四伍六七八九")},
		{"kanji in circles", table("〇㊀㊁㊂㊃㊄㊅㊆㊇㊈")},
		{"mixed", in('\u0660')[:8] + "５" + n[5:]},
		{"circles set on digits", strings.Join(strings.Split(n, ""), "\u20dd") + "\u20dd"},
		{"keycaps", strings.Join(strings.Split(n, ""), "\u20e3")},
		{"dots", between(".", 4, 4, 4)},
		{"slashes", between("/", 4, 4, 4)},
		{"underscores", between("_", 4, 4, 4)},
		{"nakaguro", between("・", 4, 4, 4)},
		{"commas", between(",", 4, 4, 4)},
		{"colons", between(":", 4, 4, 4)},
		{"brackets around", "(" + between(")(", 4, 4, 4) + ")"},
		{"corner brackets", "「" + between("」「", 4, 4, 4) + "」"},
		{"thousands", between(",", 3, 3, 3, 3)},
		{"halves", between("/", 6, 6)},
		{"plus", between("+", 6, 6)},
		{"one by one", between(",", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)},
		{"a bar in full width", between("｜", 4, 4, 4)},
		{"dots and hyphens", between("-", 4, 4, 4)[:9] + "." + n[8:]},
		{"in a sentence", "番号は" + between("．", 4, 4, 4) + "です"},
		{"a zero before", "0" + n},
		{"a zero and hyphens", "0" + between("-", 4, 4, 4)},
		{"decimals", n + ".0"},
		{"a zero and decimals", "0" + n + ".00"},
		{"decimals with a comma", n + ",0"},
		{"behind other groups", "03." + between(".", 4, 4, 4)},
		{"before other groups", between(".", 4, 4, 4) + ".12"},
		{"kanji beside figures", "二" + n},
	}
	testenv.Refused(t, testenv.Files, len(cases))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !HoldsMyNumber(c.text) {
				t.Error("not found")
			}
		})
	}
	if text := in('\u0660'); norm.NFKC.String(text) == n {
		t.Error("NFKC is no proof: it leaves digits of other scripts")
	}
}

// What cells of a register and of its memos hold: none of it is a number, whatever the check digit would be.
// Each form is filled with a hundred figures, of which one in eleven would fit by chance.
func TestOrdinaryCellsAreNoMyNumber(t *testing.T) {
	for _, form := range []string{"2026/%02d/%02d 10:%02d", "2026.%02d.%02d %02d:15",
		"2026年%02d月%02d日 %02d時15分", "S55.%02d.%02d～R8.11.%02d",
		"2026%02d～2027%[1]02d", "03(%02d12)34%02d 内%02d", "192.168.1%02d.1%[2]02d", "26/11/%02d %02d:%02d:30",
		"1%02d5-4%02d1-9%02d8-1111", "架空市二丁目1%02d番地%02d 10%02d号", "%02d,%02d0,0%02d円", "0000000%02d%02d%02d",
		"35.68%02d, 139.%02d%02d", "1%02d:2%02d:3%02d", "1234/56%02d/78%02d/90%02d"} {
		for i := range 100 {
			if text := fmt.Sprintf(form, i%12+1, (i*7)%28+1, (i*13)%60); HoldsMyNumber(text) {
				t.Errorf("%s with %d was taken for a number", form, i)
			}
		}
	}
}

// The digits of every script, against the numeric values that the Unicode Character Database gives its first
// and last.
func TestDigitsOfEveryScript(t *testing.T) {
	for _, c := range []struct {
		r    rune
		want byte
	}{
		{'0', '0'},
		{'9', '9'},
		{'٠', '0'},
		{'٩', '9'},
		{'०', '0'},
		{'९', '9'},
		{'\U0001D7CE', '0'},
		{'\U0001D7D7', '9'},
		{'\U0001D7D8', '0'},
		{'\U0001D7FF', '9'},
		{'\U0001E959', '9'},
		{'９', '9'},
		{'⑨', '9'},
		{'⑩', 0},
		{'½', 0},
		{'十', 0},
		{'九', '9'},
		{'ー', 0},
		{'a', 0},
		{'あ', 0},
		{'²', '2'},
		{'⒈', '1'},
	} {
		t.Run(fmt.Sprint(c.r), func(t *testing.T) {
			if got, _ := digitOf(c.r); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestDigitsOnlyTakesNothingElse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1234", "1234"},
		{" １２－３４ ", "1234"},
		{"١٢", "12"},
		{"①②", "12"},
		{"一二三", ""},
		{"12a", ""},
		{"", ""},
		{"-", ""},
		{"1.2", ""},
		{"1234567890123", ""},
		{"12/3", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got, ok := DigitsOnly(c.text); got != c.want || ok != (c.want != "") {
				t.Errorf("%q %v, want %q", got, ok, c.want)
			}
		})
	}
}

// The quick look passes whatever can be twelve digits, in every script.
func TestTheQuickLookPassesEveryDigit(t *testing.T) {
	digits := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if d, _ := digitOf(r); d != 0 {
			digits++
			if text := "山" + strings.Repeat(string(r), 12) + "カ"; !enoughDigits(text) {
				t.Errorf("%q is passed over", text)
			}
		}
	}
	if digits < 600 { // Unicode 15 has 680 in Nd alone
		t.Errorf("%d digits", digits)
	}
	if enoughDigits("大阪府架空市練習町四丁目5番6-78号メゾンカクウ901") {
		t.Error("an address with eight digits is looked at")
	}
}

package eligibility

import (
	"regexp"
	"strconv"
	"strings"
)

// ReadDate reads a date as people and programs write it: 1980-02-17, 1980/2/17, 1980.2.17, 19800217,
// 1980年2月17日, S55.2.17, S550217, 昭和55年2月17日, 令和元年5月1日, in any width. A month or day of 00, or 不詳, gives a
// partial date. An empty text is the zero Date. Anything else is ErrDate.
func ReadDate(text string) (Date, error) {
	s := bracketed.Replace(strings.Join(strings.Fields(NFKC(text)), ""))
	if s == "" {
		return Date{}, nil
	}
	if m := eraForm.FindStringSubmatch(s); m != nil {
		year := 1
		if m[2] != "元" {
			year, _ = strconv.Atoi(m[2]) // digits by the pattern
		}
		return FromEra(eraLetter(m[1]), year, part(m[3]), part(m[4]))
	}
	if m := eraDigits.FindStringSubmatch(s); m != nil {
		return FromEra(eraLetter(m[1]), part(m[2]), part(m[3]), part(m[4]))
	}
	if m := westernForm.FindStringSubmatch(s); m != nil {
		return NewPartialDate(part(m[1]), part(m[2]), part(m[3]))
	}
	if m := westernDigits.FindStringSubmatch(s); m != nil {
		return NewPartialDate(part(m[1]), part(m[2]), part(m[3]))
	}
	return Date{}, ErrDate
}

// WrittenWestern reports whether a text that ReadDate reads gives the western year.
func WrittenWestern(text string) bool {
	s := strings.TrimPrefix(strings.TrimSpace(NFKC(text)), "西暦")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// bracketed undoes the brackets that papers set around what is unknown.
var bracketed = strings.NewReplacer("(月日不詳)", "月日不詳", "(日不詳)", "日不詳", "(不詳)", "不詳")

// The forms, after NFKC and without blanks. 不詳 may stand for the month and day or for the day.
var (
	eraForm = regexp.MustCompile(
		`^(令和|平成|昭和|大正|明治|[RHSTMrhstm令平昭大明])(\d{1,2}|元)` +
			`[年./-](?:月日不詳|不詳|(\d{1,2}|不詳)[月./-]?(?:日不詳|(\d{1,2}|不詳)?日?))(?:生|生まれ)?$`,
	)
	eraDigits   = regexp.MustCompile(`^([RHSTMrhstm])(\d{2})(\d{2})(\d{2})$`)
	westernForm = regexp.MustCompile(
		`^(?:西暦)?(\d{4})[年./-](?:月日不詳|不詳|(\d{1,2}|不詳)[月./-]?(?:日不詳|(\d{1,2}|不詳)?日?))(?:生|生まれ)?$`,
	)
	westernDigits = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
)

// part reads digits; 不詳 and nothing are 0.
func part(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func eraLetter(s string) byte {
	switch []rune(strings.ToUpper(s))[0] {
	case '令', 'R':
		return 'R'
	case '平', 'H':
		return 'H'
	case '昭', 'S':
		return 'S'
	case '大', 'T':
		return 'T'
	}
	return 'M'
}

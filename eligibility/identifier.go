package eligibility

import (
	"strings"
)

// NormaliseSymbol returns 記号 for comparing: NFKC (half width), one form of hyphen, no blanks. Paper prints it
// as given.
func NormaliseSymbol(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t' || r == '\u200b' || r == '\u00ad':
			return -1
		case IsHyphen(r):
			return '-'
		case r == '・' || r == '･' || r == '·':
			return '.'
		}
		return r
	}, NFKC(s))
}

// NormaliseNumber returns 番号 for comparing: as NormaliseSymbol, then without leading zeros.
func NormaliseNumber(s string) string {
	n := NormaliseSymbol(s)
	if t := strings.TrimLeft(n, "0"); t != "" {
		return t
	}
	return n
}

// NormaliseBranch returns 枝番 for comparing: two half-width digits; "" stays missing, since 00 is the head of
// a household.
func NormaliseBranch(s string) string {
	n := NormaliseSymbol(s)
	if len(n) == 1 {
		return "0" + n
	}
	return n
}

// OneWidth returns 記号 and 番号 in one width, as JP Core asks: both full width when either holds kana or kanji,
// else both half width (its example: あいう and １８７).
func OneWidth(symbol, number string) (string, string) {
	s, n := NormaliseSymbol(symbol), NormaliseSymbol(number)
	for _, r := range s + n {
		if r > 0x7e {
			return FullWidth(s), FullWidth(n)
		}
	}
	return s, n
}

// FullWidth returns ASCII letters, digits and signs in full width.
func FullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, NFKC(s))
}

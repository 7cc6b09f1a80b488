package eligibility

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kanjiDigits are the digits that Japanese writes with kanji, those of deeds (大字) too, and the Suzhou numerals.
var kanjiDigits = map[rune]byte{'〇': '0', '零': '0', '一': '1', '二': '2', '三': '3', '四': '4', '五': '5', '六': '6', '七': '7',
	'八': '8', '九': '9', '壱': '1', '壹': '1', '弐': '2', '貳': '2', '参': '3', '參': '3', '肆': '4', '伍': '5', '陸': '6',
	'漆': '7', '捌': '8', '玖': '9', '〡': '1', '〢': '2', '〣': '3', '〤': '4', '〥': '5', '〦': '6', '〧': '7', '〨': '8', '〩': '9'}

// ringed are digits in circles that Unicode does not decompose: the first of each row, its digit and the row's length.
var ringed = []struct {
	first  rune
	digit  byte
	length rune
}{{'⓵', '1', 9}, {'⓿', '0', 1}, {'❶', '1', 9}, {'➀', '1', 9}, {'➊', '1', 9}, {'\U0001F10B', '0', 1}, {'\U0001F10C', '0', 1}}

// digitOf returns the ASCII digit that r stands for in any script (Unicode Nd), in a circle, brackets, with a dot, above or
// below the line, or as kanji; 0 when it is none.
func digitOf(r rune) (digit byte, kanji bool) {
	switch {
	case r <= '9':
		if r >= '0' {
			return byte(r), false
		}
		return 0, false
	case r < 0xb2: // superscript two is the first digit beyond ASCII
		return 0, false
	case r >= 0x3007 && r < 0xa620: // kana, kanji and their signs: no digits of other scripts stand here
		if r < 0x3030 || r >= 0x4e00 {
			d, ok := kanjiDigits[r]
			return d, ok
		}
	case r >= '０' && r <= '９':
		return byte(r-'０') + '0', false
	}
	if unicode.Is(unicode.Nd, r) {
		return decimalDigit(r), false
	}
	if !unicode.Is(unicode.No, r) {
		return 0, false
	}
	for _, row := range ringed {
		if r >= row.first && r < row.first+row.length {
			return row.digit + byte(r-row.first), false
		}
	}
	for _, c := range norm.NFKC.String(string(r)) { // ① is 1, ⑴ is (1), ⒈ is 1., ㊀ is 一
		switch c {
		case '(', ')', '.', ',':
			continue
		}
		d, ok := kanjiDigits[c]
		switch {
		case digit != 0: // ⑩, ½
			return 0, false
		case c >= '0' && c <= '9':
			digit = byte(c)
		case ok:
			digit, kanji = d, true
		default:
			return 0, false
		}
	}
	return digit, kanji
}

// decimalDigit returns the value of a character of Nd. Unicode keeps the ten digits of a script together and in order, so
// every range of that category begins with a zero (The Unicode Standard, section 4.6).
func decimalDigit(r rune) byte {
	for _, of := range unicode.Nd.R16 {
		if lo := rune(of.Lo); r >= lo && r <= rune(of.Hi) {
			return '0' + byte((r-lo)%10)
		}
	}
	for _, of := range unicode.Nd.R32 {
		if lo := rune(of.Lo); r >= lo && r <= rune(of.Hi) {
			return '0' + byte((r-lo)%10)
		}
	}
	return 0
}

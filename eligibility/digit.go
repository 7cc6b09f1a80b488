package eligibility

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kanjiDigit returns the digit of those that Japanese writes with kanji, those of deeds (大字) too, and of
// Suzhou numerals.
func kanjiDigit(r rune) byte {
	switch r {
	case '〇', '零':
		return '0'
	case '一', '壱', '壹', '〡':
		return '1'
	case '二', '弐', '貳', '〢':
		return '2'
	case '三', '参', '參', '〣':
		return '3'
	case '四', '肆', '〤':
		return '4'
	case '五', '伍', '〥':
		return '5'
	case '六', '陸', '〦':
		return '6'
	case '七', '漆', '〧':
		return '7'
	case '八', '捌', '〨':
		return '8'
	case '九', '玖', '〩':
		return '9'
	}
	return 0
}

// ringed are digits in circles that Unicode does not decompose: the first of each row, its digit and the
// row's length.
var ringed = []struct {
	first  rune
	digit  byte
	length rune
}{
	{'⓵', '1', 9}, {'⓿', '0', 1}, {'❶', '1', 9}, {'➀', '1', 9}, {'➊', '1', 9},
	{'\U0001F10B', '0', 1}, {'\U0001F10C', '0', 1},
}

// digitOf returns the ASCII digit that r stands for in any script (Unicode Nd), in a circle, brackets, with a
// dot, above or below the line, or as kanji; 0 when it is none.
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
			d := kanjiDigit(r)
			return d, d != 0
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
		d := kanjiDigit(c)
		switch {
		case digit != 0: // ⑩, ½
			return 0, false
		case c >= '0' && c <= '9':
			digit = byte(c)
		case d != 0:
			digit, kanji = d, true
		default:
			return 0, false
		}
	}
	return digit, kanji
}

// decimalDigit returns the value of a character of Nd. Unicode keeps the ten digits of a script together and
// in order, so every range of that category begins with a zero (The Unicode Standard, section 4.6).
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

package eligibility

import "strings"

// PostCode writes a 郵便番号 as envelopes have it, NNN-NNNN, whatever hyphens, blanks, widths or 〒 it came with.
// A spreadsheet drops the zero in front of a number: six digits get it back, and restored says so. A code
// that is none of Japan's stays as it was written.
func PostCode(text string) (code string, restored bool) {
	var digits []byte
	for _, r := range strings.TrimSuffix(text, ".0") {
		d, kanji := digitOf(r)
		switch {
		case kanji:
			return text, false
		case d != 0:
			digits = append(digits, d)
		case !IsHyphen(r) && !blank(r) && !unseen(r) && r != '〒' && r != '〶':
			return text, false
		}
	}
	if len(digits) == 6 {
		digits, restored = append([]byte{'0'}, digits...), true
	}
	if len(digits) != 7 {
		return text, false
	}
	return string(digits[:3]) + "-" + string(digits[3:]), restored
}

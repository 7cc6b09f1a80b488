package eligibility

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// HoldsMyNumber reports whether a text holds a valid 12-digit 個人番号, which this program must neither keep nor show: after
// NFKC, without blanks and hyphens, a run of exactly twelve digits whose check digit fits (平成26年総務省令85号5条; rules.md
// 4.1b). A blank also parts a number from another figure beside it.
func HoldsMyNumber(text string) bool {
	digits := 0
	for i := range len(text) { // most cells have too few digits even to look at
		if c := text[i]; c >= '0' && c <= '9' || c >= 0x80 {
			digits++
		}
	}
	if digits < 12 {
		return false
	}
	text = norm.NFKC.String(text)
	return twelveFit(text, true) || twelveFit(text, false)
}

// twelveFit looks for a run of exactly twelve digits with a right check digit. What nobody sees and hyphens never end a run;
// blanks do when they are kept.
func twelveFit(text string, dropBlanks bool) bool {
	var run [12]byte
	n := 0
	fits := func() bool { return n == 12 && myNumberDigit(string(run[:11])) == run[11] }
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if n < 12 {
				run[n] = byte(r)
			}
			n++
		case r > ' ' && r < 0x7f && r != '-': // the rest of ASCII
			if fits() {
				return true
			}
			n = 0
		case hyphen(r) || unseen(r) || dropBlanks && blank(r):
		default:
			if fits() {
				return true
			}
			n = 0
		}
	}
	return fits()
}

// hyphen reports whether r is a dash, or a sign that is typed for one.
func hyphen(r rune) bool {
	return unicode.Is(unicode.Pd, r) || strings.ContainsRune("−ー─━\u2043\u02d7", r)
}

// blank reports whether r is a blank or a break of lines, in this case also one of scripts that have signs for nothing.
func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u2800' || r == '\u115f' || r == '\u1160' || r == '\u3164'
}

// unseen reports whether r takes no room: control and format characters, variation selectors.
func unseen(r rune) bool {
	return !unicode.IsSpace(r) && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || isSelector(r) || r == '\u034f')
}

// myNumberDigit is the check digit of the first eleven: with P_n the n-th from the right and Q_n = n+1 up to 6, n−5 above,
// the remainder of ΣP·Q by 11 taken from 11; remainders 0 and 1 give 0.
func myNumberDigit(eleven string) byte {
	sum := 0
	for n := 1; n <= 11; n++ {
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(eleven[11-n]-'0') * q
	}
	if r := sum % 11; r > 1 {
		return byte('0' + 11 - r)
	}
	return '0'
}

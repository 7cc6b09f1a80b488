package eligibility

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// HoldsMyNumber reports whether a text holds a valid 12-digit 個人番号, which this program must neither keep nor show: after
// NFKC, without blanks and hyphens, a run of exactly twelve digits whose check digit fits (平成26年総務省令85号5条; rules.md
// 4.1b).
func HoldsMyNumber(text string) bool {
	run := 0
	for i := range len(text) { // most cells have too few digits even to look at
		if c := text[i]; c >= '0' && c <= '9' || c >= 0x80 {
			run++
		}
	}
	if run < 12 {
		return false
	}
	plain := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '-', '‐', '‑', '–', '—', '―', '−', 'ー', '\u00ad', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	start := -1
	for i := 0; i <= len(plain); i++ {
		digit := i < len(plain) && plain[i] >= '0' && plain[i] <= '9'
		switch {
		case digit && start < 0:
			start = i
		case !digit && start >= 0:
			if i-start == 12 && myNumberDigit(plain[start:start+11]) == plain[start+11] {
				return true
			}
			start = -1
		}
	}
	return false
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

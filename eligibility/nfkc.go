package eligibility

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFKC returns a text's compatibility composition (Unicode Standard Annex 15), for what most Japanese texts
// are made of at once. ASCII, kana and unified kanji are their own, whatever of them they stand beside: none
// decomposes, and none composes with one before it (NFKC_Quick_Check). Of full width, blanks and the signs of
// ASCII become the usual ones.
func NFKC(s string) string {
	wide := false
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r >= '一' && r <= '鿿', r >= 'ぁ' && r <= 'ゖ', r >= 'ァ' && r <= 'ヺ', r == 'ー', r == '々':
		case r == '　', r >= '！' && r <= '～':
			wide = true
		default:
			return norm.NFKC.String(s)
		}
		i += size
	}
	if !wide {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '　':
			r = ' '
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		b.WriteRune(r)
	}
	return b.String()
}

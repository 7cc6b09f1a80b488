package eligibility

import (
	"strings"
)

// SearchName returns a name as it is looked for: names that MatchNames calls equal, or a variant of the same
// length, have the same (髙/高, 佐々木/佐佐木, hiragana and katakana, small kana, blanks, width, 旧姓 in brackets or
// not). Long vowels (ー) are left out, and all lost characters are one.
func SearchName(name string) string {
	parted, _ := partBrackets(name)
	var b strings.Builder
	for _, l := range letters(parted.main) {
		switch {
		case l.lost():
			b.WriteRune(LostCharacterMark)
		case l.base != 'ー':
			b.WriteRune(l.folded)
		}
	}
	return b.String()
}

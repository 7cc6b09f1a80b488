package eligibility

import "strings"

// SearchName returns a name as it is looked for: names that MatchNames calls equal, or a variant of the same length, have
// the same (髙/高, hiragana and katakana, small kana, blanks, width). Long vowels (ー) are left out.
func SearchName(name string) string {
	var b strings.Builder
	for _, l := range letters(name) {
		if l.base != 'ー' {
			b.WriteRune(foldRune(l.base))
		}
	}
	return b.String()
}

package eligibility

import "unicode/utf8"

// SearchName returns a name as it is looked for: names that MatchNames calls equal, or a variant of the same
// length, have the same (髙/高, 佐々木/佐佐木, hiragana and katakana, small kana, blanks, width, 旧姓 in brackets or
// not). Long vowels (ー) are left out, and all lost characters are one.
func SearchName(name string) string {
	parted, _ := partBrackets(name)
	var room [24]letter
	var text [72]byte
	out := text[:0]
	for _, l := range lettersInto(room[:], parted.main) {
		switch {
		case l.lost():
			out = utf8.AppendRune(out, LostCharacterMark)
		case l.base != 'ー':
			out = utf8.AppendRune(out, l.folded)
		}
	}
	return string(out)
}

package eligibility

import (
	"strings"
	"unicode"
)

// Geta (ゲタ, 〓) is printed in place of a character that could not be written.
const LostCharacterMark = '〓'

// lostCharacter reports whether r stands where a character was lost: ● and 〓 of the registers,
// what programs leave of a character that their coding lacks (?, U+FFFD, □, ■, *), and private-use characters
// (外字). No name has one of these of its own. NFKC has made ？ and ＊ narrow where names are compared; here both
// widths count.
func lostCharacter(r rune) bool {
	switch r {
	case '●', LostCharacterMark, '■', '□', '?', '？', '*', '＊', unicode.ReplacementChar:
		return true
	}
	return r >= 0xE000 && unicode.Is(unicode.Co, r)
}

// LostMark returns the first of a name's marks where a character was lost, 0 when there is none.
func LostMark(name string) rune {
	for _, r := range name {
		if lostCharacter(r) {
			return r
		}
	}
	return 0
}

// HasLostCharacter reports whether a character of a name was lost on its way here.
func HasLostCharacter(name string) bool { return strings.ContainsFunc(name, lostCharacter) }

// AllLost reports whether nothing of a name is left but lost characters.
func AllLost(name string) bool {
	all := letters(name)
	return len(all) > 0 && lostLetters(all) == len(all)
}

// CleanName returns a name as it is stored, shown and printed: radicals as the characters that they look
// like, and 〓 for each lost character except ● and ■, which registers write on purpose.
func CleanName(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return isRadical(r) || lostCharacter(r) }) {
		return name
	}
	return strings.Map(func(r rune) rune {
		if r != '●' && r != '■' && lostCharacter(r) {
			return LostCharacterMark
		}
		return foldRadical(r)
	}, name)
}

// WithCleanNames returns the person with every name as CleanName writes it.
func (p Person) WithCleanNames() Person {
	for _, name := range []*string{&p.Name, &p.Kana, &p.Alias, &p.AliasKana, &p.SubscriberName} {
		*name = CleanName(*name)
	}
	return p
}

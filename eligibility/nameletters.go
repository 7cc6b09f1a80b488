package eligibility

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letter is a character of a name as names are compared.
type letter struct {
	shape, selector rune // as written, after NFKC; selector is a variation selector or an accent of its own
	base            rune // what it stands for: 々 for the one before it, ヶ between kanji for が; else shape
	folded          rune // the form that stands for base and its variants
	at              int  // its place in the name without blanks
}

func (l letter) String() string {
	if l.selector != 0 {
		return string(l.shape) + string(l.selector)
	}
	return string(l.shape)
}

// same reports whether two letters are written the same.
func (l letter) same(m letter) bool { return l.shape == m.shape && l.selector == m.selector }

func (l letter) lost() bool { return lostCharacter(l.base) }

// takesAccent reports whether an accent that Unicode has no joined letter for belongs to the letter.
func (l letter) takesAccent() bool { return l.selector == 0 && unicode.Is(unicode.Latin, l.shape) }

func sameLetters(a, b []letter) bool {
	for i := range a {
		if i >= len(b) || !a[i].same(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func lostLetters(all []letter) int {
	n := 0
	for _, l := range all {
		if l.lost() {
			n++
		}
	}
	return n
}

func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// unspoken are marks that never tell two names apart: dots, hyphens and apostrophes.
func unspoken(r rune) bool {
	switch r {
	case '・', '.', ',', '-', '‐', '‑', '–', '—', '―', '−', '\'', '’', '‘', '`', 'ʼ', 'ʻ', '′':
		return true
	}
	return false
}

// letters normalises a name: NFKC except that compatibility ideographs keep their own shape, radicals as
// ideographs, blanks, dots and hyphens out, capitals, katakana.
func letters(s string) []letter { return lettersInto(make([]letter, 0, min(len(s), longestName+1)), s) }

// lettersInto is letters in a room of the caller's, which is enough for most names.
func lettersInto(room []letter, s string) []letter {
	out := room[:0]
	add := func(r rune) { out = append(out, letter{shape: r, base: r, at: len(out)}) }
	for _, r := range protect(s) {
		n := len(out)
		switch {
		case n > longestName:
			return out
		case r >= '一' && r <= '鿿' || r >= 'ァ' && r <= 'ヺ': // what most names are made of stays as it is
			add(r)
		case isSelector(r):
			if n > 0 {
				out[n-1].selector = r
			}
		case unicode.Is(unicode.Mn, r) && n > 0 && out[n-1].takesAccent():
			out[n-1].selector = r
		case unicode.IsSpace(r) || unspoken(r) || unicode.Is(unicode.Cf, r):
		case r >= 'ぁ' && r <= 'ゖ' || r == 'ゝ' || r == 'ゞ':
			add(r + 'ァ' - 'ぁ')
		case r == 'ß' || r == 'ẞ': // its capital has two letters
			add('S')
			add('S')
		default:
			add(foldRadical(unicode.ToUpper(r)))
		}
	}
	readMarks(out)
	for i := range out {
		out[i].folded = foldRune(out[i].base)
	}
	return out
}

// readMarks finds what iteration marks (々〻〃, ヽヾ) and the particle が between kanji stand for.
func readMarks(name []letter) {
	for i := range name {
		l := &name[i]
		if i == 0 {
			continue
		}
		before := name[i-1]
		switch {
		case (l.shape == '々' || l.shape == '〻' || l.shape == '〃') &&
			(unicode.Is(unicode.Han, before.base) || before.lost()):
			l.base = before.base
		case l.shape == 'ヽ' && unicode.Is(unicode.Katakana, before.base):
			l.base = before.base
		case l.shape == 'ヾ' && unicode.Is(unicode.Katakana, before.base):
			l.base = voiced(before.base)
		case isParticle(l.shape) && i+1 < len(name) && isKanji(before.shape) && isKanji(name[i+1].shape):
			l.base = 'ヶ'
		}
	}
}

// isParticle reports whether a character between two kanji can write the が of 関が原: registers of places and of
// families write one name with any of these.
func isParticle(r rune) bool {
	switch r {
	case 'ヶ', 'ケ', 'ヵ', 'カ', 'ガ', '箇':
		return true
	}
	return false
}

func isKanji(r rune) bool { return unicode.Is(unicode.Han, r) && !isParticle(r) }

// voiced returns a kana with dakuten: カ becomes ガ.
func voiced(r rune) rune {
	with := []rune(norm.NFC.String(string(r) + "\u3099"))
	if len(with) != 1 {
		return r
	}
	return with[0]
}

// protect applies NFKC to all but CJK compatibility ideographs.
func protect(s string) string {
	if !strings.ContainsFunc(s, compatibility) {
		return NFKC(s)
	}
	var b strings.Builder
	start := 0
	for i, r := range s {
		if compatibility(r) {
			b.WriteString(NFKC(s[start:i]))
			b.WriteRune(r)
			start = i + len(string(r))
		}
	}
	b.WriteString(NFKC(s[start:]))
	return b.String()
}

func compatibility(r rune) bool { return r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F }

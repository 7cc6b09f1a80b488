package eligibility

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameMatch says how alike two writings of a name are (rules.md 4.4).
type NameMatch struct {
	Match       Match            `json:"match"`
	Differences []NameDifference `json:"differences"`
}

// Match is the degree of a NameMatch, from the same to another name.
type Match string

const (
	NamesEqual     Match = "equal"     // the same after NFKC; blanks, width, case and hiragana or katakana never count
	NamesVariant   Match = "variant"   // the same up to variant characters (髙/高), kana habits, accents or the order of Latin words
	NamesMasked    Match = "masked"    // the same where ● or 〓 hides one character
	NamesSimilar   Match = "similar"   // one character or one Latin word differs: ask
	NamesDifferent Match = "different" // another name
)

// NameDifference is one place where two names differ. Index counts the characters of the first name without its blanks; a
// character that the other name lacks stands against "".
type NameDifference struct {
	Index int    `json:"index"`
	A     string `json:"a"`
	B     string `json:"b"`
	Kind  Match  `json:"kind"`
}

// longestName bounds the work for texts that are no names.
const longestName = 200

// MatchNames compares two writings of a name. A ● (or 〓) on either side stands for any one character, since registers print
// it for what they cannot. Empty names match nothing.
func MatchNames(a, b string) NameMatch {
	la, lb := letters(a), letters(b)
	if len(la) == 0 || len(lb) == 0 || len(la) > longestName || len(lb) > longestName {
		return NameMatch{NamesDifferent, []NameDifference{}}
	}
	var m NameMatch
	if len(la) == len(lb) {
		m = level(la, lb)
	}
	if len(la) != len(lb) || m.Match == NamesDifferent {
		if other := aligned(la, lb); len(m.Differences) == 0 || wrong(other) < wrong(m) {
			m = other
		}
	}
	if m.Match == NamesSimilar || m.Match == NamesDifferent {
		switch sameWords(a, b) {
		case NamesVariant: // it is the order of the words that differs
			return NameMatch{NamesVariant, []NameDifference{}}
		case NamesSimilar:
			return NameMatch{NamesSimilar, m.Differences}
		}
	}
	return m
}

// BestMatch compares a name with every name that a person goes by (氏名, 通称名) and returns the best.
func (p Person) BestMatch(name string) NameMatch {
	best := MatchNames(p.Name, name)
	if p.Alias != "" {
		if m := MatchNames(p.Alias, name); slices.Index(degrees, m.Match) < slices.Index(degrees, best.Match) {
			return m
		}
	}
	return best
}

var degrees = []Match{NamesEqual, NamesVariant, NamesMasked, NamesSimilar, NamesDifferent}

// level compares names of the same length, character by character.
func level(a, b []letter) NameMatch {
	m := NameMatch{Differences: []NameDifference{}}
	for i := range a {
		if a[i] != b[i] {
			m.Differences = append(m.Differences, NameDifference{i, a[i].String(), b[i].String(), compare(a[i], b[i])})
		}
	}
	m.judge(len(a))
	return m
}

// judge derives the degree from the differences: all variants, some masked, one wrong in a name of three or more, more.
func (m *NameMatch) judge(length int) {
	m.Match = NamesEqual
	for _, d := range m.Differences {
		if slices.Index(degrees, d.Kind) > slices.Index(degrees, m.Match) {
			m.Match = d.Kind
		}
	}
	if m.Match == NamesDifferent && wrong(*m) == 1 && length > 2 {
		m.Match = NamesSimilar
	}
}

func wrong(m NameMatch) int {
	n := 0
	for _, d := range m.Differences {
		if d.Kind == NamesDifferent {
			n++
		}
	}
	return n
}

// compare returns how alike two characters are: equal, variant, masked or different.
func compare(a, b letter) Match {
	switch {
	case a == b:
		return NamesEqual
	case masked(a.base) || masked(b.base):
		return NamesMasked
	case foldRune(a.base) == foldRune(b.base), a.base == 'ー' && vowel(b.base), b.base == 'ー' && vowel(a.base):
		return NamesVariant
	}
	return NamesDifferent
}

// vowel: a long vowel is written with ー or with a vowel.
func vowel(r rune) bool { return strings.ContainsRune("アイウエオァィゥェォ", r) }

// aligned compares names of which one may have characters that the other lacks: the cheapest way to turn one into the other
// (Wagner and Fischer 1974), where a missing ー costs as little as a variant.
func aligned(a, b []letter) NameMatch {
	const alien = 16
	price := func(x, y letter) int {
		switch compare(x, y) {
		case NamesEqual:
			return 0
		case NamesDifferent:
			return alien
		}
		return 1
	}
	gap := func(x letter) int {
		if x.base == 'ー' {
			return 1
		}
		return alien
	}
	width := len(b) + 1
	cost := make([]int, (len(a)+1)*width)
	for j := range b {
		cost[j+1] = cost[j] + gap(b[j])
	}
	for i := range a {
		row, above := (i+1)*width, i*width
		cost[row] = cost[above] + gap(a[i])
		for j := range b {
			cost[row+j+1] = min(cost[above+j]+price(a[i], b[j]), cost[above+j+1]+gap(a[i]), cost[row+j]+gap(b[j]))
		}
	}
	m := NameMatch{Differences: []NameDifference{}}
	missing := func(x letter) Match {
		if gap(x) == 1 {
			return NamesVariant
		}
		return NamesDifferent
	}
	for i, j := len(a), len(b); i > 0 || j > 0; {
		here := cost[i*width+j]
		switch {
		case i > 0 && j > 0 && here == cost[(i-1)*width+j-1]+price(a[i-1], b[j-1]):
			i, j = i-1, j-1
			if a[i] != b[j] {
				m.Differences = append(m.Differences, NameDifference{i, a[i].String(), b[j].String(), compare(a[i], b[j])})
			}
		case i > 0 && here == cost[(i-1)*width+j]+gap(a[i-1]):
			i--
			m.Differences = append(m.Differences, NameDifference{i, a[i].String(), "", missing(a[i])})
		default:
			j--
			m.Differences = append(m.Differences, NameDifference{i, "", b[j].String(), missing(b[j])})
		}
	}
	slices.Reverse(m.Differences)
	m.judge(max(len(a), len(b)))
	return m
}

// sameWords compares names in Latin letters of two words and more: the same words in another order are a variant, one word
// too many is similar; "" when the names are not such names or differ more.
func sameWords(a, b string) Match {
	wa, wb := latinWords(a), latinWords(b)
	if len(wa) < 2 || len(wb) < 2 {
		return ""
	}
	if len(wa) > len(wb) {
		wa, wb = wb, wa
	}
	left := slices.Clone(wb)
	for _, w := range wa {
		i := slices.Index(left, w)
		if i < 0 {
			return ""
		}
		left = slices.Delete(left, i, i+1)
	}
	switch len(left) {
	case 0:
		return NamesVariant
	case 1:
		return NamesSimilar
	}
	return ""
}

func latinWords(name string) []string {
	words := strings.FieldsFunc(norm.NFKC.String(name), func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	for i, w := range words {
		var b strings.Builder
		for _, r := range w {
			if !unicode.Is(unicode.Latin, r) && r != '-' && r != '\'' && r != '.' {
				return nil
			}
			b.WriteRune(foldRune(unicode.ToUpper(r)))
		}
		words[i] = b.String()
	}
	return words
}

// letter is a character with its variation selector.
type letter struct{ base, selector rune }

func (l letter) String() string {
	if l.selector != 0 {
		return string(l.base) + string(l.selector)
	}
	return string(l.base)
}

func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// letters normalises a name: NFKC except that compatibility ideographs keep their own shape, blanks, dots and hyphens out,
// capitals, katakana.
func letters(s string) []letter {
	out := make([]letter, 0, min(len(s), longestName+1))
	for _, r := range protect(s) {
		switch {
		case len(out) > longestName:
			return out
		case isSelector(r):
			if n := len(out); n > 0 {
				out[n-1].selector = r
			}
		case unicode.IsSpace(r) || strings.ContainsRune("・.,-‐‑–—―−'’", r) || unicode.Is(unicode.Cf, r):
		case r >= 'ぁ' && r <= 'ゖ':
			out = append(out, letter{base: r + 'ァ' - 'ぁ'})
		case r == 'ß' || r == 'ẞ': // its capital has two letters
			out = append(out, letter{base: 'S'}, letter{base: 'S'})
		default:
			out = append(out, letter{base: unicode.ToUpper(r)})
		}
	}
	return out
}

// protect applies NFKC to all but CJK compatibility ideographs.
func protect(s string) string {
	if !strings.ContainsFunc(s, compatibility) {
		return norm.NFKC.String(s)
	}
	var b strings.Builder
	start := 0
	for i, r := range s {
		if compatibility(r) {
			b.WriteString(norm.NFKC.String(s[start:i]))
			b.WriteRune(r)
			start = i + len(string(r))
		}
	}
	b.WriteString(norm.NFKC.String(s[start:]))
	return b.String()
}

func compatibility(r rune) bool { return r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F }

func masked(r rune) bool { return r == '●' || r == '〓' || r == '■' || r == '�' }

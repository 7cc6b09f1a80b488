package eligibility

import "slices"

// NameMatch says how alike two writings of a name are (docs/facts/names-and-characters.md#matching).
type NameMatch struct {
	Match       Match            `json:"match"`
	Differences []NameDifference `json:"differences"`
}

// Match is the degree of a NameMatch, from the same to another name.
type Match string

const (
	// The same after NFKC; blanks, width, case and hiragana or katakana never count.
	NamesEqual Match = "equal"
	// The same up to variants (髙/高, 佐々/佐佐, ü/ue), kana habits, order of words, 旧姓 or 通称名 in brackets.
	NamesVariant Match = "variant"
	// The same where ●, 〓 or a lost character hides at most half of it.
	NamesMasked Match = "masked"
	// One character or one Latin word differs, or one name is in simplified forms (张/張): ask.
	NamesSimilar Match = "similar"
	// More than half of a name is hidden: there is nothing to compare, it is neither the same nor another.
	NamesUnreadable Match = "unreadable"
	// Another name.
	NamesDifferent Match = "different"
)

// Same reports whether two names with this match are one name, written as registers differ.
func (m Match) Same() bool { return m == NamesEqual || m == NamesVariant || m == NamesMasked }

// NameDifference is one place where two names differ. Index counts the characters of the first name without
// its blanks; a character that the other name lacks stands against "".
type NameDifference struct {
	Index int    `json:"index"`
	A     string `json:"a"`
	B     string `json:"b"`
	Kind  Match  `json:"kind"`
}

// longestName bounds the work for texts that are no names.
const longestName = 200

// MatchNames compares two writings of a name. A ● (or 〓, or what a program leaves of a character that it
// lacks) on either side stands for any one character; a name that is hidden for more than half is
// NamesUnreadable. 旧姓 (former family names) and 通称名 (aliases) in brackets make a variant. Empty names match
// nothing.
func MatchNames(a, b string) NameMatch {
	x, okA := partBrackets(a)
	y, okB := partBrackets(b)
	if okA || okB {
		return matchBracketed(x, y)
	}
	return matchPlain(a, letters(a), b, letters(b))
}

// matchPlain compares names without brackets, with their letters.
func matchPlain(a string, la []letter, b string, lb []letter) NameMatch {
	if len(la) == 0 || len(lb) == 0 || len(la) > longestName || len(lb) > longestName {
		return NameMatch{NamesDifferent, []NameDifference{}}
	}
	if lostLetters(la) == len(la) || lostLetters(lb) == len(lb) {
		return NameMatch{NamesUnreadable, []NameDifference{}}
	}
	var m NameMatch
	if len(la) == len(lb) {
		m = level(la, lb)
	}
	if len(la) != len(lb) || wrong(m) > 0 {
		if other := aligned(la, lb); len(m.Differences) == 0 || wrong(other) < wrong(m) {
			m = other
		}
	}
	if m.Match == NamesSimilar || m.Match == NamesDifferent {
		switch sameWords(a, b) {
		case NamesVariant: // it is the order of the words that differs
			return NameMatch{NamesVariant, []NameDifference{}}
		case NamesSimilar:
			m.Match = NamesSimilar
		}
	}
	if m.Match != NamesDifferent && mostlyHidden(m, la, lb) {
		m.Match = NamesUnreadable
	}
	return m
}

// mostlyHidden reports whether more than half of the characters are unknown: of one name, or of both taken
// together.
func mostlyHidden(m NameMatch, a, b []letter) bool {
	hidden := 0
	for _, d := range m.Differences {
		if d.Kind == NamesMasked {
			hidden++
		}
	}
	return 2*lostLetters(a) > len(a) || 2*lostLetters(b) > len(b) || 2*hidden > max(len(a), len(b))
}

// BestMatch compares a name with every name that a person goes by (氏名, 通称名) and returns the best.
func (p Person) BestMatch(name string) NameMatch {
	best := MatchNames(p.Name, name)
	if p.Alias != "" {
		if m := MatchNames(p.Alias, name); worse(best.Match, m.Match) {
			return m
		}
	}
	return best
}

var degrees = []Match{NamesEqual, NamesVariant, NamesMasked, NamesSimilar, NamesUnreadable, NamesDifferent}

// worse reports whether m stands for less likeness than n.
func worse(m, n Match) bool { return slices.Index(degrees, m) > slices.Index(degrees, n) }

// level compares names of the same length, character by character.
func level(a, b []letter) NameMatch {
	m := NameMatch{Differences: []NameDifference{}}
	for i := range a {
		if !a[i].same(b[i]) {
			d := NameDifference{Index: a[i].at, A: a[i].String(), B: b[i].String(), Kind: compare(a[i], b[i])}
			m.Differences = append(m.Differences, d)
		}
	}
	m.judge(len(a))
	return m
}

// judge derives the degree from the differences: all variants, some masked, one wrong in a name of three or
// more, more.
func (m *NameMatch) judge(length int) {
	m.Match = NamesEqual
	for _, d := range m.Differences {
		if worse(d.Kind, m.Match) {
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

// compare returns how alike two characters are: equal, variant, masked, similar or different.
func compare(a, b letter) Match {
	switch {
	case a.same(b):
		return NamesEqual
	case a.lost() || b.lost():
		return NamesMasked
	case a.folded == b.folded, a.base == 'ー' && vowel(b.base), b.base == 'ー' && vowel(a.base):
		return NamesVariant
	case simplifiedPair(a, b):
		return NamesSimilar
	}
	return NamesDifferent
}

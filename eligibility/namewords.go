package eligibility

import (
	"slices"
	"strings"
	"unicode"
)

// latinWord is a word of a name in the two ways in which it is written without accents: MULLER and MUELLER.
type latinWord struct{ bare, long string }

func (w latinWord) like(v latinWord) bool {
	return w.bare == v.bare || w.bare == v.long || w.long == v.bare || w.long == v.long
}

// sameWords compares names in Latin letters of two words and more: the same words in another order are a
// variant, one word too many is similar; "" when the names are not such names or differ more.
func sameWords(a, b string) Match {
	wa, wb := latinWords(a), latinWords(b)
	if len(wa) < 2 || len(wb) < 2 {
		return ""
	}
	if len(wa) > len(wb) {
		wa, wb = wb, wa
	}
	switch len(wb) - paired(wa, wb) {
	case 0:
		return NamesVariant
	case 1:
		if len(wa) == paired(wa, wb) {
			return NamesSimilar
		}
	}
	return ""
}

// paired returns how many words of a have one of their own in b, at most: Kuhn's augmenting paths (1955),
// since MÜLLER may stand for MULLER and for MUELLER of the same name.
func paired(a, b []latinWord) int {
	of := make([]int, len(b)) // the word of a that has this one of b, and one more
	n := 0
	for i := range a {
		if augment(a, b, of, i, make([]bool, len(b))) {
			n++
		}
	}
	return n
}

func augment(a, b []latinWord, of []int, i int, seen []bool) bool {
	for j := range b {
		if seen[j] || !a[i].like(b[j]) {
			continue
		}
		seen[j] = true
		if of[j] == 0 || augment(a, b, of, of[j]-1, seen) {
			of[j] = i + 1
			return true
		}
	}
	return false
}

// latinWords parts a name at blanks, commas and hyphens; nil when a letter is not Latin.
func latinWords(name string) []latinWord {
	parts := strings.FieldsFunc(NFKC(name), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",-‐‑–—―−", r)
	})
	words := make([]latinWord, 0, len(parts))
	for _, part := range parts {
		var bare, long strings.Builder
		for _, l := range letters(part) {
			if !unicode.Is(unicode.Latin, l.base) {
				return nil
			}
			bare.WriteRune(l.folded)
			if two, ok := digraphs[l.base]; ok {
				long.WriteString(two)
			} else {
				long.WriteRune(l.folded)
			}
		}
		if bare.Len() > 0 {
			words = append(words, latinWord{bare.String(), long.String()})
		}
	}
	return slices.Clip(words)
}

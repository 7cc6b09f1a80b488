package eligibility

import (
	"slices"
	"strings"
)

// What a step costs when names are aligned: one that is worse costs more than a whole name of those that are
// better, so that the cheapest way is of the same degree whichever name comes first.
const (
	costVariant = 1
	costMasked  = costVariant << 9
	costSimilar = costMasked << 9
	costAlien   = costSimilar << 9
)

func costOf(m Match) int64 {
	switch m {
	case NamesEqual:
		return 0
	case NamesVariant:
		return costVariant
	case NamesMasked:
		return costMasked
	case NamesSimilar:
		return costSimilar
	}
	return costAlien
}

// vowel: a long vowel is written with ー or with a vowel.
func vowel(r rune) bool { return strings.ContainsRune("アイウエオァィゥェォ", r) }

// digraphs are the two letters that passports and airlines write for one (ICAO Doc 9303-3, section 6 A). That
// the accent may also just be left out is foldRune's matter.
var digraphs = map[rune]string{
	'Ä': "AE", 'Å': "AA", 'Æ': "AE", 'Ö': "OE", 'Ø': "OE", 'Œ': "OE", 'Ü': "UE", 'Þ': "TH",
}

// writtenAs reports whether two letters are those that stand for one.
func writtenAs(one letter, two []letter) bool {
	pair, ok := digraphs[one.shape]
	return ok && two[0].base == rune(pair[0]) && two[1].base == rune(pair[1])
}

// missing is what it says of a name that it lacks a letter.
func missing(l letter) Match {
	if l.base == 'ー' {
		return NamesVariant
	}
	return NamesDifferent
}

// alignment holds the cheapest costs of turning beginnings of one name into beginnings of the other.
type alignment struct {
	a, b  []letter
	costs []int64
}

func (t alignment) at(i, j int) *int64 { return &t.costs[i*(len(t.b)+1)+j] }

// alignStep is one move back in the table: how many letters of each name it takes, and what it says.
type alignStep struct {
	a, b int
	kind Match
}

// steps calls take with the moves that lead to a place.
func (t alignment) steps(i, j int, take func(alignStep)) {
	if i > 0 && j > 0 {
		take(alignStep{1, 1, compare(t.a[i-1], t.b[j-1])})
	}
	if i > 0 && j > 1 && writtenAs(t.a[i-1], t.b[j-2:j]) {
		take(alignStep{1, 2, NamesVariant})
	}
	if i > 1 && j > 0 && writtenAs(t.b[j-1], t.a[i-2:i]) {
		take(alignStep{2, 1, NamesVariant})
	}
	if i > 0 {
		take(alignStep{1, 0, missing(t.a[i-1])})
	}
	if j > 0 {
		take(alignStep{0, 1, missing(t.b[j-1])})
	}
}

// aligned compares names of which one may have characters that the other lacks: the cheapest way to turn one
// into the other (Wagner and Fischer 1974), where a missing ー and the two letters for one (ü/ue) cost as
// little as a variant.
func aligned(a, b []letter) NameMatch {
	t := alignment{a, b, make([]int64, (len(a)+1)*(len(b)+1))}
	for i := 0; i <= len(a); i++ {
		for j := 0; j <= len(b); j++ {
			if i == 0 && j == 0 {
				continue
			}
			best := int64(1) << 62
			t.steps(i, j, func(s alignStep) { best = min(best, *t.at(i-s.a, j-s.b)+costOf(s.kind)) })
			*t.at(i, j) = best
		}
	}
	m := NameMatch{Differences: []NameDifference{}}
	for i, j := len(a), len(b); i > 0 || j > 0; {
		var way alignStep
		found := false
		t.steps(i, j, func(s alignStep) {
			if !found && *t.at(i-s.a, j-s.b)+costOf(s.kind) == *t.at(i, j) {
				way, found = s, true
			}
		})
		i, j = i-way.a, j-way.b
		if way.kind != NamesEqual {
			d := NameDifference{
				Index: indexAt(a, i),
				A:     written(a[i : i+way.a]),
				B:     written(b[j : j+way.b]),
				Kind:  way.kind,
			}
			m.Differences = append(m.Differences, d)
		}
	}
	slices.Reverse(m.Differences)
	m.judge(max(len(a), len(b)))
	return m
}

// indexAt is where the i-th letter stands, or the end of the name.
func indexAt(name []letter, i int) int {
	if i < len(name) {
		return name[i].at
	}
	return name[i-1].at + 1
}

func written(part []letter) string {
	var b strings.Builder
	for _, l := range part {
		b.WriteString(l.String())
	}
	return b.String()
}

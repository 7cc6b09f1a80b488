package eligibility

import (
	"slices"
	"strings"
	"unicode"
)

// Brackets as they stand after NFKC, which makes full and half width one.
var (
	openBrackets  = []rune("([{<〔「『【〈《〖〘⟨⦅≪‹«")
	closeBrackets = []rune(")]}>〕」』】〉》〗〙⟩⦆≫›»")
)

// bracketName is a name with something in brackets: 旧姓 (a former family name) as 山田（佐藤）花子 or at the end, or
// 通称名 (an alias) behind a whole name as on foreigners' cards.
type bracketName struct {
	main   string     // without what stands in brackets
	inner  string     // what stands in them, without its label
	before string     // what of main stands before the first bracket
	whole  bool       // what stands in the brackets may be a whole name: the brackets part no name in two
	called bool       // the label says that it is an alias
	parts  []innerCut // where they stood
}

type innerCut struct {
	at, size int // letters before it and in it, brackets counted
	text     string
}

func isPunctuation(r rune) bool { return (r < '一' || r > '鿿') && unicode.IsPunct(r) }

// partBrackets takes the brackets out of a name; ok is false when it has none that match. Brackets within
// brackets part words.
func partBrackets(name string) (b bracketName, ok bool) {
	const most = 8 * longestName // bytes; what is longer is no name
	if len(name) > most || !strings.ContainsFunc(name, isPunctuation) && !strings.ContainsAny(name, "<＜≪") {
		return bracketName{main: name}, false
	}
	var main, within strings.Builder
	var inner []string
	depth := 0
	for _, r := range protect(name) {
		opens, closes := slices.Contains(openBrackets, r), slices.Contains(closeBrackets, r)
		switch {
		case closes && depth == 0:
			return bracketName{main: name}, false
		case opens:
			if depth++; depth == 1 && len(inner) == 0 {
				b.before = main.String()
			}
			within.WriteByte(' ')
		case closes:
			if depth--; depth > 0 {
				within.WriteByte(' ')
				continue
			}
			part := strings.TrimSpace(within.String())
			within.Reset()
			inner = append(inner, part)
			cut := innerCut{
				at:   len(letters(main.String())),
				size: len(letters(part)) + 2,
				text: "（" + part + "）",
			}
			b.parts = append(b.parts, cut)
		case depth > 0:
			within.WriteRune(r)
		default:
			main.WriteRune(r)
		}
	}
	if depth != 0 || len(b.parts) == 0 {
		return bracketName{main: name}, false
	}
	b.main = main.String()
	b.inner, b.called = withoutLabel(strings.Join(inner, " "))
	if len(letters(b.main)) == 0 { // the whole name stands in brackets
		b.main, b.inner, b.parts = b.inner, "", nil
		return b, true
	}
	b.whole = len(b.parts) == 1 && (len(letters(b.before)) == 0 || b.parts[0].at == len(letters(b.main)))
	return b, true
}

// withoutLabel takes 旧姓 and the like from the front of what stands in brackets; called reports a label of an
// alias.
func withoutLabel(inner string) (name string, called bool) {
	for _, label := range []string{"旧姓", "旧氏", "通称名", "通称", "通名", "本名", "氏名"} {
		if rest, ok := strings.CutPrefix(inner, label); ok {
			return strings.TrimLeft(rest, ": 　"), !strings.HasPrefix(label, "旧")
		}
	}
	return inner, false
}

// letters returns the letters of the name without its brackets, each with its place in the name with them.
func (b bracketName) letters() []letter {
	all := letters(b.main)
	for i := range all {
		for _, cut := range b.parts {
			if i >= cut.at {
				all[i].at += cut.size
			}
		}
	}
	return all
}

// isWholeName reports whether what stands in the brackets is a name of its own, and not a family name alone:
// it has two words, it is called an alias, or one of the two is in Latin letters and the other is not.
func (b bracketName) isWholeName() bool {
	return b.whole && (b.called || len(strings.Fields(b.inner)) > 1 || isLatin(b.inner) != isLatin(b.main))
}

func isLatin(name string) bool {
	return !slices.ContainsFunc(
		letters(name),
		func(l letter) bool { return !unicode.Is(unicode.Latin, l.base) },
	)
}

// matchBracketed compares names of which at least one has brackets.
func matchBracketed(x, y bracketName) NameMatch {
	m := matchPlain(x.main, x.letters(), y.main, y.letters())
	if m.Match.Same() {
		return withInner(m, x, y)
	}
	for _, pair := range [][2]bracketName{{x, y}, {y, x}} {
		b, other := pair[0], pair[1]
		if b.inner == "" {
			continue
		}
		name := b.inner
		if !b.whole { // the former family name in place of today's
			name += strings.TrimPrefix(b.main, b.before)
		}
		switch alone := matchPlain(name, letters(name), other.main, letters(other.main)).Match; {
		case !alone.Same():
		case b.isWholeName() && alone == NamesMasked:
			m = better(m, NamesMasked)
		case b.isWholeName():
			m = better(m, NamesVariant)
		default:
			m = better(m, NamesSimilar)
		}
	}
	return m
}

func better(m NameMatch, match Match) NameMatch {
	if worse(m.Match, match) {
		m.Match = match
		if match != NamesSimilar {
			m.Differences = []NameDifference{}
		}
	}
	return m
}

// withInner judges what stands in the brackets of names that are the same without: on one side only it is a
// variant, on both it has to be the same too.
func withInner(m NameMatch, x, y bracketName) NameMatch {
	kind, lx, ly := NamesVariant, letters(x.inner), letters(y.inner)
	if sameLetters(lx, ly) && sameCuts(x.parts, y.parts) {
		return m
	}
	if len(lx) > 0 && len(ly) > 0 {
		switch inner := matchPlain(x.inner, lx, y.inner, ly).Match; {
		case inner == NamesMasked:
			kind = NamesMasked
		case !inner.Same():
			kind = NamesSimilar
		}
	}
	for i := range max(len(x.parts), len(y.parts)) {
		d := NameDifference{Kind: kind}
		if i < len(x.parts) {
			d.Index, d.A = x.parts[i].at, x.parts[i].text
		}
		if i < len(y.parts) {
			d.B = y.parts[i].text
			if i >= len(x.parts) {
				d.Index = y.parts[i].at
			}
		}
		m.Differences = append(m.Differences, d)
	}
	slices.SortStableFunc(m.Differences, func(c, d NameDifference) int { return c.Index - d.Index })
	if worse(kind, m.Match) {
		m.Match = kind
	}
	return m
}

func sameCuts(a, b []innerCut) bool {
	return slices.EqualFunc(a, b, func(c, d innerCut) bool { return c.at == d.at })
}

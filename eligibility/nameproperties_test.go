package eligibility

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFoldingACharacterTwiceChangesNothing(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if once := foldRune(r); foldRune(once) != once {
			t.Errorf("%c %U becomes %c %U, then %c", r, r, once, once, foldRune(once))
		}
		if once := foldRadical(r); foldRadical(once) != once {
			t.Errorf("radical %U becomes %U, then %U", r, once, foldRadical(once))
		}
	}
}

// properties are what holds for any two texts.
func properties(t *testing.T, a, b string) {
	x, y := MatchNames(a, b), MatchNames(b, a)
	if x.Match != y.Match {
		t.Fatalf("%q %q: %s one way, %s the other", a, b, x.Match, y.Match)
	}
	if x.Match == NamesEqual && SearchName(a) != SearchName(b) {
		t.Fatalf("%q %q are equal, looked for as %q and %q", a, b, SearchName(a), SearchName(b))
	}
	if (AllLost(a) || AllLost(b)) && x.Match.Same() {
		t.Fatalf("%q %q: %s of a name that nobody knows", a, b, x.Match)
	}
	if readable(a) && MatchNames(a, a).Match != NamesEqual {
		t.Fatalf("%q is not itself: %v", a, MatchNames(a, a))
	}
	if clean := CleanName(a); CleanName(clean) != clean {
		t.Fatalf("%q is cleaned to %q, then %q", a, clean, CleanName(clean))
	}
	ReceiptRejects(a)
}

// readable reports whether a text is a name that can be compared: with and without what stands in brackets it
// has letters, not too many, and no more than half of them lost. Brackets with nothing in them, "()", are no
// name.
func readable(name string) bool {
	all := [][]letter{letters(name)}
	if parted, ok := partBrackets(name); ok {
		all = append(all, parted.letters())
	}
	return !slices.ContainsFunc(all, func(l []letter) bool {
		return len(l) == 0 || len(l) > longestName || 2*lostLetters(l) > len(l)
	})
}

func FuzzMatchNames(f *testing.F) {
	for _, pair := range [][2]string{
		{"髙橋 德一", "高橋 徳一"},
		{"●", "NGUYEN"},
		{"●橋 德一", "?橋 德一"},
		{"山田（佐藤）花子", "山田 花子"},
		{"NGUYEN TEST AN（試験 アン）", "試験 アン"},
		{"佐々木 一", "佐佐木 一"},
		{"関ヶ原", "関が原"},
		{"MÜLLER HANS", "HANS MUELLER"},
		{"张三", "張三"},
		{"⻑⾕川 ⻘⼦", "長谷川 青子"},
		{"((●)", "【】"},
		{"（（試験））太郎", "(試験)太郎"},
		{"ー々ー", "ゞゞ"},
		{"\xff?", "\uFFFD"},
		{"()", "( )"},
	} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(properties)
}

// Every pair of some hundred short texts of the characters that rules look at.
func TestTheDegreeOfLikenessIsTheSameBothWays(t *testing.T) {
	parts := []string{"髙", "々", "ヶ", "ー", "●", "（", "）", "Ü", "UE", "张", "⻑", "ヾ", "\U000E0100"}
	var texts []string
	for _, a := range parts {
		for _, b := range parts {
			texts = append(texts, a+b+"田", "田"+a+b)
		}
	}
	for i, a := range texts {
		for _, b := range texts[:i+1] {
			properties(t, a, b)
		}
	}
	long := strings.Repeat("（", 3000) + strings.Repeat("）", 3000)
	properties(t, long, strings.Repeat("Ü", 200))
}

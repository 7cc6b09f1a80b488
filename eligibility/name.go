package eligibility

import (
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
	NamesEqual     Match = "equal"     // the same after NFKC, blanks and kana width ignored
	NamesVariant   Match = "variant"   // the same up to variant characters (髙/高) and kana habits
	NamesMasked    Match = "masked"    // the same where ● or 〓 hides one character
	NamesSimilar   Match = "similar"   // one character differs: ask
	NamesDifferent Match = "different" // another name
)

// NameDifference is one place where two names differ; Index counts the characters of the first without blanks.
type NameDifference struct {
	Index int    `json:"index"`
	A     string `json:"a"`
	B     string `json:"b"`
	Kind  Match  `json:"kind"`
}

// MatchNames compares two writings of a name. Blanks, width, letter case and hiragana or katakana never count. A ● (or 〓)
// on either side stands for any one character, since registers print it for what they cannot.
func MatchNames(a, b string) NameMatch {
	ra, rb := letters(a), letters(b)
	out := NameMatch{Match: NamesEqual, Differences: []NameDifference{}}
	if len(ra) == 0 || len(rb) == 0 {
		out.Match = NamesDifferent
		return out
	}
	if len(ra) != len(rb) {
		fa, fb := foldAll(ra), foldAll(rb)
		if string(fa) == string(fb) {
			out.Match = NamesVariant
			return out
		}
		if near(fa, fb) {
			out.Match = NamesSimilar
		} else {
			out.Match = NamesDifferent
		}
		return out
	}
	worst, wrong := NamesEqual, 0
	for i := range ra {
		if ra[i].base == rb[i].base && ra[i].selector == rb[i].selector {
			continue
		}
		kind := NamesDifferent
		switch {
		case masked(ra[i].base) || masked(rb[i].base):
			kind = NamesMasked
		case foldRune(ra[i].base) == foldRune(rb[i].base):
			kind = NamesVariant
		default:
			wrong++
		}
		if kind == NamesMasked || kind == NamesVariant && worst == NamesEqual {
			worst = kind
		}
		out.Differences = append(out.Differences, NameDifference{i, ra[i].String(), rb[i].String(), kind})
	}
	switch {
	case wrong == 0:
		out.Match = worst
	case wrong == 1 && len(ra) > 2:
		out.Match = NamesSimilar
	default:
		out.Match = NamesDifferent
	}
	return out
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

// letters normalises a name: NFKC except that compatibility kanji (髙's relatives U+F900–FAFF) keep their own shape, blanks
// and dots out, capitals, katakana.
func letters(s string) []letter {
	var out []letter
	for _, r := range protect(s) {
		switch {
		case isSelector(r):
			if n := len(out); n > 0 {
				out[n-1].selector = r
			}
		case unicode.IsSpace(r) || r == '・' || r == '･' || r == '.' || r == ',' || r == '-' || r == '‐':
		case r >= 'ぁ' && r <= 'ゖ':
			out = append(out, letter{base: r + 'ァ' - 'ぁ'})
		default:
			out = append(out, letter{base: unicode.ToUpper(r)})
		}
	}
	return out
}

// protect applies NFKC to all but CJK compatibility ideographs.
func protect(s string) string {
	var b strings.Builder
	start := 0
	for i, r := range s {
		if r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F {
			b.WriteString(norm.NFKC.String(s[start:i]))
			b.WriteRune(r)
			start = i + len(string(r))
		}
	}
	b.WriteString(norm.NFKC.String(s[start:]))
	return b.String()
}

func masked(r rune) bool { return r == '●' || r == '〓' || r == '■' || r == '�' }

// variantGroups lists characters that registers write for one another in names; the first stands for all. Sources: the
// examples of rules.md 4.4 and the 人名用漢字 pairs of 戸籍法施行規則 別表第二.
var variantGroups = []string{
	"高髙", "崎﨑嵜碕", "辺邉邊", "徳德", "吉𠮷", "斎齋斉齊", "沢澤", "浜濱濵", "桜櫻", "広廣", "島嶋嶌", "柳栁",
	"桑桒", "土𡈽圡", "恵惠", "真眞", "竜龍", "関關", "瀬瀨", "国國", "黒黑", "富冨", "晃晄", "桧檜",
	"薮藪", "曽曾", "条條", "鉄鐵", "円圓", "栄榮", "伝傳", "万萬", "宝寶", "静靜", "弥彌", "寿壽",
	"鶴鸖", "館舘", "梅楳", "峰峯", "芦蘆", "緑綠", "穂穗", "秋秌", "松枩", "学學", "実實", "亀龜",
	"滝瀧", "会會",
}

var foldTable = func() map[rune]rune {
	table := map[rune]rune{}
	for _, group := range variantGroups {
		var first rune
		for _, r := range group {
			if first == 0 {
				first = r
			}
			table[r] = first
		}
	}
	for small, large := range map[rune]rune{'ァ': 'ア', 'ィ': 'イ', 'ゥ': 'ウ', 'ェ': 'エ', 'ォ': 'オ', 'ッ': 'ツ', 'ャ': 'ヤ', 'ュ': 'ユ', 'ョ': 'ヨ', 'ヮ': 'ワ', 'ヵ': 'カ', 'ヶ': 'ケ', 'ヂ': 'ジ', 'ヅ': 'ズ', 'ヲ': 'オ'} {
		table[small] = large
	}
	return table
}()

func foldRune(r rune) rune {
	if f, ok := foldTable[r]; ok {
		return f
	}
	if n := []rune(norm.NFKC.String(string(r))); len(n) == 1 {
		if f, ok := foldTable[n[0]]; ok {
			return f
		}
		return n[0]
	}
	return r
}

func foldAll(ls []letter) []rune {
	out := make([]rune, 0, len(ls))
	for _, l := range ls {
		if l.base == 'ー' { // long vowels are written or left out
			continue
		}
		out = append(out, foldRune(l.base))
	}
	return out
}

// near reports whether one character added or left out makes the shorter the longer.
func near(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) != 1 || len(a) < 2 {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return string(a[i:]) == string(b[i+1:])
		}
	}
	return true
}

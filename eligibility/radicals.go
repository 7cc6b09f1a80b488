package eligibility

import (
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// radicalForms are the CJK radicals (U+2E80–2EFF) that look like an ideograph, in pairs radical, ideograph:
// the property Equivalent_Unified_Ideograph of the Unicode Character Database 15.0
// (EquivalentUnifiedIdeograph.txt, UAX #44). Kangxi radicals (U+2F00–2FDF) have the same equivalents as
// compatibility decompositions and need no line here.
const radicalForms = "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕𫜹⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛" +
	"⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶" +
	"⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"

var radicals = sync.OnceValue(func() map[rune]rune { return pairs(radicalForms) })

// pairs reads a table that is written as pairs of characters.
func pairs(text string) map[rune]rune {
	table, runes := make(map[rune]rune), []rune(text)
	for i := 0; i+1 < len(runes); i += 2 {
		table[runes[i]] = runes[i+1]
	}
	return table
}

func isRadical(r rune) bool { return r >= 0x2E80 && r <= 0x2FDF }

// foldRadical returns the ideograph that a radical stands for; other characters, and the radicals that are
// like no ideograph, stay as they are.
func foldRadical(r rune) rune {
	switch {
	case !isRadical(r):
		return r
	case r >= 0x2F00:
		return []rune(norm.NFKC.String(string(r)))[0]
	}
	if ideograph, ok := radicals()[r]; ok {
		return ideograph
	}
	return r
}

// FoldRadicals replaces CJK and Kangxi radicals, which texts copied from PDF files hold in place of the
// characters that they look like, by those characters: ⻑⾕川 becomes 長谷川. No font that papers are printed with
// draws a radical.
func FoldRadicals(s string) string {
	if !strings.ContainsFunc(s, isRadical) {
		return s
	}
	return strings.Map(foldRadical, s)
}

package eligibility

import (
	"fmt"
	"testing"
)

type pairOfNames struct {
	a, b string
	want Match
}

func matched(t *testing.T, cases []pairOfNames) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.a+" / "+c.b, func(t *testing.T) {
			if got := MatchNames(c.a, c.b); got.Match != c.want {
				t.Errorf("%s %v, want %s", got.Match, got.Differences, c.want)
			}
			if back := MatchNames(c.b, c.a); back.Match != c.want {
				t.Errorf("the other way: %s %v, want %s", back.Match, back.Differences, c.want)
			}
		})
	}
}

// 協会けんぽ prints a former family name as 山田（佐藤）花子 where the OQS gives 山田 花子 (kyoukaikenpo.or.jp, g2/cat298);
// residence cards and resident registers put the alias behind the name (住民基本台帳法施行令30条の16).
func TestAFormerFamilyNameOrAnAliasInBracketsIsAVariant(t *testing.T) {
	matched(t, []pairOfNames{
		{"山田（佐藤）花子", "山田 花子", NamesVariant},
		{"山田(佐藤)花子", "山田 花子", NamesVariant},
		{"山田〔佐藤〕花子", "山田花子", NamesVariant},
		{"山田[佐藤]花子", "山田 花子", NamesVariant},
		{"山田［佐藤］花子", "山田 花子", NamesVariant},
		{"山田「佐藤」花子", "山田 花子", NamesVariant},
		{"山田｢佐藤｣花子", "山田 花子", NamesVariant},
		{"山田【佐藤】花子", "山田 花子", NamesVariant},
		{"山田⟨佐藤⟩花子", "山田 花子", NamesVariant},
		{"山田〈佐藤〉花子", "山田 花子", NamesVariant},
		{"山田『佐藤』花子", "山田 花子", NamesVariant},
		{"山田＜佐藤＞花子", "山田 花子", NamesVariant},
		{"山田《佐藤》花子", "山田 花子", NamesVariant},
		{"山田（佐藤)花子", "山田 花子", NamesVariant}, // one of each width
		{"山田 花子（佐藤）", "山田 花子", NamesVariant},
		{"山田 花子（旧姓：佐藤）", "山田 花子", NamesVariant},
		{"山田（佐藤） 花子", "山田［佐藤］ 花子", NamesEqual},
		{"山田（旧姓 佐藤）花子", "山田[佐藤]花子", NamesEqual},
		{"山田（佐藤）花子", "山田花子（佐藤）", NamesVariant},
		{"髙田（佐藤）花子", "高田 花子", NamesVariant},
		{"●田（佐藤）花子", "山田 花子", NamesMasked},
		{"山田（佐藤）花子", "山田（鈴木）花子", NamesSimilar},
		{"山田（佐藤）花子", "佐藤 花子", NamesSimilar},
		{"山田（佐藤）花子", "山田 太一", NamesDifferent},
		{"NGUYEN TEST AN（試験 アン）", "NGUYEN TEST AN", NamesVariant},
		{"NGUYEN TEST AN（試験 アン）", "試験 アン", NamesVariant},
		{"NGUYEN TEST AN（試験アン）", "試験アン", NamesVariant},
		{"NGUYEN TEST AN（通称 試験 アン）", "試験 アン", NamesVariant},
		{"NGUYEN TEST AN（試験 アン）", "試験 アン（NGUYEN TEST AN）", NamesVariant},
		{"NGUYEN TEST AN (試験 アン)", "AN NGUYEN TEST", NamesVariant},
		{"NGUYEN TEST AN（試験 アン）", "架空 花子", NamesDifferent},
		{"山田 花子（佐藤 花子）", "佐藤 花子", NamesVariant},
		{"山田花子（佐藤）", "佐藤", NamesSimilar}, // a family name alone is nobody's name
		{"（試験 太郎）", "試験 太郎", NamesEqual},
		{"山田（）花子", "山田 花子", NamesVariant},
		{"（）", "（）", NamesDifferent},        // brackets around nothing are nobody's name
		{"山田（佐藤花子", "山田佐藤花子", NamesSimilar}, // never closed
	})
	got := MatchNames("山田（佐藤）花德", "山田 花徳")
	if fmt.Sprint(got.Differences) != "[{2 （佐藤）  variant} {7 德 徳 variant}]" {
		t.Errorf("said as %v", got.Differences)
	}
}

// Unicode names the marks: 々 U+3005 and 〻 U+303B repeat an ideograph, 〃 U+3003 is written for them, ヽヾゝゞ
// repeat kana (JIS X 0208 4.3). が between kanji has as many writings as there are registers: 茅ヶ崎市, 鎌ケ谷市, 龍ケ崎市
// are the names in law of places that others write with ヶ, ケ, ヵ, が or 箇.
func TestIterationMarksAndTheParticleBetweenKanjiAreVariants(t *testing.T) {
	matched(t, []pairOfNames{
		{"佐々木 一", "佐佐木 一", NamesVariant},
		{"佐〻木 一", "佐々木 一", NamesVariant},
		{"佐〃木 一", "佐佐木 一", NamesVariant},
		{"野々村 一", "野野村 一", NamesVariant},
		{"佐々木 一", "佐々木 一", NamesEqual},
		{"佐々木 一", "佐野木 一", NamesSimilar},
		{"奈々", "奈奈", NamesVariant},
		{"髙々田", "高高田", NamesVariant},
		{"佐●木 一", "佐々木 一", NamesMasked},
		{"●々木 一", "佐々木 一", NamesMasked},
		{"試験 みすゞ", "試験 みすず", NamesVariant},
		{"試験 いすヾ", "試験 イスズ", NamesVariant},
		{"試験 さゝみ", "試験 ささみ", NamesVariant},
		{"関ヶ原 一", "関ケ原 一", NamesVariant},
		{"関ヶ原 一", "関が原 一", NamesVariant},
		{"龍ヵ崎 一", "龍ヶ崎 一", NamesVariant},
		{"鎌ガ谷 一", "鎌ケ谷 一", NamesVariant},
		{"三箇山 一", "三ヶ山 一", NamesVariant},
		{"緒か谷 一", "緒カ谷 一", NamesEqual},
		{"緒か谷 一", "緒け谷 一", NamesVariant},
		{"カナ", "ケナ", NamesDifferent}, // between no kanji they are two letters
		{"タカシ", "タガシ", NamesSimilar},
		{"橋本 一", "𣘺本 一", NamesVariant},
		{"槗本 一", "𣘺本 一", NamesVariant},
		{"野田 一", "埜田 一", NamesVariant}, // Unihan kSemanticVariant
		{"戸田 一", "戶田 一", NamesVariant}, // Unihan kZVariant
	})
}

// ICAO Doc 9303-3 section 6 A: passports write Ä AE, Å AA, Æ AE, Ö OE, Ø OE, Œ OE, Ü UE, Þ TH, ß SS, or leave
// the accent out.
func TestLatinLettersAreMatchedAsPassportsWriteThem(t *testing.T) {
	matched(t, []pairOfNames{
		{"MÜLLER HANS", "MUELLER HANS", NamesVariant},
		{"MÜLLER HANS", "MULLER HANS", NamesVariant},
		{"MÜLLER HANS", "HANS MUELLER", NamesVariant},
		{"Jörg Käfer", "JOERG KAEFER", NamesVariant},
		{"Strauß Ü", "STRAUSS UE", NamesVariant},
		{"ØRE TEST", "OERE TEST", NamesVariant},
		{"ØRE TEST", "ORE TEST", NamesVariant},
		{"ÅSE TEST", "AASE TEST", NamesVariant},
		{"ÆGIR TEST", "AEGIR TEST", NamesVariant},
		{"ÞOR TEST", "THOR TEST", NamesVariant},
		{"JÖRG MUELLER", "JOERG MÜLLER", NamesVariant}, // as long, and each letter elsewhere
		{"José Test", "JOSE TEST", NamesVariant},
		{"JOSE\u0301 TEST", "JOSÉ TEST", NamesEqual},
		{"N\u0308ORD TEST", "NORD TEST", NamesVariant}, // Unicode has no joined letter
		{"O’NEIL TEST", "O'NEIL TEST", NamesEqual},
		{"OʼNEIL TEST", "TEST ONEIL", NamesVariant},
		{"KIM-LEE ANN", "ANN KIM LEE", NamesVariant},
		{"ANN MARIE TEST", "TEST ANN MARIE", NamesVariant},
		{"MUELLER HANS", "MULLER HANS", NamesSimilar}, // two names
	})
}

// Residence cards write the Japanese or the traditional form of a simplified one (平成23年法務省告示582号). Some
// simplified forms are other characters in Japanese names (叶), so they are asked about. Pairs of Unihan's
// kTraditionalVariant.
func TestSimplifiedFormsAreAskedAbout(t *testing.T) {
	matched(t, []pairOfNames{
		{"张三", "張三", NamesSimilar},
		{"陈 静", "陳 靜", NamesSimilar},
		{"刘 洋", "劉 洋", NamesSimilar},
		{"杨 丽华", "楊 麗華", NamesSimilar},
		{"赵 云", "趙 雲", NamesSimilar},
		{"钟 一", "鐘 一", NamesSimilar},
		{"钟 一", "鍾 一", NamesSimilar},
		{"叶 一", "葉 一", NamesSimilar},
		{"东 一", "東 一", NamesSimilar},
		{"孙 亚", "孫 亜", NamesSimilar},
		{"龙 一", "竜 一", NamesSimilar},
		{"张 三", "陳 三", NamesDifferent},
		{"鐘 一", "鍾 一", NamesDifferent}, // not one name because one character stands for both
	})
}

func TestALostCharacterHidesOneOfAName(t *testing.T) {
	matched(t, []pairOfNames{
		{"?田", "吉田", NamesMasked},
		{"？田", "吉田", NamesMasked},
		{"□田", "吉田", NamesMasked},
		{"■田", "吉田", NamesMasked},
		{"\uFFFD田", "吉田", NamesMasked},
		{"〓田", "吉田", NamesMasked},
		{"*田", "吉田", NamesMasked},
		{"＊田", "吉田", NamesMasked},
		{"\uE000田", "吉田", NamesMasked},
		{"\U000F0000田", "吉田", NamesMasked},
		{"\xff田", "吉田", NamesMasked},
		{"?田 德一", "吉田 徳一", NamesMasked},
		{"NGUY?N TEST", "NGUYEN TEST", NamesMasked},
		{"●橋 ?一", "髙橋 德一", NamesMasked},
		{"?田 一", "吉田 二", NamesSimilar},
		{"?田", "吉川", NamesDifferent},
	})
}

// What nobody knows is no evidence: half of a name has to be known, and to agree.
func TestANameThatIsMostlyHiddenIsComparedWithNothing(t *testing.T) {
	matched(t, []pairOfNames{
		{"●●", "吉田", NamesUnreadable},
		{"●● ●●", "吉田 花子", NamesUnreadable},
		{"●", "林", NamesUnreadable},
		{"●●", "●●", NamesUnreadable},
		{"？？？？", "吉田 花子", NamesUnreadable},
		{"??????", "吉田 花子", NamesUnreadable}, // two for one character, or three
		{"〓□", "試験 太郎", NamesUnreadable},
		{"●（●）●", "山田 花子", NamesUnreadable},
		{"●●●子", "吉田 花子", NamesUnreadable},
		{"吉●●●", "●田花子", NamesUnreadable},
		{"●●花子", "吉田 花子", NamesMasked}, // half is known
		{"●●花子", "吉田 花代", NamesSimilar},
		{"●●●子", "吉田 太一", NamesUnreadable}, // one known letter decides nothing
		{"●●●子", "NGUYEN TEST AN", NamesDifferent},
		{"", "●●", NamesDifferent},
	})
	for _, c := range []struct {
		name string
		want bool
	}{
		{"●●", true},
		{"?　？", true},
		{"●田", false},
		{"", false},
		{"・", false},
		{"〓", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if AllLost(c.name) != c.want {
				t.Errorf("AllLost(%q) is not %v", c.name, c.want)
			}
		})
	}
	p := Person{Name: "●●●●", Alias: "試験 アン"}
	if p.BestMatch("試験 アン").Match != NamesEqual || p.BestMatch("架空 花子").Match != NamesUnreadable {
		t.Error("an alias counts beside a hidden name")
	}
}

func TestANameIsStoredWithTheCharactersThatItShows(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{"⻑⾕川 ⻘⼦", "長谷川 青子"},
		{"⼭⽥　太郎", "山田　太郎"},
		{"⼾⽥", "戶田"},
		{"⻲⼭", "亀山"},
		{"⻄⼝", "西口"},
		{"⻩", "黄"},
		{"⻫藤", "斉藤"},
		{"⿊⽊", "黑木"},
		{"⻯⼀", "竜一"},
		{"⻨⽥", "麦田"},
		{"?田 一", "〓田 一"},
		{"？田", "〓田"},
		{"□田", "〓田"},
		{"\uFFFD田", "〓田"},
		{"■田", "■田"},
		{"＊田", "〓田"},
		{"\uE000田", "〓田"},
		{"●田", "●田"},
		{"〓田", "〓田"},
		{"髙橋　德一", "髙橋　德一"},
		{"葛󠄀城", "葛󠄀城"},
		{"神田", "神田"},
		{"⺀田", "⺀田"},
		{"ｼｹﾝ ﾀﾛｳ", "ｼｹﾝ ﾀﾛｳ"},
		{"", ""},
	} {
		t.Run(c.in, func(t *testing.T) {
			if got := CleanName(c.in); got != c.want || CleanName(got) != got {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	for _, c := range []struct {
		name string
		want rune
	}{
		{"髙橋 德一", 0},
		{"●橋 〓一", '●'},
		{"〓田 ●", '〓'},
		{"吉?", '?'},
		{"", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if LostMark(c.name) != c.want {
				t.Errorf("%q is marked by %q", c.name, LostMark(c.name))
			}
		})
	}
	p := Person{Name: "⻑⾕川", Kana: "ハ?", Alias: "⻘⼦", AliasKana: "ア?", SubscriberName: "⼭□"}.WithCleanNames()
	if p != (Person{Name: "長谷川", Kana: "ハ〓", Alias: "青子", AliasKana: "ア〓", SubscriberName: "山〓"}) {
		t.Errorf("%+v", p)
	}
}

func TestRadicalsAreTheCharactersThatTheyLookLike(t *testing.T) {
	matched(t, []pairOfNames{
		{"⻑⾕川 ⻘⼦", "長谷川 青子", NamesEqual},
		{"⼭⽥ 太郎", "山田 太郎", NamesEqual},
		{"⻲⼭ 一", "亀山 一", NamesEqual},
		{"⻄⼝ 一", "西口 一", NamesEqual},
		{"⻩ 一", "黄 一", NamesEqual},
		{"⼾⽥ 一", "戸田 一", NamesVariant},
		{"⿊⽊ 一", "黒木 一", NamesVariant},
		{"⾭⽊ 一", "青木 一", NamesVariant},
		{"⻑⾕川 ?⼦", "長谷川 青子", NamesMasked},
	})
	if got := ReceiptRejects("⻑⾕川 ⻘⼦"); len(got) > 0 {
		t.Errorf("a receipt computer takes 長谷川 青子, not %q", got)
	}
	if a, b := SearchName("⻑⾕川 ⻘⼦"), SearchName("長谷川青子"); a != b {
		t.Errorf("looked for as %q and %q", a, b)
	}
}

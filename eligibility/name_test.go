package eligibility

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Expected values: docs/facts/names-and-characters.md#matching, #character-sets, 常用漢字表's 康熙字典体 and the
// fictional people of docs/facts/test-people.md#people.
func TestNamesAreMatchedAsRegistersWriteThem(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Match
		diff string
	}{
		{"試験 太郎", "試験　太郎", NamesEqual, ""},
		{"ｼｹﾝ ﾀﾛｳ", "シケン タロウ", NamesEqual, ""},
		{"ｶﾞｸ", "ガク", NamesEqual, ""},
		{"しけん たろう", "シケンタロウ", NamesEqual, ""},
		{"髙橋 德一", "高橋 徳一", NamesVariant, "0髙高 2德徳"},
		{"𠮷田", "吉田", NamesVariant, "0𠮷吉"},
		{"山﨑", "山崎", NamesVariant, "1﨑崎"},
		{"渡邉", "渡邊", NamesVariant, "1邉邊"},
		{"渡辺", "渡邊", NamesVariant, "1辺邊"},
		{"柳 一", "栁 一", NamesVariant, "0柳栁"},
		{"試験 太郞", "試験 太郎", NamesVariant, "3郞郎"},
		{"增顏 晚", "増顔 晩", NamesVariant, "0增増 1顏顔 2晚晩"},
		{"巖 晄", "巌 晃", NamesVariant, "0巖巌 1晄晃"}, // 戸籍法施行規則別表第二の一 gives both shapes of these
		{"亙穰祿", "亘穣禄", NamesVariant, "0亙亘 1穰穣 2祿禄"},
		{"渕上 淸", "淵上 清", NamesVariant, "0渕淵 2淸清"},
		{"槗本 彥", "橋本 彦", NamesVariant, "0槗橋 2彥彦"},
		{"靏田", "鶴田", NamesVariant, "0靏鶴"},
		{"薗田 試", "園田 試", NamesSimilar, "0薗園"},               // two names
		{"ĐẶNG TEST", "DANG TEST", NamesVariant, "0ĐD 1ẶA"}, // residence cards write no strokes and accents
		{"ŁUKASZ TEST", "LUKASZ TEST", NamesVariant, "0ŁL"},
		{"Strauß Øre", "STRAUSS ORE", NamesVariant, "7ØO"}, // the capital of ß is SS (Unicode SpecialCasing)
		{"小澤 壽", "小沢 寿", NamesVariant, "1澤沢 2壽寿"},
		{"葛󠄀城", "葛城", NamesVariant, "0葛󠄀葛"},
		{"葛󠄀城", "葛󠄁城", NamesVariant, "0葛󠄀葛󠄁"},
		{"\uFA19田", "\u795E田", NamesVariant, "0\uFA19\u795E"}, // compatibility ideograph
		{"シヨウコ", "ショウコ", NamesVariant, "1ヨョ"},
		{"ユーコ", "ユコ", NamesVariant, "1ー"},
		{"ユウコ", "ユーコ", NamesVariant, "1ウー"},
		{"ユ-コ", "ユーコ", NamesVariant, "1ー"},
		{"ミヅキ", "ミズキ", NamesVariant, "1ヅズ"},
		{"●橋 德一", "髙橋 德一", NamesMasked, "0●髙"},
		{"●橋 德一", "髙橋 徳一", NamesMasked, "0●髙 2德徳"},
		{"〓田", "𠮷田", NamesMasked, "0〓𠮷"},
		{"●橋", "橋", NamesDifferent, "0●"},
		{"NGUYEN TEST AN", "Ｎｇｕｙｅｎ　ｔｅｓｔ　ａｎ", NamesEqual, ""},
		{"NGUYEN TEST AN", "TEST AN NGUYEN", NamesVariant, ""}, // no character differs
		{"NGUYEN AN", "NGUYEN TEST AN", NamesSimilar, "*"},
		{"Nguyễn Test An", "NGUYEN TEST AN", NamesVariant, "4ỄE"},
		{"O'NEIL TEST", "ONEIL TEST", NamesEqual, ""},
		{"試験 太郎", "試験 次郎", NamesSimilar, "2太次"},
		{"試験 太一郎", "試験 太郎", NamesSimilar, "3一"},
		{"斉藤 一", "斎藤 一", NamesSimilar, "0斉斎"},
		{"試験 太郎", "架空 花子", NamesDifferent, "*"},
		{"試験", "", NamesDifferent, ""},
		{"森 一", "林 二", NamesDifferent, "*"},
		{"森 一", "林 一", NamesDifferent, "0森林"},
		{"JOHN SMITH", "JANE DOE", NamesDifferent, "*"},
	} {
		t.Run(c.a, func(t *testing.T) {
			got := MatchNames(c.a, c.b)
			var diff []string
			for _, d := range got.Differences {
				diff = append(diff, fmt.Sprint(d.Index, d.A+d.B))
			}
			line := strings.ReplaceAll(strings.Join(diff, "|"), " ", "")
			if got.Match != c.want || c.diff != "*" && line != strings.ReplaceAll(c.diff, " ", "|") {
				t.Errorf("%s / %s: %s %q, want %s %q", c.a, c.b, got.Match, line, c.want, c.diff)
			}
			if back := MatchNames(c.b, c.a); back.Match != c.want {
				t.Errorf("%s / %s the other way: %s, want %s", c.b, c.a, back.Match, c.want)
			}
		})
	}
	if got := MatchNames(strings.Repeat("あ", 5000), "あ"); got.Match != NamesDifferent {
		t.Error("a text that is no name matched")
	}
}

func TestAnAliasCounts(t *testing.T) {
	p := Person{Name: "NGUYEN TEST AN", Alias: "試験 アン"} // docs/facts/test-people.md#people, no. 6
	if got := p.BestMatch("試験 アン"); got.Match != NamesEqual {
		t.Error(got)
	}
	if got := p.BestMatch("NGUYEN TEST AN"); got.Match != NamesEqual {
		t.Error(got)
	}
}

// JIS X 0208:1997 has 6,879 characters; docs/facts/names-and-characters.md#character-sets: 德 is
// rejected, 髙 came as ●.
func TestReceiptComputersTakeJISX0208(t *testing.T) {
	n := 0
	for r := rune(0xa0); r < 0x30000; r++ {
		if r >= 0xff61 && r <= 0xff9f || r >= 0xd800 && r < 0xe000 {
			continue
		}
		if _, twice := windowsShapes[r]; !twice && InJISX0208(r) {
			n++
		}
	}
	if n != 6879 {
		t.Errorf("%d characters, want 6879", n)
	}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"試験 太郎", []string{}},
		{"髙橋 德一", []string{"髙", "德"}},
		{"𠮷田", []string{"𠮷"}},
		{"葛󠄀城", []string{"葛󠄀"}},
		{"ﾀﾛｳ A", []string{}},
		{"〜−", []string{}},
		{"①髙髙", []string{"髙"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ReceiptRejects(c.name); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if InJISX0208('①') || InJISX0208('Ⅲ') {
		t.Error("NEC's row 13 is not JIS X 0208")
	}
}

package eligibility

import "testing"

// Expected values: rules.md 4.4 (WIC-21464, SANOX-19, MPUNI) and the fictional people of 4.6.
func TestNamesAreMatchedAsRegistersWriteThem(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want Match
	}{
		{"試験 太郎", "試験　太郎", NamesEqual},
		{"ｼｹﾝ ﾀﾛｳ", "シケン タロウ", NamesEqual},
		{"しけん たろう", "シケンタロウ", NamesEqual},
		{"髙橋 德一", "高橋 徳一", NamesVariant},
		{"𠮷田", "吉田", NamesVariant},
		{"山﨑", "山崎", NamesVariant},
		{"渡邉", "渡邊", NamesVariant},
		{"葛󠄀城", "葛城", NamesVariant},
		{"シヨウコ", "ショウコ", NamesVariant},
		{"ユーコ", "ユコ", NamesVariant},
		{"●橋 德一", "髙橋 德一", NamesMasked},
		{"NGUYEN TEST AN", "Ｎｇｕｙｅｎ　ｔｅｓｔ　ａｎ", NamesEqual},
		{"試験 太郎", "試験 次郎", NamesSimilar},
		{"試験 太郎", "架空 花子", NamesDifferent},
		{"試験", "", NamesDifferent},
		{"森 一", "林 二", NamesDifferent},
	} {
		if got := MatchNames(c.a, c.b); got.Match != c.want {
			t.Errorf("%s / %s: %s %v, want %s", c.a, c.b, got.Match, got.Differences, c.want)
		}
		if got := MatchNames(c.b, c.a); got.Match != c.want {
			t.Errorf("%s / %s the other way: %s, want %s", c.b, c.a, got.Match, c.want)
		}
	}
}

package eligibility

import "testing"

// JIS X 0201: the half-width forms, with 濁点 and 半濁点 as characters of their own.
func TestReadingsAreWrittenInHalfWidth(t *testing.T) {
	for _, c := range []struct {
		full string
		half string
	}{
		{"タカハシ　トクイチ", "ﾀｶﾊｼ ﾄｸｲﾁ"},
		{"ガギグゲゴ", "ｶﾞｷﾞｸﾞｹﾞｺﾞ"},
		{"パピプペポ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"},
		{"ヴァイオレット・スー", "ｳﾞｧｲｵﾚｯﾄ･ｽｰ"},
		{"ｼｹﾝ ﾀﾛｳ", "ｼｹﾝ ﾀﾛｳ"},
		{"NGUYEN", "NGUYEN"},
		{"しけん", "しけん"},
		{"", ""},
	} {
		t.Run(c.full, func(t *testing.T) {
			if got := HalfWidthKana(c.full); got != c.half {
				t.Errorf("%s, not %s", got, c.half)
			}
		})
	}
}

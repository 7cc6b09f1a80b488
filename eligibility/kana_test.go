package eligibility

import "testing"

// JIS X 0201: the half-width forms, with 濁点 and 半濁点 as characters of their own.
func TestReadingsAreWrittenInHalfWidth(t *testing.T) {
	for full, half := range map[string]string{
		"タカハシ　トクイチ": "ﾀｶﾊｼ ﾄｸｲﾁ", "ガギグゲゴ": "ｶﾞｷﾞｸﾞｹﾞｺﾞ", "パピプペポ": "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ", "ヴァイオレット・スー": "ｳﾞｧｲｵﾚｯﾄ･ｽｰ", "ｼｹﾝ ﾀﾛｳ": "ｼｹﾝ ﾀﾛｳ", "NGUYEN": "NGUYEN", "しけん": "しけん", "": "",
	} {
		if got := HalfWidthKana(full); got != half {
			t.Errorf("%s: %s, not %s", full, got, half)
		}
	}
}

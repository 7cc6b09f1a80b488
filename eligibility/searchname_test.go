package eligibility

import "testing"

func TestAClerkFindsANameHoweverItIsWritten(t *testing.T) {
	for _, c := range []struct{ typed, kept string }{
		// docs/facts/names-and-characters.md#matching
		{"高橋徳一", "髙橋　德一"},
		{"吉野家", "𠮷野家"},
		{"渡辺 花子", "渡邉花子"},
		{"しけん　はなこ", "ｼｹﾝ ﾊﾅｺ"},
		{"シヨウイチ", "ショウイチ"},
		{"nguyen test an", "NGUYEN TEST AN"},
	} {
		t.Run(c.typed, func(t *testing.T) {
			if a, b := SearchName(c.typed), SearchName(c.kept); a != b || a == "" {
				t.Errorf("%s is looked for as %q, %s kept as %q", c.typed, a, c.kept, b)
			}
		})
	}
	if SearchName("試験 太郎") == SearchName("試験 次郎") {
		t.Error("two names, one search")
	}
}

package kit

import (
	"testing"

	"madoguchi/eligibility"
)

// Chinese and Japanese have brackets of their own width; English and Vietnamese part a bracket by a blank.
// 2027-08-01 is 令和9年8月1日: 令和 began in 2019.
func TestADayIsSaidInBothErasInTheBracketsOfItsLanguage(t *testing.T) {
	day := eligibility.MustDate("2027-08-01")
	for lang, want := range map[string]string{
		"ja":      "令和9年8月1日（2027年8月1日）",
		"ja-easy": "令和9年8月1日（2027年8月1日）",
		"en":      "2027-08-01 (令和9年8月1日)",
		"zh-Hans": "2027-08-01（令和9年8月1日）",
		"vi":      "2027-08-01 (令和9年8月1日)",
	} {
		if got := DayText(lang, day); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
	if got := DayTextAs("ja", day, true); got != "2027年8月1日（令和9年8月1日）" {
		t.Errorf("typed with the western year: %s", got)
	}
}

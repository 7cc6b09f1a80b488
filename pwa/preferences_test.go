package pwa

import (
	"net/url"
	"testing"
)

func TestDisplayPreferencesAreWrittenAndReadAgain(t *testing.T) {
	for _, d := range []DisplayPreferences{
		{},
		{Lang: "vi"},
		{Lang: "zh-Hans", Size: "largest", Contrast: "strong", Furigana: "off"},
		{Lang: "ja", Size: "large", Furigana: "on"},
	} {
		t.Run(d.String(), func(t *testing.T) {
			v, err := url.ParseQuery(d.String())
			if got := ReadDisplayPreferences(v); err != nil || got != d {
				t.Errorf("%+v became %+v, %v", d, got, err)
			}
		})
	}
}

func TestDisplayPreferencesThatNobodyOffersCountAsNotChosen(t *testing.T) {
	hostile := url.Values{
		"lang":     {"../../x"},
		"size":     {`large" onload="x`},
		"contrast": {"strong "},
		"furigana": {"yes"},
	}
	if got := ReadDisplayPreferences(hostile); got != (DisplayPreferences{}) {
		t.Errorf("%+v", got)
	}
}

func TestDisplayPreferencesBecomeClasses(t *testing.T) {
	for _, c := range []struct {
		chosen DisplayPreferences
		want   string
	}{
		{DisplayPreferences{}, ""},
		{DisplayPreferences{Lang: "ja-easy"}, "furigana"},
		{DisplayPreferences{Lang: "ja-easy", Furigana: "off"}, ""},
		{DisplayPreferences{Lang: "vi", Furigana: "on"}, ""}, // chosen for Japanese pages
		{
			DisplayPreferences{Size: "large", Contrast: "strong", Furigana: "on"},
			"size-large contrast-strong furigana",
		},
	} {
		t.Run(c.chosen.String(), func(t *testing.T) {
			if got := c.chosen.class(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

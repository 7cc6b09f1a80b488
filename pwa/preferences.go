package pwa

import (
	"net/url"
	"slices"
	"strings"

	"madoguchi/message"
)

// DisplayPreferences is how one reader wants the pages: remembered in a cookie, asked for on /settings. The
// zero value is the usual page.
type DisplayPreferences struct {
	Lang     string // a tag of Languages; empty: not chosen
	Size     string // "", "large" or "largest"
	Contrast string // "" or "strong"
	Furigana string // "" (shown in やさしい日本語 only), "on" or "off"
}

// displayChoices are the values that each setting may have besides none.
var displayChoices = map[string][]string{
	"size":     {"large", "largest"},
	"contrast": {"strong"},
	"furigana": {"on", "off"},
}

// ReadDisplayPreferences reads what String wrote, and a form with the same names. Anything unknown counts as
// not chosen.
func ReadDisplayPreferences(v url.Values) DisplayPreferences {
	pick := func(name string) string {
		if choice := v.Get(name); slices.Contains(displayChoices[name], choice) {
			return choice
		}
		return ""
	}
	d := DisplayPreferences{
		Size:     pick("size"),
		Contrast: pick("contrast"),
		Furigana: pick("furigana"),
	}
	for _, language := range message.Languages() {
		if v.Get("lang") == language.Tag {
			d.Lang = language.Tag
		}
	}
	return d
}

// String writes the preferences for a cookie: what is not chosen is left out.
func (d DisplayPreferences) String() string {
	v := url.Values{}
	all := map[string]string{
		"lang":     d.Lang,
		"size":     d.Size,
		"contrast": d.Contrast,
		"furigana": d.Furigana,
	}
	for name, value := range all {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// Readings reports whether furigana are shown.
func (d DisplayPreferences) Readings() bool {
	return d.Furigana == "on" || d.Furigana == "" && Language(d.Lang) == "ja-easy"
}

// class returns the preferences as classes of the html element, for the style sheets.
func (d DisplayPreferences) class() string {
	var all []string
	if d.Size != "" {
		all = append(all, "size-"+d.Size)
	}
	if d.Contrast != "" {
		all = append(all, "contrast-"+d.Contrast)
	}
	if d.Readings() && HTMLTag(Language(d.Lang)) == "ja" { // lines stay close where none stand
		all = append(all, "furigana")
	}
	return strings.Join(all, " ")
}

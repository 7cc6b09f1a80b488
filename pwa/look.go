package pwa

import (
	"net/url"
	"strings"
)

// Look is how one reader wants the pages: remembered in a cookie, asked for on /settings. The zero value is the usual look.
type Look struct {
	Lang     string // a tag of Languages; empty: not chosen
	Size     string // "", "large" or "largest"
	Contrast string // "" or "strong"
	Furigana string // "" (shown in やさしい日本語 only), "on" or "off"
}

// lookChoices are the values that each setting may have besides none.
var lookChoices = map[string][]string{"size": {"large", "largest"}, "contrast": {"strong"}, "furigana": {"on", "off"}}

// ReadLook reads what String wrote, and a form with the same names. Anything unknown counts as not chosen.
func ReadLook(v url.Values) Look {
	pick := func(name string) string {
		for _, choice := range lookChoices[name] {
			if v.Get(name) == choice {
				return choice
			}
		}
		return ""
	}
	l := Look{Size: pick("size"), Contrast: pick("contrast"), Furigana: pick("furigana")}
	for _, known := range languageNames {
		if v.Get("lang") == known.Tag {
			l.Lang = known.Tag
		}
	}
	return l
}

// String writes the look for a cookie: what is not chosen is left out.
func (l Look) String() string {
	v := url.Values{}
	for name, value := range map[string]string{"lang": l.Lang, "size": l.Size, "contrast": l.Contrast, "furigana": l.Furigana} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// Readings reports whether furigana are shown.
func (l Look) Readings() bool {
	return l.Furigana == "on" || l.Furigana == "" && Language(l.Lang) == "ja-easy"
}

// class is the look as classes of the html element, for the style sheets.
func (l Look) class() string {
	var all []string
	if l.Size != "" {
		all = append(all, "size-"+l.Size)
	}
	if l.Contrast != "" {
		all = append(all, "contrast-"+l.Contrast)
	}
	if l.Readings() {
		all = append(all, "furigana")
	}
	return strings.Join(all, " ")
}

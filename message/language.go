package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Language is a column of the catalogue, as catalogue/languages.json declares it: the only place that
// lists the languages. Pages, their styles and programs take them from here.
type Language struct {
	Tag  string `json:"tag"`            // names the column, and the reader's choice
	HTML string `json:"html,omitempty"` // the tag that browsers know (BCP 47); Tag where nothing else is said
	Name string `json:"name"`           // what its speakers call it
	// the language that answers where an entry lacks this one; empty for those that lack none
	Fallback string `json:"fallback,omitempty"`
	// stands in every entry, and pages of staff are offered in it; the others stand where patients read
	Everywhere bool `json:"everywhere,omitempty"`
	Blanks     bool `json:"blanks,omitempty"` // it writes blanks between words and between sentences
	// Direction is the attribute dir of its pages: "rtl", or empty for left to right
	Direction string `json:"direction,omitempty"`
	// Day writes a day of the calendar with the places {month} and {day}; empty writes YYYY-MM-DD
	Day  string `json:"day,omitempty"`
	List string `json:"list"` // stands between the names of a list
	// Group stands between a number's thousands; a comma where nothing else is said
	Group string `json:"group,omitempty"`
	// Fonts are CSS font families in their order. Languages with one HTML tag have them once.
	Fonts []string `json:"fonts,omitempty"`
}

// Languages returns the catalogue's languages in the order in which pages offer them, Japanese first.
// ja-easy is やさしい日本語: short sentences, words apart, readings above the characters; to browsers it is
// Japanese.
func Languages() []Language { return slices.Clone(loadLanguages()) }

// loadLanguages reads languages.json once. One that is not in order is a fault of the build, which the
// package's tests find.
var loadLanguages = sync.OnceValue(func() []Language {
	data, err := fs.ReadFile(files, "catalogue/languages.json")
	if err != nil {
		panic(err)
	}
	all, err := readLanguages(data)
	if err != nil {
		panic(fmt.Errorf("message: catalogue/languages.json: %w", err))
	}
	return all
})

// readLanguages reads the declarations and refuses what code relies on not to be there.
func readLanguages(data []byte) ([]Language, error) {
	var all []Language
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return nil, err
	}
	tagged := func(tag string) int {
		return slices.IndexFunc(all, func(l Language) bool { return l.Tag == tag })
	}
	for i := range all {
		l := &all[i]
		if l.HTML == "" {
			l.HTML = l.Tag
		}
		if l.Group == "" {
			l.Group = ","
		}
		fallback := tagged(l.Fallback)
		switch {
		case l.Tag == "" || l.Name == "":
			return nil, fmt.Errorf("the language %q (%q) has no tag or no name", l.Tag, l.Name)
		case tagged(l.Tag) != i:
			return nil, fmt.Errorf("%s is declared twice", l.Tag)
		case l.Everywhere != (l.Fallback == ""):
			return nil, fmt.Errorf("%s needs a fallback, unless it stands everywhere", l.Tag)
		case l.Fallback != "" && (fallback < 0 || !all[fallback].Everywhere):
			return nil, fmt.Errorf("%s falls back to %q, which does not stand everywhere", l.Tag, l.Fallback)
		case l.Direction != "" && l.Direction != "rtl":
			return nil, fmt.Errorf("%s has the direction %q", l.Tag, l.Direction)
		case l.List == "":
			return nil, fmt.Errorf("%s has nothing between the names of a list", l.Tag)
		}
	}
	for _, l := range all {
		fonts := 0
		for _, other := range all {
			if other.HTML == l.HTML && len(other.Fonts) > 0 {
				fonts++
			}
		}
		if fonts != 1 {
			return nil, fmt.Errorf("browsers are told the fonts of %s %d times", l.HTML, fonts)
		}
	}
	if tagged("ja") != 0 || tagged("en") < 0 {
		return nil, errors.New("Japanese is the first, and English is among them")
	}
	return all, nil
}

// language returns the one of a tag. What has none is written as Japanese for any other Japanese, as
// English for the rest.
func language(tag string) Language {
	all := loadLanguages()
	for _, want := range []string{tag, "en"} {
		if strings.HasPrefix(tag, "ja") && want == "en" {
			want = "ja"
		}
		if i := slices.IndexFunc(all, func(l Language) bool { return l.Tag == want }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// Japanese reports whether its readers read Japanese.
func (l Language) Japanese() bool { return l.HTML == "ja" }

// grouped writes a whole number with its thousands apart.
func (l Language) grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + l.Group + text[i:]
	}
	return text
}

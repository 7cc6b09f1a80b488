package pwa

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed i18n
var textFiles embed.FS

// LanguageName is a language by its tag and by what its speakers call it.
type LanguageName struct{ Tag, Name string }

var languageNames = []LanguageName{{"ja", "日本語"}, {"en", "English"}}

// Languages returns the tags of all languages, Japanese first.
func Languages() []string {
	tags := make([]string, len(languageNames))
	for i, l := range languageNames {
		tags[i] = l.Tag
	}
	return tags
}

// Language returns tag when there is a translation for it, its primary language when there is one for that, else "ja".
func Language(tag string) string {
	primary, _, _ := strings.Cut(tag, "-")
	for _, want := range []string{tag, primary} {
		for _, l := range languageNames {
			if strings.EqualFold(l.Tag, want) {
				return l.Tag
			}
		}
	}
	return "ja"
}

// Texts returns the sentences of a language by key. Placeholders are written {name}.
func Texts(lang string) (map[string]string, error) {
	data, err := textFiles.ReadFile("i18n/" + lang + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading the texts: %w", err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return nil, fmt.Errorf("reading the texts of %s: %w", lang, err)
	}
	return texts, nil
}

// fill puts values into the placeholders of a sentence; pairs are name, value, name, value.
func fill(s string, pairs []string) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("placeholder without value for %q", s)
	}
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s, nil
}

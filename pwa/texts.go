package pwa

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed i18n
var textFiles embed.FS

// LanguageName is a language by its tag here, by the tag that browsers know, and by what its speakers call it.
type LanguageName struct{ Tag, HTML, Name string }

// ja-easy is やさしい日本語: short sentences, words apart, readings above the characters. To browsers it is Japanese.
var languageNames = []LanguageName{{"ja", "ja", "日本語"}, {"ja-easy", "ja", "やさしいにほんご"}, {"en", "en", "English"}, {"zh-Hans", "zh-Hans", "简体中文"}, {"vi", "vi", "Tiếng Việt"}}

// staffLanguages are those of pages for people at a counter or an insurer.
var staffLanguages = []LanguageName{{"ja", "ja", "日本語"}, {"en", "en", "English"}}

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
	if found := FindLanguage(tag); found != "" {
		return found
	}
	return "ja"
}

// FindLanguage is Language without the last resort: empty when there is no translation. Every Chinese is answered in
// simplified characters.
func FindLanguage(tag string) string {
	primary, _, _ := strings.Cut(tag, "-")
	if strings.EqualFold(primary, "zh") {
		return "zh-Hans"
	}
	for _, want := range []string{tag, primary} {
		for _, l := range languageNames {
			if strings.EqualFold(l.Tag, want) {
				return l.Tag
			}
		}
	}
	return ""
}

// Texts returns the sentences of a language by key, as written: with placeholders and marks (see marked).
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

// Plain returns a sentence without its marks, its placeholders filled by pairs of name and value: for titles, attributes and
// files. A key that a language lacks is answered in Japanese, one that nobody has by itself.
func Plain(lang, key string, pairs ...string) string {
	all, err := loadTexts()
	if err != nil {
		return key
	}
	for _, l := range []string{Language(lang), "ja"} {
		if s, ok := all[l][key]; ok {
			if plain, err := plainText(s, pairs); err == nil {
				return plain
			}
		}
	}
	return key
}

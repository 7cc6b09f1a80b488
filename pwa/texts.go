package pwa

import (
	"strings"

	"madoguchi/message"
)

// LanguageName is a language by its tag here, by the tag that browsers know, and by what its speakers call
// it.
type LanguageName struct{ Tag, HTML, Name string }

// ja-easy is やさしい日本語: short sentences, words apart, readings above the characters. To browsers it is
// Japanese.
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

// Language returns tag when there is a translation for it, its primary language when there is one for that,
// else "ja".
func Language(tag string) string {
	if found := FindLanguage(tag); found != "" {
		return found
	}
	return "ja"
}

// FindLanguage is Language without the last resort: empty when there is no translation. Every Chinese is
// answered in simplified characters.
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

// Plain returns a sentence with its next step without marks, its places filled by pairs of name and
// value: for titles, attributes and files. A key that nobody has is answered by itself.
func Plain(lang, key string, pairs ...string) string {
	return message.New(key, argsOf(pairs)).Text(Language(lang))
}

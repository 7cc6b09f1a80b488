package pwa

import (
	"slices"
	"strings"

	"madoguchi/message"
)

// Languages returns the tags of all languages, Japanese first.
func Languages() []string {
	var tags []string
	for _, l := range message.Languages() {
		tags = append(tags, l.Tag)
	}
	return tags
}

// offered are the languages in which a page can be read: all of them, those that stand everywhere where it
// is one of the staff's.
func offered(staff bool) []message.Language {
	return slices.DeleteFunc(message.Languages(),
		func(l message.Language) bool { return staff && !l.Everywhere })
}

// Language returns tag when there is a translation for it, its primary language when there is one for that,
// else "ja".
func Language(tag string) string {
	if found := FindLanguage(tag); found != "" {
		return found
	}
	return "ja"
}

// FindLanguage is Language without the last resort: empty when there is no translation. A tag that is none
// of the catalogue's is answered by its primary language, and where the catalogue has that with more words
// only, by the first such: every Chinese in simplified characters.
func FindLanguage(tag string) string {
	all := message.Languages()
	primary, _, _ := strings.Cut(tag, "-")
	for _, want := range []string{tag, primary} {
		for _, l := range all {
			if strings.EqualFold(l.Tag, want) {
				return l.Tag
			}
		}
	}
	for _, l := range all {
		if own, _, _ := strings.Cut(l.Tag, "-"); strings.EqualFold(own, primary) {
			return l.Tag
		}
	}
	return ""
}

// Plain returns a sentence with its next step without marks, its places filled by pairs of name and
// value: for titles, attributes and files. A key that nobody has is answered by itself.
func Plain(lang, key string, pairs ...string) string {
	return message.New(key, argsOf(pairs)).Text(Language(lang))
}

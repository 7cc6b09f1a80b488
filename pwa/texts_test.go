package pwa

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"madoguchi/message"
)

var (
	sayCall  = regexp.MustCompile(`\{\{-? ?say "`)
	inside   = regexp.MustCompile(`[a-z]="[^"{]*\{\{t "`)
	sentence = regexp.MustCompile(`\b(t|plain) "([A-Za-z0-9._]+)"`)
)

// No template holds a sentence: each is named by its key, in attributes without marks. Patients' pages
// have all languages.
func TestTemplatesNameTheirSentencesByKey(t *testing.T) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(names) < 25 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	found := 0
	for _, name := range names {
		data, err := fs.ReadFile(templateFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		page := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
		if m := sayCall.FindString(string(data)); m != "" {
			t.Errorf("%s holds a sentence of its own: %s", name, m)
		}
		if m := inside.FindString(string(data)); m != "" {
			t.Errorf("%s: an attribute takes plain, not t: %s", name, m)
		}
		for _, m := range sentence.FindAllStringSubmatch(string(data), -1) {
			found++
			entry, ok := message.FindEntry(m[2])
			switch {
			case !ok:
				t.Errorf("%s: no sentence has the key %s", name, m[2])
			case patients[page] && page != "receptioninfo" && len(entry.Texts) != len(Languages()):
				t.Errorf("%s: %s stands in %d languages", name, m[2], len(entry.Texts))
			}
		}
	}
	if found < 500 {
		t.Errorf("only %d sentences were found", found)
	}
}

func TestLanguageOfATag(t *testing.T) {
	for _, c := range []struct{ tag, want string }{
		{"ja-JP", "ja"},
		{"ja-easy", "ja-easy"},
		{"en-GB", "en"},
		{"zh-CN", "zh-Hans"},
		{"zh-TW", "zh-Hans"},
		{"zh", "zh-Hans"},
		{"vi-VN", "vi"},
		{"VI", "vi"},
		{"qaa", "ja"}, // ISO 639-2 keeps qaa to qtz for nobody
		{"", "ja"},
		{"../en", "ja"},
	} {
		t.Run(c.tag, func(t *testing.T) {
			if got := Language(c.tag); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

package pwa

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// A foreigner finds the languages on every page, on an error as well: the layout's header has them, and so
// has each that takes its place. They stand there in their own words.
func TestEveryPagesHeaderOffersTheLanguages(t *testing.T) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(names) < 50 {
		t.Fatalf("%d pages, %v", len(names), err)
	}
	offers := regexp.MustCompile(`\{\{template\s+"languages" \.\}\}`)
	headers := 0
	for _, name := range names {
		text, err := fs.ReadFile(templateFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		_, header, own := strings.Cut(string(text), `{{define "header"}}`)
		if name == "templates/layout.html" {
			_, header, own = strings.Cut(string(text), `{{block "header" .}}`)
		}
		// whoever is at the console chooses the language on the page of the account, to which it leads
		if !own || name == "templates/counter.html" {
			continue
		}
		headers++
		if header, _, _ = strings.Cut(header, `</header>`); !offers.MatchString(header) {
			t.Errorf("the header of %s has no languages", name)
		}
	}
	if headers < 2 {
		t.Errorf("only %d headers", headers)
	}
	own := map[string]string{"ja": "ことば・文字", "en": "Language", "zh-Hans": "语言", "vi": "Ngôn ngữ"}
	for lang, want := range own {
		if got := Plain(lang, "common.language"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

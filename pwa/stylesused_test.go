package pwa

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/internal/testenv"
)

// builtClasses are classes that the server puts together (DisplayPreferences.class, doctor.Level).
var builtClasses = []string{"size-large", "size-largest", "contrast-strong", "warning"}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	selectors  = regexp.MustCompile(`[^{};]+\{`)
	classOrID  = regexp.MustCompile(`[.#]([A-Za-z][\w-]*)`)
	classWords = regexp.MustCompile(`[\w-]+`)
	attribute  = regexp.MustCompile(`\b(?:class|id)="([^"]*)"`)
	stringText = regexp.MustCompile("\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")
)

// A style whose class or id no page and no program has is what somebody forgot to take away.
func TestEveryStyleHasAPage(t *testing.T) {
	known := map[string]bool{}
	add := func(texts []string) {
		for _, text := range texts {
			for _, word := range classWords.FindAllString(text, -1) {
				known[word] = true
			}
		}
	}
	testenv.Sources(t, func(_ string, text []byte) {
		add(attribute.FindAllString(string(text), -1))
	}, ".html")
	testenv.Sources(t, func(path string, text []byte) {
		if strings.HasPrefix(path, "pwa/") && !strings.HasSuffix(path, "_test.go") {
			add(stringText.FindAllString(string(text), -1))
		}
	}, ".ts", ".go")
	styled := 0
	testenv.Sources(t, func(path string, text []byte) {
		if !strings.HasPrefix(path, "pwa/css/") {
			return
		}
		for _, selector := range selectors.FindAllString(cssComment.ReplaceAllString(string(text), ""), -1) {
			for _, name := range classOrID.FindAllStringSubmatch(selector, -1) {
				styled++
				if !known[name[1]] && !slices.Contains(builtClasses, name[1]) {
					t.Errorf("%s: no page has %s", path, name[0])
				}
			}
		}
	}, ".css")
	if styled < 300 {
		t.Errorf("only %d classes and ids were found in the style sheets", styled)
	}
}

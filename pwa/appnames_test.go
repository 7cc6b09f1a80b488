package pwa

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/message"
)

// On 2026-08-25 マイナポータルアプリ became マイナアプリ and デジタル認証アプリ was merged into it (Digital Agency). The service of
// the relying party is デジタル認証サービス, the website マイナポータル keeps its name.
var formerApps = regexp.MustCompile(`デジタル認証アプリ|マイナポ(ータル)?アプリ|(?i)digital authentication app|mynaportal app`)

// formerAppsMayStand are the places where somebody who still has a former app is told what became of it.
var formerAppsMayStand = []string{
	"message/catalogue case.app.first", "message/catalogue case.app.two", // the help on the first page
	"docs/patient.md | ちがうアプリが開く", "docs/patient.md | マイナポータルアプリを使っていた", // the same in the guide
}

// asRead returns a text without readings, marks of Japanese, and the blanks between words of やさしい日本語.
func asRead(s string) string {
	return readAs.Replace(readings.ReplaceAllString(s, "$1"))
}

var (
	readings = regexp.MustCompile(`\{([^|{}]*)\|[^{}]*\}`)
	readAs   = strings.NewReplacer("[[", "", "]]", "", "　", "", "の アプリ", "のアプリ", "ル アプリ", "ルアプリ", "証 アプリ",
		"証アプリ")
)

func TestTextsNameTheAppOfToday(t *testing.T) {
	looked, used := 0, map[string]bool{}
	look := func(place, text string) {
		looked++
		if !strings.Contains(text, "アプリ") && !strings.Contains(strings.ToLower(text), " app") ||
			!formerApps.MatchString(asRead(text)) {
			return
		}
		i := slices.IndexFunc(formerAppsMayStand, func(allowed string) bool {
			return strings.HasPrefix(place, allowed)
		})
		if i < 0 {
			t.Errorf("%s names an app that is no more: %s", place, strings.TrimSpace(text))
			return
		}
		used[formerAppsMayStand[i]] = true
	}
	for _, lang := range Languages() {
		for _, e := range message.Entries() {
			look("message/catalogue "+e.Key, e.Texts[lang].WithNext(lang))
		}
	}
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == ".git" || name == "dist" || name == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || name == "appnames_test.go" ||
			!slices.Contains([]string{".go", ".html", ".md", ".ts", ".yaml"}, filepath.Ext(name)) {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		place, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			look(filepath.ToSlash(place)+" "+line, line)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if looked < 10_000 {
		t.Errorf("only %d texts were looked at", looked)
	}
	for _, allowed := range formerAppsMayStand {
		if !used[allowed] {
			t.Errorf("nothing needs %q any more", allowed)
		}
	}
}

// What the Digital Agency says of the app stands in every language: iOS 16.4, Android 11 with NFC.
func TestThePhoneThatTheAppNeedsIsNamedInEveryLanguage(t *testing.T) {
	for _, lang := range Languages() {
		for key, words := range map[string][]string{
			"need.phone": {"iOS 16.4", "Android", "11", "NFC"},
			"need.app":   {"マイナアプリ"},
			"case.app.q": {"マイナアプリ"},
		} {
			for _, word := range words {
				entry, _ := message.FindEntry(key)
				if !strings.Contains(entry.Texts[lang].Sentence, word) {
					t.Errorf("%s: %s does not say %s", lang, key, word)
				}
			}
		}
	}
}

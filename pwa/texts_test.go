package pwa

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// everywhere reports whether a sentence must stand in every language. The console's are for staff; an error's Japanese and
// English stand in the error itself.
func everywhere(key, lang string) bool {
	own := lang == "ja" || lang == "en"
	return !strings.HasPrefix(key, "counter.") && (!strings.HasPrefix(key, "error.") || !own || key == "error.title" || key == "error.number") ||
		strings.HasPrefix(key, "counter.") && own
}

func allKeys(t *testing.T) (all map[string]map[string]string, keys []string) {
	t.Helper()
	all, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	union := map[string]bool{}
	for _, texts := range all {
		for key := range texts {
			union[key] = true
		}
	}
	return all, slices.Sorted(maps.Keys(union))
}

func TestEverySentenceStandsInEveryLanguage(t *testing.T) {
	all, keys := allKeys(t)
	if len(all) != 5 || len(keys) < 250 {
		t.Fatalf("%d languages, %d sentences", len(all), len(keys))
	}
	for _, key := range keys {
		for _, lang := range Languages() {
			s, ok := all[lang][key]
			if ok != everywhere(key, lang) {
				t.Errorf("%s: %s there: %v", lang, key, ok)
			}
			if ok && strings.TrimSpace(s) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
		}
	}
}

func TestPlaceholdersAgreeAcrossLanguages(t *testing.T) {
	all, keys := allKeys(t)
	values := func(lang, key string) []string {
		pieces, err := marked(all[lang][key])
		if err != nil {
			t.Errorf("%s: %s: %v", lang, key, err)
		}
		var names []string
		for _, p := range pieces {
			if p.kind == 'v' {
				names = append(names, p.text)
			}
		}
		slices.Sort(names)
		return names
	}
	for _, key := range keys {
		for _, lang := range Languages() {
			if _, ok := all[lang][key]; !ok {
				continue
			}
			reference := "ja"
			if _, ok := all["ja"][key]; !ok {
				reference = "vi" // an error, whose Japanese stands in the error
			}
			if got, want := values(lang, key), values(reference, key); !slices.Equal(got, want) {
				t.Errorf("%s: %s has %v, %s has %v", lang, key, got, reference, want)
			}
		}
	}
}

var (
	kana  = regexp.MustCompile(`^[ぁ-ゖァ-ヶー・]+$`)
	han   = regexp.MustCompile(`\p{Han}`)
	other = regexp.MustCompile(`[ぁ-んァ-ヶ]`)
)

// Readings are kana over characters; in やさしい日本語 and in what Japanese readers may want furigana for, no character is
// left without one. Words of programs are bare text in Japanese.
func TestReadingsStandAboveEveryCharacter(t *testing.T) {
	all, keys := allKeys(t)
	bare := map[string]bool{"screen.whose": true, "screen.qr": true, "screen.proof": true, "screen.reader": true} // attributes
	for _, key := range keys {
		for _, lang := range Languages() {
			pieces, err := marked(all[lang][key])
			if err != nil {
				t.Errorf("%s: %s: %v", lang, key, err)
			}
			for _, p := range pieces {
				japanese := HTMLTag(lang) == "ja"
				switch {
				case p.kind == 'r' && (!japanese || !kana.MatchString(p.reading) || !han.MatchString(p.text)):
					t.Errorf("%s: %s: the reading of %q", lang, key, p.text)
				case p.kind == 'j' && japanese:
					t.Errorf("%s: %s marks Japanese inside Japanese: %q", lang, key, p.text)
				case p.kind == 't' && japanese && han.MatchString(p.text) && !(lang == "ja" && (ofPrograms(key) || bare[key])) && key != "word.day":
					t.Errorf("%s: %s has characters without reading in %q", lang, key, p.text)
				case p.kind == 't' && !japanese && other.MatchString(p.text):
					t.Errorf("%s: %s has Japanese that is not marked: %q", lang, key, p.text)
				}
			}
		}
	}
}

// lazy are the kinds of sentences that only one part of the patient's program has, which is loaded when it is opened.
var lazy = map[string]string{"share": "src/patient/share.ts", "rehearsal": "src/patient/rehearsal.ts"}

// ofPrograms reports whether a sentence is shown by a program: as bare text, without readings.
func ofPrograms(key string) bool {
	kind, _, _ := strings.Cut(key, ".")
	return kind == "word" || kind == "counter" || lazy[kind] != ""
}

// Each sentence is used: in a template, in a program of the pages, or by the server.
func TestNoSentenceIsLeftOver(t *testing.T) {
	_, keys := allKeys(t)
	var b strings.Builder
	for _, pattern := range []string{"templates/*.html", "src/*/*.ts", "../server/web/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(data)
		}
	}
	used := b.String()
	parts := map[string]string{}
	for kind, file := range lazy {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(data)
	}
	for _, key := range keys {
		if kind, name, _ := strings.Cut(key, "."); lazy[kind] != "" { // its own file says it, no other can
			if !strings.Contains(parts[kind], `"`+name+`"`) {
				t.Errorf("%s is used nowhere", key)
			}
			continue
		}
		name := strings.TrimPrefix(strings.TrimPrefix(key, "word."), "counter.")
		japanese := Plain("ja", key)
		switch {
		case strings.Contains(used, `"`+key+`"`), name != key && strings.Contains(used, `"`+name+`"`), strings.Contains(used, `say "`+japanese+`"`):
		case strings.HasPrefix(key, "error.") && errorKeys(t)[strings.TrimPrefix(key, "error.")]:
		case strings.HasPrefix(key, "visit."), strings.HasPrefix(key, "expiry.state."), strings.HasPrefix(key, "bring.why."), strings.HasPrefix(key, "bring.item."):
			// put together from a rule's answer; the pages' tests walk through all of them
		default:
			t.Errorf("%s is used nowhere", key)
		}
	}
}

var errorKey = regexp.MustCompile(`Key:\s+"([a-z_.]+)"`)

// errorKeys are the keys of all errors of the packages that a patient's request can reach.
func errorKeys(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range []string{"../server/insurer/*.go", "../server/counter/*.go", "../server/hostapi/*.go", "../server/web/*.go", "../auth/*.go", "../eligibility/*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range errorKey.FindAllStringSubmatch(string(data), -1) {
				found[m[1]] = true
			}
		}
	}
	if len(found) < 30 {
		t.Fatalf("only %d errors were found", len(found))
	}
	return found
}

// Errors that only staff, programs or whoever runs the demo meets are not translated further.
var staffErrors = regexp.MustCompile(`^(case|scan|import|run|look|sample|revoke|support|paper|hosts|keys|receipt|situation|code|demo|insurer|declaration|notices|roster|share|rules)\.|^person\.(erase|login|missing)`)

func TestErrorsThatAPatientMeetsAreTranslated(t *testing.T) {
	all, _ := allKeys(t)
	for key := range errorKeys(t) {
		if staffErrors.MatchString(key) && key != "situation.day" && key != "code.nothing_asked" {
			continue
		}
		for _, lang := range []string{"ja-easy", "zh-Hans", "vi"} {
			if all[lang]["error."+key] == "" {
				t.Errorf("%s: error.%s is missing", lang, key)
			}
		}
	}
}

var (
	sayCall = regexp.MustCompile(`\{\{-? ?say "([^"]*)" "[^"]*"`)
	inside  = regexp.MustCompile(`[a-z]="[^"{]*\{\{t "`)
)

// Sentences that stand in a patient's template in Japanese and English have their other languages by the Japanese one.
func TestPatientsTemplatesAreTranslated(t *testing.T) {
	all, _ := allKeys(t)
	keys := keysByJapanese(all["ja"])
	for _, name := range []string{"layout", "landing", "enrol", "screen", "error", "visit", "certificate", "next", "settings", "code"} {
		data, err := fs.ReadFile(templateFiles, "templates/"+name+".html")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sayCall.FindAllStringSubmatch(string(data), -1) {
			if keys[m[1]] == "" {
				t.Errorf("%s.html: 「%s」 has no key in pwa/i18n", name, m[1])
			}
		}
		if m := inside.FindString(string(data)); m != "" {
			t.Errorf("%s.html: an attribute takes plain, not t: %s", name, m)
		}
	}
}

func TestLanguageOfATag(t *testing.T) {
	for tag, want := range map[string]string{"ja-JP": "ja", "ja-easy": "ja-easy", "en-GB": "en", "zh-CN": "zh-Hans", "zh-TW": "zh-Hans", "zh": "zh-Hans", "vi-VN": "vi", "VI": "vi", "ko": "ja", "": "ja", "../en": "ja"} {
		if got := Language(tag); got != want {
			t.Errorf("%q: %s, want %s", tag, got, want)
		}
	}
}

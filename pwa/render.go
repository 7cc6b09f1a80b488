package pwa

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"sync"
)

//go:embed templates
var templateFiles embed.FS

// Render writes the page of that name (templates/NAME.html) within the layout, as its reader wants it. data is a struct
// that embeds the server's Page. Nothing is written when the page fails.
func Render(w io.Writer, page string, display DisplayPreferences, data any) error {
	sets, err := loadPages()
	if err != nil {
		return err
	}
	t, ok := sets[edition{Language(display.Lang), display.Readings()}][page]
	if !ok {
		return fmt.Errorf("pwa: no page %q", page)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", dressed{data, display.class()}); err != nil {
		return fmt.Errorf("rendering the page %s: %w", page, err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// dressed is what the layout gets: the page's data, and the reader's preferences as classes.
type dressed struct {
	View  any
	Class string
}

// patients are the pages that patients meet: they go without the styles of the staff's.
var patients = map[string]bool{
	"landing": true, "enrol": true, "screen": true, "settings": true, "visit": true, "certificate": true, "next": true,
	"receptioninfo": true, "error": true, "code": true,
}

// edition is what a template's functions are bound to.
type edition struct {
	lang     string
	furigana bool
}

// loadTexts reads the sentences of all languages.
var loadTexts = sync.OnceValues(func() (map[string]map[string]string, error) {
	all := make(map[string]map[string]string)
	for _, lang := range Languages() {
		texts, err := Texts(lang)
		if err != nil {
			return nil, err
		}
		all[lang] = texts
	}
	return all, nil
})

// loadPages parses each page once for each language with and without furigana, since its functions are bound to them.
var loadPages = sync.OnceValues(func() (map[edition]map[string]*template.Template, error) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	texts, err := loadTexts()
	if err != nil {
		return nil, err
	}
	sets := make(map[edition]map[string]*template.Template)
	for _, lang := range Languages() {
		for _, e := range []edition{{lang, false}, {lang, true}} {
			set := make(map[string]*template.Template)
			for _, name := range names {
				page := strings.TrimSuffix(path.Base(name), ".html")
				if page == "layout" {
					continue
				}
				t, err := template.New(page).Funcs(functions(e, texts)).Funcs(template.FuncMap{"staff": func() bool { return !patients[page] }}).ParseFS(templateFiles, "templates/layout.html", name)
				if err != nil {
					return nil, fmt.Errorf("parsing the page %s: %w", page, err)
				}
				set[page] = t
			}
			sets[e] = set
		}
	}
	return sets, nil
})

// functions are what templates may call: t for a sentence by its key with values for its placeholders, plain for the same
// without marks (attributes), say and sayError for sentences that stand in the template or in an error, asset for the address of a file,
// lang, htmlLang, languages and switchTo for the language.
func functions(e edition, texts map[string]map[string]string) template.FuncMap {
	find := func(key string) (string, error) {
		if s, ok := texts[e.lang][key]; ok {
			return s, nil
		}
		return "", fmt.Errorf("no text %q in %s", key, e.lang)
	}
	byJapanese := keysByJapanese(texts["ja"])
	return template.FuncMap{
		"t": func(key string, pairs ...string) (template.HTML, error) {
			s, err := find(key)
			if err != nil {
				return "", err
			}
			return markedHTML(s, pairs, e.furigana)
		},
		"plain": func(key string, pairs ...string) (string, error) {
			s, err := find(key)
			if err != nil {
				return "", err
			}
			return plainText(s, pairs)
		},
		"has":       func(key string) bool { _, ok := texts[e.lang][key]; return ok },
		"asset":     Asset,
		"lang":      func() string { return e.lang },
		"htmlLang":  func() string { return HTMLTag(e.lang) },
		"languages": func() []LanguageName { return languageNames },
		"offered": func(staff bool) []LanguageName {
			if staff {
				return staffLanguages
			}
			return languageNames
		},
		"say": func(ja, en string) (template.HTML, error) {
			if key, ok := byJapanese[ja]; ok && e.lang != "en" && (e.lang != "ja" || e.furigana) {
				return markedHTML(texts[e.lang][key], nil, e.furigana)
			}
			return either(e.lang, ja, en), nil
		},
		"sayError": func(key, ja, en string, pairs ...string) (template.HTML, error) {
			if s, ok := texts[e.lang]["error."+key]; ok {
				return markedHTML(s, pairs, e.furigana)
			}
			return either(e.lang, ja, en), nil
		},
		"switchTo":    switchTo,
		"settingsFor": func(address string) string { return "/settings?" + url.Values{"back": {LocalPath(address)}}.Encode() },
	}
}

// HTMLTag is a language's tag for the attribute lang.
func HTMLTag(lang string) string {
	for _, l := range languageNames {
		if l.Tag == lang {
			return l.HTML
		}
	}
	return lang
}

// keysByJapanese finds a sentence's key by what it is in Japanese: for templates that hold a sentence in Japanese and in
// English side by side and may be read in every language. Sentences with placeholders have no such key.
func keysByJapanese(ja map[string]string) map[string]string {
	keys := make(map[string]string, len(ja))
	for key, s := range ja {
		plain, err := plainText(s, nil)
		if other, twice := keys[plain]; err == nil && (!twice || key < other) {
			keys[plain] = key
		}
	}
	return keys
}

// either is a sentence that exists in Japanese and in English only: readers of Japanese get the first, all others the second,
// marked as such where the page is in yet another language.
func either(lang, ja, en string) template.HTML {
	switch {
	case HTMLTag(lang) == "ja" || en == "" && lang == "en":
		return template.HTML(template.HTMLEscapeString(ja))
	case lang == "en":
		return template.HTML(template.HTMLEscapeString(en))
	case en == "":
		return template.HTML(`<span lang="ja">` + template.HTMLEscapeString(ja) + "</span>")
	}
	return template.HTML(`<span lang="en">` + template.HTMLEscapeString(en) + "</span>")
}

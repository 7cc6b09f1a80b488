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

// Render writes the page of that name (templates/NAME.html) within the layout, in a language of Languages; any other
// language becomes Japanese. data is a struct that embeds the server's Page. Nothing is written when the page fails.
func Render(w io.Writer, page, lang string, data any) error {
	sets, err := loadPages()
	if err != nil {
		return err
	}
	set, ok := sets[Language(lang)]
	if !ok {
		return fmt.Errorf("pwa: no language %q", lang)
	}
	t, ok := set[page]
	if !ok {
		return fmt.Errorf("pwa: no page %q", page)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", data); err != nil {
		return fmt.Errorf("rendering the page %s: %w", page, err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// loadPages parses each page once a language, since the function t is bound to its language.
var loadPages = sync.OnceValues(func() (map[string]map[string]*template.Template, error) {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	sets := make(map[string]map[string]*template.Template)
	for _, lang := range Languages() {
		texts, err := Texts(lang)
		if err != nil {
			return nil, err
		}
		set := make(map[string]*template.Template)
		for _, name := range names {
			page := strings.TrimSuffix(path.Base(name), ".html")
			if page == "layout" {
				continue
			}
			t, err := template.New(page).Funcs(functions(lang, texts)).ParseFS(templateFiles, "templates/layout.html", name)
			if err != nil {
				return nil, fmt.Errorf("parsing the page %s: %w", page, err)
			}
			set[page] = t
		}
		sets[lang] = set
	}
	return sets, nil
})

// functions are what templates may call: t for a sentence, asset for the address of a file, lang and languages for the
// switch in the header, grouped for a code to read aloud.
func functions(lang string, texts map[string]string) template.FuncMap {
	return template.FuncMap{
		"t": func(key string, pairs ...string) (string, error) {
			s, ok := texts[key]
			if !ok {
				return "", fmt.Errorf("no text %q in %s", key, lang)
			}
			return fill(s, pairs)
		},
		"asset":     Asset,
		"lang":      func() string { return lang },
		"languages": func() []LanguageName { return languageNames },
		"say": func(ja, en string) string {
			if lang == "en" && en != "" {
				return en
			}
			return ja
		},
		"switchTo": switchTo,
	}
}

// switchTo returns the page's own address with another language, its other parameters kept; anything but a path of this
// server becomes "/".
func switchTo(address, lang string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, "/") || u.Host != "" {
		u = &url.URL{Path: "/"}
	}
	query := u.Query()
	query.Set("lang", lang)
	return u.Path + "?" + query.Encode()
}

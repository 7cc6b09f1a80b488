package pwa

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"

	"madoguchi/eligibility"
	"madoguchi/message"
)

//go:embed templates
var templateFiles embed.FS

// Render writes the page of that name (templates/NAME.html) within the layout, as its reader wants it. data
// is a struct that embeds the server's Page. Nothing is written when the page fails.
func Render(w io.Writer, page string, display DisplayPreferences, data any) error {
	t, err := parsed.get(pageEdition{page, edition{Language(display.Lang), display.Readings()}})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", layoutData{data, display.class()}); err != nil {
		return fmt.Errorf("rendering the page %s: %w", page, err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// layoutData is what the layout gets: the page's data, and the reader's preferences as classes.
type layoutData struct {
	View  any
	Class string
}

// patients are the pages that patients meet: they go without the styles of the staff's.
var patients = map[string]bool{
	"landing":       true,
	"enrol":         true,
	"screen":        true,
	"settings":      true,
	"visit":         true,
	"papers":        true,
	"start":         true,
	"certificate":   true,
	"next":          true,
	"receptioninfo": true,
	"error":         true,
	"code":          true, "trouble": true, "cancelled": true,
	"represent-login": true,
	"insideapp":       true, "loginwait": true, "elsewhere": true,
}

// templateFuncs are what templates may call: t for a sentence by its key with values for its places, plain
// for the same without marks (attributes), told for a Message of the server, say for what the server says
// in Japanese and in English, dated for a text that may hold a date, count for a number of people or things,
// spoken for a sentence in another language than the page's, typed for what somebody typed and may correct,
// around for a sentence in two parts about a place, blank for what stands between two sentences, asset
// for the address of a file, lang, htmlLang, direction, languages, offered and switchTo for the language.
func templateFuncs(e edition) template.FuncMap {
	return template.FuncMap{
		"t": func(key string, pairs ...string) (template.HTML, error) {
			return sentenceHTML(e, message.New(key, argsOf(pairs)))
		},
		"plain": func(key string, pairs ...string) (string, error) {
			if _, ok := message.FindEntry(key); !ok {
				return "", fmt.Errorf("pwa: no sentence %q", key)
			}
			return message.New(key, argsOf(pairs)).Text(e.lang), nil
		},
		"told": func(m message.Message) (template.HTML, error) {
			if _, known := message.FindEntry(m.Key); !known { // of a newer version's record: the key itself
				return template.HTML(template.HTMLEscapeString(m.Text(e.lang))), nil
			}
			return sentenceHTML(e, m)
		},
		"around": func(key, place string) ([]template.HTML, error) { return aroundPlace(e, key, place) },
		"dated":  plainHTML,
		"count":  func(n int) string { return message.Number(n).In(e.lang) },
		"spoken": func(lang, key string) string { return message.New(key, nil).Text(lang) },
		"typed":  typedAgain,

		"officePages": func() []officePage { return officePages },

		"has":       func(key string) bool { return hasSentence(e.lang, key) },
		"asset":     Asset,
		"lang":      func() string { return e.lang },
		"htmlLang":  func() string { return HTMLTag(e.lang) },
		"blank":     func() string { return map[bool]string{true: " "}[languageOf(e.lang).Blanks] },
		"direction": func() string { return languageOf(e.lang).Direction },
		"languages": message.Languages,
		"offered":   offered,
		"say":       func(ja, en string) template.HTML { return eitherLanguage(e.lang, ja, en) },
		"switchTo":  switchTo,
		"settingsFor": func(address string) string {
			return "/settings?" + url.Values{"back": {LocalPath(address)}}.Encode()
		},
	}
}

// typedAgain is what somebody typed, to be corrected; a text that holds a 12-digit My Number is never shown
// again.
func typedAgain(typed any) string {
	text := fmt.Sprint(typed)
	if eligibility.HoldsMyNumber(text) {
		return ""
	}
	return text
}

// hasSentence reports whether a sentence stands in a language.
func hasSentence(lang, key string) bool {
	entry, _ := message.FindEntry(key)
	_, ok := entry.Texts[lang]
	return ok
}

// argsOf are values for places as pairs of name and value, as templates give them.
func argsOf(pairs []string) message.Args {
	args := message.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = message.Text(pairs[i+1])
	}
	return args
}

// sentenceHTML is a Message as a page shows it. Where the page's language lacks it, it stands in another,
// marked as such.
func sentenceHTML(e edition, m message.Message) (template.HTML, error) {
	entry, ok := message.FindEntry(m.Key)
	if !ok {
		return "", fmt.Errorf("pwa: no sentence %q", m.Key)
	}
	if text, own := entry.Texts[e.lang]; own {
		return markedHTML(text.WithNext(e.lang), m.Args, e.lang, e.furigana)
	}
	return eitherLanguage(e.lang, m.Text("ja"), m.Text("en")), nil
}

// languageOf is the language of a tag, or one of which nothing but the tag is known.
func languageOf(tag string) message.Language {
	all := message.Languages()
	if i := slices.IndexFunc(all, func(l message.Language) bool { return l.Tag == tag }); i >= 0 {
		return all[i]
	}
	return message.Language{Tag: tag, HTML: tag}
}

// HTMLTag is a language's tag for the attribute lang.
func HTMLTag(lang string) string { return languageOf(lang).HTML }

// eitherLanguage is a sentence that exists in Japanese and in English only: readers of Japanese get the
// first, all others the second, marked as such where the page is in yet another language.
func eitherLanguage(lang, ja, en string) template.HTML {
	switch {
	case HTMLTag(lang) == "ja" || en == "" && lang == "en":
		return plainHTML(ja)
	case lang == "en":
		return plainHTML(en)
	case en == "":
		return `<span lang="ja">` + plainHTML(ja) + "</span>"
	}
	return `<span lang="en">` + plainHTML(en) + "</span>"
}

// plainHTML is a text without marks of its own as HTML; what a line is not to part is whole.
func plainHTML(text string) template.HTML {
	html := keptTogether(template.HTMLEscapeString(text))
	if n := strings.Count(html, "<"); n > 2 || n == 2 && (html[0] != '<' || !strings.HasSuffix(html, ">")) {
		html = "<span>" + html + "</span>" // one element, as in markedHTML
	}
	return template.HTML(html)
}

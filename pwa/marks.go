package pwa

import (
	"fmt"
	"html/template"
	"strings"

	"madoguchi/message"
)

// markedHTML is a sentence of the catalogue as HTML: all of it is escaped. Readings stand above their
// characters where furigana are wanted. Brackets in rp are for browsers and programs that do not know
// ruby.
func markedHTML(s string, args message.Args, lang string, furigana bool) (template.HTML, error) {
	pieces, err := message.Marks(s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	// one run of text; otherwise one element around it, lest a flex container takes its parts for items
	whole := true
	for _, p := range pieces {
		text := p.Text
		if p.Kind == message.Place {
			value, ok := args[p.Text]
			if !ok {
				return "", fmt.Errorf("pwa: no value for {%s}", p.Text)
			}
			text = value.In(lang)
		}
		text = template.HTMLEscapeString(text)
		switch {
		case p.Kind == message.Ruby && furigana:
			whole = false
			reading := template.HTMLEscapeString(p.Reading)
			b.WriteString("<ruby>" + text + "<rp>（</rp><rt>" + reading + "</rt><rp>）</rp></ruby>")
		case p.Kind == message.Term:
			whole = false
			b.WriteString(`<span lang="ja">` + text + "</span>")
		default:
			b.WriteString(text)
		}
	}
	if !whole {
		return template.HTML("<span>" + b.String() + "</span>"), nil // every part was escaped above
	}
	return template.HTML(b.String()), nil
}

// aroundPlace is a sentence in two parts, before and behind its one place, for an element that a program
// fills.
func aroundPlace(e edition, key, place string) ([]template.HTML, error) {
	entry, _ := message.FindEntry(key)
	before, behind, ok := strings.Cut(entry.Texts[e.lang].Sentence, "{"+place+"}")
	if !ok {
		return nil, fmt.Errorf("pwa: no place {%s} in %q in %s", place, key, e.lang)
	}
	parts := make([]template.HTML, 2)
	for i, text := range []string{before, behind} {
		var err error
		if parts[i], err = markedHTML(text, nil, e.lang, e.furigana); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

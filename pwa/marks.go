package pwa

import (
	"fmt"
	"html/template"
	"regexp"
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
	run := "" // escaped, not yet written
	flush := func() {
		text := keptTogether(run)
		whole = whole && !strings.Contains(text, "<")
		b.WriteString(text)
		run = ""
	}
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
			number := lastNumber.FindString(run)
			run = strings.TrimSuffix(run, number)
			flush()
			whole = false
			reading := template.HTMLEscapeString(p.Reading)
			ruby := "<ruby>" + text + "<rp>（</rp><rt>" + reading + "</rt><rp>）</rp></ruby>"
			if number != "" {
				ruby = onOneLine(number + ruby)
			}
			b.WriteString(ruby)
		case p.Kind == message.Term:
			flush()
			whole = false
			b.WriteString(`<span lang="ja">` + keptTogether(text) + "</span>")
		default:
			run += text
		}
	}
	flush()
	if !whole {
		return template.HTML("<span>" + b.String() + "</span>"), nil // every part was escaped above
	}
	return template.HTML(b.String()), nil
}

// What a line is not to part, where it has room for it: days, months and years as people read them
// (令和8年11月30日, 2026年11月, 11月30日, 2026-11-30), a number and what it counts (3か月目), words that browsers
// take for two, and a particle behind its bracket.
var (
	japaneseRun = regexp.MustCompile(
		`(?:(?:令和|平成|昭和|大正|明治|西暦)(?:\d+|元)|\d{4})年(?:\d+月)?(?:\d+日)?|\d+月\d+日|` +
			`\d[\d,]*(?:か月|日|時間|人|件|通|枚|台|歳|行|桁|文字|割)[目分]?|もう一度|もとづきます|いつもどおり`)
	isoDate    = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	particle   = regexp.MustCompile(`）(?:まで|から|[はをにがのでもとかへや])`)
	lastNumber = regexp.MustCompile(`\d+$`)
)

// keptTogether marks in an escaped text what a line is not to part.
func keptTogether(escaped string) string {
	escaped = japaneseRun.ReplaceAllString(escaped, `<span class="kept">$0</span>`)
	escaped = isoDate.ReplaceAllStringFunc(escaped, onOneLine)
	return particle.ReplaceAllStringFunc(escaped, onOneLine)
}

// onOneLine keeps a short piece of HTML on one line.
func onOneLine(html string) string { return `<span class="line">` + html + "</span>" }

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

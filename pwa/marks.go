package pwa

import (
	"fmt"
	"html/template"
	"strings"
)

// A sentence of pwa/i18n may hold three marks, nothing else; all of it is escaped when it becomes HTML.
//
//	{name}             a value, put in when the sentence is shown
//	{漢字|かんじ}       characters with their reading (furigana), written by hand
//	[[資格確認書]]      a Japanese term inside another language, so that its reader can point at it
type piece struct {
	kind          byte // 't'ext, 'v'alue, 'r'uby, 'j'apanese term
	text, reading string
}

// marked parts a sentence into its pieces; a mark that is not closed, is empty or stands inside another is an error.
func marked(s string) ([]piece, error) {
	var all []piece
	for s != "" {
		at := strings.IndexAny(s, "{}[]")
		if at < 0 {
			return append(all, piece{kind: 't', text: s}), nil
		}
		if at > 0 {
			all = append(all, piece{kind: 't', text: s[:at]})
			s = s[at:]
		}
		open, shut := "{", "}"
		if strings.HasPrefix(s, "[[") {
			open, shut = "[[", "]]"
		}
		inside, rest, closed := strings.Cut(strings.TrimPrefix(s, open), shut)
		if !strings.HasPrefix(s, open) || !closed || inside == "" || strings.ContainsAny(inside, "{}[]<>") {
			return nil, fmt.Errorf("pwa: a mark is not in order at %q", s)
		}
		s = rest
		base, reading, ruby := strings.Cut(inside, "|")
		switch {
		case open == "[[" && !ruby:
			all = append(all, piece{kind: 'j', text: inside})
		case open == "[[" || ruby && (base == "" || reading == "" || strings.Contains(reading, "|")):
			return nil, fmt.Errorf("pwa: a mark is not in order: %q", inside)
		case ruby:
			all = append(all, piece{kind: 'r', text: base, reading: reading})
		default:
			all = append(all, piece{kind: 'v', text: inside})
		}
	}
	return all, nil
}

// valueOf finds a placeholder's value among pairs of name and value.
func valueOf(name string, pairs []string) (string, error) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1], nil
		}
	}
	return "", fmt.Errorf("pwa: no value for {%s}", name)
}

// plainText is a sentence as bare text: readings are left out.
func plainText(s string, pairs []string) (string, error) {
	pieces, err := marked(s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range pieces {
		text := p.text
		if p.kind == 'v' {
			if text, err = valueOf(p.text, pairs); err != nil {
				return "", err
			}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// markedHTML is a sentence as HTML. Readings stand above their characters where furigana are wanted. Brackets in rp are for
// browsers and programs that do not know ruby.
func markedHTML(s string, pairs []string, furigana bool) (template.HTML, error) {
	pieces, err := marked(s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	whole := true // one run of text; otherwise one element around it, lest a flex container takes its parts for items
	for _, p := range pieces {
		text := p.text
		if p.kind == 'v' {
			if text, err = valueOf(p.text, pairs); err != nil {
				return "", err
			}
		}
		text = template.HTMLEscapeString(text)
		switch {
		case p.kind == 'r' && furigana:
			whole = false
			b.WriteString("<ruby>" + text + "<rp>（</rp><rt>" + template.HTMLEscapeString(p.reading) + "</rt><rp>）</rp></ruby>")
		case p.kind == 'j':
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

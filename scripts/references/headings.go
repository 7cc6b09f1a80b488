package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

var (
	headingLine = regexp.MustCompile(`^#{1,6} +(.+?) *#*$`)
	linkText    = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// page is what can be cited of a document: its headings as they are written, and their anchors.
type page struct {
	headings []string
	anchors  map[string]bool
}

// parsePage reads the headings of a Markdown document. What stands between code fences is no heading.
func parsePage(text string) page {
	p := page{anchors: map[string]bool{}}
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		m := headingLine.FindStringSubmatch(line)
		if fenced || m == nil {
			continue
		}
		heading := linkText.ReplaceAllString(m[1], "$1")
		p.headings = append(p.headings, heading)
		base := anchor(heading)
		for name, n := base, 1; ; n++ {
			if !p.anchors[name] {
				p.anchors[name] = true
				break
			}
			name = fmt.Sprintf("%s-%d", base, n)
		}
	}
	return p
}

// anchor is how a heading is addressed, as GitHub makes it: lower case, blanks become hyphens, and whatever
// is not a letter, a digit, a hyphen or an underscore is left out.
func anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r), r == '-', r == '_':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// has reports whether the page has a heading of those words.
func (p page) has(heading string) bool {
	for _, h := range p.headings {
		if strings.EqualFold(strings.Trim(h, "`*"), heading) {
			return true
		}
	}
	return false
}

// numbered reports whether a heading begins with the number of a section, such as 4.1.
func (p page) numbered(number string) bool {
	for _, h := range p.headings {
		rest, ok := strings.CutPrefix(h, number)
		if ok && (rest == "" || strings.ContainsRune(". :", rune(rest[0]))) {
			return true
		}
	}
	return false
}

package pwa

import (
	"fmt"
	"html/template"
	"io/fs"
	"sync"
)

// A page is parsed for each language with and without furigana, since its functions are bound to them. All
// pages in all languages took 34 MB, and a server shows most of them in few: one is parsed when it is first
// asked for, and those that nobody asks for any more are let go.

// edition is what a template's functions are bound to.
type edition struct {
	lang     string
	furigana bool
}

// pageEdition is a page by its name, in an edition.
type pageEdition struct {
	page string
	edition
}

// parsedKept is how many parsed pages one generation has, some 80 KB each: an office's in one language and
// the patients' in several.
const parsedKept = 100

// parsedPages holds the pages that were asked for last, in two generations: a page of the older one moves to
// the younger when it is asked for, and where the younger is full the older goes. The zero value is empty.
type parsedPages struct {
	mu             sync.Mutex
	younger, older map[pageEdition]*template.Template
}

var parsed parsedPages

// get returns a page, parsed now where it is not held.
func (p *parsedPages) get(which pageEdition) (*template.Template, error) {
	if t := p.held(which); t != nil {
		return t, nil
	}
	t, err := parsePage(which) // two who ask at once parse it twice
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold(which, t)
	return t, nil
}

// held returns a page that is held; nil where it is not.
func (p *parsedPages) held(which pageEdition) *template.Template {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.younger[which]; t != nil {
		return t
	}
	t := p.older[which]
	if t != nil {
		p.hold(which, t)
	}
	return t
}

// hold puts a page into the younger generation, under the lock.
func (p *parsedPages) hold(which pageEdition, t *template.Template) {
	if p.younger == nil || len(p.younger) >= parsedKept {
		p.younger, p.older = make(map[pageEdition]*template.Template), p.younger
	}
	p.younger[which] = t
	delete(p.older, which)
}

// parsePage parses a page with the layout.
func parsePage(which pageEdition) (*template.Template, error) {
	file := "templates/" + which.page + ".html"
	if _, err := fs.Stat(templateFiles, file); err != nil || which.page == "layout" {
		return nil, fmt.Errorf("pwa: no page %q", which.page)
	}
	own := template.FuncMap{"staff": func() bool { return !patients[which.page] }}
	t, err := template.New(which.page).Funcs(templateFuncs(which.edition)).Funcs(own).
		ParseFS(templateFiles, "templates/layout.html", file)
	if err != nil {
		return nil, fmt.Errorf("parsing the page %s: %w", which.page, err)
	}
	return t, nil
}

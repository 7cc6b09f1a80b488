package pwa

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"testing"
)

// pageNames are the names of all pages.
func pageNames(t *testing.T) (names []string) {
	t.Helper()
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".html"); name != "layout" {
			names = append(names, name)
		}
	}
	return names
}

// A page is parsed when somebody first asks for it: a fault in one that nobody asks for would stay unseen.
func TestEveryPageIsParsedInEveryEdition(t *testing.T) {
	for _, page := range pageNames(t) {
		for _, lang := range Languages() {
			for _, furigana := range []bool{false, true} {
				if _, err := parsePage(pageEdition{page, edition{lang, furigana}}); err != nil {
					t.Errorf("%s in %s: %v", page, lang, err)
				}
			}
		}
	}
}

func TestAPageThatIsNoneIsToldAndNotHeld(t *testing.T) {
	var p parsedPages
	for _, page := range []string{"", "layout", "nothing", "../render", "*"} {
		if _, err := p.get(pageEdition{page, edition{"ja", false}}); err == nil {
			t.Errorf("%q is a page", page)
		}
	}
	if len(p.younger)+len(p.older) > 0 {
		t.Error("something is held")
	}
	var b bytes.Buffer
	if err := Render(&b, "nothing", DisplayPreferences{}, nil); err == nil || b.Len() > 0 {
		t.Errorf("%v %q", err, b.String())
	}
}

// What is asked for again and again is parsed once, and what nobody asks for goes: no more than two
// generations are held, in however many editions pages are read.
func TestPagesThatAreAskedForStayAndOthersGo(t *testing.T) {
	var p parsedPages
	usual := pageEdition{"landing", edition{"ja", false}}
	first, err := p.get(usual)
	if err != nil {
		t.Fatal(err)
	}
	once := pageEdition{"landing", edition{"once", false}}
	if _, err := p.get(once); err != nil {
		t.Fatal(err)
	}
	for i := range 3 * parsedKept {
		other := pageEdition{"landing", edition{strings.Repeat("x", i+1), false}}
		p.mu.Lock()
		p.hold(other, first)
		p.mu.Unlock()
		if again, err := p.get(usual); err != nil || again != first {
			t.Fatalf("after %d others it was parsed again (%v)", i+1, err)
		}
		if n := len(p.younger) + len(p.older); n > 2*parsedKept {
			t.Fatalf("%d pages are held", n)
		}
	}
	if p.held(once) != nil {
		t.Error("a page that nobody asked for again is held")
	}
}

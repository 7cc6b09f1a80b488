package form

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"
)

// pagesText returns what another program reads on each page of a file of these people, without blanks.
func pagesText(t *testing.T, people []Person) (texts []string, size int) {
	t.Helper()
	f := made(t, nil)
	var out bytes.Buffer
	w := NewWriter(&out, info)
	for _, p := range people {
		if _, err := w.Page(f, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text := run(t, out.Bytes(), "pdftotext", "-raw", "FILE", "-")
	for page := range strings.SplitSeq(strings.TrimSuffix(text, "\f"), "\f") {
		texts = append(texts, strings.Join(strings.Fields(page), ""))
	}
	return texts, out.Len()
}

func TestEachPageShowsItsOwnWhateverThoseBeforeItShared(t *testing.T) {
	var people []Person
	addresses := []string{"甲町", "甲町", "甲町", "乙町", "", "甲町", "甲町"}
	for i, address := range addresses {
		people = append(people, Person{Values: map[string]string{
			"name":    strings.Repeat("名", i+1),
			"address": address,
		}})
	}
	texts, _ := pagesText(t, people)
	if len(texts) != len(people) {
		t.Fatalf("%q", texts)
	}
	for i, address := range addresses {
		for _, other := range []string{"甲町", "乙町"} {
			if strings.Contains(texts[i], other) != (other == address) {
				t.Errorf("page %d of %q says %q", i+1, address, texts[i])
			}
		}
		if n := strings.Count(texts[i], "名"); n != i+2 { // one stands in the label
			t.Errorf("page %d says %q", i+1, texts[i])
		}
	}
}

func TestACodeOfAnotherSizeIsNotLaidAsThoseBeforeIt(t *testing.T) {
	f := made(t, nil)
	var out bytes.Buffer
	w := NewWriter(&out, info)
	// two dots a module; in 60 points one of 21 is 24 dots of a 600 dpi printer wide, 2.88 points; of 25, 20
	cases := []struct {
		size int
		want string // dots an inch
	}{{21, "50"}, {21, "50"}, {21, "50"}, {25, "60"}, {0, ""}}
	for i, c := range cases {
		p := Person{Values: map[string]string{"name": strings.Repeat("名", i+1)}}
		if c.size > 0 {
			p.Codes = map[string]*Code{"Code": {Size: c.size, Black: checker(2).Black}}
		}
		if _, err := w.Page(f, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	list := run(t, out.Bytes(), "pdfimages", "-list", "FILE")
	got := map[string]string{}
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 12 && words[2] == "stencil" {
			got[words[0]] = words[12]
		}
	}
	for i, c := range cases {
		if page := strconv.Itoa(i + 1); got[page] != c.want {
			t.Errorf("page %s: %q dots an inch, not %q\n%s", page, got[page], c.want, list)
		}
	}
}

func TestWhatIsToldOfATextOnEachPage(t *testing.T) {
	f := made(t, nil)
	w := NewWriter(io.Discard, info)
	for i := range 4 { // no font has the character
		p := Person{Values: map[string]string{"name": "架空", "address": "町\U00030000"}}
		r, err := w.Page(f, p)
		if err != nil || len(r.Notes) != 1 || len(r.Check) != 1 || !strings.Contains(r.Notes[0], "U+30000") {
			t.Errorf("page %d: %+v %v", i+1, r, err)
		}
	}
}

func TestWhatPagesShareStandsOnceInAFile(t *testing.T) {
	long := strings.Repeat("架空の健康保険組合の住所", 8)
	people := func(n int) (out []Person) {
		for range n {
			out = append(out, Person{Values: map[string]string{"name": "架空", "address": long}})
		}
		return out
	}
	_, two := pagesText(t, people(2))
	_, twelve := pagesText(t, people(12))
	// a page object, an empty content and three lines of the table of objects are some 400 bytes
	if more := (twelve - two) / 10; more > 450 {
		t.Errorf("a page more takes %d bytes", more)
	}
}

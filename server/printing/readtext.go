package printing

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"madoguchi/pdf/object"
)

// Texts are read back as a reader that copies them would: by the operators of a page's content and its fonts'
// ways back to Unicode (ISO 32000-1 sections 9.4.3 and 9.10.3). That of the values stands at the end of a
// file, so a file is walked twice.

// maxContent bounds a page's content, and a font's way back.
const maxContent = 16 << 20

// toUnicode leads from a font's codes, two bytes each, to texts without blanks.
type toUnicode map[uint16]string

// saidBy reports a page whose text, without blanks, lacks one of those that it should say.
func (w wantedPage) saidBy(text string) error {
	for _, want := range w.texts {
		if !strings.Contains(text, withoutBlanks(want)) {
			return &Mismatch{w.page, "the page does not say its person's number and name"}
		}
	}
	return nil
}

// isContent reports a stream that is no picture, font or packet: content, or a font's way back.
func isContent(d object.Dict) bool {
	return d.Get("Type").Null() && d.Get("Subtype").Null() && d.Get("Length1").Null() && d.Get("N").Null()
}

// fontsOf returns the ways back of a file's fonts, by the fonts' numbers. A font stands before its own.
func fontsOf(path string) (map[int]toUnicode, error) {
	fonts, ways := map[int]toUnicode{}, map[int]int{}
	err := walkFile(path, isContent, func(o object.Object) error {
		if way, ok := o.Dict.Get("ToUnicode").Reference(); ok && o.Dict.Get("Type").Is("Font") {
			ways[way] = o.Number
		}
		font, ok := ways[o.Number]
		if !ok {
			return nil
		}
		cmap, err := object.Decoded(object.Stream{Dict: o.Dict, Raw: o.Data}, maxContent)
		if err != nil {
			return fmt.Errorf("unpacking a font's texts: %w", err)
		}
		fonts[font] = readToUnicode(cmap)
		return nil
	})
	return fonts, err
}

// readToUnicode reads the single mappings of a CMap (Adobe Technical Note 5014), the only ones that pdf/font
// writes.
func readToUnicode(cmap []byte) toUnicode {
	out := toUnicode{}
	for {
		_, rest, found := strings.Cut(string(cmap), "beginbfchar")
		if !found {
			return out
		}
		block, after, _ := strings.Cut(rest, "endbfchar")
		for at, data := 0, []byte(block); ; {
			from, end, ok1 := object.ReadValue(data, at)
			to, end, ok2 := object.ReadValue(data, end)
			if !ok1 || !ok2 {
				break
			}
			at = end
			code, _ := from.Text()
			text, _ := to.Text()
			if len(code) == 2 {
				out[binary.BigEndian.Uint16(code)] = withoutBlanks(fromUTF16(text))
			}
		}
		cmap = []byte(after)
	}
}

// fromUTF16 reads big-endian UTF-16.
func fromUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// pageTexts reads the texts of a file's pages.
type pageTexts struct {
	fonts    map[int]toUnicode
	contents map[int][]byte    // of the pages to come, unpacked
	shared   map[[2]int]string // the texts of what many pages show, by its number and its font's
}

// add takes a stream that may be a content of the pages to come: what a page shows stands before it.
func (p pageTexts) add(o object.Object) error {
	if o.Data == nil {
		return nil
	}
	content, err := object.Decoded(object.Stream{Dict: o.Dict, Raw: o.Data}, maxContent)
	if err != nil {
		return fmt.Errorf("unpacking a page: %w", err)
	}
	p.contents[o.Number] = content
	return nil
}

// text returns what a page says, one content after the other.
func (p pageTexts) text(page object.Dict) (string, error) {
	resources, _ := page.Get("Resources").Dict()
	named, _ := resources.Get("Font").Dict()
	fonts, label := map[string]toUnicode{}, 0
	for _, entry := range named {
		number, _ := entry.Value.Reference()
		fonts[entry.Name()] = p.fonts[number]
		if entry.Name() == "L" {
			label = number
		}
	}
	contents, ok := page.Get("Contents").Array()
	if !ok {
		return "", errors.New("the page has no content")
	}
	var text strings.Builder
	for i, content := range contents {
		number, _ := content.Reference()
		if i < len(contents)-1 { // the form's, which many pages show
			if said, ok := p.shared[[2]int{number, label}]; ok {
				text.WriteString(said)
				continue
			}
		}
		data, ok := p.contents[number]
		if !ok {
			return "", errors.New("the page's content is missing")
		}
		delete(p.contents, number)
		said := contentText(data, fonts)
		if i < len(contents)-1 {
			p.shared[[2]int{number, label}] = said
		}
		text.WriteString(said)
	}
	return text.String(), nil
}

// contentText returns the texts that a content shows, in its order, without blanks.
func contentText(content []byte, fonts map[string]toUnicode) string {
	var out strings.Builder
	var font toUnicode
	var name string
	var shown []byte
	for at := 0; ; {
		v, end, ok := object.ReadValue(content, at)
		if !ok {
			return out.String()
		}
		at = end
		switch {
		case v[0] == '/':
			name, _ = v.Name()
		case v[0] == '<' || v[0] == '(':
			shown, _ = v.Text()
		case string(v) == "Tf":
			font = fonts[name]
		case string(v) == "Tj":
			for i := 0; i+1 < len(shown); i += 2 {
				out.WriteString(font[binary.BigEndian.Uint16(shown[i:])])
			}
		}
	}
}

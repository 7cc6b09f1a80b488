package printing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"madoguchi/pdf/object"
)

// Texts are read back as a reader that copies them would: by the operators of a page's content and its fonts'
// ways back to Unicode (ISO 32000-1 sections 9.4.3 and 9.10.3).

// maxContent bounds a page's content, and a font's way back.
const maxContent = 16 << 20

// saidBy reports a page whose text, without blanks, lacks one of those that it should say.
func (w wantedPage) saidBy(text []byte) error {
	for _, want := range w.texts {
		if !bytes.Contains(text, []byte(withoutBlanks(want))) {
			return &Mismatch{w.page, "the page does not say its person's number and name"}
		}
	}
	return nil
}

// isContent reports a stream that is no picture, font or packet: content, or a font's way back.
func isContent(d object.Dict) bool {
	return d.Get("Type").Null() && d.Get("Subtype").Null() && d.Get("Length1").Null() && d.Get("N").Null()
}

// pageTexts reads the texts of a file's pages.
type pageTexts struct {
	fonts    fileFonts
	contents map[int][]byte // of the pages to come, unpacked

	spare [][]byte // contents of pages that were read, to be used again

	named  []byte         // the fonts of the last page, as its resources name them
	chosen []namedFont    // and what they are
	shared map[int]string // the texts of what many pages show with these fonts, by its number
	text   []byte         // of the last page
}

// namedFont is a font under its name in a page's resources.
type namedFont struct {
	name string
	back toUnicode
}

// add takes a stream that may be a content of the pages to come: what a page shows stands before it.
func (p *pageTexts) add(o object.Object) error {
	if o.Data == nil {
		return nil
	}
	packed := object.Stream{Dict: o.Dict, Raw: o.Data}
	content, err := object.AppendDecoded(takeSpare(&p.spare), packed, maxContent)
	if err != nil {
		return fmt.Errorf("unpacking a page: %w", err)
	}
	p.contents[o.Number] = content
	return nil
}

// takeSpare returns room that is used no more, nil when there is none.
func takeSpare(spare *[][]byte) []byte {
	if len(*spare) == 0 {
		return nil
	}
	last := (*spare)[len(*spare)-1]
	*spare = (*spare)[:len(*spare)-1]
	return last
}

// choose looks at the fonts that a page names; nearly all pages name the same.
func (p *pageTexts) choose(fonts object.Value) error {
	if p.shared != nil && bytes.Equal(fonts, p.named) {
		return nil
	}
	named, _ := fonts.Dict()
	p.named, p.chosen, p.shared = append(p.named[:0], fonts...), p.chosen[:0], map[int]string{}
	for _, entry := range named {
		number, _ := entry.Value.Reference()
		back, err := p.fonts.font(number)
		if err != nil {
			p.shared = nil
			return err
		}
		p.chosen = append(p.chosen, namedFont{entry.Name(), back})
	}
	return nil
}

// of returns what a page says, one content after the other, until the next page is read. All contents but the
// last may stand on many pages.
func (p *pageTexts) of(page object.Dict) ([]byte, error) {
	resources, _ := page.Get("Resources").Dict()
	if err := p.choose(resources.Get("Font")); err != nil {
		return nil, err
	}
	contents, ok := page.Get("Contents").Array()
	if !ok {
		return nil, errors.New("the page has no content")
	}
	p.text = p.text[:0]
	for i, content := range contents {
		number, _ := content.Reference()
		if said, ok := p.shared[number]; ok {
			p.text = append(p.text, said...)
			continue
		}
		data, ok := p.contents[number]
		if !ok {
			return nil, errors.New("the page's content is missing")
		}
		start := len(p.text)
		p.text = appendContentText(p.text, data, p.chosen)
		if i < len(contents)-1 {
			p.shared[number] = string(p.text[start:])
		} else {
			delete(p.contents, number)
			p.spare = append(p.spare, data[:0])
		}
	}
	return p.text, nil
}

// appendContentText appends the texts that a content shows, in its order, without blanks.
func appendContentText(out, content []byte, fonts []namedFont) []byte {
	var font toUnicode
	var name, shown object.Value
	var codes []byte
	for at := 0; ; {
		v, end, ok := object.ReadToken(content, at)
		if !ok {
			return out
		}
		at = end
		switch {
		case v[0] == '/':
			name = v
		case v[0] == '<' || v[0] == '(':
			shown = v
		case string(v) == "Tf":
			font = nil
			for _, f := range fonts {
				if name.Is(f.name) {
					font = f.back
				}
			}
		case string(v) == "Tj":
			codes, _ = shown.AppendText(codes[:0])
			for i := 0; i+1 < len(codes); i += 2 {
				out = font.append(out, binary.BigEndian.Uint16(codes[i:]))
			}
		}
	}
}

// Package font holds the fonts that documents embed and finds the shape of every character in them: BIZ
// UDPGothic, made for people who read with difficulty, then a Mincho that has rare kanji too, then one that
// has the variation sequences of Adobe-Japan1 too. A text is drawn in the first of them that has all of it.
package font

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"madoguchi/eligibility"
)

// The fonts are packed, which makes the program 14 MB smaller: each is unpacked for the first page that needs
// it, and most need neither of the two for rare kanji.
var (
	//go:embed BIZUDPGothic-Regular.ttf.zst
	regularPacked []byte
	//go:embed rare-mincho.ttf.zst
	rarePacked []byte
	//go:embed sequences-mincho.ttf.zst
	sequencesPacked []byte
)

// Regular is BIZ UDPGothic Regular as TrueType (OFL.txt). It is not to be changed.
var Regular = sync.OnceValue(func() []byte { return unpackFont(regularPacked) })

// faces are asked in this order. All have 2,048 units to the em, so that their outlines go into one subset.
var faces = []func() *face{
	sync.OnceValue(func() *face { return mustParse("BIZ UDPGothic", Regular()) }),
	sync.OnceValue(func() *face { return mustParse("Madoguchi Rare Mincho", unpackFont(rarePacked)) }),
	sync.OnceValue(func() *face { return mustParse("Madoguchi Sequences", unpackFont(sequencesPacked)) }),
}

// UnitsPerEm is the grid of all faces.
const UnitsPerEm = 2048

func mustParse(name string, data []byte) *face {
	f, err := parseFace(data)
	if err != nil {
		panic(fmt.Sprintf("font: the embedded %s is broken: %v", name, err))
	}
	return f
}

func unpackFont(data []byte) []byte {
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		panic(fmt.Sprintf("font: unpacking: %v", err))
	}
	defer r.Close()
	out, err := r.DecodeAll(data, nil)
	if err != nil {
		panic(fmt.Sprintf("font: an embedded font is broken: %v", err))
	}
	return out
}

// HasGlyph reports whether the main font has a shape for r: what gopdf, which knows one font, can draw. It
// draws an empty box without a word where it has none, so texts are looked at before they are drawn.
func HasGlyph(r rune) bool { return faces[0]().chars.glyph(r) != 0 }

// Glyph is one shape in one of the fonts.
type Glyph struct {
	face uint8
	id   uint16
}

// Advance returns the width of the glyph in UnitsPerEm.
func (g Glyph) Advance() int { return faces[g.face]().advance(g.id) }

// Found says how well a character could be found.
type Found uint8

const (
	Exact   Found = iota // the very shape that the text asks for
	Base                 // the base character in place of a variant that no font has
	Missing              // 〓 in place of a character that no font has
)

// Piece is one character with its variation selector, if any, and the glyph that draws it.
type Piece struct {
	Text     string // as it came in, for searching and copying; 〓 where Found is Missing
	Rune     rune   // the base character as it came in
	Selector rune
	Glyph    Glyph
	Found    Found
}

// Geta (〓) is printed in place of a character that cannot be printed.
const Geta = '〓'

// Pieces parts a text into characters and finds each one's glyph, all in one typeface where one has them all.
// Control characters become blanks, radicals the characters that they look like: no face draws a radical.
func Pieces(text string) []Piece {
	pieces := split(nil, text)
	setInOneFace(pieces)
	return pieces
}

// Lines returns the pieces of each line of a text, all in one typeface where one has them all.
func Lines(text string) [][]Piece { return linesOf(strings.Split(text, "\n")...) }

// linesOf returns the pieces of texts that are read together.
func linesOf(texts ...string) [][]Piece {
	var all []Piece
	ends := make([]int, 0, len(texts))
	for _, text := range texts {
		all = split(all, text)
		ends = append(ends, len(all))
	}
	setInOneFace(all)
	lines, start := make([][]Piece, 0, len(texts)), 0
	for _, end := range ends {
		lines = append(lines, all[start:end:end])
		start = end
	}
	return lines
}

// split appends a text's characters, still without their glyphs.
func split(pieces []Piece, text string) []Piece {
	text = eligibility.FoldRadicals(text)
	pieces = slices.Grow(pieces, utf8.RuneCountInString(text))
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		p := Piece{Rune: r, Text: text[at : at+size]}
		if at += size; unicode.IsControl(r) {
			p.Rune, p.Text = ' ', " "
		} else if r == utf8.RuneError {
			p.Text = string(utf8.RuneError)
		}
		if next, size := utf8.DecodeRuneInString(text[at:]); isSelector(next) {
			at += size
			if p.Rune != ' ' { // a blank has no variants
				p.Text += text[at-size : at]
				p.Selector = next
			}
		}
		pieces = append(pieces, p)
	}
	return pieces
}

func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// setInOneFace sets Glyph and Found of a text's pieces, and Text to what will really be shown. The first face
// that has them all draws them: typefaces never mix within a name. Where none has them all, the one that has
// most of them does, and the others draw the rest.
func setInOneFace(pieces []Piece) {
	for i := range pieces {
		pieces[i].find()
	}
	if !slices.ContainsFunc(pieces, func(p Piece) bool { return p.Glyph.face != 0 }) {
		return // nearly always: the rare faces stay packed
	}
	best, most := 0, -1
	for face := range faces {
		n := 0
		for _, p := range pieces {
			if p.in(face) != 0 {
				n++
			}
		}
		if n > most {
			best, most = face, n
		}
	}
	for i := range pieces {
		if id := pieces[i].in(best); id != 0 {
			pieces[i].Glyph = Glyph{uint8(best), id}
		}
	}
}

// find takes the first face that has the piece's shape.
func (p *Piece) find() {
	if p.Selector != 0 {
		for i, open := range faces {
			if id := open().variant(p.Rune, p.Selector); id != 0 {
				p.Glyph = Glyph{uint8(i), id}
				return
			}
		}
		p.Found = Base
	}
	for i, open := range faces {
		if id := open().chars.glyph(p.Rune); id != 0 {
			p.Glyph = Glyph{uint8(i), id}
			return
		}
		if p.Rune < 0x2E80 {
			break // of what is no kanji the others have what the first has
		}
	}
	p.Found, p.Text = Missing, string(Geta)
	p.Glyph = Glyph{0, faces[0]().chars.glyph(Geta)}
}

// in returns the glyph that draws in a face what find found; 0 when the face does not have it.
func (p Piece) in(face int) uint16 {
	f := faces[face]()
	switch {
	case p.Found == Missing:
		return f.chars.glyph(Geta)
	case p.Found == Exact && p.Selector != 0:
		return f.variant(p.Rune, p.Selector)
	}
	return f.chars.glyph(p.Rune)
}

// Number returns the glyph's number in its own font file, as gopdf writes it for the main font.
func (g Glyph) Number() uint16 { return g.id }

// Printed returns a text as the fonts show it: 〓 for what they lack, the base character where a variant is
// missing.
func Printed(text string) string {
	var b strings.Builder
	for _, p := range Pieces(text) {
		b.WriteString(p.Text)
	}
	return b.String()
}

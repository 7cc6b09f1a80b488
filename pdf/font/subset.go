package font

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"unicode/utf16"
)

// Subset is the part of the fonts that one PDF font embeds: glyphs of all faces under new numbers, in the order of their
// first use. A glyph that stands for two texts (a character with and without its default selector) has two numbers, so that
// each is copied as it came in.
type Subset struct {
	glyphs []Glyph
	texts  []string
	index  map[subsetKey]uint16
}

type subsetKey struct {
	glyph Glyph
	text  string
}

// NewSubset begins with .notdef as number 0.
func NewSubset() *Subset {
	return &Subset{glyphs: []Glyph{{}}, texts: []string{""}, index: map[subsetKey]uint16{}}
}

// Number returns the piece's number in the subset, adding it when it is new.
func (s *Subset) Number(p Piece) uint16 {
	key := subsetKey{p.Glyph, p.Text}
	n, ok := s.index[key]
	if !ok {
		n = uint16(len(s.glyphs))
		s.index[key] = n
		s.glyphs, s.texts = append(s.glyphs, p.Glyph), append(s.texts, p.Text)
	}
	return n
}

// Len returns how many numbers there are.
func (s *Subset) Len() int { return len(s.glyphs) }

// Widths returns the array W of a CIDFont (ISO 32000-1 section 9.7.4.3), in thousandths of the em.
func (s *Subset) Widths() string {
	var b bytes.Buffer
	b.WriteString("[0[")
	for i, g := range s.glyphs {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d", (g.Advance()*1000+UnitsPerEm/2)/UnitsPerEm)
	}
	b.WriteString("]]")
	return b.String()
}

// ToUnicode returns the CMap that leads from numbers back to texts, in UTF-16 with surrogates and selectors: at most a
// hundred entries a block (Adobe Technical Note 5014).
func (s *Subset) ToUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	for start := 1; start < len(s.texts); start += 100 {
		end := min(start+100, len(s.texts))
		fmt.Fprintf(&b, "%d beginbfchar\n", end-start)
		for i := start; i < end; i++ {
			fmt.Fprintf(&b, "<%04X><", i)
			for _, u := range utf16.Encode([]rune(s.texts[i])) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end\n")
	return b.Bytes()
}

// TrueType returns the subset as a font file with the tables that a PDF needs (ISO 32000-1 section 9.9).
func (s *Subset) TrueType() []byte {
	t := s.tables()
	return assembled([]table{{"glyf", t.glyf}, {"head", t.head}, {"hhea", t.hhea}, {"hmtx", t.hmtx}, {"loca", t.loca}, {"maxp", t.maxp}})
}

// drawn are the tables that every font file with outlines has.
type drawn struct{ glyf, head, hhea, hmtx, loca, maxp []byte }

// tables cuts the outlines out of the faces.
func (s *Subset) tables() drawn {
	all := slices.Clone(s.glyphs) // the parts of composite glyphs follow at the end
	numbers := map[Glyph]uint16{}
	for i, g := range all {
		if _, ok := numbers[g]; !ok {
			numbers[g] = uint16(i)
		}
	}
	var t drawn
	for i := 0; i < len(all); i++ {
		g := all[i]
		f := faces[g.face]()
		t.loca = be.AppendUint32(t.loca, uint32(len(t.glyf)))
		outline := slices.Clone(f.outline(g.id))
		composite(outline, func(part uint16) uint16 {
			p := Glyph{g.face, part}
			n, ok := numbers[p]
			if !ok {
				n = uint16(len(all))
				numbers[p], all = n, append(all, p)
			}
			return n
		})
		t.glyf = append(t.glyf, outline...)
		for len(t.glyf)%4 != 0 {
			t.glyf = append(t.glyf, 0)
		}
		t.hmtx = append(be.AppendUint16(t.hmtx, uint16(f.advance(g.id))), f.bearing(g.id)...)
	}
	t.loca = be.AppendUint32(t.loca, uint32(len(t.glyf)))
	first := faces[0]()
	t.head, t.hhea, t.maxp = slices.Clone(first.head), slices.Clone(first.hhea), slices.Clone(first.maxp)
	be.PutUint16(t.head[50:], 1) // long offsets
	be.PutUint32(t.head[8:], 0)
	be.PutUint16(t.hhea[34:], uint16(len(all)))
	be.PutUint16(t.maxp[4:], uint16(len(all)))
	return t
}

// composite renumbers the parts of a composite glyph in place (OpenType: glyf, composite glyph description).
func composite(outline []byte, number func(uint16) uint16) {
	if len(outline) < 10 || int16(be.Uint16(outline)) >= 0 {
		return
	}
	for at := 10; at+4 <= len(outline); {
		flags := be.Uint16(outline[at:])
		be.PutUint16(outline[at+2:], number(be.Uint16(outline[at+2:])))
		at += 6
		if flags&0x0001 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&0x0008 != 0: // one scale
			at += 2
		case flags&0x0040 != 0: // two scales
			at += 4
		case flags&0x0080 != 0: // a matrix
			at += 8
		}
		if flags&0x0020 == 0 { // no more parts
			return
		}
	}
}

type table struct {
	tag  string
	data []byte
}

// assembled writes a font file of tables that are in the order of their tags.
func assembled(tables []table) []byte {
	out := []byte{0, 1, 0, 0}
	out = be.AppendUint16(out, uint16(len(tables)))
	power := bits.Len(uint(len(tables))) - 1 // of two, not above the number of tables
	out = append(out, 0, byte(16<<power), 0, byte(power), 0, byte(16*len(tables)-16<<power))
	offset := 12 + 16*len(tables)
	for _, t := range tables {
		out = append(out, t.tag...)
		out = be.AppendUint32(out, checksum(t.data))
		out = be.AppendUint32(out, uint32(offset))
		out = be.AppendUint32(out, uint32(len(t.data)))
		offset += (len(t.data) + 3) &^ 3
	}
	start := 0
	for _, t := range tables {
		if t.tag == "head" {
			start = len(out)
		}
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	be.PutUint32(out[start+8:], 0xB1B0AFBA-checksum(out)) // checkSumAdjustment
	return out
}

func checksum(data []byte) uint32 {
	var sum uint32
	for len(data) >= 4 {
		sum += be.Uint32(data)
		data = data[4:]
	}
	var last [4]byte
	copy(last[:], data)
	return sum + be.Uint32(last[:])
}

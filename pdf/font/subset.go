package font

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Subset is the part of the fonts that one PDF font embeds: glyphs of all faces under new numbers, in the
// order of their first use. A glyph that stands for two texts (a character with and without its default
// selector) has two numbers, so that each is copied as it came in.
type Subset struct {
	glyphs []Glyph
	texts  []string
	index  map[subsetKey]uint16
	recent [256]numbered // by the glyphs' last bits: the same few hundred come again and again
}

// numbered is a glyph with its number; 0: none.
type numbered struct {
	key    subsetKey
	number uint16
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
	recent := &s.recent[p.Glyph.id%uint16(len(s.recent))]
	if recent.number != 0 && recent.key == key {
		return recent.number
	}
	n, ok := s.index[key]
	if !ok {
		n = uint16(len(s.glyphs))
		key.text = strings.Clone(p.Text) // of a longer text, which need not stay
		s.index[key] = n
		s.glyphs, s.texts = append(s.glyphs, p.Glyph), append(s.texts, key.text)
	}
	*recent = numbered{subsetKey{p.Glyph, s.texts[n]}, n}
	return n
}

// Find returns the piece's number if the subset has it.
func (s *Subset) Find(p Piece) (uint16, bool) {
	n, ok := s.index[subsetKey{p.Glyph, p.Text}]
	return n, ok
}

// Len returns how many numbers there are.
func (s *Subset) Len() int { return len(s.glyphs) }

// ToUnicode returns the CMap that leads from numbers back to texts, in UTF-16 with surrogates and selectors:
// at most a hundred entries a block (Adobe Technical Note 5014).
func (s *Subset) ToUnicode() []byte {
	b := make([]byte, 0, 320+24*len(s.texts))
	b = append(b, "/CIDInit /ProcSet findresource begin 12 dict begin "+
		"begincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"+
		"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n1 begincodespacerange<0000>"+
		"<FFFF>endcodespacerange\n"...)
	for start := 1; start < len(s.texts); start += 100 {
		end := min(start+100, len(s.texts))
		b = append(strconv.AppendInt(b, int64(end-start), 10), " beginbfchar\n"...)
		for i := start; i < end; i++ {
			b = append(appendHex(append(b, '<'), uint16(i)), "><"...)
			for _, r := range s.texts[i] {
				if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
					b = appendHex(appendHex(b, uint16(high)), uint16(low))
				} else {
					b = appendHex(b, uint16(r))
				}
			}
			b = append(b, ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap CMapName currentdict/CMap defineresource pop end end\n"...)
}

func appendHex(b []byte, v uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}

// Program is what a PDF font embeds of a subset.
type Program struct {
	// a font file with the tables that a PDF needs (ISO 32000-1 section 9.9)
	TrueType []byte
	// the array W of a CIDFont (section 9.7.4.3), in thousandths of the em
	Widths []byte
	// the CIDSet (section 9.8.3.2): a bit for every glyph of the file, which PDF/A-1 wants complete
	Set []byte
}

// Program makes the font file of the glyphs so far, and of the parts of those that are composed of others.
func (s *Subset) Program() Program {
	t, all := s.tables()
	return Program{assembleFont([]table{
		{"glyf", t.glyf},
		{"head", t.head},
		{"hhea", t.hhea},
		{"hmtx", t.hmtx},
		{"loca", t.loca},
		{"maxp", t.maxp},
	}), widths(all), setBits(len(all))}
}

// drawnGlyphs are the tables that every font file with outlines has.
type drawnGlyphs struct{ glyf, head, hhea, hmtx, loca, maxp []byte }

// tables cuts the outlines out of the faces, and returns the glyphs that they are of.
func (s *Subset) tables() (drawnGlyphs, []Glyph) {
	all := slices.Clone(s.glyphs) // the parts of composite glyphs follow at the end
	var numbers map[Glyph]uint16
	number := func(g Glyph) uint16 {
		if numbers == nil { // few subsets have a composite glyph
			numbers = make(map[Glyph]uint16, len(all))
			for i, g := range slices.Backward(all) {
				numbers[g] = uint16(i)
			}
		}
		n, ok := numbers[g]
		if !ok {
			n = uint16(len(all))
			numbers[g], all = n, append(all, g)
		}
		return n
	}
	t := drawnGlyphs{glyf: make([]byte, 0, 192*len(all)), loca: make([]byte, 0, 4*len(all)+4),
		hmtx: make([]byte, 0, 4*len(all))}
	for i := 0; i < len(all); i++ {
		g := all[i]
		f := faces[g.face]()
		start := len(t.glyf)
		t.loca = be.AppendUint32(t.loca, uint32(start))
		t.glyf = append(t.glyf, f.outline(g.id)...)
		renumberComposite(t.glyf[start:], func(part uint16) uint16 { return number(Glyph{g.face, part}) })
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
	return t, all
}

// mostElements is how long PDF/A-1 lets an array be, with room to spare (ISO 19005-1 section 6.1.12: 8,191).
const mostElements = 4000

func widths(glyphs []Glyph) []byte {
	b := append(make([]byte, 0, 16+5*len(glyphs)), '[')
	for i, g := range glyphs {
		if i%mostElements == 0 {
			if i > 0 {
				b = append(b, ']')
			}
			b = append(strconv.AppendInt(b, int64(i), 10), '[')
		} else {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64((g.Advance()*1000+UnitsPerEm/2)/UnitsPerEm), 10)
	}
	return append(b, "]]"...)
}

// setBits returns n bits that are set, one a glyph, the highest of the first byte for .notdef.
func setBits(n int) []byte {
	b := make([]byte, (n+7)/8)
	for i := range n {
		b[i/8] |= 0x80 >> (i % 8)
	}
	return b
}

// renumberComposite renumbers the parts of a composite glyph in place (OpenType: glyf, composite glyph
// description).
func renumberComposite(outline []byte, number func(uint16) uint16) {
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

// assembleFont writes a font file of tables that are in the order of their tags.
func assembleFont(tables []table) []byte {
	size := 12
	for _, t := range tables {
		size += 16 + len(t.data) + 3
	}
	out := append(make([]byte, 0, size), 0, 1, 0, 0)
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

package font

import (
	"encoding/binary"
	"errors"
)

// face is a parsed TrueType font (OpenType 1.9): what drawing and cutting need of it.
type face struct {
	glyf     []byte
	loca     []uint32
	hmtx     []byte
	metrics  int // entries of hmtx with an advance of their own
	head     []byte
	hhea     []byte
	maxp     []byte
	chars    charGlyphs
	variants map[[2]rune]uint16 // base and selector; 0 = the base's own glyph
}

// charGlyphs are the glyphs of characters; nearly all are looked for in the Basic Multilingual Plane.
type charGlyphs struct {
	low  [1 << 16]uint16
	high map[rune]uint16
}

// glyph returns a character's glyph, 0 when the font has none.
func (c *charGlyphs) glyph(r rune) uint16 {
	if r >= 0 && int(r) < len(c.low) {
		return c.low[r]
	}
	return c.high[r]
}

func (c *charGlyphs) set(r rune, id uint16) {
	if r >= 0 && int(r) < len(c.low) {
		c.low[r] = id
	} else {
		c.high[r] = id
	}
}

var errTrueType = errors.New("not a TrueType font with the tables that are needed")

var be = binary.BigEndian

func parseFace(data []byte) (*face, error) {
	if len(data) < 12 {
		return nil, errTrueType
	}
	tables := map[string][]byte{}
	for i := range int(be.Uint16(data[4:])) {
		entry := data[12+16*i:]
		start, length := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		tables[string(entry[:4])] = data[start : start+length]
	}
	f := &face{
		glyf:     tables["glyf"],
		hmtx:     tables["hmtx"],
		head:     tables["head"],
		hhea:     tables["hhea"],
		maxp:     tables["maxp"],
		chars:    charGlyphs{high: map[rune]uint16{}},
		variants: map[[2]rune]uint16{},
	}
	if f.glyf == nil || f.hmtx == nil || len(f.head) < 54 || len(f.hhea) < 36 || len(f.maxp) < 6 ||
		tables["cmap"] == nil || be.Uint16(f.head[18:]) != UnitsPerEm {
		return nil, errTrueType
	}
	f.metrics = int(be.Uint16(f.hhea[34:]))
	loca := tables["loca"]
	for i := range int(be.Uint16(f.maxp[4:])) + 1 {
		if be.Uint16(f.head[50:]) == 0 {
			f.loca = append(f.loca, 2*uint32(be.Uint16(loca[2*i:])))
		} else {
			f.loca = append(f.loca, be.Uint32(loca[4*i:]))
		}
	}
	cmap := tables["cmap"]
	for i := range int(be.Uint16(cmap[2:])) {
		table := cmap[be.Uint32(cmap[8+8*i:]):]
		switch be.Uint16(table) {
		case 4:
			f.segments(table)
		case 12:
			f.groups(table)
		case 14:
			f.sequences(table)
		}
	}
	return f, nil
}

// segments reads a cmap of format 4.
func (f *face) segments(t []byte) {
	n := int(be.Uint16(t[6:])) / 2
	ends, starts := t[14:], t[16+2*n:]
	deltas, offsets := t[16+4*n:], t[16+6*n:]
	for i := range n {
		start, end := int(be.Uint16(starts[2*i:])), int(be.Uint16(ends[2*i:]))
		offset := int(be.Uint16(offsets[2*i:]))
		for c := start; c <= end && c != 0xFFFF; c++ {
			id := uint16(c)
			if offset != 0 {
				if id = be.Uint16(offsets[2*i+offset+2*(c-start):]); id == 0 {
					continue
				}
			}
			if id += be.Uint16(deltas[2*i:]); id != 0 {
				f.chars.set(rune(c), id)
			}
		}
	}
}

// groups reads a cmap of format 12.
func (f *face) groups(t []byte) {
	for i := range int(be.Uint32(t[12:])) {
		g := t[16+12*i:]
		start, end, id := be.Uint32(g), be.Uint32(g[4:]), be.Uint32(g[8:])
		for c := start; c <= end; c++ {
			f.chars.set(rune(c), uint16(id+c-start))
		}
	}
}

// sequences reads a cmap of format 14.
func (f *face) sequences(t []byte) {
	u24 := func(b []byte) rune { return rune(b[0])<<16 | rune(b[1])<<8 | rune(b[2]) }
	for i := range int(be.Uint32(t[6:])) {
		record := t[10+11*i:]
		selector := u24(record)
		if at := be.Uint32(record[3:]); at != 0 {
			ranges := t[at:]
			for j := range int(be.Uint32(ranges)) {
				start := u24(ranges[4+4*j:])
				for c := start; c <= start+rune(ranges[4+4*j+3]); c++ {
					f.variants[[2]rune{c, selector}] = 0
				}
			}
		}
		if at := be.Uint32(record[7:]); at != 0 {
			mappings := t[at:]
			for j := range int(be.Uint32(mappings)) {
				m := mappings[4+5*j:]
				f.variants[[2]rune{u24(m), selector}] = be.Uint16(m[3:])
			}
		}
	}
}

// variant returns the glyph of a sequence, 0 when the font does not have it.
func (f *face) variant(base, selector rune) uint16 {
	id, ok := f.variants[[2]rune{base, selector}]
	if ok && id == 0 {
		return f.chars.glyph(base)
	}
	return id
}

func (f *face) advance(id uint16) int {
	i := min(int(id), f.metrics-1)
	return int(be.Uint16(f.hmtx[4*i:]))
}

func (f *face) bearing(id uint16) []byte {
	if int(id) < f.metrics {
		return f.hmtx[4*int(id)+2:][:2]
	}
	return f.hmtx[4*f.metrics+2*(int(id)-f.metrics):][:2]
}

func (f *face) outline(id uint16) []byte { return f.glyf[f.loca[id]:f.loca[int(id)+1]] }

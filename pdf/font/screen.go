package font

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf16"
)

// ScreenFamily is what a font of ForScreen calls itself.
const ScreenFamily = "Madoguchi Name"

const screenLicence = "Cut from BIZ UDPGothic (SIL Open Font License 1.1), " +
	"IPAmj Mincho (IPA Font License 1.0) and " +
	"Hanazono Mincho (SIL Open Font License 1.1) to show one person's document."

// ForScreen returns a TrueType font with the shapes of the texts for a browser, so that a name is right on a
// phone whose own fonts lack a kanji or its variant: characters by cmap formats 4 and 12, variation sequences
// by format 14 (OpenType 1.9.1). All are of one typeface where one has them all. A character that no face has
// is left out: the phone may try its own fonts. It returns nil where no shape is left to be drawn, since
// browsers refuse a font without characters.
func ForScreen(texts ...string) []byte {
	s := NewSubset()
	chars, sequences := map[rune]uint16{}, map[[2]rune]uint16{}
	drawn := false
	add := func(p Piece) {
		if p.Found == Missing {
			return
		}
		drawn = drawn || len(faces[p.Glyph.face]().outline(p.Glyph.id)) > 0
		if p.Selector != 0 && p.Found == Exact {
			sequences[[2]rune{p.Rune, p.Selector}] = s.Number(p)
			return
		}
		p.Text = string(p.Rune) // a variant that no face has is drawn as its base
		chars[p.Rune] = s.Number(p)
	}
	for _, line := range linesOf(texts...) {
		for _, p := range line {
			add(p)
			if p.Selector != 0 { // browsers look for a font by the base character
				base := Piece{Rune: p.Rune, Text: string(p.Rune)}
				if base.find(); base.in(int(p.Glyph.face)) != 0 {
					base.Glyph = Glyph{p.Glyph.face, base.in(int(p.Glyph.face))}
				}
				add(base)
			}
		}
	}
	if !drawn {
		return nil
	}
	t, all := s.tables()
	setLimits(t, all)
	post := append([]byte{0, 3, 0, 0}, make([]byte, 28)...) // no glyph names
	return assembleFont([]table{
		{"OS/2", windowsMetrics(chars, t)}, {"cmap", characterMap(chars, sequences)}, {"glyf", t.glyf},
		{"head", t.head}, {"hhea", t.hhea}, {"hmtx", t.hmtx}, {"loca", t.loca}, {"maxp", t.maxp},
		{"name", screenNames()}, {"post", post},
	})
}

// Complete reports whether the faces have every shape of a text: each character, each variant by a selector.
func Complete(text string) bool {
	return !slices.ContainsFunc(Pieces(text), func(p Piece) bool { return p.Found != Exact })
}

// setLimits says in head and hhea what the glyphs of this font reach (OpenType: head xMin to yMax, hhea
// advanceWidthMax to xMaxExtent), and in maxp the limits of all faces.
func setLimits(t drawnGlyphs, all []Glyph) {
	for _, open := range faces {
		for at := 6; at+2 <= min(len(t.maxp), len(open().maxp)); at += 2 {
			be.PutUint16(t.maxp[at:], max(be.Uint16(t.maxp[at:]), be.Uint16(open().maxp[at:])))
		}
	}
	const most = 1<<15 - 1
	low, high := [2]int{most, most}, [2]int{-most, -most} // of x and y
	left, right, extent, widest := most, most, -most, 0
	for i, g := range all {
		advance := g.Advance()
		widest = max(widest, advance)
		outline := t.glyf[be.Uint32(t.loca[4*i:]):be.Uint32(t.loca[4*i+4:])]
		if len(outline) == 0 {
			continue // a blank reaches nowhere
		}
		box := func(at int) int { return int(int16(be.Uint16(outline[at:]))) }
		for axis := range 2 {
			low[axis], high[axis] = min(low[axis], box(2+2*axis)), max(high[axis], box(6+2*axis))
		}
		bearing, width := int(int16(be.Uint16(t.hmtx[4*i+2:]))), box(6)-box(2)
		left, right = min(left, bearing), min(right, advance-bearing-width)
		extent = max(extent, bearing+width)
	}
	for i, v := range []int{low[0], low[1], high[0], high[1]} {
		be.PutUint16(t.head[36+2*i:], uint16(v))
	}
	for i, v := range []int{widest, left, right, extent} {
		be.PutUint16(t.hhea[10+2*i:], uint16(v))
	}
}

// characterMap writes a cmap, in which every system's text engine finds its own sub-table. Variations have
// one only where there are some: browsers refuse the whole font for one without records.
func characterMap(chars map[rune]uint16, sequences map[[2]rune]uint16) []byte {
	all := slices.Sorted(maps.Keys(chars))
	type subTable struct {
		platform, encoding uint16
		data               []byte
	}
	parts := []subTable{{3, 1, basicTable(all, chars)}, {3, 10, fullTable(all, chars)}}
	if len(sequences) > 0 {
		parts = slices.Insert(parts, 0, subTable{0, 5, variationTable(sequences)}) // sorted by platform
	}
	out := []byte{0, 0, 0, byte(len(parts))}
	offset := len(out) + 8*len(parts)
	for _, p := range parts {
		out = be.AppendUint32(be.AppendUint16(be.AppendUint16(out, p.platform), p.encoding), uint32(offset))
		offset += len(p.data)
	}
	for _, p := range parts {
		out = append(out, p.data...)
	}
	return out
}

// basicTable is format 4: the basic plane, a segment a character.
func basicTable(all []rune, chars map[rune]uint16) []byte {
	var ends, starts, deltas []byte
	n := 1
	for _, r := range all {
		if r >= 0xFFFF {
			break
		}
		n++
		ends, starts = be.AppendUint16(ends, uint16(r)), be.AppendUint16(starts, uint16(r))
		deltas = be.AppendUint16(deltas, chars[r]-uint16(r))
	}
	ends, starts = be.AppendUint16(ends, 0xFFFF), be.AppendUint16(starts, 0xFFFF)
	deltas = be.AppendUint16(deltas, 1) // the last leads to no glyph
	power := 0
	for 2<<power <= n {
		power++
	}
	var out []byte
	for _, v := range []int{4, 16 + 8*n, 0, 2 * n, 2 << power, power, 2*n - 2<<power} {
		out = be.AppendUint16(out, uint16(v))
	}
	return slices.Concat(out, ends, []byte{0, 0}, starts, deltas, make([]byte, 2*n))
}

// fullTable is format 12: all planes, a group a character.
func fullTable(all []rune, chars map[rune]uint16) []byte {
	out := be.AppendUint32([]byte{0, 12, 0, 0}, uint32(16+12*len(all)))
	out = be.AppendUint32(be.AppendUint32(out, 0), uint32(len(all)))
	for _, r := range all {
		out = be.AppendUint32(be.AppendUint32(be.AppendUint32(out, uint32(r)), uint32(r)), uint32(chars[r]))
	}
	return out
}

// variationTable is format 14: each sequence with a glyph of its own.
func variationTable(sequences map[[2]rune]uint16) []byte {
	bySelector := func(a, b [2]rune) int {
		return cmp.Or(cmp.Compare(a[1], b[1]), cmp.Compare(a[0], b[0]))
	}
	all := slices.SortedFunc(maps.Keys(sequences), bySelector)
	var selectors []rune
	mappings := map[rune][]byte{}
	for _, s := range all {
		if _, known := mappings[s[1]]; !known {
			selectors = append(selectors, s[1])
		}
		base := append(mappings[s[1]], byte(s[0]>>16), byte(s[0]>>8), byte(s[0]))
		mappings[s[1]] = be.AppendUint16(base, sequences[s])
	}
	records := be.AppendUint32(nil, uint32(len(selectors)))
	var tables []byte
	for _, v := range selectors {
		// none is the base's own glyph
		records = append(records, byte(v>>16), byte(v>>8), byte(v), 0, 0, 0, 0)
		records = be.AppendUint32(records, uint32(10+11*len(selectors)+len(tables)))
		tables = append(be.AppendUint32(tables, uint32(len(mappings[v])/5)), mappings[v]...)
	}
	return slices.Concat(be.AppendUint32([]byte{0, 14}, uint32(6+len(records)+len(tables))), records, tables)
}

// windowsMetrics is OS/2 of version 4 with the line height of hhea. A character beyond the basic plane counts
// as FFFF.
func windowsMetrics(chars map[rune]uint16, t drawnGlyphs) []byte {
	first, last := rune(0xFFFF), rune(0)
	for r := range chars {
		first, last = min(first, r), max(last, min(r, 0xFFFF))
	}
	up, down := be.Uint16(t.hhea[4:]), be.Uint16(t.hhea[6:]) // down is negative
	out := make([]byte, 96)
	for at, v := range map[int]uint16{
		0: 4, 2: averageWidth(t.hmtx), 4: 400, 6: 5, 62: 0x40, 64: uint16(first), 66: uint16(last),
		68: up, 70: down, 74: up, 76: -down, 92: ' ',
	} {
		be.PutUint16(out[at:], v)
	}
	copy(out[58:], "NONE")
	return out
}

// averageWidth is the mean of all widths that are not zero (OpenType: OS/2 xAvgCharWidth).
func averageWidth(hmtx []byte) uint16 {
	sum, n := 0, 0
	for at := 0; at < len(hmtx); at += 4 {
		if advance := int(be.Uint16(hmtx[at:])); advance > 0 {
			sum, n = sum+advance, n+1
		}
	}
	return uint16((sum + n/2) / max(n, 1))
}

// screenNames is the table name for Windows, in English.
func screenNames() []byte {
	texts := []struct {
		id   uint16
		text string
	}{
		{0, screenLicence},
		{1, ScreenFamily},
		{2, "Regular"},
		{3, ScreenFamily + " Regular"},
		{4, ScreenFamily},
		{5, "Version 1.0"},
		{6, "MadoguchiName-Regular"},
		{13, screenLicence},
	}
	out := be.AppendUint16([]byte{0, 0, 0, byte(len(texts))}, uint16(6+12*len(texts)))
	var storage []byte
	for _, t := range texts {
		start := len(storage)
		for _, u := range utf16.Encode([]rune(t.text)) {
			storage = be.AppendUint16(storage, u)
		}
		for _, v := range []int{3, 1, 0x409, int(t.id), len(storage) - start, start} {
			out = be.AppendUint16(out, uint16(v))
		}
	}
	return append(out, storage...)
}

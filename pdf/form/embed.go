package form

import (
	"fmt"

	"madoguchi/pdf/font"
)

// embedded is a subset as it goes into a file.
type embedded struct {
	font.Program
	file, unicode packedData
}

func embedFont(s *font.Subset, how *packing) embedded {
	p := s.Program()
	return embedded{p, how.packData(p.TrueType), how.packData(s.ToUnicode())}
}

// font writes a composite font whose numbers are its glyphs (ISO 32000-1 section 9.7).
func (w *Writer) font(id int, name string, e embedded) {
	cid, descriptor, file, unicode, set := w.reserve(), w.reserve(), w.reserve(), w.reserve(), w.reserve()
	w.object(
		id,
		"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]"+
			"/ToUnicode %d 0 R>>",
		name,
		cid,
		unicode,
	)
	w.object(
		cid,
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"+
			"/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W %s>>",
		name,
		descriptor,
		e.Widths,
	)
	w.object(
		descriptor,
		"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[-1000 -500 2000 1200]/ItalicAngle 0"+
			"/Ascent 880/Descent -120/CapHeight 740/StemV 80/FontFile2 %d 0 R/CIDSet %d 0 R>>",
		name,
		file,
		set,
	)
	w.stream(file, fmt.Sprintf("%s/Length1 %d", e.file.filter, len(e.TrueType)), e.file.data)
	w.stream(unicode, e.unicode.filter, e.unicode.data)
	w.stream(set, "", e.Set)
}

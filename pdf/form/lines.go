package form

import (
	"strings"

	"madoguchi/pdf/font"
)

// fittedText is a text as it fits its slot.
type fittedText struct {
	lines   [][]font.Piece
	size    float64
	squeeze float64 // horizontal scale, 1 = none
}

// fit sets a text as large as the slot allows: smaller first, then on several lines, and at last squeezed
// sideways, which the caller must have looked at by hand.
func (s *Slot) fit(text string) fittedText {
	paragraphs := font.Lines(text)
	least, most := s.Least, max(s.Lines, 1)
	if least == 0 || s.Fixed {
		least = s.Size
	}
	widest := 0.0
	for _, p := range paragraphs {
		widest = max(widest, widthInEms(p))
	}
	if size := min(s.Size, s.Width/max(widest, 0.001)); size >= least && len(paragraphs) <= most {
		return fittedText{paragraphs, size, 1}
	}
	for size := s.Size; size >= least; size -= 0.25 {
		if lines := wrapLines(paragraphs, s.Width/size); len(lines) <= most && most > 1 &&
			s.high(len(lines), size) {
			return fittedText{lines, size, 1}
		}
	}
	for squeeze := 0.98; squeeze > 0.02; squeeze -= 0.02 {
		if lines := wrapLines(paragraphs, s.Width/least/squeeze); len(lines) <= most {
			return fittedText{lines, least, squeeze}
		}
	}
	return fittedText{paragraphs[:min(len(paragraphs), most)], least, 0.02}
}

// high reports whether so many lines fit the slot's height.
func (s *Slot) high(lines int, size float64) bool {
	return s.Height == 0 || float64(lines)*size*s.leading() <= s.Height
}

func (s *Slot) leading() float64 {
	if s.Leading == 0 {
		return 1.25
	}
	return s.Leading
}

// widthInEms returns the width of a line at size 1.
func widthInEms(pieces []font.Piece) float64 {
	units := 0
	for _, p := range pieces {
		units += p.Glyph.Advance()
	}
	return float64(units) / font.UnitsPerEm
}

// wrapLines breaks paragraphs into lines of at most width ems.
func wrapLines(paragraphs [][]font.Piece, width float64) [][]font.Piece {
	var lines [][]font.Piece
	for _, p := range paragraphs {
		for widthInEms(p) > width {
			cut := breakAt(p, width)
			lines = append(lines, p[:cut])
			if p = p[cut:]; len(p) > 0 && p[0].Rune == ' ' {
				p = p[1:]
			}
		}
		lines = append(lines, p)
	}
	return lines
}

// breakAt returns how many characters go on a line: as many as fit, but Latin words whole, no closing mark at
// a line's beginning and no opening one at its end (JIS X 4051 行頭禁則, 行末禁則).
func breakAt(p []font.Piece, width float64) int {
	cut, units := 0, 0.0
	for cut < len(p) {
		units += float64(p[cut].Glyph.Advance()) / font.UnitsPerEm
		if units > width {
			break
		}
		cut++
	}
	cut = max(cut, 1)
	if cut == len(p) {
		return cut
	}
	for word := cut; word > 0 && p[word-1].Rune < 0x2E80; word-- {
		if p[word].Rune == ' ' {
			return word
		}
	}
	for back := range 3 {
		at := cut - back
		if at < 2 {
			break
		}
		if !strings.ContainsRune("、。・）」』ー々ゃゅょっぁぃぅぇぉァィゥェォャュョッ？！", p[at].Rune) &&
			!strings.ContainsRune("（「『〒", p[at-1].Rune) {
			return at
		}
	}
	return cut
}

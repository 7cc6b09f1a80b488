package form

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"madoguchi/pdf/font"
)

// Person is what one page shows: a text for each slot, a code for each place. A slot without a value stays empty.
type Person struct {
	Values  map[string]string
	Codes   map[string]*Code
	Reading string   // 氏名カナ, told beside a character that cannot be printed
	Notes   []string // what the document itself has to tell at the foot, before the notes about shapes
}

// NotesSlot is the slot that takes the notes about characters; every form has one.
const NotesSlot = "notes"

// narrow is how far letters may be squeezed sideways before somebody should look at them.
const narrow = 0.8

// Report tells what a person should look at before a page goes out. Both lists are empty for nearly everyone.
type Report struct {
	Notes []string // as printed at the page's foot
	Check []string // why the page belongs on the hand-check list: what is missing or squeezed
}

// stamp writes a person's texts as operators, numbering glyphs in subset.
func (f *Form) stamp(out *bytes.Buffer, subset *font.Subset, p Person) Report {
	r := Report{Notes: slices.Clone(p.Notes)}
	var notes *Slot
	for i := range f.Slots {
		s := &f.Slots[i]
		if s.Name == NotesSlot {
			notes = s
			continue
		}
		text := p.Values[s.Name]
		if text == "" {
			continue
		}
		fitted := s.fit(text)
		if fitted.squeeze < narrow {
			r.check(fmt.Sprintf("%s: 枠に収まらないため字幅を縮めました", s.Name))
		}
		for _, line := range fitted.lines {
			for _, piece := range line {
				r.piece(piece, p.Reading)
			}
		}
		s.draw(out, subset, fitted)
	}
	if notes != nil && len(r.Notes) > 0 {
		text := r.Notes[0]
		for _, n := range r.Notes[1:] {
			text += "　" + n
		}
		fitted := notes.fit(text)
		if fitted.squeeze < narrow {
			r.check("注記が枠に収まりません")
		}
		notes.draw(out, subset, fitted)
	}
	return r
}

// piece notes a character that is not printed as it came in: never a blank, never another shape without a word.
func (r *Report) piece(p font.Piece, reading string) {
	switch p.Found {
	case font.Base:
		r.note(fmt.Sprintf("「%c」は登録された字体と異なります（U+%04X U+%04X）", p.Rune, p.Rune, p.Selector))
	case font.Missing:
		text := fmt.Sprintf("〓 = 印字できない文字 U+%04X", p.Rune)
		if reading != "" {
			text += "／カナ " + reading
		}
		r.note(text)
		r.check(fmt.Sprintf("印字できない文字 U+%04X", p.Rune))
	}
}

func (r *Report) note(s string) {
	if !slices.Contains(r.Notes, s) {
		r.Notes = append(r.Notes, s)
	}
}

func (r *Report) check(s string) {
	if !slices.Contains(r.Check, s) {
		r.Check = append(r.Check, s)
	}
}

const hexDigits = "0123456789ABCDEF"

func (s *Slot) draw(out *bytes.Buffer, subset *font.Subset, t set) {
	leading := s.leading()
	y := s.Y
	if !s.Down {
		y += float64(len(t.lines)-1) * leading * t.size / 2
	}
	// a smaller text keeps the middle of its line where the larger would have it
	y += (s.Size - t.size) * 0.36
	b := out.AvailableBuffer()
	b = append(b, "BT /P "...)
	b = append(b, short(t.size)...)
	b = append(b, " Tf 0 Tc "...)
	b = append(b, s.Color...)
	b = append(b, " rg "...)
	if s.Bold {
		b = append(b, boldOn(t.size, s.Color)...)
	}
	if t.squeeze < 1 {
		b = append(b, short(100*t.squeeze)...)
		b = append(b, " Tz "...)
	}
	for _, line := range t.lines {
		x := s.X
		switch s.Align {
		case Right:
			x -= em(line) * t.size * t.squeeze
		case Centre:
			x -= em(line) * t.size * t.squeeze / 2
		}
		b = append(b, "1 0 0 1 "...)
		b = strconv.AppendFloat(b, x, 'f', 2, 64)
		b = append(b, ' ')
		b = strconv.AppendFloat(b, y, 'f', 2, 64)
		b = append(b, " Tm <"...)
		for _, p := range line {
			n := subset.Number(p)
			b = append(b, hexDigits[n>>12], hexDigits[n>>8&15], hexDigits[n>>4&15], hexDigits[n&15])
		}
		b = append(b, "> Tj "...)
		y -= leading * t.size
	}
	if t.squeeze < 1 {
		b = append(b, "100 Tz "...)
	}
	if s.Bold {
		b = append(b, "0 Tr "...)
	}
	b = append(b, "ET\n"...)
	out.Write(b)
}

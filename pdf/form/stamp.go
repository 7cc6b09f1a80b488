package form

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"madoguchi/message"
	"madoguchi/pdf/font"
)

// Person is what one page shows: a text for each slot, a code for each place. A slot without a value stays
// empty.
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

// stamped is what a person's page bears beside the form's drawing.
type stamped struct {
	text     []byte // operators
	contents []content
	colour   string // that is set; empty: as what stands before left it, like the room between letters
}

// reset begins another content.
func (o *stamped) reset() { o.text, o.contents, o.colour = o.text[:0], o.contents[:0], "" }

// content is a run of operators that is one marked content.
type content struct{ number, start, end int }

// mark notes that all operators since start are the content of that number.
func (o *stamped) mark(number, start int) {
	o.contents = append(o.contents, content{number, start, len(o.text)})
}

// tagged returns the operators with a mark about each content.
func (o *stamped) tagged() []byte {
	out := make([]byte, 0, len(o.text)+32*len(o.contents))
	for _, c := range o.contents {
		out = append(strconv.AppendInt(append(out, "/Span<</MCID "...), int64(c.number), 10), ">>BDC\n"...)
		out = append(out, o.text[c.start:c.end]...)
		out = append(out, "EMC\n"...)
	}
	return out
}

// fonts are what values are shown with: glyphs that labels have too with the labels' font, which is in the
// file already, the others with the values' own. labels may be nil.
type fonts struct{ labels, values *font.Subset }

// number returns the name of the font that shows a piece, and the piece's number in it.
func (f fonts) number(p font.Piece) (name byte, n uint16) {
	if f.labels != nil {
		if n, ok := f.labels.Find(p); ok {
			return 'L', n
		}
	}
	return 'P', f.values.Number(p)
}

// stamp writes a person's texts as operators, but for those that pages share.
func (f *Form) stamp(out *stamped, with fonts, p Person, alike *repeated) Report {
	r := Report{Notes: slices.Clone(p.Notes)}
	notes := -1
	for i := range f.Slots {
		s := &f.Slots[i]
		if s.Name == NotesSlot {
			notes = i
			continue
		}
		if alike.hasText(i) {
			continue
		}
		if text := p.Values[s.Name]; text != "" {
			f.stampSlot(out, with, i, text, p.Reading, &r)
		}
	}
	if notes >= 0 && len(r.Notes) > 0 {
		fitted := f.Slots[notes].fit(strings.Join(r.Notes, "　"))
		if fitted.squeeze < narrow {
			r.check("paper.check.notes", nil)
		}
		start := len(out.text)
		f.Slots[notes].draw(out, with, fitted)
		out.mark(f.marked+notes, start)
	}
	return r
}

// stampSlot writes a text into a slot, and reports what is to be told of it.
func (f *Form) stampSlot(out *stamped, with fonts, slot int, text, reading string, r *Report) {
	s := &f.Slots[slot]
	fitted := s.fit(text)
	if fitted.squeeze < narrow {
		r.check("paper.check.squeezed", message.Args{"slot": message.Text(f.word(s.Name))})
	}
	for _, line := range fitted.lines {
		for _, piece := range line {
			r.piece(piece, reading)
		}
	}
	start := len(out.text)
	s.draw(out, with, fitted)
	out.mark(f.marked+slot, start)
}

// piece notes a character that is not printed as it came in: never a blank, never another shape without a
// word.
func (r *Report) piece(p font.Piece, reading string) {
	switch p.Found {
	case font.Base:
		r.note("paper.note.variant", message.Args{
			"character": message.Text(string(p.Rune)),
			"code":      codePoint(p.Rune),
			"selector":  codePoint(p.Selector),
		})
	case font.Missing:
		said := message.Args{"code": codePoint(p.Rune), "reading": message.Text(reading)}
		if reading == "" {
			r.note("paper.note.missing", said)
		} else {
			r.note("paper.note.missing_with_reading", said)
		}
		r.check("paper.check.missing", said)
	}
}

// codePoint names a character as Unicode does: U+30000.
func codePoint(r rune) message.Value { return message.Text(fmt.Sprintf("U+%04X", r)) }

// word is what people call a slot.
func (f *Form) word(slot string) string {
	if f.SlotWord == nil {
		return slot
	}
	return f.SlotWord(slot)
}

// note and check add a sentence of the catalogue, in the language of the papers, once.
func (r *Report) note(key string, args message.Args) {
	if s := message.New(key, args).Text("ja"); !slices.Contains(r.Notes, s) {
		r.Notes = append(r.Notes, s)
	}
}

func (r *Report) check(key string, args message.Args) {
	if s := message.New(key, args).Text("ja"); !slices.Contains(r.Check, s) {
		r.Check = append(r.Check, s)
	}
}

func appendHex(b []byte, v uint16) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}

// draw appends the operators of a text that fits the slot. What the text before it in the same content has
// set already holds on (ISO 32000-1 section 8.4.1).
func (s *Slot) draw(out *stamped, with fonts, t fittedText) {
	leading := s.leading()
	y := s.Y
	if !s.Down {
		y += float64(len(t.lines)-1) * leading * t.size / 2
	}
	// a smaller text keeps the middle of its line where the larger would have it
	y += (s.Size - t.size) * 0.36
	b := append(out.text, "BT "...)
	if out.colour == "" {
		b = append(b, "0 Tc "...)
	}
	if out.colour != s.Color {
		b = append(append(b, s.Color...), " rg "...)
		out.colour = s.Color
	}
	if s.Bold {
		b = append(append(b, s.Color...), " RG "...)
		b = append(appendShort(b, t.size/bold), " w 2 Tr "...)
	}
	if t.squeeze < 1 {
		b = appendShort(b, 100*t.squeeze)
		b = append(b, " Tz "...)
	}
	var chosen byte // the font that is set
	for _, line := range t.lines {
		x := s.X
		switch s.Align {
		case Right:
			x -= widthInEms(line) * t.size * t.squeeze
		case Centre:
			x -= widthInEms(line) * t.size * t.squeeze / 2
		}
		b = append(b, "1 0 0 1 "...)
		b = appendShort(b, x)
		b = append(b, ' ')
		b = appendShort(b, y)
		b = append(b, " Tm "...)
		open := false
		for _, p := range line {
			name, n := with.number(p)
			if open && name != chosen {
				b, open = append(b, "> Tj "...), false
			}
			if name != chosen {
				b = append(appendShort(append(b, '/', name, ' '), t.size), " Tf "...)
				chosen = name
			}
			if !open {
				b, open = append(b, '<'), true
			}
			b = appendHex(b, n)
		}
		if open {
			b = append(b, "> Tj "...)
		}
		y -= leading * t.size
	}
	if t.squeeze < 1 {
		b = append(b, "100 Tz "...)
	}
	if s.Bold {
		b = append(b, "0 Tr "...)
	}
	out.text = append(b, "ET\n"...)
}

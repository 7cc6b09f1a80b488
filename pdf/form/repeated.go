package form

import "fmt"

// repeated is what the pages of a form show alike, such as the insurer's name: a content of its own, which
// stands once in a file of several pages. The form's first page in a file shows all of it itself; on the
// second it is what both show, and from then on it only shrinks.
type repeated struct {
	stream int        // the object's number; 0: the pages have nothing alike, or there was one only
	texts  []string   // by slot; empty: each page shows its own
	codes  []codeSize // by place; zero: each page shows its own
	drawn  bool       // as the texts and codes are now
}

// codeSize is all of a code that tells how its picture is laid on the page.
type codeSize struct{ wide, high int }

func sizeOf(c *Code) codeSize {
	if c == nil {
		return codeSize{}
	}
	return codeSize{c.Size, c.rows()}
}

// hasText and hasCode report whether the content that pages share shows this one's too.
func (r *repeated) hasText(slot int) bool  { return r.stream != 0 && r.texts[slot] != "" }
func (r *repeated) hasCode(place int) bool { return r.stream != 0 && r.codes[place] != codeSize{} }

// repeats returns what a page of this person shares with those before it, and writes it first where it is
// less than before.
func (w *Writer) repeats(f *Form, p Person) *repeated {
	r, known := w.alike[f]
	if !known {
		r = &repeated{texts: make([]string, len(f.Slots)), codes: make([]codeSize, len(f.Codes))}
		for i := range f.Slots {
			if f.Slots[i].Name != NotesSlot {
				r.texts[i] = p.Values[f.Slots[i].Name]
			}
		}
		for i := range f.Codes {
			r.codes[i] = sizeOf(p.Codes[f.Codes[i].Name])
		}
		w.alike[f] = r
		return r
	}
	for i, text := range r.texts {
		if text != "" && text != p.Values[f.Slots[i].Name] {
			r.texts[i], r.drawn = "", false
		}
	}
	for i, size := range r.codes {
		if size != (codeSize{}) && size != sizeOf(p.Codes[f.Codes[i].Name]) {
			r.codes[i], r.drawn = codeSize{}, false
		}
	}
	if !r.drawn {
		w.drawRepeated(f, r, p)
	}
	return r
}

// drawRepeated writes the content that pages share. A text about which a page has something to tell or to be
// looked at stays each page's own.
func (w *Writer) drawRepeated(f *Form, r *repeated, p Person) {
	var out stamped
	with := fonts{values: w.people}
	for i, text := range r.texts {
		if text == "" {
			continue
		}
		var report Report
		start, colour := len(out.text), out.colour
		f.stampSlot(&out, with, i, text, p.Reading, &report)
		if len(report.Notes)+len(report.Check) > 0 {
			out.text, out.colour, r.texts[i] = out.text[:start], colour, ""
		}
	}
	for i, size := range r.codes {
		if size != (codeSize{}) {
			out.text = f.Codes[i].draw(out.text, p.Codes[f.Codes[i].Name])
		}
	}
	r.drawn, r.stream = true, 0
	if len(out.text) == 0 {
		return
	}
	w.digest.Write(out.text)
	r.stream = w.reserve()
	w.packed(r.stream, "", out.text, dense)
}

// draw appends the operators that lay a code's picture on its place.
func (p CodePlace) draw(b []byte, code *Code) []byte {
	module, quiet := p.module(code), float64(code.border())
	wide, high := module*(float64(code.Size)+2*quiet), module*(float64(code.rows())+2*quiet)
	return fmt.Appendf(b, "q 0 g %.3f 0 0 %.3f %.3f %.3f cm /%s Do Q\n", wide, high, p.X-quiet*module,
		p.Y+quiet*module-high, p.Name)
}

package form

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"madoguchi/pdf/font"
)

// Text is one text that gopdf drew on the form, in the order of drawing: a label, or the placeholder of a
// slot.
type Text struct {
	Text string
	Bold bool  // the font has one weight: bold is drawn with a thin outline
	Slot *Slot // where a value goes; nil for a label
}

// Slot is a place for a value. Lengths are points; X, Y, Size and the colour are those with which gopdf drew
// the placeholder.
type Slot struct {
	Name       string
	X, Y, Size float64 // of the first line's baseline, from the lower left
	Color      string  // three components

	Width   float64 // what a line may take
	Least   float64 // the smallest size before the text goes on several lines
	Height  float64 // what all lines may take; 0 means any
	Lines   int     // how many there may be; 0 means one
	Leading float64 // from line to line, as a multiple of the size; 0 means 1.25
	Align   Align
	Down    bool // further lines follow below the first; otherwise the lines stand centred about it
	Bold    bool
	Fixed   bool // never smaller than Size: wrapped at once
}

// Align says to which side of X a text extends.
type Align uint8

const (
	Left   Align = iota // X is where it begins
	Right               // X is where it ends
	Centre              // X is its middle
)

// CodePlace is where a code goes. The quiet zone lies outside, so that modules line up with texts.
type CodePlace struct {
	Name   string
	Alt    string  // what the code is for, in words, for those who do not see it
	X, Y   float64 // upper left corner of the modules, in points
	W      float64 // the least length of a side, in points
	Module float64 // the least width of a module, in points
	High   float64 // of a mark: the height that it may take, in points
}

// dot is one dot of a 600 dpi printer: modules of whole dots are printed evenly
// (docs/facts/qr-codes.md#on-paper).
const dot = 72.0 / 600

// module returns the width of a module of a code, or of a dot of a mark, which fills its place as far as it
// goes.
func (p CodePlace) module(c *Code) float64 {
	if c.Rows > 0 {
		return min(p.W/float64(c.Size), p.High/float64(c.Rows))
	}
	return math.Ceil(max(p.W/float64(c.Size), p.Module)/dot-1e-6) * dot
}

// Form is a page that gopdf composed, ready to be stamped. It never changes and may be used by several
// Writers at once.
type Form struct {
	Width, Height float64
	Slots         []Slot
	Codes         []CodePlace
	// what people call a slot in a Report; nil for the slot's own name
	SlotWord func(name string) string

	drawing []byte // operators in which labels carry the numbers of labels; every one is marked
	labels  *font.Subset
	// how many labels are marked in the drawing: theirs are the first numbers of marked contents
	marked  int
	outline []element // the structure of a page

	packedDrawing packedData
	packedFont    embedded
}

// ErrForm is returned for a file that is not what gopdf writes: its layout must be looked at again after an
// update.
var ErrForm = errors.New("form: this is not a page as gopdf composes it")

// Read takes a file of one page, written by gopdf without compression, and the texts that were drawn on it,
// in order. It returns an error that wraps ErrForm when the two do not fit together.
func Read(file []byte, texts []Text, codes []CodePlace) (*Form, error) {
	content, width, height, err := readPage(file)
	if err != nil {
		return nil, err
	}
	f := &Form{Width: width, Height: height, Codes: codes, labels: font.NewSubset()}
	d := drawing{form: f}
	lines := strings.Split(strings.TrimRight(string(content), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) != "BT" {
			if err := d.artifact(lines[i]); err != nil {
				return nil, err
			}
			continue
		}
		end := i + slices.Index(lines[i:], "ET")
		if end < i || len(texts) == 0 {
			return nil, fmt.Errorf("%w: a text too many", ErrForm)
		}
		if err := d.text(lines[i+1:end], texts[0]); err != nil {
			return nil, err
		}
		texts, i = texts[1:], end
	}
	if len(texts) > 0 {
		return nil, fmt.Errorf("%w: %q is missing", ErrForm, texts[0].Text)
	}
	if d.depth != 0 {
		return nil, fmt.Errorf("%w: q and Q do not match", ErrForm)
	}
	d.close()
	f.drawing = d.out.Bytes()
	f.outline = d.outline()
	f.packedDrawing, f.packedFont = thorough.packData(f.drawing), embedFont(f.labels, thorough)
	return f, nil
}

// drawing is the form's drawing as it is written anew.
type drawing struct {
	form  *Form
	out   bytes.Buffer
	open  bool // an artifact is open: what is neither read aloud nor copied (ISO 32000-1 section 14.8.2.2)
	depth int  // of q
	items []item
}

// pictures are the operators with which gopdf draws lines and areas (ISO 32000-1 tables 57, 59, 60, 61 and
// 74).
var pictures = strings.Fields("q Q cm w J j M d m l c v y h re S s f f* B B* b b* n W W* g G rg RG k K")

// artifact copies a line that draws no text. What is not known is refused: nobody has thought of what it does
// to the page.
func (d *drawing) artifact(line string) error {
	for _, word := range strings.Fields(line) {
		word = strings.Trim(word, "[]") // a dash pattern
		if word != "" && !isPDFNumber(word) && !slices.Contains(pictures, word) {
			return fmt.Errorf("%w: %q draws", ErrForm, line)
		}
		switch word {
		case "q":
			d.depth++
		case "Q":
			d.depth--
		}
	}
	if strings.TrimSpace(line) == "" {
		return nil
	}
	if !d.open {
		d.out.WriteString("/Artifact BMC\n")
		d.open = true
	}
	d.out.WriteString(line + "\n")
	return nil
}

func (d *drawing) close() {
	if d.open {
		d.out.WriteString("EMC\n")
		d.open = false
	}
}

// outline numbers the contents: labels first, as they are marked, then slots, then codes.
func (d *drawing) outline() []element {
	slots := 0
	for i := range d.items {
		if d.items[i].slot {
			d.items[i].content = d.form.marked + slots
			slots++
		}
	}
	elements := readOutline(d.items)
	for i, c := range d.form.Codes {
		elements = append(
			elements,
			element{role: "Figure", alt: cmp.Or(c.Alt, "QRコード"), contents: []int{d.form.marked + slots + i}},
		)
	}
	return elements
}

// text takes one BT … ET: a label is written back with our numbers, a placeholder becomes a slot. A text
// within q and Q is part of a picture (a watermark).
func (d *drawing) text(lines []string, t Text) error {
	f := d.form
	var x, y, size, spacing float64
	var color, hex string
	for _, line := range lines {
		words := strings.Fields(line)
		for _, word := range words[:max(len(words)-1, 0)] {
			if !isPDFNumber(word) && word != "Tf" && !strings.HasPrefix(word, "/") &&
				!strings.HasPrefix(word, "[<") {
				return fmt.Errorf("%w: %q in a text", ErrForm, line)
			}
		}
		switch {
		case len(words) == 3 && words[2] == "TD":
			x, y = parseNumber(words[0]), parseNumber(words[1])
		case len(words) == 5 && words[2] == "Tf" && words[4] == "Tc":
			size, spacing = parseNumber(words[1]), parseNumber(words[3])
		case len(words) == 4 && words[3] == "rg":
			color = strings.Join(words[:3], " ")
		case strings.HasPrefix(line, "[<") && strings.HasSuffix(line, ">] TJ"):
			hex = line[2 : len(line)-5]
		default:
			return fmt.Errorf("%w: %q in a text", ErrForm, line)
		}
	}
	var drawn, ours strings.Builder
	pieces := font.Pieces(t.Text)
	for _, p := range pieces {
		fmt.Fprintf(&drawn, "%04X", p.Glyph.Number())
	}
	if drawn.String() != hex || size == 0 || color == "" {
		return fmt.Errorf("%w: %q is drawn as %s", ErrForm, t.Text, hex)
	}
	if t.Slot != nil {
		slot := *t.Slot
		slot.X, slot.Y, slot.Size, slot.Color = x, y, size, color
		f.Slots = append(f.Slots, slot)
		d.items = append(d.items, item{x: x, y: y, size: size, left: slot.Align == Left, slot: true})
		return nil
	}
	for _, p := range pieces {
		fmt.Fprintf(&ours, "%04X", f.labels.Number(p))
	}
	outline, plain := "", ""
	if t.Bold {
		outline, plain = fmt.Sprintf("%s RG %s w 2 Tr ", color, shortLength(size/bold)), " 0 Tr"
	}
	if d.depth == 0 {
		d.close()
		d.items = append(d.items, item{x: x, y: y, size: size, bold: t.Bold, left: true, content: f.marked})
		fmt.Fprintf(&d.out, "/Span<</MCID %d>>BDC\n", f.marked)
		f.marked++
		defer d.out.WriteString("EMC\n")
	}
	fmt.Fprintf(
		&d.out,
		"BT /L %s Tf %s Tc %s rg %s%s %s Td <%s> Tj%s ET\n",
		shortLength(size),
		shortLength(spacing),
		color,
		outline,
		shortLength(x),
		shortLength(y),
		ours.String(),
		plain,
	)
	return nil
}

// bold is how many outlines go into the size of bold letters.
const bold = 40

// Dump tells what was read, for a test that notices when gopdf draws otherwise.
func (f *Form) Dump() string {
	var b strings.Builder
	fmt.Fprintf(&b, "page %s × %s\n", shortLength(f.Width), shortLength(f.Height))
	for _, s := range f.Slots {
		fmt.Fprintf(&b, "slot %s at %s %s size %s width %s colour %s\n", s.Name, shortLength(s.X),
			shortLength(s.Y), shortLength(s.Size), shortLength(s.Width), s.Color)
	}
	for _, c := range f.Codes {
		fmt.Fprintf(&b, "code %s at %s %s width %s\n", c.Name, shortLength(c.X), shortLength(c.Y),
			shortLength(c.W))
	}
	dumpOutline(&b, f.outline, "")
	b.Write(f.drawing)
	return b.String()
}

func dumpOutline(b *strings.Builder, elements []element, indent string) {
	for _, e := range elements {
		fmt.Fprintf(b, "%s%s %v %s\n", indent, e.role, e.contents, e.alt)
		dumpOutline(b, e.kids, indent+"  ")
	}
}

// isPDFNumber reports whether s is a number as PDF writes it: no exponent, no infinity.
func isPDFNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && strings.Trim(s, "+-.0123456789") == ""
}

func parseNumber(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

// shortLength writes a length with two digits after the point at most: a hundredth of a point is a three
// hundredth of a millimetre.
func shortLength(v float64) string { return string(appendShort(nil, v)) }

func appendShort(b []byte, v float64) []byte {
	hundredths := int64(math.Round(v * 100))
	if hundredths < 0 {
		b, hundredths = append(b, '-'), -hundredths
	}
	b = strconv.AppendInt(b, hundredths/100, 10)
	if rest := hundredths % 100; rest > 0 {
		b = append(b, '.', byte('0'+rest/10))
		if rest%10 > 0 {
			b = append(b, byte('0'+rest%10))
		}
	}
	return b
}

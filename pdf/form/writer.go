package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"madoguchi/pdf/archive"
	"madoguchi/pdf/font"
)

// Info is what a file says about itself.
type Info struct {
	Title  string
	Author string
	Made   time.Time
}

// Writer streams a file page by page. It keeps the glyphs used, eight bytes an object and nothing else, so a file may have
// any number of pages. Every file is PDF/A-1b (ISO 19005-1). The same pages and Info give the same bytes.
type Writer struct {
	w       io.Writer
	err     error
	written int64
	offsets []int64 // by object number, from 1
	digest  hash.Hash
	info    Info

	people     *font.Subset // the font of the values grows with the pages and follows at the end
	personFont int
	forms      map[*Form]formObjects
	codes      map[*Code]int
	nodes      []string // references to the finished nodes of the page tree
	counts     int
	kids       []string // of the node that is being filled
	node       int
	text       bytes.Buffer
}

type formObjects struct{ drawing, font int }

// Objects with fixed numbers.
const (
	catalog = 1 + iota
	pageTree
	information
	metadata
	profile
	firstFree
)

var packedProfile = sync.OnceValue(func() []byte { return deflated(archive.Profile()) })

// kidsOfNode keeps the page tree shallow without one endless array.
const kidsOfNode = 250

// NewWriter begins a file on w. Close must follow.
func NewWriter(w io.Writer, info Info) *Writer {
	f := &Writer{w: w, info: info, digest: sha256.New(), people: font.NewSubset(), forms: map[*Form]formObjects{}, codes: map[*Code]int{},
		offsets: make([]int64, firstFree-1)}
	f.print("%%PDF-1.4\n%%\xE2\xE3\xCF\xD3\n")
	return f
}

// Page stamps a person onto a form and writes the page.
func (w *Writer) Page(f *Form, p Person) (Report, error) {
	o := w.form(f)
	w.text.Reset()
	report := f.stamp(&w.text, w.people, p)
	var images strings.Builder
	for _, place := range f.Codes {
		code := p.Codes[place.Name]
		if code == nil {
			continue
		}
		fmt.Fprintf(&images, "/%s %d 0 R", place.Name, w.code(code))
		module := place.module(code.Size)
		side := module * float64(code.Size+2*quiet)
		fmt.Fprintf(&w.text, "q 0 g %.3f 0 0 %.3f %.3f %.3f cm /%s Do Q\n", side, side, place.X-quiet*module, place.Y+quiet*module-side, place.Name)
	}
	w.digest.Write(w.text.Bytes())
	text := w.reserve()
	w.stream(text, "/Filter/FlateDecode", deflated(w.text.Bytes()))
	if len(w.kids) == 0 {
		w.node = w.reserve()
	}
	values := ""
	if w.people.Len() > 1 { // a page where nothing is filled in may come first, or alone
		if w.personFont == 0 {
			w.personFont = w.reserve()
		}
		values = fmt.Sprintf("/P %d 0 R", w.personFont)
	}
	page := w.reserve()
	w.object(page, "<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Contents[%d 0 R %d 0 R]/Resources<</Font<</L %d 0 R%s>>/XObject<<%s>>>>>>",
		w.node, short(f.Width), short(f.Height), o.drawing, text, o.font, values, images.String())
	w.kids = append(w.kids, fmt.Sprintf("%d 0 R", page))
	if len(w.kids) == kidsOfNode {
		w.closeNode()
	}
	return report, w.err
}

// form writes what all pages of a form share, once a file.
func (w *Writer) form(f *Form) formObjects {
	o, ok := w.forms[f]
	if ok {
		return o
	}
	o = formObjects{drawing: w.reserve(), font: w.reserve()}
	w.stream(o.drawing, "/Filter/FlateDecode", f.packedDrawing)
	w.font(o.font, "MDGLBL+BIZUDPGothic", f.packedFont)
	w.forms[f] = o
	return o
}

func (w *Writer) code(c *Code) int {
	id, ok := w.codes[c]
	if !ok {
		id = w.reserve()
		w.begin(id)
		w.write(c.image())
		w.print("\nendobj\n")
		if len(w.codes) < 64 { // the few that all pages share come first; a batch's own codes are not kept
			w.codes[c] = id
		}
	}
	return id
}

func (w *Writer) closeNode() {
	w.object(w.node, "<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>", pageTree, len(w.kids), strings.Join(w.kids, " "))
	w.nodes = append(w.nodes, fmt.Sprintf("%d 0 R", w.node))
	w.counts += len(w.kids)
	w.kids = w.kids[:0]
}

// embedded is a subset as it goes into a file.
type embedded struct {
	font.Program
	file, unicode []byte // packed
}

func packed(s *font.Subset) embedded {
	p := s.Program()
	return embedded{p, deflated(p.TrueType), deflated(s.ToUnicode())}
}

// font writes a composite font whose numbers are its glyphs (ISO 32000-1 section 9.7).
func (w *Writer) font(id int, name string, e embedded) {
	cid, descriptor, file, unicode, set := w.reserve(), w.reserve(), w.reserve(), w.reserve(), w.reserve()
	w.object(id, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, cid, unicode)
	w.object(cid, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W %s>>",
		name, descriptor, e.Widths)
	w.object(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[-1000 -500 2000 1200]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 740/StemV 80/FontFile2 %d 0 R/CIDSet %d 0 R>>", name, file, set)
	w.stream(file, fmt.Sprintf("/Filter/FlateDecode/Length1 %d", len(e.TrueType)), e.file)
	w.stream(unicode, "/Filter/FlateDecode", e.unicode)
	w.stream(set, "", e.Set)
}

// Close writes the font of the values, the page tree and the table of objects. It does not close the underlying writer.
func (w *Writer) Close() error {
	if len(w.kids) > 0 {
		w.closeNode()
	}
	if w.personFont != 0 {
		w.font(w.personFont, "MDGVAL+BIZUDPGothic", packed(w.people))
	}
	w.stream(profile, "/N 3/Filter/FlateDecode", packedProfile())
	w.object(pageTree, "<</Type/Pages/Count %d/Kids[%s]>>", w.counts, strings.Join(w.nodes, " "))
	w.object(catalog, "<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/OutputIntents%s/Lang(ja-JP)/ViewerPreferences<</DisplayDocTitle true>>>>",
		pageTree, metadata, archive.Intents(profile))
	author := ""
	if w.info.Author != "" { // the packet has none then, and both must say the same
		author = "/Author " + utf16Text(w.info.Author)
	}
	w.object(information, "<</Title %s%s/Producer(%s)/CreationDate(D:%s)/ModDate(D:%s)>>",
		utf16Text(w.info.Title), author, archive.Producer, w.date(), w.date())
	w.stream(metadata, "/Type/Metadata/Subtype/XML",
		archive.Packet(archive.Description{Title: w.info.Title, Author: w.info.Author, Made: w.info.Made, Changed: w.info.Made, Archive: true}))
	table := w.written
	w.print("xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, offset := range w.offsets {
		w.print("%010d 00000 n \n", offset)
	}
	fmt.Fprint(w.digest, w.info.Title, w.info.Author, w.date())
	id := hex.EncodeToString(w.digest.Sum(nil)[:16])
	w.print("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, catalog, information, id, id, table)
	return w.err
}

// date is the time of making as PDF writes it, in Japan's zone or whichever Made is in.
func (w *Writer) date() string {
	s := w.info.Made.Format("20060102150405-07'00'")
	return strings.Replace(s, "+00'00'", "Z", 1)
}

func utf16Text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}

func (w *Writer) reserve() int {
	w.offsets = append(w.offsets, 0)
	return len(w.offsets)
}

func (w *Writer) begin(id int) {
	w.offsets[id-1] = w.written
	w.print("%d 0 obj\n", id)
}

func (w *Writer) object(id int, format string, args ...any) {
	w.begin(id)
	w.print(format, args...)
	w.print("\nendobj\n")
}

func (w *Writer) stream(id int, entries string, data []byte) {
	w.begin(id)
	w.print("<<%s/Length %d>>stream\n", entries, len(data))
	w.write(data)
	w.print("\nendstream\nendobj\n")
}

func (w *Writer) print(format string, args ...any) { w.write(fmt.Appendf(nil, format, args...)) }

func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.w.Write(b)
	w.written += int64(n)
	w.err = err
}

package form

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
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

// Writer streams a file page by page. It keeps the glyphs used, eight bytes an object and the last page, so a
// file may have any number of pages. Every file is PDF/A-1b (ISO 19005-1). The same pages and Info give the
// same bytes.
//
// A file of one page is tagged for those who hear it: heading, paragraphs, tables and codes as the form has
// them. Files of several pages go to a printer; a structure would make a page of them three times as large,
// so they have none.
type Writer struct {
	w       io.Writer
	err     error
	out     []byte  // not yet written
	room    *[]byte // of out, lent until Close
	written int64   // with out
	offsets []int64 // by object number, from 1
	digest  hash.Hash
	info    Info

	people     *font.Subset // the font of the values grows with the pages and follows at the end
	personFont int
	forms      map[*Form]formObjects
	codes      map[*Code]int
	alike      map[*Form]*repeated
	nodes      []int // the finished nodes of the page tree
	counts     int
	kids       []int // of the node that is being filled
	node       int
	nodeForm   *Form // of its first page, whose size its pages inherit

	held        bool // a page waits: whether it is the only one decides how it is written
	form        *Form
	stamp       stamped
	alikeStream int    // the content that the page shares with others; 0: none
	images      []byte // the page's codes, as entries of its resources
	pixels      []byte // of a code, or a packed stream
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

var packedProfile = sync.OnceValue(func() packedData { return thorough.packData(archive.Profile()) })

// kidsOfNode keeps the page tree shallow without one endless array.
const kidsOfNode = 250

// atOnce is how many bytes are gathered before they are written.
const atOnce = 64 << 10

var rooms = sync.Pool{New: func() any { b := make([]byte, 0, atOnce+atOnce/4); return &b }}

// NewWriter begins a file on w. Close must follow.
func NewWriter(w io.Writer, info Info) *Writer {
	f := &Writer{
		w:       w,
		info:    info,
		room:    rooms.Get().(*[]byte),
		digest:  sha256.New(),
		people:  font.NewSubset(),
		forms:   map[*Form]formObjects{},
		codes:   map[*Code]int{},
		alike:   map[*Form]*repeated{},
		offsets: make([]int64, firstFree-1, 160),
	}
	f.out = (*f.room)[:0]
	f.print("%%PDF-1.4\n%%\xE2\xE3\xCF\xD3\n")
	return f
}

// Page stamps a person onto a form. The page is written with the next call, which also returns the error, if
// any.
func (w *Writer) Page(f *Form, p Person) (Report, error) {
	w.page(false)
	w.held, w.form = true, f
	w.stamp.reset()
	w.images = w.images[:0]
	with := fonts{values: w.people}
	if w.counts+len(w.kids) == 0 {
		// a small file matters where there is one page, a small page where there are many
		with.labels = f.labels
	}
	alike := w.repeats(f, p)
	w.alikeStream = alike.stream
	report := f.stamp(&w.stamp, with, p, alike)
	for i, place := range f.Codes {
		code := p.Codes[place.Name]
		if code == nil {
			continue
		}
		w.images = append(append(append(w.images, '/'), place.Name...), ' ')
		w.images = appendReference(w.images, w.code(code))
		if alike.hasCode(i) {
			continue
		}
		start := len(w.stamp.text)
		w.stamp.text = place.draw(w.stamp.text, code)
		w.stamp.mark(f.marked+len(f.Slots)+i, start)
	}
	w.digest.Write(w.stamp.text)
	return report, w.err
}

// page writes the page that waits, if any; a tagged one with its structure, whose root's number it returns.
func (w *Writer) page(tagged bool) (root int) {
	if !w.held {
		return 0
	}
	w.held = false
	o, operators, structParents := w.formObjects(w.form), w.stamp.text, ""
	if tagged {
		operators, structParents = w.stamp.tagged(), "/StructParents 0"
	}
	text := w.reserve()
	w.content(text, operators)
	if len(w.kids) == 0 {
		w.node, w.nodeForm = w.reserve(), w.form
	}
	if w.people.Len() > 1 && w.personFont == 0 { // a page where nothing is filled in may come first, or alone
		w.personFont = w.reserve()
	}
	page := w.reserve()
	b := appendReference(append(w.begin(page), "<</Type/Page/Parent "...), w.node)
	if w.form.Width != w.nodeForm.Width || w.form.Height != w.nodeForm.Height {
		b = appendMediaBox(b, w.form)
	}
	b = appendReference(append(b, "/Contents["...), o.drawing)
	if w.alikeStream != 0 {
		b = appendReference(append(b, ' '), w.alikeStream)
	}
	b = appendReference(append(b, ' '), text)
	b = appendReference(append(b, "]/Resources<</Font<</L "...), o.font)
	if w.personFont != 0 {
		b = appendReference(append(b, "/P "...), w.personFont)
	}
	b = append(append(append(b, ">>/XObject<<"...), w.images...), ">>>>"...)
	w.end(append(append(b, structParents...), ">>"...))
	if w.kids = append(w.kids, page); len(w.kids) == kidsOfNode {
		w.closeNode()
	}
	if tagged {
		return w.structure(w.form, page, w.stamp.contents)
	}
	return 0
}

// formObjects writes what all pages of a form share, once a file.
func (w *Writer) formObjects(f *Form) formObjects {
	o, ok := w.forms[f]
	if ok {
		return o
	}
	o = formObjects{drawing: w.reserve(), font: w.reserve()}
	w.stream(o.drawing, f.packedDrawing.filter, f.packedDrawing.data)
	w.font(o.font, "MDGLBL+BIZUDPGothic", f.packedFont)
	w.forms[f] = o
	return o
}

func (w *Writer) code(c *Code) int {
	id, ok := w.codes[c]
	if !ok {
		id = w.reserve()
		w.image(id, c)
		if len(w.codes) < 64 { // the few that all pages share come first; a batch's own codes are not kept
			w.codes[c] = id
		}
	}
	return id
}

// appendMediaBox appends a form's size. What most pages have alike stands in their node (ISO 32000-1 section
// 7.7.3.4): a reader that looks for a page reads all before it.
func appendMediaBox(b []byte, f *Form) []byte {
	b = appendShort(append(b, "/MediaBox[0 0 "...), f.Width)
	return append(appendShort(append(b, ' '), f.Height), ']')
}

func (w *Writer) closeNode() {
	b := appendReference(append(w.begin(w.node), "<</Type/Pages/Parent "...), pageTree)
	b = strconv.AppendInt(append(b, "/Count "...), int64(len(w.kids)), 10)
	b = appendMediaBox(b, w.nodeForm)
	w.end(append(appendReferences(append(b, "/Kids["...), w.kids), "]>>"...))
	w.nodes = append(w.nodes, w.node)
	w.counts += len(w.kids)
	w.kids = w.kids[:0]
}

// Close writes the last page, the font of the values, the page tree and the table of objects. It does not
// close the underlying writer.
func (w *Writer) Close() error {
	if w.room == nil { // closed before
		return w.err
	}
	structure := ""
	if root := w.page(w.counts+len(w.kids) == 0); root != 0 {
		structure = fmt.Sprintf("/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R", root)
	}
	if len(w.kids) > 0 {
		w.closeNode()
	}
	how := dense
	if w.counts == 1 {
		how = outlines
	}
	if w.personFont != 0 {
		w.font(w.personFont, "MDGVAL+BIZUDPGothic", embedFont(w.people, how))
	}
	w.stream(profile, "/N 3"+packedProfile().filter, packedProfile().data)
	b := strconv.AppendInt(append(w.begin(pageTree), "<</Type/Pages/Count "...), int64(w.counts), 10)
	w.end(append(appendReferences(append(b, "/Kids["...), w.nodes), "]>>"...))
	w.object(
		catalog,
		"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/OutputIntents%s"+
			"/Lang(ja-JP)/ViewerPreferences<</DisplayDocTitle true>>%s>>",
		pageTree,
		metadata,
		archive.Intents(profile),
		structure,
	)
	author := ""
	if w.info.Author != "" { // the packet has none then, and both must say the same
		author = "/Author " + utf16Text(w.info.Author)
	}
	w.object(information, "<</Title %s%s/Producer(%s)/CreationDate(D:%s)/ModDate(D:%s)>>",
		utf16Text(w.info.Title), author, archive.Producer, w.date(), w.date())
	w.stream(
		metadata,
		"/Type/Metadata/Subtype/XML",
		archive.Packet(
			archive.Description{
				Title:   w.info.Title,
				Author:  w.info.Author,
				Made:    w.info.Made,
				Changed: w.info.Made,
				Archive: true,
			},
		),
	)
	w.table()
	w.flush()
	*w.room = w.out
	rooms.Put(w.room)
	w.out, w.room = nil, nil
	return w.err
}

// table writes the table of objects and the trailer. ID comes from what the pages say, so that the same pages
// have the same.
func (w *Writer) table() {
	start := w.written
	w.print("xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	const zeros = "0000000000"
	var line [20]byte
	for _, offset := range w.offsets {
		b := strconv.AppendInt(line[:0], offset, 10)
		n := len(b)
		b = append(b, zeros[n:]...)
		copy(b[10-n:], b[:n])
		copy(b, zeros[n:])
		w.write(append(b, " 00000 n \n"...))
	}
	fmt.Fprint(w.digest, w.info.Title, w.info.Author, w.date())
	id := hex.EncodeToString(w.digest.Sum(nil)[:16])
	w.print("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets)+1, catalog, information, id, id, start)
}

// date is the time of making as PDF writes it, in Japan's zone or whichever Made is in.
func (w *Writer) date() string {
	s := w.info.Made.Format("20060102150405-07'00'")
	return strings.Replace(s, "+00'00'", "Z", 1)
}

// utf16Text is a text string in UTF-16 (ISO 32000-1 section 7.9.2.2).
func utf16Text(s string) string {
	b := append(make([]byte, 0, 8+4*len(s)), "<FEFF"...)
	for _, u := range utf16.Encode([]rune(s)) {
		b = appendHex(b, u)
	}
	return string(append(b, '>'))
}

func (w *Writer) reserve() int {
	w.offsets = append(w.offsets, 0)
	return len(w.offsets)
}

// begin returns the buffer to which an object's value is to be appended; end takes it back.
func (w *Writer) begin(id int) []byte {
	w.offsets[id-1] = w.written
	return append(strconv.AppendInt(w.out, int64(id), 10), " 0 obj\n"...)
}

func (w *Writer) end(b []byte) {
	b = append(b, "\nendobj\n"...)
	w.written += int64(len(b) - len(w.out))
	if w.out = b; len(b) >= atOnce {
		w.flush()
	}
}

func (w *Writer) object(id int, format string, args ...any) {
	w.end(fmt.Appendf(w.begin(id), format, args...))
}

func (w *Writer) stream(id int, entries string, data []byte) {
	b := append(append(w.begin(id), "<<"...), entries...)
	b = strconv.AppendInt(append(b, "/Length "...), int64(len(data)), 10)
	b = append(append(b, ">>stream\n"...), data...)
	w.end(append(b, "\nendstream"...))
}

// packed writes data as a stream that may be deflated.
func (w *Writer) packed(id int, entries string, data []byte, how *packing) {
	how.pack(data, func(filter string, packed []byte) { w.stream(id, entries+filter, packed) })
}

// content writes what is filled in on a page.
func (w *Writer) content(id int, operators []byte) {
	how := w.packingMode()
	if how == dense {
		var ok bool
		if w.pixels, ok = appendPackedText(w.pixels[:0], operators); ok {
			w.stream(id, deflate, w.pixels)
			return
		}
	}
	w.packed(id, "", operators, how)
}

// packingMode returns how to pack: a single download is waited for, a batch is stored.
func (w *Writer) packingMode() *packing {
	if w.counts+len(w.kids) == 0 {
		return quick
	}
	return dense
}

func (w *Writer) print(format string, args ...any) { w.write(fmt.Appendf(nil, format, args...)) }

func (w *Writer) write(b []byte) {
	w.out = append(w.out, b...)
	w.written += int64(len(b))
	if len(w.out) >= atOnce {
		w.flush()
	}
}

// flush hands on what was gathered; after an error nothing more is written.
func (w *Writer) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.out)
	}
	w.out = w.out[:0]
}

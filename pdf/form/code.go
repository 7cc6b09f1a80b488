package form

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zlib"
)

// Code is a QR's modules without quiet zone. One that stands on many pages of a file is written once when it
// is the same pointer.
type Code struct {
	Size  int
	Black func(x, y int) bool
	Rows  int // of a mark such as a logo, which has neither quiet zone nor whole printer dots; 0 for a code
	// Dark are the modules again, the left one highest in each byte and 1 for a black one, a row in Stride
	// bytes with nothing behind its last module; nil where there is Black alone.
	Dark   []byte
	Stride int
}

// rows and border are how many rows there are and how wide the empty border is.
func (c *Code) rows() int {
	if c.Rows > 0 {
		return c.Rows
	}
	return c.Size
}

func (c *Code) border() int {
	if c.Rows > 0 {
		return 0
	}
	return quiet
}

// quiet is the empty border that a QR needs, in modules (ISO/IEC 18004).
const quiet = 4

// image writes the code as a one-bit mask with its quiet zone, scale dots a module: crisp at any resolution,
// and a program that looks for pictures finds it.
func (w *Writer) image(id int, c *Code) {
	wide, high := (c.Size+2*c.border())*scale, (c.rows()+2*c.border())*scale
	entries := fmt.Sprintf(
		"/Type/XObject/Subtype/Image/Width %d/Height %d/ImageMask true/BitsPerComponent 1",
		wide,
		high,
	)
	how := w.packingMode()
	if c.Rows == 0 && how == dense {
		w.pixels = c.appendPacked(w.pixels[:0])
		w.stream(id, entries+deflate, w.pixels)
		return
	}
	w.pixels = c.appendPixels(w.pixels[:0], wide)
	w.packed(id, entries, w.pixels, how)
}

// appendPixels appends rows of n dots; 1 leaves the paper as it is.
func (c *Code) appendPixels(pix []byte, n int) []byte {
	stride := (n + 7) / 8
	white := slices.Repeat([]byte{0xFF}, stride)
	quiet, rows := c.border(), c.rows()
	for y := range rows + 2*quiet {
		start := len(pix)
		pix = append(pix, white...)
		if y >= quiet && y < rows+quiet {
			row := pix[start:]
			for x := range c.Size {
				if c.Black(x, y-quiet) {
					for dot := (x + quiet) * scale; dot < (x+quiet+1)*scale; dot++ {
						row[dot/8] &^= 0x80 >> (dot % 8)
					}
				}
			}
		}
		for range scale - 1 {
			pix = append(pix, pix[start:start+stride]...)
		}
	}
	return pix
}

// scale is how many dots of the picture a module takes.
const scale = 2

// packing is how data are deflated: from least bytes on, so well. A deflated stream begins with tables that
// take longer than they save where there is little.
type packing struct {
	level, least int
	// a packer is a megabyte of tables: a few are kept, however often garbage is collected
	idle chan *packer
}

// What a form has is packed once and well, the pages of a batch densely; what a single download adds,
// quickly: of outlines and modules a tenth more stays.
var (
	thorough = &packing{level: zlib.BestCompression}
	dense    = &packing{level: zlib.DefaultCompression, idle: make(chan *packer, 2)}
	quick    = &packing{level: zlib.BestSpeed, least: 6 << 10, idle: make(chan *packer, 4)}
	// of a download's few: hardly smaller
	outlines = &packing{level: zlib.BestSpeed, least: 12 << 10, idle: make(chan *packer, 4)}
)

// packer deflates, with room that it keeps.
type packer struct {
	zlib *zlib.Writer
	out  bytes.Buffer
}

const deflate = "/Filter/FlateDecode"

// pack hands data packed, and the stream's entry that says so, to use; they stay as they are until it
// returns.
func (h *packing) pack(data []byte, use func(filter string, packed []byte)) {
	if len(data) < h.least {
		use("", data)
		return
	}
	p := h.packer()
	p.out.Reset()
	p.zlib.Reset(&p.out)
	// a bytes.Buffer takes everything
	_, _ = p.zlib.Write(data)
	_ = p.zlib.Close()
	use(deflate, p.out.Bytes())
	select {
	case h.idle <- p:
	default:
	}
}

func (h *packing) packer() *packer {
	select {
	case p := <-h.idle:
		return p
	default:
	}
	p := &packer{}
	var err error
	if p.zlib, err = zlib.NewWriterLevel(nil, h.level); err != nil {
		panic(err) // it is a level
	}
	return p
}

// packedData is packed data for later.
type packedData struct {
	filter string
	data   []byte
}

func (h *packing) packData(data []byte) (k packedData) {
	if len(data) < h.least {
		return packedData{"", data}
	}
	h.pack(data, func(filter string, packed []byte) { k = packedData{filter, bytes.Clone(packed)} })
	return k
}

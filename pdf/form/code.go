package form

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// Code is a QR's modules without quiet zone. One that stands on many pages of a file is written once when it is the same
// pointer.
type Code struct {
	Size  int
	Black func(x, y int) bool
}

// quiet is the empty border that a QR needs, in modules (ISO/IEC 18004).
const quiet = 4

// image writes the code as a one-bit mask with its quiet zone, scale dots a module: crisp at any resolution, and a program
// that looks for pictures finds it.
func (w *Writer) image(id int, c *Code) {
	n := (c.Size + 2*quiet) * scale
	p := packers.Get().(*packer)
	defer packers.Put(p)
	p.pix = c.appendPixels(p.pix[:0], n)
	w.stream(id, fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ImageMask true/BitsPerComponent 1/Filter/FlateDecode", n, n), p.deflated(p.pix))
}

// appendPixels appends n rows of n dots; 1 leaves the paper as it is.
func (c *Code) appendPixels(pix []byte, n int) []byte {
	stride := (n + 7) / 8
	white := slices.Repeat([]byte{0xFF}, stride)
	for y := range c.Size + 2*quiet {
		start := len(pix)
		pix = append(pix, white...)
		if y >= quiet && y < c.Size+quiet {
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

// packer deflates, with room that it keeps.
type packer struct {
	zlib *zlib.Writer
	out  bytes.Buffer
	pix  []byte
}

var packers = sync.Pool{New: func() any {
	p := &packer{}
	var err error
	if p.zlib, err = zlib.NewWriterLevel(nil, level); err != nil {
		panic(err) // it is a level
	}
	return p
}}

const level = 6

// deflated returns data packed, until the next call.
func (p *packer) deflated(data []byte) []byte {
	p.out.Reset()
	p.zlib.Reset(&p.out)
	// a bytes.Buffer takes everything
	_, _ = p.zlib.Write(data)
	_ = p.zlib.Close()
	return p.out.Bytes()
}

func deflated(data []byte) []byte {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	return bytes.Clone(p.deflated(data))
}

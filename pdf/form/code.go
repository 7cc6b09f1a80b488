package form

import (
	"bytes"
	"fmt"
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

// image returns the code as a one-bit mask with its quiet zone, scale dots a module: crisp at any resolution, and a
// program that looks for pictures finds it.
func (c *Code) image() []byte {
	n := (c.Size + 2*quiet) * scale
	stride := (n + 7) / 8
	row := make([]byte, stride)
	pix := make([]byte, 0, n*stride)
	for y := range c.Size + 2*quiet {
		for i := range row {
			row[i] = 0xFF // 1 leaves the paper as it is
		}
		if y >= quiet && y < c.Size+quiet {
			for x := range c.Size {
				if c.Black(x, y-quiet) {
					for dot := (x + quiet) * scale; dot < (x+quiet+1)*scale; dot++ {
						row[dot/8] &^= 0x80 >> (dot % 8)
					}
				}
			}
		}
		for range scale {
			pix = append(pix, row...)
		}
	}
	data := deflated(pix)
	return append(fmt.Appendf(nil, "<</Type/XObject/Subtype/Image/Width %d/Height %d/ImageMask true/BitsPerComponent 1/Filter/FlateDecode/Length %d>>stream\n",
		n, n, len(data)), append(data, "\nendstream"...)...)
}

// scale is how many dots of the picture a module takes.
const scale = 2

var packers = sync.Pool{New: func() any {
	w, err := zlib.NewWriterLevel(nil, 6)
	if err != nil {
		panic(err) // 6 is a level
	}
	return w
}}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	w := packers.Get().(*zlib.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	// a bytes.Buffer takes everything
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

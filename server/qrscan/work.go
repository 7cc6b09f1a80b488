package qrscan

import (
	"errors"
	"io"
)

// work bounds what one file may cost, whatever its pictures are made of: all pictures of a PDF share one. A
// unit is about what a pixel costs when rings are looked for in it, 5 to 10 ns on one core.
type work struct {
	left  int // units
	tries int // grids that may still be settled and read; one takes a few milliseconds
}

const (
	// tries bounds the grids of one file.
	tries = 400
	// pdfWork is three to four seconds on one core, and enough to glance at 60 megapixels and to search ten
	// thoroughly.
	pdfWork = 384 << 20
	// pictureWork is more than the largest picture can need.
	pictureWork = 4 * pdfWork
	// perByte is how many bytes are read, inflated or unfiltered for one unit.
	perByte = 4
)

var errWork = errors.New("qrscan: the work that a file may cost is used up")

// spend takes units and reports whether there were enough.
func (w *work) spend(units int) bool {
	if w.left < units {
		w.left = 0
		return false
	}
	w.left -= units
	return true
}

// charged is a reader whose bytes are work.
type charged struct {
	in   io.Reader
	work *work
}

func (c *charged) Read(p []byte) (int, error) {
	if c.work.left == 0 {
		return 0, errWork
	}
	n, err := c.in.Read(p)
	c.work.spend(n/perByte + 1)
	return n, err
}

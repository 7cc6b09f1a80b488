package object

import (
	"errors"
	"io"
)

// maxRow bounds a row's bytes: a million pixels of four colours in 16 bits.
const maxRow = 8 << 20

// predicted undoes the prediction of a Flate stream, row by row (ISO 32000-1 section 7.4.4.4).
func (f *File) predicted(in io.Reader, parameters Dict) (io.Reader, error) {
	predictor := f.Number(parameters, 1, "Predictor")
	if predictor < 2 {
		return in, nil
	}
	colours := f.Number(parameters, 1, "Colors")
	bits := f.Number(parameters, 8, "BitsPerComponent")
	columns := f.Number(parameters, 1, "Columns")
	if colours < 1 || colours > 32 || bits < 1 || bits > 16 || columns < 1 ||
		columns > maxRow*8/colours/bits {
		return nil, errors.New("object: a predictor without sense")
	}
	if predictor == 2 && bits != 8 {
		return nil, ErrFilter
	}
	row := (colours*bits*columns + 7) / 8
	return &predictorReader{
		in:    in,
		png:   predictor >= 10,
		pixel: max(colours*bits/8, 1),
		row:   make([]byte, row),
		above: make([]byte, row),
	}, nil
}

type predictorReader struct {
	in         io.Reader
	png        bool // else TIFF's predictor 2
	pixel      int  // bytes a pixel, at least one
	row, above []byte
	ready      []byte // what is left of row
}

func (r *predictorReader) Read(p []byte) (int, error) {
	if len(r.ready) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

func (r *predictorReader) next() error {
	kind := []byte{1} // TIFF's is PNG's Sub, without a byte that says so
	if r.png {
		if _, err := io.ReadFull(r.in, kind); err != nil {
			return err
		}
	}
	r.row, r.above = r.above, r.row
	if _, err := io.ReadFull(r.in, r.row); err != nil {
		return err
	}
	for i := range r.row {
		var left, corner byte
		if i >= r.pixel {
			left, corner = r.row[i-r.pixel], r.above[i-r.pixel]
		}
		up := r.above[i]
		switch kind[0] {
		case 1:
			r.row[i] += left
		case 2:
			r.row[i] += up
		case 3:
			r.row[i] += byte((int(left) + int(up)) / 2)
		case 4:
			r.row[i] += paeth(left, up, corner)
		}
	}
	r.ready = r.row
	return nil
}

// paeth chooses the neighbour that is nearest to left + up - corner (PNG specification section 9.4).
func paeth(left, up, corner byte) byte {
	a, b := int(up)-int(corner), int(left)-int(corner)
	c := max(a+b, -a-b)
	a, b = max(a, -a), max(b, -b)
	switch {
	case a <= b && a <= c:
		return left
	case b <= c:
		return up
	}
	return corner
}

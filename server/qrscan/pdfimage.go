package qrscan

import (
	"errors"
	"fmt"
	"io"

	"madoguchi/pdf/object"
)

var errColours = errors.New("qrscan: colours that are not read here")

// picture decodes an image XObject (ISO 32000-1 section 8.9.5). Its sides are checked before anything is
// decoded, and no more is inflated than they need.
func (f *file) picture(s object.Stream) (*plane, error) {
	in, err := f.decoded(s)
	if err != nil {
		return nil, err
	}
	filters := f.Filters(s.Dict)
	if n := len(filters); n > 0 && (filters[n-1].Name == "DCTDecode" || filters[n-1].Name == "DCT") {
		data := s.Raw
		if n > 1 {
			if data, err = io.ReadAll(io.LimitReader(in, MaxBytes)); err != nil {
				return nil, fmt.Errorf("reading a JPEG: %w", err)
			}
		}
		if !f.work.spend(len(data) / perByte) { // a decoder may read all of it for a picture of few pixels
			return nil, errWork
		}
		return decodePicture(data, f.reservePixels)
	}
	width, height := f.Number(s.Dict, 0, "Width", "W"), f.Number(s.Dict, 0, "Height", "H")
	if err := f.reservePixels(width, height); err != nil {
		return nil, err
	}
	bits := f.Number(s.Dict, 1, "BitsPerComponent", "BPC")
	c, ok := colours{components: 1}, true
	if mask, _ := f.Resolve(s.Dict.Get("ImageMask", "IM")).Bool(); !mask {
		c, ok = f.colours(s.Dict.Get("ColorSpace", "CS"), 0)
	} else {
		bits = 1 // 0 paints, 1 leaves the page as it is: as in black and white
	}
	if !ok || bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16 {
		return nil, errColours
	}
	if decode, ok := f.Resolve(s.Dict.Get("Decode", "D")).Array(); ok && len(decode) > 1 {
		low, _ := f.Resolve(decode[0]).Number()
		high, _ := f.Resolve(decode[1]).Number()
		c.invert = c.invert != (low > high)
	}
	return c.plane(in, width, height, bits)
}

// plane reads the rows of a picture. One that ends early keeps what it has: the rest is bright.
func (c *colours) plane(in io.Reader, width, height, bits int) (*plane, error) {
	p := newPlane(width, height)
	for i := range p.pix {
		p.pix[i] = 255
	}
	row := make([]byte, (width*c.components*bits+7)/8)
	samples := make([]byte, c.components)
	top := 1<<bits - 1
	for y := range height {
		if _, err := io.ReadFull(in, row); err != nil {
			if y == 0 {
				return nil, fmt.Errorf("reading the first row: %w", err)
			}
			break
		}
		for x := range width {
			for i := range samples {
				at := (x*c.components + i) * bits
				// of 16 bits the upper eight are enough
				v := int(row[at/8]) >> max(8-bits-at%8, 0) & min(top, 255)
				switch {
				case c.palette == nil && bits < 8:
					v = v * 255 / top
				case c.palette != nil && c.invert:
					v = min(top, 255) - v // the array turns the indexes, not the brightness
				}
				samples[i] = byte(v)
			}
			if c.palette != nil {
				p.pix[y*width+x] = c.palette[samples[0]]
			} else {
				p.pix[y*width+x] = c.brightness(samples)
			}
		}
	}
	return p, nil
}

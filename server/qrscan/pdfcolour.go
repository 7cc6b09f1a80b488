package qrscan

import (
	"io"

	"madoguchi/pdf/object"
)

// colours tells how a PDF picture's samples become brightness.
type colours struct {
	components int
	invert     bool    // a Decode array that runs downwards, or a colour space of inks
	palette    []uint8 // brightness by index, if the samples are indexes
}

// colours reads a colour space (ISO 32000-1 section 8.6); ok is false for those that are not read.
func (f *file) colours(space object.Value, depth int) (c colours, ok bool) {
	if depth > 4 {
		return colours{}, false
	}
	space = f.Resolve(space)
	family, _ := space.Name()
	array, isArray := space.Array()
	if isArray && len(array) > 0 {
		family, _ = f.Resolve(array[0]).Name()
	}
	switch family {
	case "DeviceGray", "G", "CalGray":
		return colours{components: 1}, true
	case "DeviceRGB", "RGB", "CalRGB":
		return colours{components: 3}, true
	case "DeviceCMYK", "CMYK":
		return colours{components: 4}, true
	case "Separation":
		return colours{components: 1, invert: true}, true // a tint of 0 is bare paper
	case "ICCBased":
		if len(array) > 1 {
			profile, _ := f.Resolve(array[1]).Dict()
			n := f.Number(profile, 0, "N")
			return colours{components: n}, n == 1 || n == 3 || n == 4
		}
	case "Indexed", "I":
		if len(array) > 3 {
			return f.indexed(array, depth)
		}
	}
	return colours{}, false
}

// indexed makes the palette: its entries are a string or a stream of colours of the base space.
func (f *file) indexed(array []object.Value, depth int) (colours, bool) {
	base, ok := f.colours(array[1], depth+1)
	if !ok || base.palette != nil {
		return colours{}, false
	}
	entries, ok := f.Resolve(array[3]).Text()
	if s, isStream := f.Stream(array[3]); isStream {
		in, err := f.decoded(s)
		if err != nil {
			return colours{}, false
		}
		entries, err = io.ReadAll(io.LimitReader(in, int64(256*base.components)))
		ok = err == nil
	}
	palette := make([]uint8, 256) // what an index beyond the table shows is not defined
	for i := range palette {
		if end := (i + 1) * base.components; end <= len(entries) {
			palette[i] = base.brightness(entries[end-base.components : end])
		}
	}
	return colours{components: 1, palette: palette}, ok
}

// brightness turns the samples of one pixel, scaled to bytes, into brightness.
func (c *colours) brightness(samples []byte) uint8 {
	var v uint8
	switch c.components {
	case 3:
		v = uint8(luma(uint32(samples[0]), uint32(samples[1]), uint32(samples[2])))
	case 4:
		inks := luma(uint32(samples[0]), uint32(samples[1]), uint32(samples[2])) + uint32(samples[3])
		v = 255 - uint8(min(inks, 255))
	default:
		v = samples[0]
	}
	if c.invert {
		return 255 - v
	}
	return v
}

package qrscan

import (
	"bytes"
	"encoding/binary"
)

// bytesPerPixel returns how many bytes, in tenths, the standard library's decoders take for a pixel of a
// file. Where the header leaves it open it is the most.
func bytesPerPixel(data []byte, format string) int {
	switch format {
	case "png":
		return pngBytes(data)
	case "jpeg":
		return jpegBytes(data)
	}
	return 10 // the indexes of a GIF
}

// pngBytes reads the header (PNG specification section 11.2.2) and looks for transparency before the first
// data.
func pngBytes(data []byte) int {
	const most = 160
	if len(data) < 29 {
		return most
	}
	depth, colours, interlaced := data[24], data[25], data[28] != 0
	head, _, _ := bytes.Cut(data, []byte("IDAT"))
	n := 40 // RGBA or NRGBA
	switch transparent := bytes.Contains(head, []byte("tRNS")); {
	case colours == 3, colours == 0 && depth <= 8 && !transparent:
		n = 10
	case colours == 0 && depth == 16 && !transparent:
		n = 20
	case depth == 16:
		n = 80
	}
	if interlaced {
		n *= 2 // the seven passes are pictures of their own
	}
	return n
}

// jpegBytes reads the frame header (ITU-T T.81 section B.2.2) and Adobe's segment.
func jpegBytes(data []byte) int {
	const most = 280
	adobe := false
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			at++
			continue
		}
		marker := data[at+1]
		if marker == 0xff || marker == 0 || marker >= 0xd0 && marker <= 0xd7 {
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(data[at+2:]))
		body := data[at+4 : min(at+2+max(length, 2), len(data))]
		switch marker {
		case 0xc0, 0xc1, 0xc2: // baseline, extended, progressive
			return frameBytes(body, marker == 0xc2, adobe)
		case 0xee:
			adobe = adobe || bytes.HasPrefix(body, []byte("Adobe"))
		case 0xda, 0xd9:
			return most
		}
		at += 2 + max(length, 2)
	}
	return most
}

func frameBytes(body []byte, progressive, adobe bool) int {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) || body[5] == 0 {
		return 280
	}
	components := body[6 : 6+3*int(body[5])]
	wide, high, area := 1, 1, 0
	rgb := len(components) == 9
	for i := 0; i < len(components); i += 3 {
		h, v := int(components[i+1]>>4), int(components[i+1]&15)
		wide, high, area = max(wide, h), max(high, v), area+h*v
		rgb = rgb && components[i] == "RGB"[i/3]
	}
	n := (area*10 + wide*high - 1) / (wide * high) // one byte a sample
	if progressive {
		n *= 5 // and its coefficient in four bytes
	}
	switch {
	case len(components) == 12:
		n += 80 // a picture of inks, from one of colours
	case rgb || adobe && len(components) == 9 && area == 3*wide*high:
		n += 40 // a picture of RGBA
	}
	return max(n, 10)
}

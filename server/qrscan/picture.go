package qrscan

import (
	"bytes"
	"errors"
	"image"
	_ "image/gif" // formats that image.Decode knows
	_ "image/jpeg"
	_ "image/png"
)

// Bounds of a picture before it is decoded: a small file can claim to be a huge one.
const (
	maxPixels  = 64 << 20
	maxDecoded = 128 << 20 // bytes: width × height × bytes a pixel, with what the decoder keeps beside them
)

var errPixels = errors.New("qrscan: more than 64 megapixels, or than 128 MB when decoded")

// decodePicture reads a PNG, JPEG or GIF (its first frame) as brightness. It asks take for the pixels that
// the header promises before it needs any memory for them, and looks at how many bytes each of them takes.
func decodePicture(data []byte, take func(width, height int) error) (*plane, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if err := take(config.Width, config.Height); err != nil {
		return nil, err
	}
	if tenths := bytesPerPixel(data, format); config.Width*config.Height > maxDecoded/tenths*10 {
		return nil, errPixels
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return greyPlane(picture), nil
}

// checkSize checks a picture's sides without overflow.
func checkSize(width, height int) error {
	if width <= 0 || height <= 0 {
		return errors.New("qrscan: a picture without pixels")
	}
	if width > maxPixels/height {
		return errPixels
	}
	return nil
}

// greyPlane takes a picture's brightness; what is transparent shows a white page.
func greyPlane(picture image.Image) *plane {
	bounds := picture.Bounds()
	p := newPlane(bounds.Dx(), bounds.Dy())
	for y := range p.height {
		row := p.pix[y*p.width : (y+1)*p.width]
		switch m := picture.(type) {
		case *image.YCbCr: // the luma of JPEG is there already
			copy(row, m.Y[m.YOffset(bounds.Min.X, bounds.Min.Y+y):])
		case *image.Gray:
			copy(row, m.Pix[m.PixOffset(bounds.Min.X, bounds.Min.Y+y):])
		case *image.RGBA:
			fillOpaque(row, m.Pix[m.PixOffset(bounds.Min.X, bounds.Min.Y+y):])
		case *image.NRGBA:
			fillOpaque(row, m.Pix[m.PixOffset(bounds.Min.X, bounds.Min.Y+y):])
			for x := range row {
				if a := int(m.Pix[m.PixOffset(bounds.Min.X+x, bounds.Min.Y+y)+3]); a < 255 {
					row[x] = uint8((int(row[x])*a + 255*(255-a)) / 255)
				}
			}
		default:
			for x := range row {
				r, g, b, a := picture.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
				row[x] = uint8((luma(r, g, b) + 0xffff - a) >> 8)
			}
		}
	}
	return p
}

// fillOpaque fills a row from four bytes a pixel.
func fillOpaque(row, pix []uint8) {
	for x := range row {
		row[x] = uint8(luma(uint32(pix[4*x]), uint32(pix[4*x+1]), uint32(pix[4*x+2])))
	}
}

// luma weighs the colours as the eye does (ITU-R BT.601).
func luma(r, g, b uint32) uint32 { return (299*r + 587*g + 114*b) / 1000 }

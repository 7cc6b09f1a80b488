package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"madoguchi/eligibility"
)

// Limits of a mark's picture.
const (
	maxMarkBytes  = 200 << 10
	maxMarkPixels = 2000 // a side
	markDots      = 500  // a side, as printed: 400 dpi at 30 mm
)

// ErrLogo is returned for a file that cannot be the insurer's mark.
var ErrLogo = &eligibility.Error{Code: eligibility.Invalid, Key: "look.logo", Field: "logo"}

// LogoOf converts a PNG to the insurer's logo in black and white: pixels darker than the middle are printed
// black, the rest and transparent ones not at all. It returns ErrLogo for anything that is not such a PNG.
func LogoOf(file []byte) (*CodeMatrix, error) {
	picture, err := markPicture(file)
	if err != nil {
		return nil, err
	}
	size := picture.Bounds().Size()
	step := max(1, float64(max(size.X, size.Y))/markDots)
	wide, high := max(1, int(float64(size.X)/step)), max(1, int(float64(size.Y)/step))
	black := make([]bool, wide*high)
	any := false
	for y := range high {
		for x := range wide {
			black[y*wide+x] = isPrinted(picture, int((float64(x)+0.5)*step), int((float64(y)+0.5)*step))
			any = any || black[y*wide+x]
		}
	}
	if !any {
		return nil, ErrLogo.Because(fmt.Errorf("nothing in it is dark"))
	}
	return &CodeMatrix{Size: wide, Rows: high, Black: func(x, y int) bool { return black[y*wide+x] }}, nil
}

func markPicture(file []byte) (image.Image, error) {
	if len(file) > maxMarkBytes {
		return nil, ErrLogo
	}
	head, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil || head.Width < 1 || head.Height < 1 || head.Width > maxMarkPixels ||
		head.Height > maxMarkPixels {
		return nil, ErrLogo.Because(err)
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, ErrLogo.Because(err)
	}
	return picture, nil
}

// CleanLogo returns a mark's PNG written anew, without whatever else the file held. It returns ErrLogo as
// LogoOf does.
func CleanLogo(file []byte) ([]byte, error) {
	if _, err := LogoOf(file); err != nil {
		return nil, err
	}
	picture, err := markPicture(file)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, ErrLogo.Because(err)
	}
	return out.Bytes(), nil
}

// isPrinted reports whether a pixel is printed: its luminance (ITU-R BT.601) on white paper.
func isPrinted(p image.Image, x, y int) bool {
	at := p.Bounds().Min
	r, g, b, a := p.At(at.X+x, at.Y+y).RGBA()
	paper := 0xFFFF - a
	return 299*(r+paper)+587*(g+paper)+114*(b+paper) < 1000*0x8000
}

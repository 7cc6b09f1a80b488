package testenv

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// SmallPicture cuts a part out of a PNG, scales it down to width by averaging, and stores it with 4
// levels of each colour: what a page shows as a sample, in a few kilobytes.
func SmallPicture(file []byte, cut image.Rectangle, width int) ([]byte, error) {
	from, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	cut = cut.Intersect(from.Bounds())
	height := cut.Dy() * width / cut.Dx()
	var colours color.Palette
	for i := range 64 {
		level := func(shift int) uint8 { return uint8(i>>shift&3) * 85 }
		colours = append(colours, color.RGBA{level(4), level(2), level(0), 255})
	}
	to := image.NewPaletted(image.Rect(0, 0, width, height), colours)
	for y := range height {
		for x := range width {
			to.Set(x, y, average(from, image.Rect(cut.Min.X+x*cut.Dx()/width, cut.Min.Y+y*cut.Dy()/height,
				cut.Min.X+max((x+1)*cut.Dx()/width, x*cut.Dx()/width+1),
				cut.Min.Y+max((y+1)*cut.Dy()/height, y*cut.Dy()/height+1))))
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, to)
	return b.Bytes(), err
}

// average is the mean colour of a part of a picture.
func average(of image.Image, part image.Rectangle) color.Color {
	var r, g, b, n uint32
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			pr, pg, pb, _ := of.At(x, y).RGBA()
			r, g, b, n = r+pr>>8, g+pg>>8, b+pb>>8, n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}

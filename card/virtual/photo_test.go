package virtual

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// drawnFace is the picture of nobody: circles and arcs by formula, 240 × 300, grey. photo/face.png is this
// picture, photo/face.jp2 the same compressed (photo/README.md).
func drawnFace() *image.Gray {
	const width, height = 240, 300
	img := image.NewGray(image.Rect(0, 0, width, height))
	within := func(x, y, cx, cy, rx, ry float64) bool {
		return (x-cx)*(x-cx)/(rx*rx)+(y-cy)*(y-cy)/(ry*ry) <= 1
	}
	grey := func(x, y float64) float64 {
		mouth := math.Hypot(x-120, y-165)
		switch {
		case math.Abs(math.Abs(x-120)-32) < 17 && math.Abs(y-108-(x-120)*(x-120)/400) < 3: // brows
			return 40
		case within(x, y, 88, 130, 6, 7), within(x, y, 152, 130, 6, 7): // eyes
			return 25
		case within(x, y, 88, 130, 14, 10), within(x, y, 152, 130, 14, 10):
			return 250
		case math.Abs(x-112-(y-140)/6) < 2.5 && y > 138 && y < 168: // nose, off the middle
			return 120
		case mouth > 32 && mouth < 38 && y > 180: // a smile
			return 60
		case within(x, y, 165, 172, 4, 4): // a mole on one side: a mirrored picture is another one
			return 30
		case within(x, y, 120, 145, 66, 84) && y > 92-14*math.Sin((x-54)/20): // face
			return 205 - (x-120)/6
		case within(x, y, 120, 128, 82, 92): // hair
			return 70 + 10*math.Sin(x/5)
		case within(x, y, 120, 320, 105, 90): // clothes, striped
			return 110 + 30*math.Round(math.Mod(y, 20)/20)
		case within(x, y, 120, 230, 26, 40): // neck
			return 180
		}
		return 225 + y/15
	}
	for y := range height {
		for x := range width {
			// four samples a pixel, so that edges are soft
			sum := 0.0
			for _, d := range [][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
				sum += grey(float64(x)+d[0], float64(y)+d[1])
			}
			img.SetGray(x, y, color.Gray{Y: uint8(math.Round(min(255, sum/4)))})
		}
	}
	return img
}

// The picture is made here, so nobody's photo can be in it.
func TestThePhotoIsDrawn(t *testing.T) {
	want := drawnFace()
	if name := os.Getenv("MADOGUCHI_DRAW_FACE"); name != "" {
		var b bytes.Buffer
		if err := png.Encode(&b, want); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join("photo", "face.png"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	grey, ok := got.(*image.Gray)
	if !ok || !bytes.Equal(grey.Pix, want.Pix) {
		t.Error("photo/face.png is not what is drawn here")
	}
}

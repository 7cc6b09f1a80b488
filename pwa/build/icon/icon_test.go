package icon

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func painted(t *testing.T, size int, shape Shape) image.Image {
	t.Helper()
	svg, err := os.ReadFile(filepath.Join("..", "..", "static", "icon.svg"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := Paint(svg, size, shape)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Dx() != size || len(data) > 6000 {
		t.Fatalf("%d bytes, %v", len(data), err)
	}
	return img
}

// Places of the drawing, read off static/icon.svg: 64 units a side.
func TestIconsShowTheDrawing(t *testing.T) {
	blue, white := color.NRGBA{0, 0x11, 0x8f, 255}, color.NRGBA{255, 255, 255, 255}
	img := painted(t, 192, Rounded)
	for _, c := range []struct {
		x, y int
		want color.NRGBA
	}{{0, 0, color.NRGBA{}}, {96, 6, blue}, {42, 120, white}, {96, 102, white}, {96, 54, white}, {96, 130, blue}, {150, 149, white}, {150, 152, blue}, {34, 46, white}, {158, 46, white}} {
		if got := color.NRGBAModel.Convert(img.At(c.x, c.y)); got != c.want {
			t.Errorf("at %d, %d: %v, want %v", c.x, c.y, got, c.want)
		}
	}
	if got := color.NRGBAModel.Convert(painted(t, 180, Full).At(0, 0)); got != blue {
		t.Errorf("an icon to the edges has the corner %v", got)
	}
	masked := painted(t, 512, Masked)
	for y := range 512 {
		for x := range 512 {
			if dx, dy := x-256, y-256; dx*dx+dy*dy > 205*205 && color.NRGBAModel.Convert(masked.At(x, y)) != blue {
				t.Fatalf("the drawing leaves the safe zone at %d, %d", x, y)
			}
		}
	}
}

func TestAnIconThatCannotBePaintedIsRefused(t *testing.T) {
	const good = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#00118f"/><path d="M14 50V18h36v32" fill="none" stroke="#fff" stroke-width="6"/></svg>`
	if _, err := Paint([]byte(good), 16, Rounded); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{"a curve": {"h36", "c1 2 3 4 5 6"}, "a slanting line": {"h36", "l3 4"}, "a colour by name": {"#fff", "white"}, "another shape": {"<path", `<circle r="3"/><path`},
		"a filled path": {`fill="none"`, `fill="#fff"`}, "not a square": {`height="64"`, `height="32"`}, "broken": {"</svg>", ""}} {
		if _, err := Paint([]byte(strings.Replace(good, change[0], change[1], 1)), 16, Rounded); err == nil {
			t.Errorf("%s was painted", name)
		}
	}
}

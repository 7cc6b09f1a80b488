package pwa

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path"
	"strings"
	"testing"
)

// bundledIcon decodes a bundled PNG and returns it with its size as the manifest writes sizes.
func bundledIcon(t *testing.T, name string) (picture image.Image, size string) {
	t.Helper()
	data := loadBundle().files[name].plain
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(data) > 6000 {
		t.Errorf("%s has %d bytes", name, len(data))
	}
	return picture, fmt.Sprintf("%dx%d", picture.Bounds().Dx(), picture.Bounds().Dy())
}

func TestIconsHaveTheSizesThatTheManifestSays(t *testing.T) {
	data, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Icons []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	pictures := 0
	for _, icon := range manifest.Icons {
		t.Run(path.Base(icon.Src), func(t *testing.T) {
			if icon.Type != "image/png" {
				if icon.Type != "image/svg+xml" || icon.Sizes != "any" || path.Ext(icon.Src) != ".svg" {
					t.Errorf("%+v is neither a PNG nor an SVG for all sizes", icon)
				}
				return
			}
			pictures++
			if _, size := bundledIcon(t, path.Base(icon.Src)); size != icon.Sizes {
				t.Errorf("%s, the manifest says %s", size, icon.Sizes)
			}
		})
	}
	if pictures != 3 {
		t.Errorf("%d icons are pictures", pictures)
	}
}

// iOS takes the icon that the page names, not those of the manifest, at 180 pixels on its phones.
func TestTheIconOfIOSIsWhatTheScreensPageNames(t *testing.T) {
	source, err := templateFiles.ReadFile("templates/screen.html")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(source), `<link rel="apple-touch-icon" href="{{asset "icon-apple.png"}}">`) {
		t.Error("the page names another icon")
	}
	if _, size := bundledIcon(t, "icon-apple.png"); size != "180x180" {
		t.Errorf("it is of %s", size)
	}
}

// The places are read off static/icon.svg, 64 units a side: three strokes of white on blue.
func TestIconsShowTheDrawing(t *testing.T) {
	blue, white := color.NRGBA{0, 0x11, 0x8f, 255}, color.NRGBA{255, 255, 255, 255}
	img, _ := bundledIcon(t, "icon-192.png")
	for _, place := range []struct {
		name string
		x, y int
		want color.NRGBA
	}{
		{"beyond the round corner", 0, 0, color.NRGBA{}},
		{"the ground at the upper edge", 96, 6, blue},
		{"the left post", 42, 120, white},
		{"the middle bar", 96, 102, white},
		{"the upper bar", 96, 54, white},
		{"the ground below the middle bar", 96, 130, blue},
		{"the foot of the right post", 150, 149, white},
		{"below the right post", 150, 152, blue},
		{"the upper left corner", 34, 46, white},
		{"the upper right corner", 158, 46, white},
	} {
		t.Run(place.name, func(t *testing.T) {
			if got := color.NRGBAModel.Convert(img.At(place.x, place.y)); got != place.want {
				t.Errorf("at %d, %d: %v, want %v", place.x, place.y, got, place.want)
			}
		})
	}
	apple, _ := bundledIcon(t, "icon-apple.png")
	if got := color.NRGBAModel.Convert(apple.At(0, 0)); got != blue {
		t.Errorf("the icon of iOS has the corner %v: the system cuts the corners", got)
	}
}

// A system may cut a maskable icon down to a circle of four fifths of its side (W3C Web Application Manifest,
// "safe zone").
func TestTheMaskableIconsDrawingLiesInTheSafeZone(t *testing.T) {
	blue := color.NRGBA{0, 0x11, 0x8f, 255}
	masked, _ := bundledIcon(t, "icon-maskable.png")
	for y := range 512 {
		for x := range 512 {
			outside := (x-256)*(x-256)+(y-256)*(y-256) > 205*205
			if outside && color.NRGBAModel.Convert(masked.At(x, y)) != blue {
				t.Fatalf("the drawing leaves the safe zone at %d, %d", x, y)
			}
		}
	}
}

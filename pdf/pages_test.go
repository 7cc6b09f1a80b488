package pdf_test

import (
	"image"
	"image/png"
	"os"
	"strconv"
	"strings"
	"testing"
)

// pageCount returns how many pages poppler finds in a file.
func pageCount(t *testing.T, path string) int {
	t.Helper()
	for line := range strings.Lines(run(t, "pdfinfo", path)) {
		if value, ok := strings.CutPrefix(line, "Pages:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("pdfinfo names no number of pages")
	return 0
}

// picture decodes a PNG that another program made of a page.
func picture(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	decoded, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// inkShare returns the share of a picture's pixels that are darker than the middle.
func inkShare(p image.Image) float64 {
	inked := 0
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if red, green, blue, _ := p.At(x, y).RGBA(); red+green+blue < 3*0x8000 {
				inked++
			}
		}
	}
	return float64(inked) / float64(b.Dx()*b.Dy())
}

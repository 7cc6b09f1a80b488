package printing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"madoguchi/server/qrscan"
)

// Poppler sees a file as others do: with programs that this one does not stand on.
type Poppler struct {
	// Codes renders a page and returns the codes that a camera would see on it.
	Codes func(ctx context.Context, path string, page int) ([]string, error)
	// Text returns the text of a page, as somebody would copy it.
	Text func(ctx context.Context, path string, page int) (string, error)
}

// FindPoppler returns a Poppler by pdftoppm and pdftotext, or nil where they are not installed.
func FindPoppler() *Poppler {
	for _, name := range []string{"pdftoppm", "pdftotext"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil
		}
	}
	return &Poppler{Codes: renderPage, Text: pageText}
}

// a4Pixels is about what a page takes at 200 dots an inch, a byte each.
const a4Pixels = 1654*2339 + 64

func renderPage(ctx context.Context, path string, page int) ([]string, error) {
	n := strconv.Itoa(page)
	render := exec.CommandContext(ctx, "pdftoppm", "-f", n, "-l", n, "-r", "200", "-gray", path)
	pixels := bytes.NewBuffer(make([]byte, 0, a4Pixels+bytes.MinRead))
	render.Stdout = pixels
	if err := render.Run(); err != nil {
		return nil, fmt.Errorf("rendering page %d: %w", page, err)
	}
	picture, err := pictureOf(pixels.Bytes())
	if err != nil {
		return nil, fmt.Errorf("rendering page %d: %w", page, err)
	}
	codes, err := qrscan.Codes(picture)
	if errors.Is(err, qrscan.ErrNone) {
		err = nil
	}
	return codes, err
}

// pictureOf writes a grey picture of pdftoppm's (netpbm's PGM: P5, width, height, 255, a byte a pixel) as a
// PNG that is not packed: packing it takes pdftoppm four times as long as rendering the page.
func pictureOf(pgm []byte) ([]byte, error) {
	var width, height, most int
	r := bytes.NewReader(pgm)
	_, err := fmt.Fscanf(r, "P5\n%d %d\n%d\n", &width, &height, &most)
	if err != nil || most != 255 || width <= 0 || height <= 0 || r.Len() != width*height {
		return nil, fmt.Errorf("%d bytes of pdftoppm are no grey picture: %w", len(pgm), err)
	}
	var to bytes.Buffer
	to.Grow(len(pgm) + len(pgm)/256)
	err = (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&to, &image.Gray{
		Pix:    pgm[len(pgm)-r.Len():],
		Stride: width,
		Rect:   image.Rect(0, 0, width, height),
	})
	return to.Bytes(), err
}

func pageText(ctx context.Context, path string, page int) (string, error) {
	n := strconv.Itoa(page)
	text, err := exec.CommandContext(ctx, "pdftotext", "-f", n, "-l", n, "-raw", path, "-").Output()
	if err != nil {
		return "", fmt.Errorf("reading the text of page %d: %w", page, err)
	}
	return string(text), nil
}

// withoutBlanks drops blanks and line feeds: long names go on two lines. A character that could not be
// printed stands as 〓, or without its variation selector, and is on the hand-check list; so it is not
// compared.
func withoutBlanks(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF {
			return -1
		}
		return r
	}, text)
}

// sample has some of the pages seen by others, those of the first and the last person among them: their text,
// and their codes where they bear any, which it counts.
func (f *filePrint[T]) sample(ctx context.Context, path string) (int, error) {
	if f.Poppler == nil {
		return 0, nil
	}
	sampled := 0
	for i, w := range f.wants {
		if i != 0 && i != len(f.wants)-1 && (f.Every <= 0 || i%f.Every != 0) {
			continue
		}
		text, err := f.Poppler.Text(ctx, path, w.page)
		if err != nil {
			return sampled, err
		}
		if err := w.saidBy([]byte(withoutBlanks(text))); err != nil {
			return sampled, err
		}
		if len(w.codes) == 0 {
			continue
		}
		seen, err := f.Poppler.Codes(ctx, path, w.page)
		if err != nil {
			return sampled, err
		}
		for _, want := range w.codes {
			if !slices.Contains(seen, want) {
				return sampled, &Mismatch{w.page, "the rendered page does not show its person's code"}
			}
		}
		sampled++
	}
	return sampled, nil
}

package press

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"madoguchi/server/lens"
)

// Sampler renders a page of a file and returns the codes that a camera would see on it and the text that stands there.
type Sampler func(ctx context.Context, path string, page int) (codes []string, text string, err error)

// Poppler returns a Sampler by pdftoppm and pdftotext, programs of another house, or nil where they are not installed.
func Poppler() Sampler {
	for _, name := range []string{"pdftoppm", "pdftotext"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil
		}
	}
	return func(ctx context.Context, path string, page int) ([]string, string, error) {
		n := strconv.Itoa(page)
		picture, err := exec.CommandContext(ctx, "pdftoppm", "-f", n, "-l", n, "-r", "200", "-gray", "-png", path).Output()
		if err != nil {
			return nil, "", fmt.Errorf("rendering page %d: %w", page, err)
		}
		codes, err := lens.Codes(picture)
		if err != nil {
			codes = nil // no code in sight: the caller knows whether one should be
		}
		text, err := exec.CommandContext(ctx, "pdftotext", "-f", n, "-l", n, "-raw", path, "-").Output()
		if err != nil {
			return nil, "", fmt.Errorf("reading page %d: %w", page, err)
		}
		return codes, string(bytes.ToValidUTF8(text, []byte("?"))), nil
	}
}

// sample renders some pages of a file, its first and last among them, and returns how many.
func (f *printing) sample(ctx context.Context, path string) (int, error) {
	if f.Sample == nil {
		return 0, nil
	}
	sampled := 0
	for i, w := range f.wants {
		if i != 0 && i != len(f.wants)-1 && (f.Every <= 0 || i%f.Every != 0) {
			continue
		}
		codes, text, err := f.Sample(ctx, path, w.page)
		if err != nil {
			return sampled, err
		}
		for _, want := range slices.Sorted(maps.Values(w.codes)) {
			if !slices.Contains(codes, want) {
				return sampled, &Mismatch{w.page, "the rendered page does not show its person's code"}
			}
		}
		if !strings.Contains(text, w.text) {
			return sampled, &Mismatch{w.page, "the rendered page does not show its person's number"}
		}
		sampled++
	}
	return sampled, nil
}

package printing

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
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
	// Texts calls see with the text of each page, from 1.
	Texts func(ctx context.Context, path string, see func(page int, text string) error) error
}

// FindPoppler returns a Poppler by pdftoppm and pdftotext, or nil where they are not installed.
func FindPoppler() *Poppler {
	for _, name := range []string{"pdftoppm", "pdftotext"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil
		}
	}
	return &Poppler{Codes: renderPage, Texts: pageTexts}
}

func renderPage(ctx context.Context, path string, page int) ([]string, error) {
	n := strconv.Itoa(page)
	picture, err := exec.CommandContext(ctx, "pdftoppm", "-f", n, "-l", n, "-r", "200", "-gray", "-png",
		path).
		Output()
	if err != nil {
		return nil, fmt.Errorf("rendering page %d: %w", page, err)
	}
	codes, err := qrscan.Codes(picture)
	if errors.Is(err, qrscan.ErrNone) {
		err = nil
	}
	return codes, err
}

// pageTexts reads the whole file in one go; pages end with a form feed.
func pageTexts(ctx context.Context, path string, see func(page int, text string) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, "pdftotext", "-raw", path, "-")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("reading the texts: %w", err)
	}
	r := bufio.NewReader(out)
	for page := 1; ; page++ {
		text, err := r.ReadString('\f')
		if err != nil && err != io.EOF {
			return errors.Join(err, cmd.Wait())
		}
		if err == io.EOF && text == "" {
			break
		}
		if bad := see(page, text); bad != nil {
			stop()
			_ = cmd.Wait() // it was stopped
			return bad
		}
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("reading the texts: %w", err)
	}
	return nil
}

// texts compares each page's text with what its people's pages should say, and returns how many people were
// found.
func (f *filePrint[T]) texts(ctx context.Context, path string) (int, error) {
	if f.Poppler == nil {
		return 0, nil
	}
	wanted := f.wants
	err := f.Poppler.Texts(ctx, path, func(page int, text string) error {
		text = withoutBlanks(text)
		for len(wanted) > 0 && wanted[0].page == page {
			for _, want := range wanted[0].texts {
				if !strings.Contains(text, withoutBlanks(want)) {
					return &Mismatch{page, "the page does not say its person's number and name"}
				}
			}
			wanted = wanted[1:]
		}
		return nil
	})
	if err == nil && len(wanted) > 0 {
		err = &Mismatch{wanted[0].page, "the page is missing"}
	}
	return len(f.wants) - len(wanted), err
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

// sample renders some of the pages that bear codes, the first and the last among them, and returns how many.
func (f *filePrint[T]) sample(ctx context.Context, path string) (int, error) {
	if f.Poppler == nil {
		return 0, nil
	}
	sampled := 0
	for i, w := range f.wants {
		if len(w.codes) == 0 || i != 0 && i != len(f.wants)-1 && (f.Every <= 0 || i%f.Every != 0) {
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

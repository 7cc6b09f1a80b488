package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
)

// printsOut prints the page on A4, as Ctrl+P does in Chromium's usual settings, and returns the words on
// paper. With MADOGUCHI_PICTURES its first sheet is stored as a picture, to be looked at and for docs.
func printsOut(t *testing.T, tab context.Context, name string) string {
	t.Helper()
	testenv.Need(t, "pdftotext", "pdftoppm")
	file := filepath.Join(t.TempDir(), "page.pdf")
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		made, err := cdp.Call(ctx, target, page.PrintToPDF,
			page.PrintToPDFParams{PaperWidth: 210 / 25.4, PaperHeight: 297 / 25.4}) // inches
		if err != nil {
			return err
		}
		return os.WriteFile(file, made.Data, 0o600)
	}))
	words, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	if folder := os.Getenv("MADOGUCHI_PICTURES"); folder != "" {
		out, err := exec.Command("pdftoppm", "-r", "90", "-png", "-singlefile", file,
			filepath.Join(folder, name)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return string(words)
}

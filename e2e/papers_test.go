package e2e

import (
	"context"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
	"madoguchi/pwa"
)

// Somebody with a paper in the hand taps three times, without a program in the page, and learns which it
// is. What is expected: docs/facts/insurers-and-papers.md#three-documents.
func TestThreeQuestionsFindThePaperInOnesHand(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	phone := browser(t, 390, 844, "")
	do(t, phone, chromedp.Navigate(base+"/papers"), chromedp.WaitVisible("#choices"))
	if eval[int](t, phone, `document.scripts.length`) != 0 {
		t.Error("the page has a program")
	}
	allPictures(t, phone)
	state(t, phone, "papers-all")
	foldedPapers(t, phone)
	for _, lang := range []string{"ja", "vi", "zh-Hans"} {
		for _, walk := range []struct {
			taps []string
			text string
		}{
			{[]string{"hold=paper", "says=notice", "third=no"}, "kinds.found.notice.no"},
			{[]string{"hold=paper", "says=certificate", "third=valid"}, "kinds.found.certificate.valid"},
			{[]string{"hold=paper", "says=oldCard"}, "kinds.found.oldCard"},
			{[]string{"hold=phone", "says=portal", "third=no"}, "kinds.found.portalScreen.no"},
			{[]string{"hold=card", "says=yes", "third=over"}, "kinds.found.expired"},
		} {
			do(t, phone, chromedp.Navigate(base+"/papers?lang="+lang))
			for i, tap := range walk.taps {
				waitText(t, phone, ".step", string(rune('1'+i))+" / 3")
				if lang != "zh-Hans" {
					state(t, phone, "papers-"+lang+"-"+strings.Join(walk.taps[:i], "-"))
				}
				do(t, phone, leaves(`document.querySelector('#choices a[href*="`+tap+`"]').click()`))
			}
			waitText(t, phone, "#answer", pwa.Plain(lang, walk.text))
			state(t, phone, "papers-"+lang+"-found-"+strings.Join(walk.taps, "-"))
		}
	}
	// the browser's Back leads to the question before, and so does the link on the page
	do(t, phone, leaves(`history.back()`))
	waitText(t, phone, "#question", pwa.Plain("zh-Hans", "kinds.q.expiry"))
	do(t, phone, leaves(`document.querySelector("#back").click()`))
	waitText(t, phone, "#question", pwa.Plain("zh-Hans", "kinds.q.registered"))
}

// foldedPapers demands that the papers below the questions are told one at a time, and that the page is a few
// windows long.
func foldedPapers(t *testing.T, phone context.Context) {
	t.Helper()
	const told = `[...document.querySelectorAll(".kind dl")].filter(e => e.checkVisibility()).length`
	if n := eval[int](t, phone, told); n != 0 {
		t.Errorf("%d papers are told at first", n)
	}
	if high := eval[int64](t, phone, `document.documentElement.scrollHeight`); high > 3*844 {
		t.Errorf("the page is %d px long", high)
	}
	do(t, phone, click(".kind:nth-child(2) summary"))
	waitTrue(t, phone, told+` === 1`)
	state(t, phone, "papers-open")
	do(t, phone, click(".kind:nth-child(2) summary"))
	waitTrue(t, phone, told+` === 0`)
}

// The page is one sheet of A4 in every language, whatever the length of its words.
func TestThePapersPrintOnOneSheet(t *testing.T) {
	t.Parallel()
	testenv.Need(t, "pdfinfo")
	testenv.Need(t, "pdftotext")
	base, _, _ := startServer(t)
	tab := browser(t, 390, 844, "")
	for _, lang := range pwa.Languages() {
		t.Run(lang, func(t *testing.T) {
			do(t, tab, chromedp.Navigate(base+"/papers?lang="+lang), chromedp.WaitReady("#compare"))
			allPictures(t, tab)
			file := filepath.Join(t.TempDir(), "papers.pdf")
			if err := os.WriteFile(file, printedPage(t, tab), 0o600); err != nil {
				t.Fatal(err)
			}
			info, err := exec.Command("pdfinfo", file).Output()
			if err != nil || !strings.Contains(string(info), "(A4)") {
				t.Errorf("%v\n%s", err, info)
			}
			if !strings.Contains(strings.Join(strings.Fields(string(info)), " "), "Pages: 1 ") {
				t.Errorf("not one sheet:\n%s", info)
			}
			text, err := exec.Command("pdftotext", "-raw", file, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"資格確認書", "資格情報のお知らせ", "マイナポータル"} {
				if !strings.Contains(string(text), want) {
					t.Errorf("the sheet lacks %s", want)
				}
			}
			if folder := os.Getenv("MADOGUCHI_PICTURES"); folder != "" {
				if out, err := exec.Command("pdftoppm", "-r", "100", "-png", file,
					filepath.Join(folder, "papers-print-"+lang)).CombinedOutput(); err != nil {
					t.Errorf("%v %s", err, out)
				}
			}
		})
	}
}

// allPictures waits for the pictures, those too that a phone loads when it scrolls there.
func allPictures(t *testing.T, tab context.Context) {
	t.Helper()
	waitTrue(t, tab, `(document.querySelectorAll("img").forEach(i => { i.loading = "eager" }),
		[...document.images].every(i => i.complete && i.naturalWidth > 0))`)
}

// printedPage is the page as the browser prints it, on the sheet that its styles ask for.
func printedPage(t *testing.T, tab context.Context) []byte {
	t.Helper()
	var data []byte
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		printed, err := cdp.Call(ctx, target, page.PrintToPDF,
			page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
		if err != nil {
			return err
		}
		data = printed.Data
		return nil
	}))
	return data
}

// sampleScreen makes the page's sample of the insurer's screen out of the picture of that.
func sampleScreen(t *testing.T) {
	t.Helper()
	folder := os.Getenv("MADOGUCHI_PICTURES")
	if folder == "" {
		return
	}
	file, err := os.ReadFile(filepath.Join(folder, "screen.png"))
	if err != nil {
		t.Fatal(err)
	}
	small, err := testenv.SmallPicture(file, image.Rect(0, 0, 360, 640), 240)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "paper-screen.png"), small, 0o644); err != nil {
		t.Fatal(err)
	}
}

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/text/encoding"

	"madoguchi/internal/crowd"
)

// A large file's page tells how many rows are read and stored, from its headings on, and then what came of
// it.
func TestALargeFilesProgressIsSeen(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	file := crowdFile(t, "people.csv", crowd.File{Insurer: "06139992", People: 40_000}, encoding.Nop)
	tab := browser(t, 1280, 900, "")
	do(t, tab, chromedp.Navigate(base+"/insurer"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible("#file"))
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=06139992"),
		chromedp.SetUploadFiles(`#file`, []string{file}), click(`#import`),
		chromedp.WaitVisible("#map"))
	do(t, tab, click("#map"))
	waitText(t, tab, "#wait-words", "行を読みました・毎秒")
	above(t, tab, "import-reading.png")
	do(t, tab, chromedp.WaitVisible("#store"))
	waitText(t, tab, "#count-new", "40,000")
	do(t, tab, click("#store"))
	waitText(t, tab, "#wait-words", "/ 40,000行・毎秒")
	above(t, tab, "import-storing.png")
	do(t, tab, chromedp.WaitVisible("#done"))
	waitText(t, tab, "#next-notices .button", "人のお知らせを作る")
}

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// examined are the names of the states that were looked at in this run: many tests come past the same ones.
var examined sync.Map

// state examines what the page shows at this moment, whoever uses it: axe's rules, then our own measures
// in the narrowest window, an office's and a counter's pages on a tablet too. With MADOGUCHI_PICTURES (make
// pictures) all pages are measured on a tablet, and it also stores a picture in each of these windows and on
// a usual phone and a PC, to be looked at. Each name is examined once; the window is as before when it
// returns.
func state(t *testing.T, tab context.Context, name string) {
	t.Helper()
	if _, done := examined.LoadOrStore(name, true); done {
		return
	}
	before := eval[[]int64](t, tab, `[innerWidth, innerHeight, scrollX, scrollY]`)
	defer func() { // the page has drawn anew when it ends: what is pressed next stays in its place
		x, y := strconv.FormatInt(before[2], 10), strconv.FormatInt(before[3], 10)
		resize(t, tab, before[0], before[1])
		do(t, tab, script(`scrollTo(`+x+`, `+y+`)`))
		frames(t, tab)
	}()
	axe(t, tab, name)
	resize(t, tab, 320, 640)
	sizes(t, tab, name+" at 320 px")
	windows := [][2]int64{{320, 640}, {390, 844}, {1280, 900}}
	folder := os.Getenv("MADOGUCHI_PICTURES")
	var tablets [][2]int64
	if folder != "" || eval[bool](t, tab, `/^\/(counter|insurer)/.test(location.pathname)`) {
		tablets = append(tablets, [2]int64{1024, 768})
	}
	if eval[bool](t, tab, `location.pathname.startsWith("/counter")`) {
		tablets = append(tablets, [2]int64{768, 1024})
	}
	for _, tablet := range tablets {
		resize(t, tab, tablet[0], tablet[1])
		sizes(t, tab, name+" at "+strconv.FormatInt(tablet[0], 10)+" px")
		windows = append(windows, tablet)
	}
	if folder == "" {
		return
	}
	for _, size := range windows {
		resize(t, tab, size[0], size[1])
		do(t, tab, script(`scrollTo(0, 0)`))
		frames(t, tab)
		shot := chromedp.FullScreenshot(100)
		// it covers the window, not the page
		if eval[bool](t, tab, `!!document.querySelector("dialog[open]")`) {
			tall := eval[int64](t, tab, `document.querySelector("dialog[open]").scrollHeight`)
			resize(t, tab, size[0], max(size[1], tall))
			frames(t, tab)
			shot = chromedp.CaptureScreenshot()
		}
		if err := os.WriteFile(filepath.Join(folder, name+"-"+strconv.FormatInt(size[0], 10)+".png"),
			get(t, tab, shot), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

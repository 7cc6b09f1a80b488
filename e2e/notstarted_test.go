package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A phone whose browser does not know this page's language, or that did not get the whole program, is told
// what to do.
func TestAProgramThatDoesNotStartLeavesASentence(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	for _, c := range []struct {
		name, block string
	}{
		{"the program", "*://*:*/static/*/patient.js"},
		{"a part of it", "*://*:*/static/*/chunk-*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			phone := browser(t, 390, 844, "")
			devtool(t, phone, network.Enable, network.EnableParams{})
			devtool(t, phone, network.SetBlockedURLs,
				network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: c.block,
					Block: true}}})
			do(t, phone, chromedp.Navigate(base+"/screen"))
			waitText(t, phone, "#main", "画面が出ないときは、ページを開き直してください")
			waitText(t, phone, "#main", "紙のお知らせをマイナンバーカードといっしょに見せてください")
			state(t, phone, "not-started")
		})
	}
}

package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A browser that runs no programs comes from the paper to the enrolment, in another language too, and the
// screen says what to show instead.
func TestTheWayInNeedsNoProgram(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	notice := imports(t, base, "髙橋 德一")
	phone := browser(t, 360, 640, "")
	devtool(t, phone, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true})
	do(t, phone, chromedp.Navigate(notice))
	waitText(t, phone, "h1", "読み取りました")
	do(t, phone, click(".menu summary"), chromedp.WaitVisible(`.menu a[hreflang="en"]`),
		click(`.menu a[hreflang="en"]`))
	waitText(t, phone, "h1", "The code on your notice has been read")
	do(t, phone, click("details.more summary"), chromedp.WaitVisible("details.more[open] p"))
	do(t, phone, click(".menu summary"), chromedp.WaitVisible(`.menu a[hreflang="ja"]`),
		click(`.menu a[hreflang="ja"]`))
	waitText(t, phone, "h1", "読み取りました")
	do(t, phone, click(`a[href="/login"]`))
	waitText(t, phone, "h1", "だれとして")
	do(t, phone, click(`button[value="demo-tokuichi"]`))
	waitText(t, phone, "h1", "登録の確認")
	do(t, phone, click(`form[action="/enrol"] button`))
	waitText(t, phone, "#main", "紙のお知らせをマイナンバーカードといっしょに見せてください")
	do(t, phone, chromedp.EmulateViewport(320, 640)) // resize asks the page's programs, and none runs here
	waitTrue(t, phone, `innerWidth === 320`)
	sizes(t, phone, "without programs at 320 px") // axe is a program itself
	seen := eval[string](t, phone,
		`[...document.querySelectorAll("h1")].filter(h => h.checkVisibility({visibilityProperty: true}))
			.map(h => h.innerText).join()`)
	if seen != "資格情報画面" {
		t.Errorf("the headings are %q", seen)
	}
	picture(t, phone, "no-program.png")
}

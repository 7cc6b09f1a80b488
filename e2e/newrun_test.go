package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// asksForARun answers the questions of a run of certificates, looks back with the browser's own way, changes
// its mind in the plan, and ends at the plan of notices.
func asksForARun(t *testing.T, tab context.Context) {
	t.Helper()
	picks := func(name, value string) {
		t.Helper()
		do(t, tab, chromedp.WaitVisible(`[name="`+name+`"][value="`+value+`"]`))
		state(t, tab, "run-ask-"+name)
		do(t, tab, click(`[name="`+name+`"][value="`+value+`"]`), click("#next"))
	}
	do(t, tab, click("#new-run"))
	picks("run", "certificates")
	picks("whom", "share")
	waitText(t, tab, "main", "いつですか")
	state(t, tab, "run-ask-share")
	goesBack(t, tab, "だれの分を作りますか")
	if !eval[bool](t, tab, `document.querySelector('[value="certificates"]') !== null`) {
		t.Error("the way back forgot the paper")
	}
	do(t, tab, click(`[value="list"]`), click("#next"), chromedp.WaitVisible("#answer"))
	state(t, tab, "run-ask-list")
	do(t, tab, chromedp.SetValue("#answer", "123456789018"), click("#next"))
	waitText(t, tab, "[role=alert]", "マイナンバー")
	state(t, tab, "run-ask-list-refused")
	do(t, tab, chromedp.SetValue("#answer", "0001234\n9"), click("#next"))
	waitText(t, tab, "main", "交付年月日")
	state(t, tab, "run-ask-day")
	do(t, tab, click("#next"))
	picks("order", "number")
	picks("sheets", "yes")
	picks("layout", "cards")
	waitText(t, tab, "#choices", "2行")
	state(t, tab, "run-plan-nobody")
	do(t, tab, click(`#choices > div:last-child a`), chromedp.WaitVisible(`[name="perFile"]`))
	state(t, tab, "run-ask-perFile")
	goesBack(t, tab, "作る前の確認")
	do(t, tab, click(`#choices > div:first-child a`), chromedp.WaitVisible(`[value="notices"]`),
		click(`[value="notices"]`), click("#next"), chromedp.WaitVisible("#choices"),
		click(`#choices > div:nth-child(2) a`), chromedp.WaitVisible(`[value="new"]`),
		click(`[value="new"]`), click("#next"))
	waitText(t, tab, "#plan-total", "2")
	state(t, tab, "runs-plan")
}

// goesBack goes back by the browser's own way. The page may come from its memory, which the test's browser is
// not told of: it is loaded again.
func goesBack(t *testing.T, tab context.Context, heading string) {
	t.Helper()
	do(t, tab, script(`history.back()`))
	waitText(t, tab, "h1", heading)
	do(t, tab, chromedp.Reload())
}

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A copied card that is found out by its printed number has refused the case at hand: for copying, for the
// list of those that were set aside, and after the next check, which fails.
func TestWhatAnyCheckSaysIsKnownOfTheCaseAtHand(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	inLab(t, console)
	do(t, console, chromedp.Navigate(base+"/counter"), chromedp.WaitVisible("#scan-text"))
	bridge(t, base, console, "copied-tokuichi.json")
	paste(t, console, jwsOf(t, phone))
	waitText(t, console, "#verdict", "この画面は本物です")
	do(t, console, script(`Object.defineProperty(navigator, "clipboard", {value: {
			writeText: async text => { window.copied = text }}})`),
		click("#extra-checks summary"), chromedp.SendKeys("#text-year", "2034"),
		chromedp.SendKeys("#text-code", "4821"), click("#text-check"))
	refused := func(when string) {
		t.Helper()
		waitText(t, console, "#verdict .bad", "カードの確認が通りませんでした")
		waitText(t, console, "#lamp-card", "通りません")
		if !eval[bool](t, console, `document.getElementById("record").disabled &&
			document.getElementById("copy").hidden && document.getElementById("face-area").hidden`) {
			t.Errorf("%s: the case can go on", when)
		}
		do(t, console, script(`window.copied = ""`), chromedp.KeyEvent(kb.F4))
		waitText(t, console, "#problem", "コピー")
		if got := eval[string](t, console, `window.copied`); got != "" {
			t.Errorf("%s: %q was copied", when, got)
		}
	}
	refused("the number was used")

	set(t, console, "answers", refusal("/card-check", 503, "reader.away", "リーダーがありません。"))
	do(t, console, script(`document.getElementById("problem").textContent = ""`), chromedp.KeyEvent(kb.F2))
	waitText(t, console, "#problem", "リーダーがありません")
	refused("the next check failed")

	do(t, console, chromedp.KeyEvent(kb.Escape))
	waitText(t, console, "#verdict", "読み取ってください")
	do(t, console, click("#asides"))
	waitText(t, console, "#asides-sheet", "髙橋さん")
	do(t, console, click("#asides-sheet button"))
	refused("it was set aside and taken up again")
}

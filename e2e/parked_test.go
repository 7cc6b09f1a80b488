package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A case that is parked with the clinic's own number is taken up at another counter, carried on, and settled
// by the keyboard alone; then it is found among the records, corrected, and copied.
func TestAParkedCaseIsSettledAtAnotherCounter(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	first, second := staffOpens(t, base, ""), staffOpens(t, base, "")
	press := func(tab context.Context, keys ...string) {
		t.Helper()
		for _, key := range keys {
			do(t, tab, chromedp.KeyEvent(key))
		}
	}
	at := func(tab context.Context, id string) {
		t.Helper()
		waitTrue(t, tab, `document.activeElement?.id === `+quote(id))
	}

	paste(t, first, anotherScreen(t, data))
	waitText(t, first, "#p-name", "試験 花子")
	press(first, kb.F8)
	at(first, "reason")
	press(first, "会計までにカード", kb.Tab)
	at(first, "reason-number")
	state(t, first, "counter-park")
	press(first, "００１２３４", kb.Enter)
	waitText(t, first, "#verdict", "記録しました")
	waitText(t, first, "#parked", "1")

	// nobody's eyes leave the page: F7, Enter
	takesUp := func(tab context.Context, reason string) {
		t.Helper()
		press(tab, kb.F7)
		waitText(t, tab, "#parked-sheet", "試験 花子（昭和63年11月30日）")
		waitText(t, tab, "#parked-sheet", "診察券番号 001234")
		waitText(t, tab, "#parked-sheet", reason)
		state(t, tab, "counter-parked")
		press(tab, kb.Enter)
		waitText(t, tab, "#p-parked", "に保留にした受付です（"+reason+"）")
		waitText(t, tab, "#p-number", "診察券番号 001234")
	}
	takesUp(second, "会計までにカード")
	state(t, second, "counter-taken-up")
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		resize(t, second, size[0], size[1])
		frames(t, second)
		shot(t, second, fmt.Sprintf("parked-taken-up-%d-%d", size[0], size[1]))
		inWindow(t, second, fmt.Sprintf("taken up at %d", size[0]),
			"#verdict .verdict-box", "#p-name", "#p-parked", "#p-number", "#p-figures", "#copy",
			"#scan-again", "#visual", "#ask", "#method", "#record", "#park", "#parked-open", "#number-open")
		if over := eval[int64](t, second, `document.documentElement.scrollHeight - innerHeight`); over > 0 {
			t.Errorf("taken up at %d: the page is %d px too long", size[0], over)
		}
		press(second, kb.F8)
		at(second, "reason")
		frames(t, second)
		shot(t, second, fmt.Sprintf("parked-reason-%d-%d", size[0], size[1]))
		inWindow(t, second, fmt.Sprintf("the reason at %d", size[0]),
			"#reason", "#reason-number", "#reason-go")
		press(second, kb.Escape)
	}
	// a bar code that is read into the reason is the number's, and its Enter parks nothing
	press(second, kb.F8)
	at(second, "reason")
	do(t, second, script(`(async () => {
		const field = document.getElementById("reason");
		for (const key of [..."98765"]) {
			field.dispatchEvent(new KeyboardEvent("keydown", {key, code: "Digit" + key, bubbles: true}));
			field.value += key;
		}
		field.dispatchEvent(new KeyboardEvent("keydown",
			{key: "Enter", code: "Enter", bubbles: true, cancelable: true}));
		window.readAt = performance.now();
	})()`))
	waitTrue(t, second, `document.getElementById("reason").value === "" &&
		document.getElementById("reason-number").value === "98765"`)
	do(t, second, script(`document.getElementById("reason-number").value = "001234"`))
	// an Enter within 50 ms of the reader's is the reader's too (guardEnter)
	waitTrue(t, second, `performance.now() - window.readAt > 50`)
	press(second, "明日もう一度", kb.Enter)
	waitText(t, second, "#verdict", "記録しました")
	waitText(t, second, "#parked", "1")

	takesUp(first, "明日もう一度")
	do(t, first, script(`document.querySelector("#visual input").focus()`))
	press(first, " ", " ", " ")
	at(first, "record")
	press(first, kb.Enter)
	waitText(t, first, "#verdict", "記録しました")
	waitText(t, first, "#parked", "0")
	press(first, kb.F7)
	waitText(t, first, "#parked-sheet", "保留はありません")
	press(first, kb.Escape)

	// what was recorded this month; nothing says that somebody is insured now
	press(first, kb.F9)
	at(first, "patient-number")
	press(first, "１２３４", kb.Enter)
	waitText(t, first, "#number-sheet .month", "に確認を記録")
	waitText(t, first, "#number-sheet .month", "試験 花子")
	waitText(t, first, "#number-sheet .month", "いまも資格があるかは、わかりません")
	state(t, first, "counter-month")
	press(first, "診察券", kb.Enter)
	expects(t, first, "status of 422", "a patient number of kanji, for its sentence")
	waitText(t, first, "#number-sheet [role=alert]", "数字と英字20文字まで")
	press(first, "5678", kb.Enter)
	waitText(t, first, "#number-sheet .month", "今月受け付けた記録はありません")
	press(first, kb.Escape)
	waitText(t, first, "#next-number", "5678")
	state(t, first, "counter-next-number")
	paste(t, first, anotherScreen(t, data))
	waitText(t, first, "#p-number", "診察券番号 5678")
	waitTrue(t, first, `document.getElementById("next-number").hidden`)
}

// The records of a day are found, one is opened, copied and corrected; the former record stays.
func TestRecordsAreFoundAndCorrected(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	tab := staffOpens(t, base, "")
	for _, why := range []string{"画面が別の人", "保険が変わった"} {
		paste(t, tab, anotherScreen(t, data))
		waitText(t, tab, "#p-name", "試験 花子")
		do(t, tab, click("#refuse"), chromedp.SendKeys("#reason", why),
			chromedp.SendKeys("#reason-number", "77"), click("#reason-go"))
		waitText(t, tab, "#verdict", "記録しました")
	}
	do(t, tab, chromedp.Navigate(base+"/counter/records"))
	waitText(t, tab, "#counts", "2")
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		resize(t, tab, size[0], size[1])
		frames(t, tab)
		shot(t, tab, fmt.Sprintf("records-%d-%d", size[0], size[1]))
	}
	state(t, tab, "records")
	do(t, tab, chromedp.SetValue("#number", "９９"), click("#find"))
	waitText(t, tab, "#nothing", "この条件の記録はありません")
	state(t, tab, "records-none")
	expects(t, tab, "status of 422", "a patient number that is none, for its sentence")
	do(t, tab, chromedp.SetValue("#number", "第1"), click("#find"))
	waitText(t, tab, "[role=alert]", "数字と英字20文字まで")
	state(t, tab, "records-refused")
	do(t, tab, chromedp.SetValue("#number", "７７"), click("#find"))
	waitText(t, tab, "#counts", "2")
	do(t, tab, click(".record-link"))
	waitText(t, tab, "#entries", "受け付けなかった")
	state(t, tab, "record")
	do(t, tab, script(`Object.defineProperty(navigator, "clipboard", {value: {
		writeText: async text => { window.copied = text }}})`), chromedp.KeyEvent(kb.F4))
	waitText(t, tab, "#copy-state", "コピーしました")
	// the order of a receipt computer's form, as the counter's page copies it
	want := "\t試験 花子\tS63.11.30\t"
	if got := eval[string](t, tab, `window.copied`); !strings.HasPrefix(got, want) ||
		!strings.Contains(got, "\t138990\t国13\t0005678\t01\t") {
		t.Errorf("%q", got)
	}
	do(t, tab, click(`[data-copies="number"]`))
	waitTrue(t, tab, `window.copied === "0005678"`)

	do(t, tab, click("#correct summary"), click(`#correct input[value="accepted"]`),
		chromedp.SendKeys("#reason", "職員が知る人"))
	state(t, tab, "record-correcting")
	do(t, tab, click("#do-correct"))
	waitText(t, tab, "#said", "訂正を記録しました")
	waitText(t, tab, "#entries .last", "職員が知る人")
	waitText(t, tab, "#entries", "保険が変わった")
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		resize(t, tab, size[0], size[1])
		frames(t, tab)
		shot(t, tab, fmt.Sprintf("record-%d-%d", size[0], size[1]))
	}
	state(t, tab, "record-corrected")
	do(t, tab, chromedp.Navigate(base+"/counter/records/export"), chromedp.WaitVisible("#save"))
	state(t, tab, "records-export")
}

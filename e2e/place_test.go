package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A facility's page by keyboard: from the console to the page, its papers and its numbers, which have what
// was recorded just now and nothing of the patient. An administrator has staff and settings there too.
func TestAFacilityHasItsOwnPage(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	console := staffOpens(t, base, "")
	numbers := staffOpens(t, base, "")
	do(t, numbers, chromedp.Navigate(base+"/counter/numbers"))
	waitText(t, numbers, "#says", "記録はありません")
	state(t, numbers, "numbers-none")

	paste(t, console, anotherScreen(t, data))
	waitText(t, console, "#p-name", "試験 花子")
	for _, check := range []string{"photo", "name", "birthDate"} {
		do(t, console, click(`#visual input[value="`+check+`"]`))
	}
	do(t, console, click("#record"))
	waitText(t, console, "#done", "記録しました")
	paste(t, console, anotherScreen(t, data))
	waitText(t, console, "#p-name", "試験 花子")
	do(t, console, click("#park"), chromedp.SendKeys("#reason", "会計のあとで\r"))
	waitText(t, console, "#parked", "1")
	bridge(t, base, console, "tokuichi.json")

	page := staffOpens(t, base, "")
	resize(t, page, 1280, 900)
	do(t, page, chromedp.Navigate(base+"/counter/facility"))
	waitText(t, page, "h1", "架空医院")
	waitText(t, page, "#readers", "つながっています")
	waitText(t, page, "#numbers", "2件を記録しました（受け付けた：1件、受け付けなかった：0件、保留：1件）")
	waitText(t, page, "#notices", "今日使える通知はありません")
	state(t, page, "place-demo")
	for link, heading := range map[string]string{"#records": "受付の記録", "#outage": "障害の間の控え"} {
		do(t, page, click(link))
		waitText(t, page, "h1", heading)
		do(t, page, chromedp.Navigate(base+"/counter/facility"), chromedp.WaitVisible("#papers"))
	}
	for _, paper := range []string{"#sheet", "#poster"} {
		do(t, page, script(`window.kind = ""; fetch(document.querySelector("`+paper+`").href).then(
			r => {window.kind = r.headers.get("Content-Type")})`))
		waitTrue(t, page, `window.kind === "application/pdf"`)
	}
	do(t, page, chromedp.Focus("#numbers-open"), chromedp.KeyEvent(kb.Enter))
	waitText(t, page, "#ways", "N1e")
	waitText(t, page, "#table tfoot", "合計")
	if body := eval[string](t, page, `document.body.innerText`); strings.Contains(body, "花子") ||
		strings.Contains(body, "鈴木") {
		t.Errorf("somebody is named: %s", body)
	}
	// the longest bar is as long as its room, and its value stands beside it as text
	waitTrue(t, page, `(([svg, rect]) => Math.abs(svg.width - rect.width) < 1 && svg.width > 200)(
		[...document.querySelectorAll("#ways svg, #ways rect")].map(e => e.getBoundingClientRect()))`)
	state(t, page, "numbers")
	above(t, page, "counter-numbers.png")
	do(t, page, chromedp.Focus("#other"), chromedp.KeyEvent(kb.Enter))
	waitText(t, page, "#table thead", "月")
	state(t, page, "numbers-year")

	admin := browser(t, 1280, 900, "")
	authenticator(t, admin)
	makesPasskey(t, admin, invites(t, base, data, "--facility", "1319999991", "--name", "佐藤 次郎",
		"--role", "facility-admin"), "架空医院")
	waitText(t, admin, "#acting", "佐藤 次郎")
	do(t, admin, chromedp.Navigate(base+"/counter/facility"))
	waitText(t, admin, "#staff", "佐藤 次郎")
	waitText(t, admin, "#defaults", "和暦")
	state(t, admin, "place")
	resize(t, admin, 1280, 900)
	do(t, admin, script(`scrollTo(0, 0)`))
	frames(t, admin)
	above(t, admin, "counter-facility.png")
	do(t, admin, chromedp.Focus("#settings"), chromedp.KeyEvent(kb.Enter))
	waitText(t, admin, "h1", "医療機関の設定")
	do(t, admin, click(`input[name=calendar][value=year]`), click("#save"))
	waitText(t, admin, "#said", "保存しました")
	do(t, admin, chromedp.Navigate(base+"/counter"))
	waitTrue(t, admin, `document.querySelector("#copy-calendar input[value=year]")?.checked === true`)
	// a PC that was set otherwise keeps its own
	do(t, admin, script(`document.querySelector("#copy-calendar input[value=era]").click()`),
		chromedp.Navigate(base+"/counter"))
	waitTrue(t, admin, `document.querySelector("#copy-calendar input[value=era]")?.checked === true`)
}

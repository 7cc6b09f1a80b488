package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// An administrator sets after how long the counter hides a patient's data; a counter PC has it when its page
// is loaded next.
func TestAFacilitySaysWhenItsCounterIsBlanked(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	facility := []string{"--facility", "1319999991", "--name"}
	pc := browser(t, 1280, 900, "")
	authenticator(t, pc)
	makesPasskey(t, pc, invites(t, base, data, append(facility, "田中 三月", "--role", "reception")...), "架空医院")
	waitText(t, pc, "#acting", "田中 三月")

	admin := browser(t, 800, 600, "")
	authenticator(t, admin)
	makesPasskey(t, admin, invites(t, base, data, append(facility, "佐藤 次郎", "--role", "facility-admin")...),
		"架空医院")
	waitText(t, admin, "#acting", "佐藤 次郎")
	do(t, admin, chromedp.Navigate(base+"/staff/me"), click("#facility"))
	waitText(t, admin, "h1", "医療機関の設定")
	// the browser itself refuses what is out of bounds; the server does too
	do(t, admin, chromedp.SetValue("#blanking", "29"), click("#save"))
	waitTrue(t, admin, `document.querySelector("#blanking:invalid") !== null`)
	expects(t, admin, "status of 422", "too short a time")
	do(t, admin, script(`document.querySelector("form").noValidate = true`), chromedp.Focus("#blanking"),
		chromedp.KeyEvent(kb.Enter))
	waitText(t, admin, "[role=alert]", "30秒から10分")
	state(t, admin, "staff-facility")
	do(t, admin, chromedp.SetValue("#blanking", "300"), chromedp.Focus("#blanking"),
		chromedp.KeyEvent(kb.Enter))
	waitText(t, admin, "#said", "保存しました")

	do(t, pc, chromedp.Navigate(base+"/counter"))
	waitText(t, pc, "#acting", "田中 三月")
	do(t, pc, chromedp.SetValue("#scan-text", anotherScreen(t, data)), click("#scan-submit"))
	waitText(t, pc, "#p-name", "試験 花子")
	// the page has looked at the clock more than once since
	do(t, pc, script(`{const usual = Date.now; window.looks = 0;
		Date.now = () => {window.looks++; return usual() + 290_000}}`))
	waitTrue(t, pc, `window.looks > 2`)
	if !eval[bool](t, pc, `document.querySelector("#blanked") === null`) {
		t.Error("it is hidden before the facility's time")
	}
	do(t, pc, script(`{const usual = Date.now; Date.now = () => usual() + 11_000}`))
	waitText(t, pc, "#blanked", "患者さんの情報を隠しています")
	if body := eval[string](t, pc, `document.body.innerText`); strings.Contains(body, "花子") {
		t.Error("the patient's name is still to be seen")
	}
}

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// invites runs the command that invites, beside a running demo, and returns the link as its browsers open it.
func invites(t *testing.T, base, data string, flags ...string) string {
	t.Helper()
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"MADOGUCHI_ADDR=127.0.0.1:" + address.Port(), "MADOGUCHI_DATA=" + data}
	out, errs, code := run(t, data, built(t, "./server", "madoguchi"), nil, env,
		append([]string{"invite", "--json"}, flags...)...)
	var made struct{ Link string }
	if err := json.Unmarshal([]byte(out), &made); err != nil || code != 0 ||
		!strings.HasPrefix(made.Link, base+"/staff/invite/") {
		t.Fatalf("%d %s %s %v", code, out, errs, err)
	}
	return made.Link
}

// makesPasskey opens an invitation's link, makes a passkey and signs in with it, by the keyboard alone.
func makesPasskey(t *testing.T, tab context.Context, link, organisation string) {
	t.Helper()
	do(t, tab, chromedp.Navigate(link))
	waitText(t, tab, "main", organisation)
	if at := eval[string](t, tab, `location.pathname`); at != "/staff/invite" {
		t.Errorf("the code is still in the address: %s", at)
	}
	state(t, tab, "staff-invitation")
	waitFocus(t, tab, "passkey")
	do(t, tab, chromedp.KeyEvent(kb.Enter))
	waitText(t, tab, "#said", "パスキーができました")
	state(t, tab, "staff-signin")
	waitFocus(t, tab, "passkey")
	do(t, tab, chromedp.KeyEvent(kb.Enter))
}

// waitFocus waits until the keyboard is on an element.
func waitFocus(t *testing.T, tab context.Context, id string) {
	t.Helper()
	if !poll(
		50*time.Millisecond,
		func() bool { return eval[string](t, tab, `document.activeElement.id`) == id },
	) {
		t.Fatalf("the keyboard is not on #%s\n%s", id, pageText(tab))
	}
}

// From an invitation to a person's erasing: a passkey is made, used to sign in, and used once more.
func TestAClerkSignsInByPasskeyAndProvesItAgain(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	tab, _ := clerkImports(t, base, "髙橋 德一")
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=00138990"))
	finds(t, tab, "髙橋 德一")
	follows(t, tab, ".person-link")
	waitText(t, tab, "#versions", "はじめての登録")
	person := eval[string](t, tab, `location.pathname`)

	do(t, tab, chromedp.Navigate(base+"/insurer/staff"), click("#try-passkey"))
	waitText(t, tab, "main", "保険者の管理者として試す")
	state(t, tab, "staff-signin-demo")
	authenticator(t, tab)
	link := invites(t, base, data, "--insurer", "00138990", "--role", "insurer-admin", "--name", "山田 花")
	makesPasskey(t, tab, link, "架空市")
	waitText(t, tab, ".account", "山田 花")
	waitText(t, tab, "main", "担当 山田 花")

	do(t, tab, chromedp.Navigate(base+"/staff/prove?"+url.Values{"back": {person + "/erase"}}.Encode()))
	waitText(t, tab, "h1", "もう一度")
	state(t, tab, "staff-prove")
	waitFocus(t, tab, "passkey")
	do(t, tab, chromedp.KeyEvent(kb.Enter))
	waitText(t, tab, "#consequence", "元にはもどせません")
	number := eval[string](
		t,
		tab,
		`document.querySelector(".person-lead").textContent.match(/番号\s*(\d+)/)[1]`,
	)
	do(t, tab, chromedp.SendKeys("#number", number), click("#sure"))
	waitText(t, tab, "#erased", "記録を消しました")

	do(t, tab, click(".account"))
	waitText(t, tab, "main", "いまの画面")
	state(t, tab, "staff-account")
	do(t, tab, click("#members"))
	waitText(t, tab, "main", "保険者の管理者")
	state(t, tab, "staff-members")
	do(t, tab, click("#invite"), chromedp.SendKeys("#name", "佐藤 次郎"))
	state(t, tab, "staff-invite")
	do(t, tab, click("#make"))
	waitText(t, tab, "h1", "招待リンクができました")
	state(t, tab, "staff-link")
	do(t, tab, chromedp.Navigate(base+"/staff/members"), click(".row-link"))
	waitText(t, tab, "#state", "有効")
	do(t, tab, script(`document.querySelector("details.panel").open = true`))
	state(t, tab, "staff-member")
	expects(t, tab, "status of 409", "the last administrator stays")
	do(t, tab, click("#lock"))
	waitText(t, tab, "[role=alert]", "最後の管理者")
	do(t, tab, chromedp.Navigate(base+"/staff/me"), click("#signout"))
	waitText(t, tab, "#said", "サインアウトしました")
	do(t, tab, chromedp.Navigate(base+"/staff/members"))
	waitText(t, tab, "h1", "サインイン")
}

// A counter PC is open by one passkey; a colleague takes over by tile and PIN, and what a patient showed is
// hidden from who passes by.
func TestACounterPCIsOpenedSharedAndBlanked(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	facility := []string{"--facility", "1319999991", "--role", "reception", "--name"}
	colleague := browser(t, 1280, 900, "")
	authenticator(t, colleague)
	makesPasskey(t, colleague, invites(t, base, data, append(facility, "佐藤 次郎")...), "架空医院")
	waitText(t, colleague, "#acting", "佐藤 次郎")
	do(t, colleague, chromedp.Navigate(base+"/staff/me"), click("#set-pin"))
	waitText(t, colleague, "h1", "PINを決める")
	expects(t, colleague, "status of 422", "a PIN that is easily guessed")
	do(t, colleague, chromedp.SendKeys("#pin", "1234"), click("#save"))
	waitText(t, colleague, "[role=alert]", "推測されやすい")
	state(t, colleague, "staff-pin")
	do(t, colleague, chromedp.SendKeys("#pin", "2580"), click("#save"))
	waitText(t, colleague, "#said", "PINを決めました")

	pc := browser(t, 1280, 900, "")
	authenticator(t, pc)
	makesPasskey(t, pc, invites(t, base, data, append(facility, "田中 三月")...), "架空医院")
	waitText(t, pc, "#acting", "田中 三月")
	state(t, pc, "counter-member")
	for _, size := range [][2]int64{{1024, 768}, {1280, 900}} { // whose header has more in it
		resize(t, pc, size[0], size[1])
		frames(t, pc)
		shot(t, pc, fmt.Sprintf("counter-signed-in-%d", size[0]))
		if over := eval[int64](t, pc, `document.documentElement.scrollHeight - innerHeight`); over > 0 {
			t.Errorf("the page is %d px longer than %d × %d", over, size[0], size[1])
		}
		if high := eval[int64](t, pc, `document.querySelector(".counter-header").offsetHeight`); high > 60 {
			t.Errorf("the header takes %d px of %d", high, size[1])
		}
	}
	expects(t, pc, "status of 403", "a wrong PIN")
	do(t, pc, click("#change-acting"))
	waitText(t, pc, "#acting-sheet", "佐藤 次郎")
	state(t, pc, "counter-acting")
	do(t, pc, script(`[...document.querySelectorAll(".acting-tiles button")]
		.find(b => b.textContent.includes("佐藤")).click()`))
	waitFocus(t, pc, "acting-pin")
	do(t, pc, chromedp.SendKeys("#acting-pin", "8520"), chromedp.KeyEvent(kb.Enter))
	waitText(t, pc, "#acting-sheet [role=alert]", "PINが違います")
	do(t, pc, chromedp.SendKeys("#acting-pin", "2580"), chromedp.KeyEvent(kb.Enter))
	waitText(t, pc, "#acting", "佐藤 次郎")

	do(t, pc, chromedp.SetValue("#scan-text", anotherScreen(t, data)), click("#scan-submit"))
	waitText(t, pc, "#p-name", "試験 花子")
	const minutePasses = `{const usual = Date.now; Date.now = () => usual() + 61_000}`
	do(t, pc, script(minutePasses))
	waitText(t, pc, "#blanked", "患者さんの情報を隠しています")
	if body := eval[string](t, pc, `document.body.innerText`); strings.Contains(body, "花子") {
		t.Error("the patient's name is still to be seen")
	}
	state(t, pc, "counter-blanked")
	do(t, pc, click("#blanked button"))
	waitText(t, pc, "#p-name", "試験 花子")

	photo := `document.querySelector("#visual input").getBoundingClientRect()`
	x, y := eval[float64](t, pc, photo+`.x + 5`), eval[float64](t, pc, photo+`.y + 5`)
	do(t, pc, script(minutePasses))
	waitText(t, pc, "#blanked", "患者さんの情報を隠しています")
	tap(t, pc, x, y) // of a tablet: it brings the case back, and that alone
	waitText(t, pc, "#p-name", "試験 花子")
	if eval[bool](t, pc, `document.querySelector("#visual input").checked`) {
		t.Error("the touch that brought the case back ticked what lies below")
	}
	waitText(t, pc, "#clock-note", "進んでいます") // it moves what stands below
	frames(t, pc)
	x, y = eval[float64](t, pc, photo+`.x + 5`), eval[float64](t, pc, photo+`.y + 5`)
	tap(t, pc, x, y)
	waitTrue(t, pc, `document.querySelector("#visual input").checked`)

	staff := await[string](
		t,
		pc,
		`fetch("/api/v1/counter/cases").then(r => r.json()).then(all => all.cases[0].staff)`,
	)
	if staff != "佐藤 次郎" {
		t.Errorf("the case is %q's", staff)
	}
}

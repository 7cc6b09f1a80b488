package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// A patient who takes every wrong turn between the paper and the screen: each page says what to do, and whom
// to call.
func TestEveryWrongTurnSaysWhatToDo(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	notice := imports(t, base, "髙橋 德一")
	phone := browser(t, 360, 640, "")
	expects(t, phone, `status of (403|404|422) .*/(nothing-here|n/|login/callback|enrol)`,
		"wrong turns are what is looked at")
	turn := func(name, path, selector, want string) {
		t.Helper()
		do(t, phone, chromedp.Navigate(base+path))
		waitText(t, phone, selector, want)
		state(t, phone, name)
	}
	turn("wrong-page", "/nothing-here", "#error-text", "このページはありません")
	waitText(t, phone, "#call", "お知らせの紙に書いてある電話番号")
	turn("wrong-code", "/n/AAAAAAAAAAAAAAAA", "main", "見つかりません")
	turn("wrong-callback", "/login/callback?state=somebody&code=else", "main", "ログイン")
	turn("empty-screen", "/screen", "#empty", "お知らせの紙に書いてある電話番号")
	turn("online-code", "/c/ABCDEFGH", "main", "受付")

	do(t, phone, chromedp.Navigate(notice))
	waitText(t, phone, "h1", "読み取りました")
	turn("wrong-page-of-a-notice", "/nothing-here", "#call", "03-0000-0000")
	do(t, phone, chromedp.Navigate(base+"/login"))
	waitText(t, phone, "h1", "だれとして")
	do(t, phone, click(".cancel"))
	waitText(t, phone, "main", "もう一度")
	state(t, phone, "login-cancelled")

	logsIn(t, phone, base, "demo-taro", "h1", "登録の確認") // somebody else's paper
	do(t, phone, click(`form[action="/enrol"] button`))
	waitText(t, phone, "[role=alert]", "お知らせ")
	waitText(t, phone, "main", "お知らせの電話番号へお電話ください")
	state(t, phone, "enrol-mismatch")
	do(t, phone, click(`form[action="/logout"] button`))

	other := browser(t, 360, 640, "") // without the paper's code, typed wrong
	expects(t, other, `status of 422 .*/enrol`, "the code is typed wrong")
	logsIn(t, other, base, "demo-tokuichi", "h1", "登録の確認")
	state(t, other, "enrol-by-hand")
	do(t, other, chromedp.SendKeys("#code", "abcd-efgh-ijkl-mnop"),
		click(`form[action="/enrol"] button`))
	waitText(t, other, "[role=alert]", "コード")
	state(t, other, "enrol-wrong-code")
}

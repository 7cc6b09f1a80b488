package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// A console shows a request that is refused as an error: a page does not ask what it knows will be refused,
// and what each new phone has to ask is no error (browser fails this test for any).
func TestAPhoneThatNobodyKnowsIsToldSoWithoutAnError(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	phone := browser(t, 390, 664, "")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#empty-why", "この端末")
	do(t, phone, chromedp.Navigate(base+"/"))
	waitText(t, phone, "h1", "資格情報")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#empty-why", "この端末")
}

func TestALanguageIsThatOfTheFirstScreenAfterItWasChosen(t *testing.T) {
	t.Parallel()
	base, server, _ := startServer(t)
	notice := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	waitTrue(t, phone, `navigator.serviceWorker.ready.then(() => caches.match("/screen"))`)
	do(t, phone, chromedp.Navigate(base+"/screen")) // from here on the worker answers
	waitTrue(t, phone, `!!navigator.serviceWorker.controller`)
	said := func(t *testing.T, want string) {
		t.Helper()
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#bigger", want)
	}
	for _, c := range []struct{ name, address, language, choose, want string }{
		{"on the first page", "/", "en", "", "Show larger"},
		{"on another page", "/next", "vi", "", "Hiện to hơn"},
		{"on the page after it", "/", "zh-Hans", "", "放大显示"},
		{"in the settings", "/settings", "", `input[name=lang][value=ja-easy]`, "大きく する"},
		{"on the first page again", "/", "ja", "", "大きく見せる"},
	} {
		t.Run(c.name, func(t *testing.T) {
			do(t, phone, chromedp.Navigate(base+c.address))
			if c.choose != "" {
				do(t, phone,
					leaves(`{const f = document.querySelector(`+quote(c.choose)+
						`); f.checked = true; f.form.requestSubmit()}`))
				waitTrue(t, phone, `location.search.includes("saved")`)
			} else {
				do(t, phone,
					leaves(`[...document.querySelectorAll(".languages a")].find(a => a.hreflang &&
						new URL(a.href).searchParams.get("lang") === `+quote(c.language)+`).click()`))
				waitTrue(t, phone, `document.documentElement?.dataset.text === `+quote(c.language))
			}
			said(t, c.want)
			said(t, c.want) // from what is kept
		})
	}
	t.Run("without a server the kept screen is there all the same", func(t *testing.T) {
		waitTrue(t, phone, stored)
		do(t, phone, chromedp.Navigate(base+"/?lang=en"))
		waitTrue(t, phone, `document.documentElement?.dataset.text === "en"`)
		expects(t, phone, `net::ERR_CONNECTION_REFUSED`, "the server has ended")
		stopServer(t, server)
		said(t, "大きく見せる")
	})
}

func TestALogOutWithoutNetworkIsKeptAndCarriedOutAtTheNextContact(t *testing.T) {
	t.Parallel()
	base, server, data := startServer(t)
	notice := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	waitTrue(t, phone, stored)
	waitTrue(t, phone, `navigator.serviceWorker.ready.then(() => caches.match("/screen"))`)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitTrue(t, phone, `!!navigator.serviceWorker.controller`)
	waitText(t, phone, "#age", "秒前に作成")
	login := func(want bool) {
		t.Helper()
		got := await[bool](t, phone, `fetch("/api/v1/me").then(r => r.json()).then(m => m.login)`)
		if got != want {
			t.Errorf("logged in: %v", got)
		}
	}
	login(true)
	waitTrue(t, phone, seen("#logout")) // the page has asked whose login it is
	offline(t, phone, true)
	do(t, phone, leaves(`document.querySelector("#logout button").click()`))
	waitText(t, phone, "#logout-state", "次につながったときに")
	waitTrue(t, phone, `!`+seen("#logout"))
	state(t, phone, "logout-later")
	do(t, phone, chromedp.Navigate(base+"/screen")) // the wish outlives the page
	waitText(t, phone, "#logout-state", "次につながったときに")
	waitText(t, phone, "#holder-name", "髙橋 德一")
	offline(t, phone, false)
	waitText(t, phone, "#logout-state", "ログアウトしました")
	waitText(t, phone, "#age", "秒前に作成") // by the phone's key
	login(false)

	logsIn(t, phone, base, "demo-hanako", "h1", "登録の確認") // a page without a program has the same button
	expects(t, phone, `net::ERR_CONNECTION_REFUSED|ERR_FAILED`, "the server has ended")
	stopServer(t, server)
	do(t, phone, leaves(`document.querySelector('form[action="/logout"] button').click()`))
	waitText(t, phone, "#logout-state", "次につながったときに")
	if at := eval[string](t, phone, `location.href`); at != base+"/screen" {
		t.Error(at)
	}
	startAgain(t, base, data)
	waitText(t, phone, "#logout-state", "ログアウトしました")
	login(false)

	logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
	waitTrue(t, phone, seen("#logout"))
	do(t, phone, leaves(`document.querySelector("#logout button").click()`))
	waitText(t, phone, "h1", "資格情報") // with network the first page, as ever
	login(false)
	if at := eval[string](t, phone, `location.pathname`); at != "/" {
		t.Error(at)
	}
	// no address of somebody else's logs out
	do(t, phone, chromedp.Navigate(base+"/somewhere-else?logout=later"))
	expects(t, phone, `404 .*somewhere-else`, "there is no such page")
	logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
	do(t, phone, chromedp.Navigate(base+"/screen?logout=later"))
	waitText(t, phone, "#age", "秒前に作成")
	login(true)
}

// logsIn walks through the demo provider as a person and waits for a page's text.
func logsIn(t *testing.T, tab context.Context, base, person, selector, want string) {
	t.Helper()
	do(t, tab, chromedp.Navigate(base+"/login"))
	waitText(t, tab, "h1", "だれとして")
	do(t, tab, click(`button[value="`+person+`"]`))
	waitText(t, tab, selector, want)
}

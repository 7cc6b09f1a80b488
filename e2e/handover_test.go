package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"madoguchi/pwa"
)

// homeScreen is what an app of an iPhone's home screen sends: Safari's without its name.
const homeScreen = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 " +
	"(KHTML, like Gecko) Mobile/15E148"

// A patient begins in an app of the home screen; the sign-in service's app goes back to the usual browser.
func TestALoginBegunInsideAnAppComesBackInTheBrowser(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	first := browser(t, 390, 844, "")
	do(t, first, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetUserAgentOverride,
			emulation.SetUserAgentOverrideParams{UserAgent: homeScreen})
		return err
	}))
	usual := browser(t, 390, 844, "")
	expects(t, usual, `status of 422 .*/login/elsewhere`, "a wrong number is typed")
	for _, lang := range pwa.Languages() {
		do(t, first, chromedp.Navigate(base+"/login?lang="+lang), chromedp.WaitReady("#here"))
		state(t, first, "inside-app-"+lang)
	}
	do(t, first, chromedp.Navigate(base+"/login?lang=ja"), click("#here"))
	waitText(t, first, "h1", "だれとして")
	provider := eval[string](t, first, `location.href`)
	do(t, first, chromedp.Navigate(base+"/login/wait"))
	waitText(t, first, "#wait", "待っています")
	state(t, first, "login-waiting")

	do(t, usual, chromedp.Navigate(provider), click(`button[value="demo-tokuichi"]`))
	waitText(t, usual, "h1", "元の画面の番号")
	if at := eval[string](t, usual, `location.href`); at != base+"/login/elsewhere" {
		t.Errorf("the answer stays in the address: %s", at)
	}
	for _, lang := range pwa.Languages() {
		do(t, usual, chromedp.Navigate(base+"/login/elsewhere?lang="+lang), chromedp.WaitReady("#number"))
		state(t, usual, "elsewhere-"+lang)
	}
	waitTrue(t, first, `!!document.querySelector("#number")`) // by its own short poll
	state(t, first, "login-number")
	number := strings.TrimSpace(eval[string](t, first, `document.querySelector("#number").textContent`))
	other := "0000"
	if number == other {
		other = "0001"
	}
	do(t, usual, chromedp.Navigate(base+"/login/elsewhere?lang=ja"), chromedp.SendKeys("#number", other),
		click(`form:has(#number) button`))
	waitText(t, usual, "[role=alert]", "番号が違います")
	state(t, usual, "elsewhere-wrong")
	do(t, usual, chromedp.SendKeys("#number", number), click(`form:has(#number) button`))
	waitText(t, usual, "[role=status]", "もどってください")
	state(t, usual, "elsewhere-confirmed")
	waitText(t, first, "h1", "登録の確認")
	waitText(t, first, "main", "髙橋")
	do(t, usual, chromedp.Navigate(base+"/enrol"))
	waitText(t, usual, "h1", "だれとして") // nobody is logged in there
}

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// From an invitation by a command to an insurer's first administrator, by the keyboard where something is
// typed.
func TestTheOperatorAddsAnInsurerAndInvitesItsAdministrator(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	tab := browser(t, 1280, 900, "")
	authenticator(t, tab)
	makesPasskey(t, tab, invites(t, base, data, "--operator", "--role", "operator", "--name", "運営 花"),
		"サーバーの運営")
	waitText(t, tab, "h1", "サーバーの運営")
	waitText(t, tab, "#states", "データベース")
	waitText(t, tab, "#insurer", "架空市")
	state(t, tab, "operator-home")

	do(t, tab, click("#statistics"))
	waitText(t, tab, "h1", "サーバー全体の統計")
	waitText(t, tab, "#insurers", "架空市")
	waitText(t, tab, "#facilities", "架空医院")
	state(t, tab, "operator-statistics")
	printsOneSheet(t, tab)
	do(t, tab, chromedp.Navigate(base+"/operator"))

	do(t, tab, click("#add-insurer"))
	waitText(t, tab, "h1", "保険者を加える")
	expects(t, tab, "status of 422", "a wrong check digit")
	do(t, tab, chromedp.SendKeys("#number", "02139997"), chromedp.SendKeys("#name", "架空支部"),
		chromedp.SendKeys("#issuer", "架空支部長"), chromedp.SendKeys("#telephone", "03-0000-0002"),
		chromedp.KeyEvent(kb.Enter))
	waitText(t, tab, "[role=alert]", "保険者番号が正しくありません")
	waitTrue(t, tab, `document.querySelector("#number[aria-invalid=true]") !== null &&
		document.querySelector("#issuer").value === "架空支部長"`)
	state(t, tab, "operator-form")
	do(t, tab, chromedp.SetValue("#number", "02139996"), chromedp.Focus("#number"),
		chromedp.KeyEvent(kb.Enter))
	waitText(t, tab, "#said", "登録しました")
	waitText(t, tab, "main", "管理者がいません")
	state(t, tab, "operator-organisation")

	do(t, tab, click("#admin"))
	waitText(t, tab, "h1", "管理者")
	state(t, tab, "operator-admin")
	do(t, tab, chromedp.SendKeys("#name", "山田 千代"), chromedp.KeyEvent(kb.Enter))
	waitText(t, tab, "h1", "招待リンクができました")
	link := eval[string](t, tab, `document.querySelector("#link").value`)

	invited := browser(t, 800, 600, "")
	authenticator(t, invited)
	makesPasskey(t, invited, link, "架空支部")
	waitText(t, invited, ".account", "山田 千代")

	do(t, tab, chromedp.Navigate(base+"/operator/insurers/02139996/admin"))
	waitText(t, tab, "main", "パスキーをなくした管理者を復旧する")
	state(t, tab, "operator-recover")
	do(t, tab, chromedp.Navigate(base+"/operator"), click("#add-facility"))
	waitText(t, tab, "h1", "医療機関を加える")
	state(t, tab, "operator-facility-form")
	do(t, tab, chromedp.Navigate(base+"/operator/facilities/1319999991"))
	waitText(t, tab, "main", "信頼リストでの宛先")
	state(t, tab, "operator-facility")
}

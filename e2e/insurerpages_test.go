package e2e

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// The insurer's pages for papers, runs and revocation, with the questions that they ask before anything is
// done.
func TestTheInsurersOtherPages(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	tab, notice := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	expects(t, tab, `status of (404|422) .*/insurer/(nothing|settings|runs/new)`,
		"the pages of errors are examined too")
	waitCount(t, phone, "papers", 1) // the copy that is revoked below comes last
	open := func(name, path, want string) {
		t.Helper()
		do(t, tab, chromedp.Navigate(base+path))
		waitText(t, tab, "main", want)
		state(t, tab, name)
	}
	open("insurer-staff", "/insurer/staff", "担当")
	open("insurer-support", "/insurer/support", "画面の番号")
	open("insurer-settings", "/insurer/settings?insurer=00138990", "紙の設定と見本")
	do(t, tab, chromedp.SetValue("#hours", "平日 9時〜17時"), click("#save"))
	waitText(t, tab, "#saved", "設定を保存しました")
	state(t, tab, "insurer-settings-saved")
	do(t, tab, chromedp.SetValue("#name", "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほあいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほあ"),
		script(`document.getElementById("name").removeAttribute("maxlength")`), click("#save"))
	waitText(t, tab, "[role=alert]", "60文字")
	state(t, tab, "insurer-settings-refused")

	open("runs", "/insurer/runs?insurer=00138990", "まだありません")
	asksForARun(t, tab)
	do(t, tab, click("#start"))
	waitText(t, tab, ".facts", "印刷用PDFに入れた人")
	state(t, tab, "run-done")
	open("runs-list", "/insurer/runs?insurer=00138990", "2 / 2")

	open("revoke", "/insurer/revoke?insurer=00138990", "写しを取り消す")
	do(t, tab, chromedp.SendKeys("#rid", "AAAAA"), click(`form:has(#rid) button`))
	waitText(t, tab, "main", "あてはまる写しがありません")
	state(t, tab, "revoke-none")
	do(t, tab, chromedp.Navigate(base+"/insurer/revoke?insurer=00138990"),
		chromedp.SetValue("#before", "2099-01-01T00:00"), click(`form:has(#before) button`))
	waitText(t, tab, "#consequence", "1通")
	state(t, tab, "revoke-asked")

	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=00138990"))
	finds(t, tab, "髙橋 德一")
	follows(t, tab, ".person-link")
	waitText(t, tab, "#logins", "解除する")
	waitText(t, tab, "#copies", "に保存")
	state(t, tab, "person-enrolled")
	do(t, tab, click("#logins .button"))
	waitText(t, tab, "#consequence", "新しく出せなくなります")
	state(t, tab, "person-end-login")
	expects(t, phone, `status of 403 .*/api/v1/(receipts|people/\w+/credential)`,
		"its login is ended while its page is open, which asks for both again and again")
	do(t, tab, click("#sure"))
	waitText(t, tab, "#said", "登録を解除しました")
	do(t, tab, click("#revoke"))
	waitText(t, tab, "#consequence", "元にはもどせません")
	state(t, tab, "person-revoke")
	open("statistics-small", "/insurer/statistics?insurer=00138990", "10未満")
	if n := eval[int](t, tab, `document.querySelectorAll("#chart-days .small-bar").length`); n != 1 {
		t.Errorf("%d days are hatched, one has a small number", n)
	}
	printsOneSheet(t, tab)
	open("insurer-nobody", "/insurer?insurer=00138990&q=9999999", "見つかりません")
	open("insurer-empty", "/insurer?insurer=01139997", "名簿が、まだありません")
	open("insurer-no-page", "/insurer/nothing", "このページはありません")
}

// printsOneSheet prints the open page on A4 as its own style says, and counts the sheets.
func printsOneSheet(t *testing.T, tab context.Context) {
	t.Helper()
	var data []byte
	asStyled := true
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		printed, err := cdp.Call(ctx, target, page.PrintToPDF,
			page.PrintToPDFParams{PreferCSSPageSize: &asStyled})
		data = printed.Data
		return err
	}))
	if n := bytes.Count(data, []byte("/Type /Page\n")); n != 1 {
		t.Errorf("%d sheets", n)
	}
	if folder := os.Getenv("MADOGUCHI_PICTURES"); folder != "" {
		name := strings.ReplaceAll(strings.Trim(eval[string](t, tab, `location.pathname`), "/"), "/", "-")
		if err := os.WriteFile(filepath.Join(folder, name+"-a4.pdf"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

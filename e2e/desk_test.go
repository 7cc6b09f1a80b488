package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/pwa"
)

// Somebody comes to the insurer's desk with their own phone: the clerk uses the passkey, says what was seen
// and shows a code; the phone scans it and logs in; the clerk's page says so by itself.
func TestSomebodyIsEnrolledAtTheDesk(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	tab, _ := clerkImports(t, base, "髙橋 德一")
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=00138990"))
	finds(t, tab, "髙橋 德一")
	follows(t, tab, ".person-link")
	waitText(t, tab, "#versions", "はじめての登録")
	person := eval[string](t, tab, `location.pathname`)
	clerk := browser(t, 1280, 900, "")
	authenticator(t, clerk)
	makesPasskey(t, clerk, invites(t, base, data, "--insurer", "00138990", "--role", "insurer-clerk",
		"--name", "鈴木 一郎"), "架空市")
	waitText(t, clerk, ".account", "鈴木 一郎")
	do(t, clerk, chromedp.Navigate(base+"/staff/prove?"+url.Values{"back": {person + "/desk"}}.Encode()))
	waitFocus(t, clerk, "passkey")
	do(t, clerk, chromedp.KeyEvent(kb.Enter))
	waitText(t, clerk, "h1", "窓口で登録する")
	state(t, clerk, "desk-form")
	do(t, clerk, click(`input[value="card"]`), click("#make"))
	waitText(t, clerk, "#desk-words", "待っています")
	state(t, clerk, "desk-open")
	_, scanned := codesOn(t, clerk, "#desk-qr") // by another program, as the phone's camera does
	if printed := strings.TrimSpace(get(t, clerk, chromedp.Text("#desk-url"))); scanned != printed ||
		!strings.HasPrefix(scanned, base+"/d/") {
		t.Fatalf("the code says %q, the page %q", scanned, printed)
	}

	phone := browser(t, 390, 844, "")
	do(t, phone, chromedp.Navigate(scanned))
	waitText(t, phone, "main", "架空市")
	if at := eval[string](t, phone, `location.pathname`); at != "/notice" {
		t.Errorf("the code is still in the address: %s", at)
	}
	for _, lang := range pwa.Languages() {
		do(t, phone, chromedp.Navigate(base+"/notice?lang="+lang), chromedp.WaitReady(`a[href="/login"]`))
		state(t, phone, "desk-door-"+lang)
	}
	do(t, phone, chromedp.Navigate(base+"/notice?lang=ja"))
	// first somebody else's card: the clerk hears of it
	expects(t, phone, "status of 422", "a login that does not fit")
	do(t, phone, click(`a[href="/login"]`))
	waitText(t, phone, "h1", "だれとして")
	do(t, phone, click(`button[value="demo-hanako"]`))
	waitText(t, phone, "h1", "登録の確認")
	do(t, phone, click(`form[action="/enrol"] button`))
	waitText(t, phone, "[role=alert]", "窓口で登録する方が一致しません")
	state(t, phone, "desk-misfit")
	waitText(t, clerk, "#desk-words", "1回")
	state(t, clerk, "desk-misfit-clerk")
	do(t, phone, click(`form[action="/logout"] button`))
	waitTrue(t, phone, `location.pathname === "/"`)
	do(t, phone, chromedp.Navigate(scanned))
	waitText(t, phone, "main", "架空市")
	do(t, phone, click(`a[href="/login"]`))
	waitText(t, phone, "h1", "だれとして")
	do(t, phone, click(`button[value="demo-tokuichi"]`))
	waitText(t, phone, "h1", "登録の確認")
	state(t, phone, "desk-enrol")
	do(t, phone, click(`form[action="/enrol"] button`))
	waitText(t, phone, "#age", "秒前に作成")
	waitText(t, clerk, "#desk-words", "登録できました")
	state(t, clerk, "desk-bound")
	do(t, clerk, click("#back"))
	waitText(t, clerk, "#logins", "窓口で登録（担当 鈴木 一郎・マイナンバーカード）")
	state(t, clerk, "desk-person")

	do(t, clerk, click("#desk"), click(`input[value="two"]`), click("#make"))
	waitText(t, clerk, "#desk-words", "待っています")
	do(t, clerk, click("#cancel"))
	waitText(t, clerk, "#desk-words", "取りやめました")
	state(t, clerk, "desk-cancelled")
}

// A notice's code alone does not enrol somebody whose data are withheld (不開示): a calm page leads to the
// desk, the same as for anybody's login that does not fit. The clerk's page shows no address.
func TestAWithheldPersonIsLedToTheDesk(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	tab := browser(t, 1280, 900, "")
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("番号,氏名,生年月日,住所,不開示\n"+
		"0001234,髙橋 德一,1955-07-01,東京都架空市隠町7,有\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, tab, chromedp.Navigate(base+"/insurer"), click(`button[value="鈴木"]`),
		chromedp.SetUploadFiles(`#file`, []string{file}), click(`#import`),
		chromedp.WaitVisible(`#store`), click(`#store`))
	waitText(t, tab, "#done", "保存しました")
	do(t, tab, click(`#back`))
	finds(t, tab, "髙橋 德一")
	follows(t, tab, ".notice-link")
	waitText(t, tab, "#notice-code", "-")
	notice := eval[string](t, tab, `location.href`)
	landing := strings.TrimSpace(get(t, tab, chromedp.Text("#notice-url")))
	person := strings.TrimSuffix(notice, "/notice")
	do(t, tab, chromedp.Navigate(person))
	waitText(t, tab, "#withheld", "不開示の人です")
	if body := eval[string](t, tab, `document.body.innerText`); strings.Contains(body, "隠町") {
		t.Error("the page shows the address")
	}
	state(t, tab, "withheld-person")
	do(t, tab, click("#address"))
	waitText(t, tab, ".facts", "隠町7")
	state(t, tab, "withheld-address")

	for _, who := range []string{"demo-tokuichi", "demo-hanako"} {
		phone := browser(t, 390, 844, "")
		expects(t, phone, "status of 422", "the notice alone is not enough")
		do(t, phone, chromedp.Navigate(landing), click(`a[href="/login"]`))
		waitText(t, phone, "h1", "だれとして")
		do(t, phone, click(`button[value="`+who+`"]`))
		waitText(t, phone, "h1", "登録の確認")
		do(t, phone, click(`form[action="/enrol"] button`))
		waitText(t, phone, "h1", "保険者の窓口で登録します")
		state(t, phone, "enrol-to-desk")
	}
	stranger := browser(t, 390, 844, "")
	expects(t, stranger, "status of 404", "wrong codes")
	expects(t, stranger, "status of 429", "too many of them")
	do(t, stranger, chromedp.Navigate(base+"/"))
	await[int](t, stranger, `(async () => { let last = 0; for (let n = 0; n < 25; n++) {
		last = (await fetch("/n/AAAAAAAAAAAAAAAA")).status } return last })()`)
	do(t, stranger, chromedp.Navigate(landing))
	waitText(t, stranger, "#refusal", "読み取ったまま")
	state(t, stranger, "code-wait")
}

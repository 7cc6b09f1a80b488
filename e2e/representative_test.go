package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"madoguchi/eligibility"
	"madoguchi/server/qrscan"
)

// A clerk adds a representative, whose phone reads the code from the clerk's page, shows the person with a
// mark that the counter is told too, and shows nobody once the person has ended that.
func TestARepresentativeOfAnElder(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	clerk, notice := clerkImports(t, base, "髙橋 德一")
	own := patientEnrols(t, notice, "demo-tokuichi")

	do(t, clerk, chromedp.Navigate(base+"/insurer?insurer=00138990"))
	finds(t, clerk, "髙橋 德一")
	follows(t, clerk, ".person-link")
	waitText(t, clerk, "#representatives", "代理の方はいません")
	do(t, clerk, click("#represent"))
	waitText(t, clerk, "h1", "代理の方を登録する")
	state(t, clerk, "represent-form")
	last := eligibility.DateOf(time.Now()).AddDays(100)
	do(t, clerk, click(`input[value="mandate"]`), chromedp.SendKeys("#name", "試験 花子"),
		chromedp.SendKeys("#seen", "委任状"), chromedp.SetValue("#last", last.String()), click("#make"))
	waitText(t, clerk, "#represent-code", "-")
	state(t, clerk, "represent-code")
	codes, err := qrscan.Codes(get(t, clerk, chromedp.ScreenshotScale("#represent-qr", 2)))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(codes, func(code string) bool { return strings.HasPrefix(code, base+"/r/") })
	if i < 0 {
		t.Fatalf("the QR says %q", codes)
	}

	phone := browser(t, 360, 640, "")
	do(t, phone, chromedp.Navigate(codes[i]))
	waitText(t, phone, "h1", "代理の")
	if at := eval[string](t, phone, `location.pathname`); at != "/represent" {
		t.Errorf("the code is still in the address: %s", at)
	}
	state(t, phone, "represent-door")
	do(t, phone, click("#login"))
	waitText(t, phone, "h1", "だれとして")
	do(t, phone, click(`button[value="demo-hanako"]`))
	waitTrue(t, phone, `document.getElementById("accept") !== null && document.readyState === "complete"`)
	waitText(t, phone, "main", "試験　花子")
	state(t, phone, "represent-accept")
	do(t, phone, click("#accept"))
	waitText(t, phone, "#age", "秒前に作成")
	waitText(t, phone, "#holder-name", "髙橋 德一")
	waitText(t, phone, "#represented", "代理の方の端末")
	if eval[bool](t, own, `document.getElementById("represented").checkVisibility()`) {
		t.Error("the person's own phone is marked")
	}
	state(t, phone, "screen-represented")
	do(t, phone, click("#bigger"))
	waitText(t, phone, ".biggest", "代理の方の端末")
	state(t, phone, "large-represented")
	do(t, phone, script(`document.querySelector("dialog.biggest").close()`))

	do(t, phone, chromedp.Navigate(base+"/screen?lang=vi"))
	waitText(t, phone, "#for-staff", "代理の方の端末")
	waitText(t, phone, "#represented", "người đại diện")
	state(t, phone, "screen-represented-vi")
	do(t, phone, chromedp.Navigate(base+"/screen?lang=ja"))
	waitText(t, phone, "#age", "秒前に作成")

	console := staffOpens(t, base, "")
	text, _ := codesOn(t, phone, "#qr")
	enter(t, console, "#scan-text", text)
	waitText(t, console, "#verdict", "代理の方の端末")
	state(t, console, "verdict-represented")

	do(t, clerk, click("#check"))
	waitText(t, clerk, "#representatives", "試験 花子")
	waitText(t, clerk, "#phones", "代理の方のスマホ（端末）（試験 花子）")
	state(t, clerk, "person-represented")

	do(t, own, chromedp.Navigate(base+"/screen"))
	waitText(t, own, "#age", "秒前に作成")
	do(t, own, script(`document.getElementById("manage-more").open = true`))
	waitText(t, own, "#representatives", "試験 花子")
	state(t, own, "screen-representatives")
	expects(t, phone, `status of 403 .*/(credential|api/v1/receipts|api/v1/phone)`,
		"the representation is ended while its page is open")
	presses(t, own, "#representatives button", "代理を終わりにしますか")
	waitTrue(t, own, `document.getElementById("representatives-area").hidden`)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitTrue(t, phone, `!document.getElementById("empty").hidden`)
	state(t, phone, "represented-ended")
}

package e2e

import (
	"encoding/base64"
	"testing"

	"github.com/chromedp/chromedp"
)

// drops drops a file on the middle of the page, as a person does from the desktop.
func dropsCSV(name, text string) chromedp.Action[chromedp.Void] {
	return script(`{
		const bytes = Uint8Array.from(atob("` + base64.StdEncoding.EncodeToString([]byte(text)) + `"),
			c => c.charCodeAt(0));
		const files = new DataTransfer();
		files.items.add(new File([bytes], ` + quote(name) + `, {type: "text/csv"}));
		const at = document.querySelector("h1");
		for (const kind of ["dragenter", "dragover", "drop"]) {
			at.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: files}));
		}
	}`)
}

// A clerk's morning: from the first page to printed notices, with a file of mistakes. Each press is counted;
// a page that is only looked at is none.
func TestAClerksMorningFromAFileWithMistakesToPrintedNotices(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	tab := browser(t, 1280, 900, "")
	do(t, tab, chromedp.Navigate(base+"/insurer"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible("#file"))
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=06139992"))
	waitText(t, tab, "#task-empty", "名簿が、まだありません")
	state(t, tab, "morning-empty")

	steps := 0
	step := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		steps++
		do(t, tab, actions...)
	}
	step(dropsCSV("people.csv", "番号,氏名,氏名カナ,生年月日,マイナ保険証登録\n"+
		"1,試験 一郎,シケン イチロウ,1986-04-12,有\n2,試験 二郎,シケン ジロウ,1986-02-30,有\n"+
		"3,試験 三郎,シケン サブロウ,1990-01-01,有\n4,,シケン シロウ,1990-01-01,有\n"))
	waitText(t, tab, "#count-refused", "2")
	waitText(t, tab, "#refused", "試験 二郎")
	state(t, tab, "morning-refused")
	above(t, tab, "morning-refused.png")
	step(chromedp.SetValue(`#cell-3-3`, "1986-02-28"), chromedp.SetValue(`#cell-5-1`, "試験 四郎"),
		click("#mend"))
	waitText(t, tab, "#count-refused", "0")
	waitText(t, tab, "#mended", "もう一度読みました")
	state(t, tab, "morning-mended")
	step(click("#store"))
	waitText(t, tab, "#next-notices .button", "新しい4人のお知らせを作る")
	state(t, tab, "morning-stored")
	step(click("#next-notices .button"))
	waitText(t, tab, "#plan-total", "4")
	waitText(t, tab, "#choices", "読み込んだファイルで新しく入った人")
	state(t, tab, "morning-plan")
	above(t, tab, "insurer-plan.png")
	step(click("#start"))
	waitText(t, tab, ".facts", "印刷用PDFに入れた人")
	state(t, tab, "morning-printed")
	if steps != 5 {
		t.Errorf("it takes %d steps", steps)
	}
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=06139992"))
	waitText(t, tab, "#calm", "いま、することはありません")
	state(t, tab, "morning-calm")
}

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/text/encoding/japanese"

	"madoguchi/internal/crowd"
)

// A clerk's day: a file with mistakes, a person who lost the paper and the phone, the numbers at the end.
func TestAClerkImportsLooksAfterAPersonAndCounts(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	tab := browser(t, 1280, 900, "")
	file := crowdFile(t, "people.csv", crowd.File{Insurer: "06139992", People: 300, Spoil: 100},
		japanese.ShiftJIS)
	do(t, tab, chromedp.Navigate(base+"/insurer"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible("#insurer"))
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=06139992"),
		chromedp.SetUploadFiles(`#file`, []string{filepath.Clean(file)}), click(`#import`))
	waitText(t, tab, "h1", "見出しの対応を決める") // 備考 is nobody's column
	state(t, tab, "insurer-headings")
	do(t, tab, click(`#map`))
	waitText(t, tab, "#count-new", "297")
	waitText(t, tab, "#refused", "暦にない日")
	state(t, tab, "insurer-import")
	above(t, tab, "insurer-import.png")
	do(t, tab, click(`#store`))
	waitText(t, tab, "#done", "保存しました")
	state(t, tab, "insurer-stored")
	do(t, tab, click(`#back`))
	waitText(t, tab, "#task-refused .task-n", "3行")
	waitText(t, tab, ".tasks", "まだ作っていない人")
	state(t, tab, "insurer-home")
	above(t, tab, "insurer-home.png")
	if eval[bool](t, tab, `document.querySelector("table") !== null`) {
		t.Error("people are listed before anybody is looked for")
	}

	do(t, tab, chromedp.SendKeys("#q", "13-1 1000"), click(`#find form .button`))
	waitText(t, tab, ".pages", "3人") // a household
	state(t, tab, "insurer-found")
	do(t, tab, click(`.person-link`))
	waitText(t, tab, "#versions", "はじめての登録")
	person := eval[string](t, tab, `location.href`)
	do(t, tab, click(`#notice`))
	waitText(t, tab, "#notice-code", "-")
	do(t, tab, chromedp.Navigate(person))
	waitText(t, tab, "#notices", "まだ使われていません")
	do(t, tab, click(`#reissue`))
	waitText(t, tab, "#consequence", "すぐに使えなくなります")
	state(t, tab, "insurer-reissue")
	do(t, tab, click(`#sure`))
	waitText(t, tab, "#said", "新しいコードを出しました")
	waitText(t, tab, "#notices", "無効")
	state(t, tab, "insurer-person")
	above(t, tab, "insurer-person.png")
	do(t, tab, click(`#erase`))
	waitText(t, tab, "#consequence", "元にはもどせません")
	state(t, tab, "insurer-erase")
	do(t, tab, chromedp.SendKeys("#number", "1000"), click(`#sure`))
	waitText(t, tab, "#erased", "記録を消しました")
	state(t, tab, "insurer-erased")
	do(t, tab, chromedp.Navigate(base+"/insurer/statistics?insurer=06139992"))
	waitText(t, tab, ".tables", "296")
	waitText(t, tab, "#days", "令和")
	state(t, tab, "insurer-statistics")
	above(t, tab, "insurer-statistics.png")
}

// above stores a picture of what a clerk sees of a page without scrolling; see picture.
func above(t *testing.T, tab context.Context, name string) {
	t.Helper()
	folder := os.Getenv("MADOGUCHI_PICTURES")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	shot := get(t, tab, chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(folder, name), shot, 0o644); err != nil {
		t.Fatal(err)
	}
}

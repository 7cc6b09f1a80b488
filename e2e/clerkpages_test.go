package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// largeText measures a page of a clerk with the text that the reader's browser makes twice as large (WCAG
// 2.2, 1.4.4), at the width of a phone and of half a screen.
func largeText(t *testing.T, name string, measure func(string, int64)) {
	t.Helper()
	for _, width := range []int64{320, 390, 640} {
		measure(name+" with text of 200 %", width)
	}
}

// A name of 90 letters (the longest that a card holds) wraps and pushes nothing out; nothing scrolls sideways
// at 200 % text. The filled button of a person is the paper of the rule (対比表 対象者).
func TestClerksPagesHoldLongNamesAndLargeText(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	tab := browser(t, 390, 844, "")
	long := strings.Repeat("アレクサンドラ", 13)[:90*3]
	file := filepath.Join(t.TempDir(), "long.csv")
	if err := os.WriteFile(file, []byte("番号,氏名,氏名カナ,生年月日,マイナ保険証登録\n"+
		"77,"+long+","+long+",1986-04-12,無\n78,試験 有,シケン アリ,1986-04-12,有\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	measure := func(name string, width int64) {
		t.Helper()
		resize(t, tab, width, 844)
		do(t, tab, script(`document.documentElement.style.fontSize = "225%"`))
		sizes(t, tab, name)
	}
	do(t, tab, chromedp.Navigate(base+"/insurer"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible("#file"))
	do(t, tab, chromedp.Navigate(base+"/insurer?insurer=06139992"),
		chromedp.SetUploadFiles(`#file`, []string{file}), click(`#import`),
		chromedp.WaitVisible("#store"))
	state(t, tab, "clerk-long-preview")
	do(t, tab, click("#store"), chromedp.WaitVisible("#done"), click("#back"))
	finds(t, tab, "アレクサン")
	state(t, tab, "clerk-long-found")
	largeText(t, "found", measure)
	follows(t, tab, ".person-link")
	waitText(t, tab, "#first-paper", "資格確認書を出す")
	state(t, tab, "clerk-long-person")
	largeText(t, "person", measure)
	do(t, tab, chromedp.EmulateViewport(390, 844), chromedp.Navigate(base+"/insurer?insurer=06139992&q=78"))
	follows(t, tab, ".person-link")
	waitText(t, tab, ".actions .button.main", "資格情報のお知らせを出す")
	if eval[int](t, tab, `document.querySelectorAll(".button.main").length`) != 1 {
		t.Error("not one filled button")
	}
	for name, path := range map[string]string{"home": "/insurer", "settings": "/insurer/settings",
		"statistics": "/insurer/statistics", "runs": "/insurer/runs", "revoke": "/insurer/revoke",
		"run, first question": "/insurer/runs/new", "run, for whom": "/insurer/runs/new?run=certificates",
		"run, order": "/insurer/runs/new?run=notices&whom=all&day=2026-12-01",
		"run, plan": "/insurer/runs/new?run=certificates&whom=all&day=2026-12-01&order=postcode" +
			"&layout=cards",
	} {
		with := "?"
		if strings.Contains(path, "?") {
			with = "&"
		}
		do(t, tab, chromedp.EmulateViewport(390, 844), chromedp.Navigate(base+path+with+"insurer=06139992"),
			chromedp.WaitReady("main"))
		largeText(t, name, measure)
	}
}

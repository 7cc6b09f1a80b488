package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"madoguchi/pwa"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// windows are what phones leave to a page with their browser's bars, upright and on their side.
var windows = [][2]int64{
	{390, 664}, {375, 667}, {390, 844}, {360, 640}, {375, 553}, {320, 568},
	{664, 390}, {667, 375}, {844, 390}, {640, 360}, {553, 375}, {568, 320},
}

// box is where an element stands, in CSS pixels.
type box struct{ X, Y, Width, Height float64 }

// largeView is what is measured of the large view: each box, and the page's own codes below it.
type largeView struct {
	Page, PageProof, Card, Proof, Name, Sentence, Age, Close, Turn *box
	Modules                                                        float64
	Texts                                                          []string
	Device                                                         float64
}

const measureLarge = `(() => {
	const seen = e => e &&
		e.checkVisibility() ? (b => ({x: b.x, y: b.y, width: b.width,
			height: b.height}))(e.getBoundingClientRect()) : null;
	const over = document.querySelector("dialog.biggest"), one = s => over && over.querySelector(s);
	const card = one(".codes canvas:first-child"), proof = one(".codes canvas:last-child");
	return JSON.stringify({page: seen(document.getElementById("qr")),
		pageProof: seen(document.getElementById("proof")),
		card: seen(card), proof: seen(proof), name: seen(one(".holder")), sentence: seen(one(".with-card")),
			age: seen(one(".with-card ~ p")),
		close: seen(one(".ways button:first-child")), turn: seen(one(".ways button:last-child")),
		modules: Number((seen(card) ? card : proof)?.dataset.modules || 0), device: devicePixelRatio,
		texts: [".holder", ".with-card", ".with-card ~ p"].map(s => one(s)?.innerText ?? "")});
})()`

func measureView(t *testing.T, tab context.Context) (v largeView) {
	t.Helper()
	if err := json.Unmarshal([]byte(eval[string](t, tab, measureLarge)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// whole reports what is wrong with the large view in a window: cut, smaller than the page's code, over its
// words.
func (v largeView) whole(w, h int64) (bad []string) {
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	inside := func(name string, b *box) {
		if b == nil || b.Width == 0 {
			say("no %s", name)
		} else if b.X < -0.5 || b.Y < -0.5 || b.X+b.Width > float64(w)+0.5 || b.Y+b.Height > float64(h)+0.5 {
			say("%s is cut: %+v", name, *b)
		}
	}
	code, page, what := v.Card, v.Page, "the code"
	if code == nil {
		code, page, what = v.Proof, v.PageProof, "the second code"
	}
	inside(what, code)
	if code == nil || page == nil {
		return append(bad, "nothing to compare")
	}
	if code.Width < page.Width-0.01 {
		say("%s is smaller than the page's: %.2f, not %.2f", what, code.Width, page.Width)
	}
	if math.Abs(code.Width-code.Height) > 0.01 {
		say("%s is no square: %.2f × %.2f", what, code.Width, code.Height)
	}
	// below three CSS pixels a module, the width counts more than whole pixels (qr.ts, draw)
	perModule := code.Width * v.Device / v.Modules
	if perModule/v.Device >= 3 && math.Abs(perModule-math.Round(perModule)) > 0.01 {
		say("a module has %.2f device pixels", perModule)
	}
	for _, c := range []struct {
		name string
		b    *box
	}{
		{"the name", v.Name},
		{"the card sentence", v.Sentence},
		{"the age", v.Age},
		{"the button", v.Close},
	} {
		inside(c.name, c.b)
		if c.b != nil && c.b.X < code.X+code.Width-0.5 && code.X < c.b.X+c.b.Width-0.5 &&
			c.b.Y < code.Y+code.Height-0.5 && code.Y < c.b.Y+c.b.Height-0.5 {
			say("%s lies over %s", c.name, what)
		}
	}
	return bad
}

// shot keeps a picture of the window for people to look at.
func shot(t *testing.T, tab context.Context, name string) {
	t.Helper()
	if folder := os.Getenv("MADOGUCHI_PICTURES"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".png"), get(t, tab, chromedp.CaptureScreenshot()),
			0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheLargeViewIsTheLargestInEveryWindow(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	inLab(t, phone)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	waitTrue(t, phone, stored)
	said := func(t *testing.T, v largeView) {
		t.Helper()
		if len(v.Texts) != 3 || v.Texts[0] != "髙橋 德一" || v.Texts[1] != "マイナンバーカードといっしょに見せてください" ||
			!strings.Contains(v.Texts[2], "前に") {
			t.Errorf("it says %q", v.Texts)
		}
	}
	open := func(t *testing.T) {
		t.Helper()
		waitTrue(t, phone, `!document.getElementById("bigger").disabled`) // a code is there
		do(t, phone, script(`document.getElementById("bigger").click()`),
			chromedp.WaitVisible("dialog.biggest"))
	}
	shut := func(t *testing.T) {
		t.Helper()
		do(t, phone, click("dialog.biggest .ways button:first-child"))
		waitTrue(t, phone, `!document.querySelector("dialog.biggest")`)
	}

	for _, w := range windows {
		t.Run(fmt.Sprintf("%d×%d", w[0], w[1]), func(t *testing.T) {
			resize(t, phone, w[0], w[1], chromedp.EmulateScale(2))
			do(t, phone, script(`document.getElementById("qr").scrollIntoView({block: "start"})`))
			shot(t, phone, fmt.Sprintf("page-%d-%d", w[0], w[1]))
			onPage, _ := codesOn(t, phone, "#code")
			open(t)
			v := measureView(t, phone)
			for _, bad := range v.whole(w[0], w[1]) {
				t.Error(bad)
			}
			said(t, v)
			if v.Page != nil && v.Page.Height > float64(w[1])+0.5 {
				t.Errorf("the page's code is %.0f px high", v.Page.Height)
			}
			card, _ := codesOn(t, phone, "")
			if !strings.HasPrefix(card, "shc:/") || onPage == "" {
				t.Errorf("read off the large view: %.20q, off the page: %.20q", card, onPage)
			}
			shot(t, phone, fmt.Sprintf("large-%d-%d", w[0], w[1]))
			resize(t, phone, w[1], w[0], chromedp.EmulateScale(2)) // the phone is turned while it shows
			for _, bad := range measureView(t, phone).whole(w[1], w[0]) {
				t.Errorf("turned: %s", bad)
			}
			shut(t)
		})
	}

	t.Run("in every language, with twice the text, and in square windows", func(t *testing.T) {
		defer func() {
			do(t, phone, chromedp.Navigate(base+"/screen?lang=ja"), chromedp.WaitVisible("#figures div"))
		}()
		for _, lang := range pwa.Languages()[1:] {
			do(t, phone, chromedp.Navigate(base+"/screen?lang="+lang), chromedp.WaitVisible("#figures div"))
			for _, w := range windows {
				resize(t, phone, w[0], w[1], chromedp.EmulateScale(2))
				open(t)
				for _, bad := range measureView(t, phone).whole(w[0], w[1]) {
					t.Errorf("%s at %d×%d: %s", lang, w[0], w[1], bad)
				}
				shot(t, phone, fmt.Sprintf("large-%s-%d-%d", lang, w[0], w[1]))
				shut(t)
			}
		}
		for _, w := range [][2]int64{{400, 400}, {360, 380}, {768, 1024}, {1280, 900}} {
			resize(t, phone, w[0], w[1], chromedp.EmulateScale(2))
			for _, size := range []string{"", "225%"} {
				do(t, phone, script(`document.documentElement.style.fontSize = `+quote(size)))
				open(t)
				v := measureView(t, phone)
				if v.Card == nil || v.Page == nil || v.Card.Width < v.Page.Width || v.Card.Y < -0.5 ||
					v.Card.Y+v.Card.Height > float64(w[1])+0.5 {
					t.Errorf("%d×%d, text %q: %+v, on the page %+v", w[0], w[1], size, v.Card, v.Page)
				}
				shot(t, phone, fmt.Sprintf("large-%d-%d-text%s", w[0], w[1], strings.TrimSuffix(size, "%")))
				shut(t)
			}
			do(t, phone, script(`document.documentElement.style.fontSize = ""`))
		}
	})

	t.Run("both codes of a phone without network", func(t *testing.T) {
		offline(t, phone, true)
		do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#offline"))
		waitText(t, phone, "#proof-age", "前に")
		for _, w := range windows {
			resize(t, phone, w[0], w[1], chromedp.EmulateScale(2))
			open(t)
			v := measureView(t, phone)
			for _, bad := range v.whole(w[0], w[1]) {
				t.Errorf("%d×%d: %s", w[0], w[1], bad)
			}
			said(t, v)
			card, proof := codesOn(t, phone, "")
			if card == "" {
				t.Errorf("%d×%d: no first code is read", w[0], w[1])
			}
			shot(t, phone, fmt.Sprintf("large-away-%d-%d", w[0], w[1]))
			if v.Proof != nil &&
				(v.Turn != nil || v.Proof.Width < v.PageProof.Width ||
					v.Proof.Y+v.Proof.Height > float64(w[1])+0.5) {
				t.Errorf("%d×%d: the second code: %+v, on the page %+v, a turn: %v", w[0], w[1], v.Proof,
					v.PageProof, v.Turn)
			}
			if v.Proof == nil { // it has a turn of its own
				do(t, phone, click(".ways button:last-child"))
				v = measureView(t, phone)
				for _, bad := range v.whole(w[0], w[1]) {
					t.Errorf("%d×%d: %s", w[0], w[1], bad)
				}
				_, proof = codesOn(t, phone, "")
				shot(t, phone, fmt.Sprintf("large-away-second-%d-%d", w[0], w[1]))
			}
			if strings.Count(proof, ".") != 2 {
				t.Errorf("%d×%d: the second code is read as %.40q", w[0], w[1], proof)
			}
			shut(t)
		}
		resize(t, phone, 390, 664, chromedp.EmulateScale(2))
		open(t)
		do(t, phone, click(".ways button:last-child"))
		offline(t, phone, false)
		renews(t, phone)
		waitText(t, phone, "dialog.biggest .about", "秒前に作成")
		v := measureView(t, phone) // with the second code gone, the first has the window at once
		for _, bad := range v.whole(390, 664) {
			t.Errorf("with network again: %s", bad)
		}
		if v.Card == nil || v.Proof != nil || v.Turn != nil {
			t.Errorf("with network again: %+v", v)
		}
		shut(t)
	})
}

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"madoguchi/pwa"
	"madoguchi/server/qrscan"
)

// firstView is where the first view's parts stand, in CSS pixels of the window.
type firstView struct {
	Issuer, Name, Sentence, Japanese, Code, Age, Clock, Sheet *box
	Wide, Scrolled, Device                                    float64
}

const measureFirst = `(() => {
	const at = e => e && e.checkVisibility() ? (b => ({x: b.x, y: b.y, width: b.width,
		height: b.height}))(e.getBoundingClientRect()) : null;
	const of = id => at(document.getElementById(id));
	return JSON.stringify({issuer: of("issuer"), name: of("holder-name"), code: of("code"), age: of("age"),
		sentence: at(document.querySelector(".with-card")), japanese: of("card-ja"), clock: of("clock"),
		sheet: at(document.querySelector(".beneath")), wide: document.documentElement.scrollWidth,
		scrolled: scrollY, device: devicePixelRatio});
})()`

// longName fills what an insurer may register: 90 letters, as long as a foreigner's name in the residents'
// register may be, in Latin letters with blanks.
var longName = strings.TrimSpace(strings.Repeat("ALEXANDRINA MAXIMILIANA ", 4))[:90]

// The reception sees all that it looks at without anybody touching the phone: in each window that a phone
// leaves to a page, in each language, with the longest name, with a family of ten.
func TestTheFirstViewIsWholeInEveryWindow(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	inLab(t, phone)

	person := await[map[string]any](t, phone,
		`fetch("/api/v1/me").then(r => r.json()).then(m => m.people[0])`)
	details := await[map[string]any](t, phone, `fetch("/api/v1/people/`+person["id"].(string)+`/credential",
		{method: "POST", body: JSON.stringify({tier: "live"}),
		headers: {"Content-Type": "application/json"}}).then(r => r.json())
		.then(s => s.details)`)
	members := func(v map[string]any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	long := members(map[string]any{"/credential": map[string]any{"details": with(details, "name", longName)},
		"/me": map[string]any{"people": []any{with(person, "name", longName)}}})
	var family []any
	for i := range 10 {
		family = append(family, with(person, "name", fmt.Sprintf("架空 %c子", 'あ'+rune(2*i))))
	}
	ten := members(map[string]any{"/me": map[string]any{"people": family}})

	for _, c := range []struct{ name, lang, members string }{
		{"one person", "", "null"}, {"90 letters", "", long}, {"a family of ten", "", ten},
	} {
		langs := pwa.Languages()
		if c.members == ten {
			langs = []string{"ja", "vi"}
		}
		for _, lang := range langs {
			set(t, phone, "members", c.members)
			do(t, phone, chromedp.Navigate(base+"/screen?lang="+lang))
			waitTrue(t, phone, `!document.getElementById("qr").classList.contains("stale")`)
			for _, w := range windows {
				t.Run(fmt.Sprintf("%s, %s, %d×%d", c.name, lang, w[0], w[1]), func(t *testing.T) {
					resize(t, phone, w[0], w[1], chromedp.EmulateScale(2))
					do(t, phone, script(`scrollTo(0, 0)`))
					var v firstView
					if err := json.Unmarshal([]byte(eval[string](t, phone, measureFirst)), &v); err != nil {
						t.Fatal(err)
					}
					v.judge(t, lang, w, c.members == "null" && lang == "ja")
					codes, err := qrscan.Codes(get(t, phone, chromedp.CaptureScreenshot()))
					if err != nil || len(codes) != 1 || !strings.HasPrefix(codes[0], "shc:/") {
						t.Errorf("%d codes are read off the window, %v", len(codes), err)
					}
					of, _, _ := strings.Cut(c.name, " ")
					shot(t, phone, fmt.Sprintf("first-%s-%s-%d-%d", of, lang, w[0], w[1]))
				})
			}
		}
	}
	set(t, phone, "members", "null")
}

// judge says what is not whole in the first view; wide: the code has the full width of an upright phone.
func (v firstView) judge(t *testing.T, lang string, w [2]int64, wide bool) {
	t.Helper()
	parts := map[string]*box{"issuer": v.Issuer, "name": v.Name, "card sentence": v.Sentence, "code": v.Code,
		"age": v.Age, "clock": v.Clock}
	if !strings.HasPrefix(lang, "ja") {
		parts["card sentence in Japanese"] = v.Japanese
	}
	for name, b := range parts {
		if b == nil || b.X < -0.5 || b.Y < -0.5 || b.X+b.Width > float64(w[0])+0.5 ||
			b.Y+b.Height > float64(w[1])+0.5 {
			t.Errorf("the %s is not within the window: %+v", name, b)
		}
	}
	if v.Wide > float64(w[0]) {
		t.Errorf("the page is %.0f px wide", v.Wide)
	}
	if w[0] < w[1] && (v.Sheet == nil || v.Sheet.Y > float64(w[1])-8) {
		t.Errorf("nothing shows that there is more below: %+v", v.Sheet)
	}
	if wide && w[0] < w[1] && v.Code != nil && v.Code.Width < float64(w[0])-0.5 {
		t.Errorf("the code is %.0f px wide", v.Code.Width)
	}
}

// with is m with one member changed.
func with(m map[string]any, member string, value any) map[string]any {
	changed := map[string]any{}
	for k, v := range m {
		changed[k] = v
	}
	changed[member] = value
	return changed
}

// A phone's Back closes what lies over the screen, one after the other, and never leads from a screen to a
// form that asks again.
func TestBackClosesWhatLiesOverTheScreen(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	waitText(t, phone, "#age", "秒前に作成")
	waitTrue(t, phone, stored)
	back := func() { // as the phone's own Back
		t.Helper()
		do(t, phone, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			h, err := cdp.Call(ctx, target, page.GetNavigationHistory, cdp.Empty{})
			if err != nil {
				return err
			}
			_, err = cdp.Call(ctx, target, page.NavigateToHistoryEntry,
				page.NavigateToHistoryEntryParams{EntryID: h.Entries[h.CurrentIndex-1].ID})
			return err
		}))
	}
	gone := `!document.querySelector("dialog[open], dialog.biggest")`
	for _, c := range []struct{ name, open, dialog, close string }{
		{"large view", "#bigger", "dialog.biggest", "dialog.biggest .ways button:first-child"},
		{"number", "#number-open", "#number", "#number-close"},
		{"copies", "#share-open", "#share", "#share > p button"},
		{"a question", "#remove-person", "#confirm", "#confirm-no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			unfolds(t, phone)
			do(t, phone, script(`document.getElementById("manage-more").open = true`))
			open := func() { do(t, phone, click(c.open), chromedp.WaitVisible(c.dialog)) }
			before := eval[int](t, phone, `history.length`)
			for range 2 {
				open()
				back()
				waitTrue(t, phone, gone)
			}
			// closed by its button, its entry in the history serves the next one
			open()
			do(t, phone, click(c.close))
			waitTrue(t, phone, gone)
			if after := eval[int](t, phone, `history.length`); after > before+1 {
				t.Errorf("%d entries in the history, %d before", after, before)
			}
			waitText(t, phone, "#age", "秒前に作成")
		})
	}
	t.Run("a copy shared from over another", func(t *testing.T) {
		do(t, phone, click("#bigger"), chromedp.WaitVisible("dialog.biggest"),
			script(`document.getElementById("number-open").click()`), chromedp.WaitVisible("#number"))
		back()
		waitTrue(t, phone, `!document.querySelector("#number[open]") &&
			!!document.querySelector("dialog.biggest")`)
		back()
		waitTrue(t, phone, gone)
	})
	t.Run("printed, it says where the paper is", func(t *testing.T) {
		words := printsOut(t, phone, "screen-printed")
		for _, not := range []string{"0001234", "髙橋", "\f\f"} {
			if strings.Contains(words, not) {
				t.Errorf("%q is printed", not)
			}
		}
		if n := strings.Count(words, "\f"); n != 1 || !strings.Contains(words, "印刷しても使えません") {
			t.Errorf("%d pages: %q", n, words)
		}
	})
	t.Run("and from the screen to no form, though a dialog was closed by its button", func(t *testing.T) {
		do(t, phone, click("#number-open"), chromedp.WaitVisible("#number"),
			click("#number-close"), script(`window.left = true`))
		back()
		waitTrue(t, phone, `!window.left`)
		waitTrue(t, phone, `location.pathname !== "/screen" || document.readyState === "complete"`)
		waitText(t, phone, "#main", "髙橋 德一")
		waitTrue(t, phone, `!document.querySelector("#code[name=code]")`)
	})
}

// unfolds opens what stands folded below the first view: the copies and the other things.
func unfolds(t *testing.T, phone context.Context) {
	t.Helper()
	do(t, phone, script(`if (document.getElementById("copies").hidden)
		document.getElementById("copies-open").click();
		document.getElementById("other").open = true`))
}

// tiles waits until the list of whom this phone shows has a name.
func tiles(t *testing.T, phone context.Context, name string) {
	t.Helper()
	waitTrue(t, phone, `document.getElementById("tiles").textContent.includes(`+quote(name)+`)`)
}

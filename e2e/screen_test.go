package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"madoguchi/credential"
	"madoguchi/server/qrscan"
)

// reducedMotion says whether the person asked for less movement.
func reducedMotion(t *testing.T, tab context.Context, value string) {
	t.Helper()
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: value}}})
		return err
	}))
}

// wholeCode scrolls the code into the window and returns what qrscan reads off a picture of the window.
func wholeCode(t *testing.T, tab context.Context) string {
	t.Helper()
	do(t, tab, script(`document.getElementById("qr").scrollIntoView({block: "start"})`))
	frames(t, tab)
	codes, err := qrscan.Codes(get(t, tab, chromedp.CaptureScreenshot()))
	if err != nil || len(codes) == 0 {
		t.Fatalf("no code in the picture of the window: %v", err)
	}
	return codes[0]
}

func TestTheScreenOfAPatient(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	clerk, noticeURL := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")

	t.Run("the first load is small and leaves what is not needed yet", func(t *testing.T) {
		const fetched = `[...performance.getEntriesByType("navigation"),
			...performance.getEntriesByType("resource")].filter(e => !e.name.includes("/api/") &&
				!/\.(pdf|ttf)$/.test(e.name))`
		// 300 for the headers
		bytes := eval[int](t, phone, fetched+`.reduce((sum, e) => sum + e.encodedBodySize + 300, 0)`)
		files := eval[int](t, phone, fetched+`.length`)
		t.Logf("%d files, %d bytes", files, bytes)
		if bytes > 60_000 || bytes < 10_000 {
			t.Errorf("%d bytes in %d files", bytes, files)
		}
		unfolds(t, phone)
		do(t, phone, click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
		if more := eval[int](t, phone, fetched+`.length`); more <= files {
			t.Error("the practice was loaded before it was asked for")
		}
		do(t, phone, script(`document.getElementById("rehearsal").close()`))
	})

	inLab(t, phone)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")

	t.Run("the largest code is read off a picture of every window", func(t *testing.T) {
		// the most that fits V22-L
		jws := eval[string](t, phone,
			`"eyJ6aXAiOiJERUYifQ." + "abcXYZ019-_".repeat(98) + "." + "Zz9_".repeat(24) + "."`)[:1195]
		set(t, phone, "members", `{"/credential": {"jws": "`+jws+`"}}`)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		defer set(t, phone, "members", "null")
		for _, width := range []int64{320, 360, 390, 393, 430} {
			for _, scale := range []float64{1, 2, 2.75} {
				resize(t, phone, width, 800, chromedp.EmulateScale(scale))
				got := wholeCode(t, phone)
				if got != credential.NumericQR(jws) {
					t.Errorf("at %d px × %g: %.20q", width, scale, got)
				}
				// 105 modules and 2 × 4 of white
				module := eval[float64](t, phone,
					`document.getElementById("qr").getBoundingClientRect().width / 113`)
				if width == 320 && module < 2.8 {
					t.Errorf("at %d px × %g the code does not fill the width: %.2f CSS pixels a module",
						width, scale, module)
				}
				if width >= 360 && module < 3 {
					t.Errorf("at %d px × %g a module has %.2f CSS pixels", width, scale, module)
				}
				small := eval[bool](t, phone, `!document.getElementById("turn").hidden`)
				if small != (width < 360) {
					t.Errorf("at %d px × %g the hint for small windows is shown: %v", width, scale, small)
				}
				if wide := eval[int64](t, phone, `document.documentElement.scrollWidth`); wide > width {
					t.Errorf("at %d px the page is %d px wide", width, wide)
				}
			}
		}
		resize(t, phone, 320, 640, chromedp.EmulateScale(2))
		unfolds(t, phone)
		do(t, phone, click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
		waitText(t, phone, "#rehearsal-verdict", "細かすぎます") // read, but below three pixels
		do(t, phone, script(`document.getElementById("rehearsal").close()`))
		resize(t, phone, 800, 390) // a phone on its side
		if got := wholeCode(t, phone); got != credential.NumericQR(jws) {
			t.Errorf("on its side: %.20q", got)
		}
		resize(t, phone, 568, 320)
		waitText(t, phone, "#turn", "縦に持つ")
		resize(t, phone, 390, 844)
	})

	t.Run("one tap shows the code as large as the window", func(t *testing.T) {
		do(t, phone, click("#qr"), chromedp.WaitVisible("dialog.biggest"))
		module := eval[float64](t, phone, `(c => c.getBoundingClientRect().width / c.dataset.modules)(
			document.querySelector("dialog.biggest canvas"))`)
		if module < 3 {
			t.Errorf("a module has %.2f CSS pixels", module)
		}
		codes, err := qrscan.Codes(get(t, phone, chromedp.CaptureScreenshot()))
		if err != nil || len(codes) != 1 {
			t.Errorf("%d codes, %v", len(codes), err)
		}
		state(t, phone, "large")
		do(t, phone, click("dialog.biggest .ways button:first-child"))
	})

	t.Run("clock and bar move for those who want less movement too", func(t *testing.T) {
		reducedMotion(t, phone, "reduce")
		defer reducedMotion(t, phone, "no-preference")
		const clockAndBar = `[document.getElementById("clock").textContent,
			document.getElementById("bar").getBoundingClientRect().width.toFixed(2)]`
		before := eval[[2]string](t, phone, clockAndBar)
		if strings.Count(before[0], ":") != 2 || before[1] == "0.00" {
			t.Errorf("clock and bar: %q", before)
		}
		waitTrue(t, phone, `(([clock, bar]) => clock !== `+quote(before[0])+` && bar !== `+quote(before[1])+
			`)(`+clockAndBar+`)`)
	})

	t.Run("what is read first stands first", func(t *testing.T) {
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		text := eval[string](t, phone, `document.getElementById("main").innerText`)
		at := -1
		for _, want := range []string{"タカハシ", "髙橋 德一", "昭和30年7月1日", "マイナンバーカードと", "秒前に作成",
			"受付の方へ", "番号で伝える", "写し", "明るく", "大きく見せる", "に登録された資格です", "ではありません",
			"保険者番号", "記号", "番号", "枝番", "負担割合", "くわしく"} {
			i := strings.Index(text[max(at, 0):], want)
			if i < 0 {
				t.Fatalf("%s is not below what comes before it:\n%s", want, text)
			}
			at = max(at, 0) + i
		}
		state(t, phone, "screen")
	})

	t.Run("the phone reads its own code and says what would be wrong", func(t *testing.T) {
		rehearsal(t, base, phone)
	})
	t.Run("the help desk reads the screen's number", func(t *testing.T) {
		supportNumber(t, base, clerk, phone)
	})
	t.Run("the home screen is offered after the first success and waved away once", func(t *testing.T) {
		installing(t, base, phone)
	})
	t.Run("the practice speaks the page's language without network", func(t *testing.T) {
		rehearsalAway(t, base, phone)
	})
	t.Run("a copy without numbers is offered first", func(t *testing.T) { sharing(t, base, phone) })
	t.Run("rare kanji and variants have their own shapes", func(t *testing.T) {
		rareKanji(t, base, clerk, phone)
	})
}

func sharing(t *testing.T, base string, phone context.Context) {
	do(t, phone,
		script(`window.given = [];
			navigator.canShare = d => d.files.every(f => f instanceof File && f.type === "application/pdf");
		navigator.share = async d => {
			if (!navigator.userActivation.isActive) throw new DOMException("no tap", "NotAllowedError");
			for (const f of d.files) given.push([f.name,
				new TextDecoder("latin1").decode((await f.arrayBuffer()).slice(0, 5))]) }`),
		chromedp.WaitVisible("#copies-open"))
	unfolds(t, phone)
	do(t, phone, click("#share-open"), chromedp.WaitVisible("#share-masked .button.main"))
	waitText(t, phone, "#share-masked", "健康保険法194条の2")
	text := get(t, phone, chromedp.Text("#share"))
	if strings.Index(text, "番号を隠した写し") > strings.Index(text, "番号とコードの入った写し") {
		t.Error("the copy with numbers stands first")
	}
	if eval[bool](t, phone, `!!document.querySelector("#share-full .ways")`) {
		t.Error("the copy with numbers is a tap away")
	}
	state(t, phone, "share")
	do(t, phone, click("#share-masked .button.main"))
	waitTrue(t, phone, `given.length === 1`)
	do(t, phone, click("#share-full button"), chromedp.WaitVisible("#share-full .ways .button"))
	waitText(t, phone, "#share-full", "医療機関と薬局のほかには渡さないで")
	if eval[bool](t, phone, `!!document.querySelector("#share-full .button.main")`) {
		t.Error("the copy with numbers has a filled button")
	}
	state(t, phone, "share-full")
	do(t, phone, click("#share-full .ways .button"))
	waitTrue(t, phone, `given.length === 2`)
	given := eval[[][2]string](t, phone, `given`)
	if !strings.Contains(given[0][0], "masked") || strings.Contains(given[1][0], "masked") ||
		given[0][1] != "%PDF-" || given[1][1] != "%PDF-" {
		t.Errorf("%q", given)
	}
	ways := eval[string](t, phone,
		`[...document.querySelectorAll("#share-masked a")]
			.map(a => a.textContent + " " + a.download + a.target + " " + a.protocol).join()`)
	if !strings.Contains(ways, "shikaku-joho-masked-") || !strings.Contains(ways, "_blank") ||
		strings.Count(ways, "blob:") != 2 {
		t.Error(ways)
	}
	do(t, phone, script(`document.getElementById("share").close()`))
	offline(t, phone, true)
	unfolds(t, phone)
	do(t, phone, click("#share-open"))
	waitText(t, phone, "#share-masked", "電波のある所で")
	// the kept one
	do(t, phone, click("#share-full button"), chromedp.WaitVisible("#share-full .ways .button"))
	offline(t, phone, false)
	do(t, phone, click("#share-masked .ways .button.quiet"),
		chromedp.WaitVisible("#share-masked .ways .button.main"))
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
}

func supportNumber(t *testing.T, base string, clerk, phone context.Context) {
	expects(t, clerk, `status of 422 .*/insurer/support`, "a number is typed wrong")
	lookUp := func(code string, want ...string) {
		t.Helper()
		do(t, clerk, chromedp.Navigate(base+"/insurer/support"), chromedp.SendKeys("#code", code+"\r"))
		for _, w := range want {
			waitText(t, clerk, "main", w)
		}
	}
	waitTrue(t, phone, stored)
	do(t, phone, click("#more summary"))
	waitTrue(t, phone, `/^\d{4} \d{4}$/.test(document.getElementById("support-code").textContent)`)
	code := get(t, phone, chromedp.Text("#support-code"))
	state(t, phone, "support")
	lookUp(code, "電波があるときのコード", "パソコンの Chrome", "画面は正しく動いています")
	state(t, clerk, "helpdesk")
	wrong := []byte(code)
	wrong[2] = '0' + (wrong[2]-'0'+1)%10
	lookUp(string(wrong), "4桁ずつ")
	state(t, clerk, "helpdesk-wrong")

	set(t, phone, "answers", refusal("/credential", 409, "eligibility.lost",
		"この資格は終わっています。新しい保険者のお知らせで登録してください。わからないときは、保険者にお電話ください。"))
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#state", "この資格は終わっています")
	waitText(t, phone, "#trouble", "03-0000-0000")
	waitTrue(t, phone, `/^\d{4} \d{4}$/.test(document.getElementById("trouble-code").textContent)`)
	state(t, phone, "trouble")
	lookUp(get(t, phone, chromedp.Text("#trouble-code")), "コードは出ていません", "新しい保険者のお知らせで登録し直して")
	set(t, phone, "answers", "null")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	waitTrue(t, phone, `document.getElementById("trouble").hidden`)
}

func installing(t *testing.T, base string, phone context.Context) {
	offer := `{const e = new Event("beforeinstallprompt", {cancelable: true});
		e.prompt = async () => { window.prompted = true; return {outcome: "dismissed"} }; dispatchEvent(e);
		window.kept = e.defaultPrevented}`
	// this machine's own browser may offer too, at its own time
	do(t, phone, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{
				Source: `addEventListener("beforeinstallprompt",
					e => { if (e.isTrusted) e.stopImmediatePropagation() }, true)`})
		return err
	}), chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	do(t, phone, script(offer), chromedp.WaitVisible("#install button"))
	if !eval[bool](t, phone, `window.kept`) {
		t.Error("the browser's own bar would come up")
	}
	state(t, phone, "install-android")
	do(t, phone, click("#install button:not(.quiet)"))
	waitTrue(t, phone, `window.prompted === true`)
	agent := func(value string) {
		t.Helper()
		do(t, phone, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetUserAgentOverride,
				emulation.SetUserAgentOverrideParams{UserAgent: value})
			return err
		}))
	}
	was := eval[string](t, phone, `navigator.userAgent`)
	agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
		"Version/18.6 Mobile/15E148 Safari/604.1")
	do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#install .drawn"))
	waitText(t, phone, "#install", "ホーム画面に追加")
	state(t, phone, "install-ios")
	do(t, phone, click("#install .quiet"), chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	waitTrue(t, phone, `window.hintAsked`) // two seconds after a page has shown a code
	frames(t, phone)
	if eval[bool](t, phone, `!document.getElementById("install").hidden`) {
		t.Error("the hint that was waved away is back")
	}
	agent(was)
	icons := await[[]string](t, phone, `fetch("/manifest.webmanifest").then(r => r.json())
		.then(m => Promise.all(m.icons.map(async ({src, sizes}) => {
			const icon = new Image();
			icon.src = src;
			await icon.decode();
			const size = icon.naturalWidth + "x" + icon.naturalHeight;
			return sizes === "any" || sizes === size ? "" : src + " is " + size + ", not " + sizes;
		})))`)
	if len(icons) != 4 || strings.Join(icons, "") != "" {
		t.Errorf("icons of the manifest: %q", icons)
	}
}

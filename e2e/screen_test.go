package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	do(t, tab, chromedp.Evaluate[chromedp.Void](`document.getElementById("qr").scrollIntoView({block: "start"})`), chromedp.Sleep(200*time.Millisecond))
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
		const fetched = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].filter(e => !e.name.includes("/api/") && !/\.(pdf|ttf)$/.test(e.name))`
		bytes := get(t, phone, chromedp.Evaluate[int](fetched+`.reduce((sum, e) => sum + e.encodedBodySize + 300, 0)`)) // 300 for the headers
		files := get(t, phone, chromedp.Evaluate[int](fetched+`.length`))
		t.Logf("%d files, %d bytes", files, bytes)
		if bytes > 60_000 || bytes < 10_000 {
			t.Errorf("%d bytes in %d files", bytes, files)
		}
		do(t, phone, chromedp.Click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
		if more := get(t, phone, chromedp.Evaluate[int](fetched+`.length`)); more <= files {
			t.Error("the practice was loaded before it was asked for")
		}
		do(t, phone, chromedp.Evaluate[chromedp.Void](`document.getElementById("rehearsal").close()`))
	})

	inLab(t, phone)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")

	t.Run("the largest code is read off a picture of every window", func(t *testing.T) {
		jws := get(t, phone, chromedp.Evaluate[string](`"eyJ6aXAiOiJERUYifQ." + "abcXYZ019-_".repeat(98) + "." + "Zz9_".repeat(24) + "."`))[:1195] // the most that fits V22-L
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
				module := get(t, phone, chromedp.Evaluate[float64](`document.getElementById("qr").getBoundingClientRect().width / 113`)) // 105 modules and 2 × 4 of white
				if width == 320 && module < 2.8 {
					t.Errorf("at %d px × %g the code does not fill the width: %.2f CSS pixels a module", width, scale, module)
				}
				if width >= 360 && module < 3 {
					t.Errorf("at %d px × %g a module has %.2f CSS pixels", width, scale, module)
				}
				if small := get(t, phone, chromedp.Evaluate[bool](`!document.getElementById("turn").hidden`)); small != (width < 360) {
					t.Errorf("at %d px × %g the hint for small windows is shown: %v", width, scale, small)
				}
				if wide := get(t, phone, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > width {
					t.Errorf("at %d px the page is %d px wide", width, wide)
				}
			}
		}
		resize(t, phone, 320, 640, chromedp.EmulateScale(2))
		do(t, phone, chromedp.Click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
		waitText(t, phone, "#rehearsal-verdict", "細かすぎます") // read, but below three pixels
		do(t, phone, chromedp.Evaluate[chromedp.Void](`document.getElementById("rehearsal").close()`))
		resize(t, phone, 800, 390) // a phone on its side
		if got := wholeCode(t, phone); got != credential.NumericQR(jws) {
			t.Errorf("on its side: %.20q", got)
		}
		resize(t, phone, 568, 320)
		waitText(t, phone, "#turn", "縦に持つ")
		do(t, phone, chromedp.EmulateViewport(390, 844))
	})

	t.Run("one tap shows the code as large as the window", func(t *testing.T) {
		do(t, phone, chromedp.Click("#qr"), chromedp.WaitVisible("dialog.biggest"))
		if module := get(t, phone, chromedp.Evaluate[float64](`(c => c.getBoundingClientRect().width / c.dataset.modules)(document.querySelector("dialog.biggest canvas"))`)); module < 3 {
			t.Errorf("a module has %.2f CSS pixels", module)
		}
		codes, err := qrscan.Codes(get(t, phone, chromedp.CaptureScreenshot()))
		if err != nil || len(codes) != 1 {
			t.Errorf("%d codes, %v", len(codes), err)
		}
		state(t, phone, "large")
		do(t, phone, chromedp.Click("dialog.biggest .ways button:first-child"))
	})

	t.Run("clock and bar move for those who want less movement too", func(t *testing.T) {
		reducedMotion(t, phone, "reduce")
		defer reducedMotion(t, phone, "no-preference")
		look := `document.getElementById("clock").textContent + " " + document.getElementById("bar").getBoundingClientRect().width.toFixed(2)`
		before := strings.Fields(get(t, phone, chromedp.Evaluate[string](look)))
		time.Sleep(2100 * time.Millisecond)
		after := strings.Fields(get(t, phone, chromedp.Evaluate[string](look)))
		if len(before) != 2 || len(after) != 2 || before[0] == after[0] || before[1] == after[1] || strings.Count(after[0], ":") != 2 {
			t.Errorf("%v, two seconds later %v", before, after)
		}
	})

	t.Run("what is read first stands first", func(t *testing.T) {
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		text := get(t, phone, chromedp.Evaluate[string](`document.getElementById("main").innerText`))
		at := -1
		for _, want := range []string{"タカハシ", "髙橋 德一", "昭和30年7月1日", "マイナンバーカードと", "明るく", "秒前に作成", "登録分", "大きく見せる", "受付の方へ", "保険者番号", "記号", "番号", "枝番", "負担割合", "くわしく"} {
			i := strings.Index(text[max(at, 0):], want)
			if i < 0 {
				t.Fatalf("%s is not below what comes before it:\n%s", want, text)
			}
			at = max(at, 0) + i
		}
		state(t, phone, "screen")
	})

	t.Run("the phone reads its own code and says what would be wrong", func(t *testing.T) { rehearsal(t, base, phone) })
	t.Run("the help desk reads the screen's number", func(t *testing.T) { supportNumber(t, base, clerk, phone) })
	t.Run("the home screen is offered after the first success and waved away once", func(t *testing.T) { installing(t, base, phone) })
	t.Run("the practice speaks the page's language without network", func(t *testing.T) { rehearsalAway(t, base, phone) })
	t.Run("a copy without numbers is offered first", func(t *testing.T) { sharing(t, base, phone) })
	t.Run("rare kanji and variants have their own shapes", func(t *testing.T) { rareKanji(t, base, clerk, phone) })
}

// rare is a register with names that few phones' fonts hold: 𠮷 outside the basic plane, and variants by selector.
const rare = "保険者番号,記号,番号,枝番,氏名,氏名カナ,生年月日,性別,本人家族区分,資格取得年月日,適用開始年月日,負担割合,住所\n" +
	"138990,国13,0001234,02,𠮷葛\U000E0100 辻\U000E0100邉\U000E0102,ﾖｼｸｽﾞ ﾂｼﾞﾍﾞ,昭和30年7月1日,男,本人,平成20年4月1日,平成20年4月1日,2割,東京都架空市架空町1-2-3\n"

// inkOf draws two texts on a canvas as the page draws a name, the second in another font if one is given, and returns how many
// pixels differ.
const inkOf = `((a, b, other) => {
	const draw = (text, family) => {
		const c = document.createElement("canvas"); c.width = 80; c.height = 80;
		const pen = c.getContext("2d"); pen.font = "60px " + (family || getComputedStyle(document.getElementById("holder-name")).fontFamily); pen.fillText(text, 5, 65);
		return pen.getImageData(0, 0, 80, 80).data;
	};
	const [x, y] = [draw(a), draw(b, other)];
	let n = 0;
	for (let i = 3; i < x.length; i += 4) if (Math.abs(x[i] - y[i]) > 64) n++;
	return n;
})`

func rareKanji(t *testing.T, base string, clerk, phone context.Context) {
	file := filepath.Join(t.TempDir(), "names.csv")
	if err := os.WriteFile(file, []byte(rare), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, clerk, chromedp.Navigate(base+"/insurer"), chromedp.SetUploadFiles(`#file`, []string{file}), chromedp.Click(`#import`))
	waitText(t, clerk, "#not-yet", "まだ何も保存していません")
	do(t, clerk, chromedp.Click(`#store`))
	waitText(t, clerk, "#done", "保存しました")

	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#holder-name", "𠮷葛\U000E0100 辻\U000E0100邉\U000E0102")
	loaded := `getComputedStyle(document.getElementById("screen")).getPropertyValue("--name-font") !== "" && [...document.fonts].some(f => f.status === "loaded")`
	look := func(where string) {
		waitTrue(t, phone, loaded) // a font of before may be there at first: each letter waits for its own
		for _, letter := range []string{"𠮷", "葛\U000E0100", "辻\U000E0100", "邉\U000E0102"} {
			waitTrue(t, phone, inkOf+`("`+letter+`", "`+letter+`", "'Noto Sans CJK JP'") >= 50`)           // not the machine's font: the person's
			if n := get(t, phone, chromedp.Evaluate[int](inkOf+`("`+letter+`", "\u{10FFFD}")`)); n < 150 { // what no font has is an empty box
				t.Errorf("%s: %s differs from an empty box in %d pixels", where, letter, n)
			}
		}
		for _, pair := range [][2]string{{"葛", "葛\U000E0100"}, {"辻", "辻\U000E0100"}, {"邉", "邉\U000E0102"}} {
			if n := get(t, phone, chromedp.Evaluate[int](inkOf+`("`+pair[0]+`", "`+pair[1]+`")`)); n < 5 {
				t.Errorf("%s: the variant of %s is drawn as the plain character", where, pair[0])
			}
		}
	}
	look("online")
	state(t, phone, "rare")
	empties(t, phone, "fonts")
	expects(t, phone, `OTS parsing error|The font of the names was refused`, "what comes in the font's place is none")
	set(t, phone, "answers", `{"/name.ttf": [200, {}]}`) // somebody else's page in the font's place, as gateways give, is not kept
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	time.Sleep(time.Second)
	set(t, phone, "answers", "null")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	look("after somebody else's page")
	waitTrue(t, phone, `new Promise(done => { const o = indexedDB.open("madoguchi"); o.onsuccess = () => { const db = o.result;
		const c = db.transaction("fonts").objectStore("fonts").getAll(); c.onsuccess = () => { db.close();
		done(c.result.length === 1 && c.result.every(r => r.data instanceof ArrayBuffer) && !JSON.stringify(c.result).includes("𠮷")) } } })`)
	waitTrue(t, phone, `Promise.all(performance.getEntriesByType("resource").filter(e => e.name.includes("chunk-")).map(e => caches.match(e.name))).then(a => a.length > 5 && a.every(Boolean))`)
	waitTrue(t, phone, `!!navigator.serviceWorker.controller`)
	offline(t, phone, true)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "電波なし")
	look("without network")
	offline(t, phone, false)
	waitText(t, phone, "#age", "秒前に作成")
}

func rehearsal(t *testing.T, base string, phone context.Context) {
	waitTrue(t, phone, stored)
	open := func() {
		t.Helper()
		do(t, phone, chromedp.Click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
	}
	again := func(change, want string) {
		t.Helper()
		do(t, phone, chromedp.Evaluate[chromedp.Void](change+`; [...document.querySelectorAll("#rehearsal button")].find(b => b.textContent === "もう一度ためす").click()`))
		waitText(t, phone, "#rehearsal-verdict", want)
	}
	open()
	for _, want := range []string{"病院で読めます", "電波がない所でも出せます", "端末の時計は合っています", "明るさを上げて", "マイナンバーカードを持っていきます", "カードリーダー", "番号で伝える", "03-0000-0000"} {
		waitText(t, phone, "#rehearsal", want)
	}
	state(t, phone, "patient-rehearsal")
	again(`document.getElementById("qr").getContext("2d").fillRect(150, 150, 9, 9)`, "くずれて")
	state(t, phone, "rehearsal-broken")
	again(`document.getElementById("qr").style.width = "120px"`, "細かすぎます")
	again(`document.getElementById("qr").style.width = "200px"`, "細かすぎます")
	do(t, phone, chromedp.Evaluate[chromedp.Void](`document.getElementById("rehearsal").close()`))

	set(t, phone, "members", `{"/credential": {"fitsQr": false}}`)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#too-long", "コードに入りきりません")
	open()
	waitText(t, phone, "#rehearsal-verdict", "番号で伝える")
	set(t, phone, "members", "null")

	do(t, phone, chromedp.Evaluate[chromedp.Void](`new Promise(done => { const o = indexedDB.open("madoguchi"); o.onsuccess = () => { const c = o.result.transaction("screens", "readwrite").objectStore("screens").clear(); c.onsuccess = () => { o.result.close(); done() } } })`, chromedp.EvalAwaitPromise))
	set(t, phone, "answers", `{"/credential": [503, {"type": "urn:madoguchi:problem:server.internal", "ja": "あとで", "en": "later"}]}`)
	set(t, phone, "ahead", "180000")
	do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#rehearse"))
	open()
	for _, want := range []string{"コードが出ていません", "電波がない所では出せません", "進んでいます", "自動"} {
		waitText(t, phone, "#rehearsal", want)
	}
	state(t, phone, "rehearsal-nothing")
	set(t, phone, "answers", "null")
	set(t, phone, "ahead", "null")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
}

// The phone has opened neither part in these languages before the network goes: the worker has kept their sentences, ten seconds
// after the page was opened.
func rehearsalAway(t *testing.T, base string, phone context.Context) {
	waitTrue(t, phone, stored)
	var files []string
	for _, lang := range []string{"ja", "ja-easy", "en", "zh-Hans", "vi"} {
		files = imported(t, lang, append(files, "patient.js")...)
	}
	waitTrue(t, phone, `(folder => Promise.all("`+strings.Join(files, " ")+`".split(" ").map(name => caches.match(folder + name))).then(kept => kept.every(Boolean)))(document.querySelector("script[src$='/patient.js']").src.replace("patient.js", ""))`)
	fits := func() { // as soon as the codes are drawn for that width
		t.Helper()
		resize(t, phone, 320, 700)
		waitTrue(t, phone, `Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("dialog[open]")].map(d => d.scrollWidth)) <= 320`)
		do(t, phone, chromedp.EmulateViewport(390, 844))
	}
	for _, c := range []struct{ lang, kept, say, share string }{
		{"ja-easy", "電波が ない ところでも 出せます", "カードと いっしょに 見て ください", "写しを わたす・残す"},
		{"en", "without a signal", "カードといっしょに見てください", "Give or save a copy"},
		{"zh-Hans", "没有信号的地方也能显示", "カードといっしょに見てください", "提供或保存副本"},
		{"vi", "Nơi mất sóng cũng hiện được", "カードといっしょに見てください", "Đưa hoặc lưu bản sao"},
	} {
		do(t, phone, chromedp.Navigate(base+"/screen?lang="+c.lang), chromedp.WaitVisible("#figures div"))
		waitTrue(t, phone, `!!navigator.serviceWorker.controller`)
		offline(t, phone, true)
		do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#offline"), chromedp.Click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
		waitText(t, phone, "#rehearsal .checks", c.kept)
		waitText(t, phone, "#rehearsal .say", c.say)
		fits()
		state(t, phone, "rehearsal-"+c.lang)
		do(t, phone, chromedp.Evaluate[chromedp.Void](`document.getElementById("rehearsal").close()`), chromedp.Click("#share-open"), chromedp.WaitVisible("#share"))
		waitText(t, phone, "#share-title", c.share)
		fits()
		state(t, phone, "share-"+c.lang)
		do(t, phone, chromedp.Evaluate[chromedp.Void](`document.getElementById("share").close(); document.getElementById("manage-more").open = true`))
		fits()
		state(t, phone, "away-"+c.lang)
		offline(t, phone, false)
	}
	do(t, phone, chromedp.Navigate(base+"/screen?lang=ja"))
	waitText(t, phone, "#age", "秒前に作成")
}

func sharing(t *testing.T, base string, phone context.Context) {
	do(t, phone, chromedp.Evaluate[chromedp.Void](`window.given = []; navigator.canShare = d => d.files.every(f => f instanceof File && f.type === "application/pdf");
		navigator.share = async d => { if (!navigator.userActivation.isActive) throw new DOMException("no tap", "NotAllowedError"); for (const f of d.files) given.push([f.name, new TextDecoder("latin1").decode((await f.arrayBuffer()).slice(0, 5))]) }`),
		chromedp.Click("#share-open"), chromedp.WaitVisible("#share-masked .button.main"))
	waitText(t, phone, "#share-masked", "健康保険法194条の2")
	if text := get(t, phone, chromedp.Text("#share")); strings.Index(text, "番号を隠した写し") > strings.Index(text, "番号とコードの入った写し") {
		t.Error("the copy with numbers stands first")
	}
	if get(t, phone, chromedp.Evaluate[bool](`!!document.querySelector("#share-full .ways")`)) {
		t.Error("the copy with numbers is a tap away")
	}
	state(t, phone, "share")
	do(t, phone, chromedp.Click("#share-masked .button.main"))
	waitTrue(t, phone, `given.length === 1`)
	do(t, phone, chromedp.Click("#share-full button"), chromedp.WaitVisible("#share-full .ways .button.main"))
	waitText(t, phone, "#share-full", "医療機関と薬局のほかには渡さないで")
	state(t, phone, "share-full")
	do(t, phone, chromedp.Click("#share-full .ways .button.main"))
	waitTrue(t, phone, `given.length === 2`)
	given := get(t, phone, chromedp.Evaluate[[][2]string](`given`))
	if !strings.Contains(given[0][0], "masked") || strings.Contains(given[1][0], "masked") || given[0][1] != "%PDF-" || given[1][1] != "%PDF-" {
		t.Errorf("%q", given)
	}
	if ways := get(t, phone, chromedp.Evaluate[string](`[...document.querySelectorAll("#share-masked a")].map(a => a.textContent + " " + a.download + a.target + " " + a.protocol).join()`)); !strings.Contains(ways, "shikaku-joho-masked-") || !strings.Contains(ways, "_blank") || strings.Count(ways, "blob:") != 2 {
		t.Error(ways)
	}
	do(t, phone, chromedp.Evaluate[chromedp.Void](`document.getElementById("share").close()`))
	offline(t, phone, true)
	do(t, phone, chromedp.Click("#share-open"))
	waitText(t, phone, "#share-masked", "電波のある所で")
	do(t, phone, chromedp.Click("#share-full button"), chromedp.WaitVisible("#share-full .ways .button.main")) // the kept one
	offline(t, phone, false)
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
	do(t, phone, chromedp.Click("#more summary"))
	waitTrue(t, phone, `/^\d{4} \d{4}$/.test(document.getElementById("support-code").textContent)`)
	code := get(t, phone, chromedp.Text("#support-code"))
	state(t, phone, "support")
	lookUp(code, "電波があるときのコード", "パソコンの Chrome", "画面は正しく動いています")
	state(t, clerk, "helpdesk")
	wrong := []byte(code)
	wrong[2] = '0' + (wrong[2]-'0'+1)%10
	lookUp(string(wrong), "4けたずつ")
	state(t, clerk, "helpdesk-wrong")

	set(t, phone, "answers", `{"/credential": [409, {"type": "urn:madoguchi:problem:eligibility.lost", "ja": "この資格は終わっています。新しい保険者のお知らせで登録してください。わからないときは、保険者にお電話ください。", "en": "ended"}]}`)
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
	offer := `{const e = new Event("beforeinstallprompt", {cancelable: true}); e.prompt = async () => { window.prompted = true; return {outcome: "dismissed"} }; dispatchEvent(e); window.kept = e.defaultPrevented}`
	do(t, phone, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error { // this machine's own browser may offer too, at its own time
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `addEventListener("beforeinstallprompt", e => { if (e.isTrusted) e.stopImmediatePropagation() }, true)`})
		return err
	}), chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	do(t, phone, chromedp.Evaluate[chromedp.Void](offer), chromedp.WaitVisible("#install button"))
	if !get(t, phone, chromedp.Evaluate[bool](`window.kept`)) {
		t.Error("the browser's own bar would come up")
	}
	state(t, phone, "install-android")
	do(t, phone, chromedp.Click("#install button:not(.quiet)"))
	waitTrue(t, phone, `window.prompted === true`)
	agent := func(value string) {
		t.Helper()
		do(t, phone, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: value})
			return err
		}))
	}
	was := get(t, phone, chromedp.Evaluate[string](`navigator.userAgent`))
	agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1")
	do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#install .drawn"))
	waitText(t, phone, "#install", "ホーム画面に追加")
	state(t, phone, "install-ios")
	do(t, phone, chromedp.Click("#install .quiet"), chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	time.Sleep(3 * time.Second)
	if get(t, phone, chromedp.Evaluate[bool](`!document.getElementById("install").hidden`)) {
		t.Error("the hint that was waved away is back")
	}
	agent(was)
	if n := get(t, phone, chromedp.Evaluate[int](`fetch("/manifest.webmanifest").then(r => r.json()).then(m => m.icons.length)`, chromedp.EvalAwaitPromise)); n != 4 {
		t.Errorf("%d icons", n)
	}
}

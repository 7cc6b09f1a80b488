package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// rare is a register with names that few phones' fonts hold: 𠮷 outside the basic plane, and variants by
// selector.
const rare = "保険者番号,記号,番号,枝番,氏名,氏名カナ,生年月日,性別,本人家族区分,資格取得年月日,適用開始年月日,負担割合,住所\n" +
	"138990,国13,0001234,02,𠮷葛\U000E0100 辻\U000E0100邉\U000E0102,ﾖｼｸｽﾞ ﾂｼﾞﾍﾞ,昭和30年7月1日,男," +
	"本人,平成20年4月1日,平成20年4月1日,2割,東京都架空市架空町1-2-3\n"

// inkOf draws two texts on a canvas as the page draws a name, the second in another font if one is given, and
// returns how many pixels differ.
const inkOf = `((a, b, other) => {
	const draw = (text, family) => {
		const c = document.createElement("canvas"); c.width = 80; c.height = 80;
		const pen = c.getContext("2d");
		pen.font = "60px " + (family || getComputedStyle(document.getElementById("holder-name")).fontFamily);
		pen.fillText(text, 5, 65);
		return pen.getImageData(0, 0, 80, 80).data;
	};
	const [x, y] = [draw(a), draw(b, other)];
	let n = 0;
	for (let i = 3; i < x.length; i += 4) if (Math.abs(x[i] - y[i]) > 64) n++;
	return n;
})`

// typefaces returns with which fonts the browser has drawn an element's text.
func typefaces(t *testing.T, tab context.Context, selector string) (used []*css.PlatformFontUsage) {
	t.Helper()
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, dom.Enable, dom.EnableParams{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, target, css.Enable, cdp.Empty{}); err != nil {
			return err
		}
		page, err := cdp.Call(ctx, target, dom.GetDocument, dom.GetDocumentParams{})
		if err != nil {
			return err
		}
		found, err := cdp.Call(ctx, target, dom.QuerySelector,
			dom.QuerySelectorParams{NodeID: page.Root.NodeID, Selector: selector})
		if err != nil {
			return err
		}
		drawn, err := cdp.Call(ctx, target, css.GetPlatformFontsForNode,
			css.GetPlatformFontsForNodeParams{NodeID: found.NodeID})
		used = drawn.Fonts
		return err
	}))
	return used
}

// drawnInOne demands that typefaces do not mix within a text.
func drawnInOne(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	if used := typefaces(t, tab, selector); len(used) != 1 {
		t.Errorf("%s is drawn in %d fonts", selector, len(used))
		for _, font := range used {
			t.Logf("%s (own %v): %v characters", font.FamilyName, font.IsCustomFont, font.GlyphCount)
		}
	}
}

// importsRare has a clerk import the register of rare names.
func importsRare(t *testing.T, base string, clerk context.Context) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "names.csv")
	if err := os.WriteFile(file, []byte(rare), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, clerk, chromedp.Navigate(base+"/insurer"), chromedp.SetUploadFiles(`#file`, []string{file}),
		click(`#import`))
	waitText(t, clerk, "#not-yet", "まだ何も保存していません")
	do(t, clerk, click(`#store`))
	waitText(t, clerk, "#done", "保存しました")
}

// firstNamesLast has the names that the page draws first, those of the screen that it kept, ready while the
// font of those that it draws next is on its way.
const firstNamesLast = `{
	const digest = crypto.subtle.digest.bind(crypto.subtle), ask = window.fetch;
	const wait = ms => new Promise(done => setTimeout(done, ms));
	let asked, first = true;
	const other = new Promise(done => asked = done);
	crypto.subtle.digest = async (algorithm, data) => {
		if (first && new TextDecoder().decode(data).startsWith('["')) {
			first = false;
			await Promise.race([other, wait(5000)]);
		}
		return digest(algorithm, data);
	};
	window.fetch = async (url, init) => {
		if (!String(url).endsWith("/name.ttf")) return ask(url, init);
		asked();
		await wait(500);
		return ask(url, init);
	};
}`

// earlierNamesCome asks for the font of the names that stand on the page, then for that of a screen that was
// shown before them, as two parts of a program that load at the same time may. It tells whether the name is
// drawn in its own font.
const earlierNamesCome = `(async () => {
	const loaded = performance.getEntriesByType("resource").filter(e => /chunk-.*js$/.test(e.name));
	const { useNameFont } = (await Promise.all(loaded.map(e => import(e.name)))).find(m => m.useNameFont);
	const screen = document.getElementById("screen"), name = document.getElementById("holder-name");
	name.classList.remove("of-name-font");
	const of = (...rareTexts) =>
		({ details: { name: name.textContent, alias: rareTexts.join(), rareTexts } });
	const person = screen.dataset.person;
	await Promise.all([
		useNameFont(person, of("name", "alias"), () => true),
		useNameFont(person, of("alias"), () => false),
	]);
	return name.classList.contains("of-name-font");
})()`

func TestEachTextOfAScreenIsDrawnInOneTypeface(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	clerk, noticeURL := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	importsRare(t, base, clerk)
	devtool(t, phone, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: firstNamesLast})
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#holder-name", "𠮷葛\U000E0100")
	waitTrue(t, phone, `document.querySelector("#holder-name.of-name-font") !== null`)
	if !await[bool](t, phone, earlierNamesCome) {
		t.Error("the font of names that were shown before takes the place of those that are")
	}
	do(t, phone, script(`document.getElementById("more").open = true`))
	places := []string{"#holder-name", "#holder-kana"}
	for _, list := range []string{"#figures", "#details"} {
		for i := range eval[int](t, phone, `document.querySelectorAll("`+list+` > div").length`) {
			places = append(places, list+" > div:nth-child("+strconv.Itoa(i+1)+") > dd")
		}
	}
	if len(places) < 12 {
		t.Errorf("%d texts", len(places))
	}
	for _, place := range places {
		drawnInOne(t, phone, place)
	}
	if own := typefaces(t, phone, "#holder-name"); len(own) != 1 || !own[0].IsCustomFont {
		t.Errorf("the name is drawn in %+v", own)
	}
	state(t, phone, "rare-details")
	do(t, phone, script(`document.getElementById("qr").click()`))
	waitTrue(t, phone, seen(".biggest .holder"))
	drawnInOne(t, phone, ".biggest .holder")
}

func rareKanji(t *testing.T, base string, clerk, phone context.Context) {
	importsRare(t, base, clerk)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#holder-name", "𠮷葛\U000E0100 辻\U000E0100邉\U000E0102")
	loaded := `getComputedStyle(document.getElementById("screen")).getPropertyValue("--name-font") !== "" &&
		[...document.fonts].some(f => f.status === "loaded")`
	lettersAreDrawn := func(where string) {
		waitTrue(t, phone, loaded) // a font of before may be there at first: each letter waits for its own
		for _, letter := range []string{"𠮷", "葛\U000E0100", "辻\U000E0100", "邉\U000E0102"} {
			// not the machine's font: the person's
			waitTrue(t, phone, inkOf+`("`+letter+`", "`+letter+`", "'Noto Sans CJK JP'") >= 50`)
			// what no font has is an empty box
			if n := eval[int](t, phone, inkOf+`("`+letter+`", "\u{10FFFD}")`); n < 150 {
				t.Errorf("%s: %s differs from an empty box in %d pixels", where, letter, n)
			}
		}
		for _, pair := range [][2]string{{"葛", "葛\U000E0100"}, {"辻", "辻\U000E0100"}, {"邉", "邉\U000E0102"}} {
			if n := eval[int](t, phone, inkOf+`("`+pair[0]+`", "`+pair[1]+`")`); n < 5 {
				t.Errorf("%s: the variant of %s is drawn as the plain character", where, pair[0])
			}
		}
	}
	lettersAreDrawn("online")
	state(t, phone, "rare")
	empties(t, phone, "fonts")
	expects(t, phone, `OTS parsing error|The font of the names was refused`,
		"what comes in the font's place is none")
	// somebody else's page in the font's place, as gateways give, is not kept
	set(t, phone, "answers", `{"/name.ttf": [200, {}]}`)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	consoleOf(t, phone).await(t, `The font of the names was refused`)
	set(t, phone, "answers", "null")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	lettersAreDrawn("after somebody else's page")
	waitTrue(t, phone,
		`new Promise(done => { const o = indexedDB.open("madoguchi");
			o.onsuccess = () => { const db = o.result;
		const c = db.transaction("fonts").objectStore("fonts").getAll(); c.onsuccess = () => { db.close();
		done(c.result.length === 1 && c.result.every(r => r.data instanceof ArrayBuffer) &&
			!JSON.stringify(c.result).includes("𠮷")) } } })`)
	waitTrue(t, phone,
		`Promise.all(performance.getEntriesByType("resource").filter(e => e.name.includes("chunk-"))
			.map(e => caches.match(e.name))).then(a => a.length > 5 && a.every(Boolean))`)
	waitTrue(t, phone, `!!navigator.serviceWorker.controller`)
	offline(t, phone, true)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "電波なし")
	lettersAreDrawn("without network")
	offline(t, phone, false)
	waitText(t, phone, "#age", "秒前に作成")
}

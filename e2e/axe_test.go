package e2e

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
	"madoguchi/pwa"
)

// axe runs axe-core's WCAG 2.2 AA rules over the open page and reports each violation with its first element.
func axe(t *testing.T, tab context.Context, what string) {
	t.Helper()
	path := root(t, "pwa", "node_modules", "axe-core", "axe.min.js")
	testenv.NeedFile(t, path, "npm ci in pwa")
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !eval[bool](t, tab, `typeof axe === "object"`) {
		eval[bool](t, tab, string(source)+`;typeof axe === "object"`)
	}
	out := await[string](t, tab,
		`axe.run(document,
			{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
				.then(r => JSON.stringify({passes: r.passes.length,
		bad: r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 2)
			.map(n => n.html.slice(0, 160) + " " + (n.any[0]?.message ?? "")).join(" | "))}))`)
	var result struct {
		Passes int
		Bad    []string
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil || result.Passes < 10 {
		t.Fatalf("%s: axe ran %d rules: %v", what, result.Passes, err)
	}
	for _, bad := range result.Bad {
		t.Errorf("%s: %s", what, bad)
	}
}

// measured are our own rules that axe does not know: nothing wider than the window, targets of 44
// px, text of 16 px. A link within a sentence, and readings above characters, are as large as their text.
const measured = `(() => {
	const bad = [], seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}) &&
		!e.closest(".hidden, .skip, [aria-hidden=true]");
	const wide = Math.max(document.documentElement.scrollWidth,
		...[...document.querySelectorAll("dialog[open]")].map(d => d.scrollWidth));
	if (wide > innerWidth) bad.push("the page is " + wide + " px wide in " + innerWidth);
	const targets = "a, button, summary, select, textarea, input:not([type=hidden])";
	for (const e of document.querySelectorAll(targets)) {
		if (!seen(e) || e.tagName === "A" && e.parentElement.tagName === "P" &&
			e.parentElement.childNodes.length > 1) continue;
		const box = (e.closest("label") ?? e).getBoundingClientRect();
		if (box.height < 43.5 || box.width < 43.5) {
			const size = Math.round(box.width) + "×" + Math.round(box.height);
			bad.push("a target of " + size + ": " + e.outerHTML.slice(0, 120));
		}
	}
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || !seen(e) || e.closest("rt, rp, noscript, script")) continue;
		const size = parseFloat(getComputedStyle(e).fontSize);
		if (size < 15.9) bad.push("text of " + size + " px: " + n.data.trim().slice(0, 40));
		const dates = /(?:令和|平成|昭和|大正|明治|[12]\d{3}年)(?:[\d元]+年)?\d*月?(?:\d+日)?|[12]\d{3}-\d\d-\d\d/g;
		for (const day of n.data.matchAll(dates)) {
			const range = document.createRange();
			range.setStart(n, day.index);
			range.setEnd(n, day.index + day[0].length);
			const lines = [...range.getClientRects()];
			const wide = lines.reduce((sum, line) => sum + line.width, 0) + 2 * size; // in its brackets
			let block = e;
			while (getComputedStyle(block).display === "inline") block = block.parentElement;
			const { paddingLeft, paddingRight } = getComputedStyle(block);
			const room = block.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
			if (lines.length > 1 && lines.at(-1).top - lines[0].top > size / 2 && wide < room) {
				bad.push("a date in two lines: " + day[0] + " in " + e.outerHTML.slice(0, 120));
			}
		}
	}
	return JSON.stringify(bad);
})()`

func sizes(t *testing.T, tab context.Context, what string) {
	t.Helper()
	var bad []string
	if err := json.Unmarshal([]byte(eval[string](t, tab, measured)), &bad); err != nil {
		t.Fatal(err)
	}
	for _, b := range slices.Compact(bad) {
		t.Errorf("%s: %s", what, b)
	}
}

// Every page that needs no login, in every language: axe, then the narrowest window, twice the text, forced
// colours.
func TestPatientsPagesAreAccessibleInEveryLanguage(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	tab := browser(t, 390, 844, "")
	expects(t, tab, `status of (404|422) .*/(n/AAAAAAAAAAAAAAAA|none|certificate\?until=x)`,
		"the pages of errors are examined too")
	paths := []string{"/", "/n/AAAAAAAAAAAAAAAA", "/settings", "/visit", "/certificate?until=2027-05-15",
		"/certificate?until=x", "/next", "/next?why=reader&until=2027-05-15", "/next?why=lost", "/reception",
		"/papers", "/papers?hold=paper", "/papers?hold=paper&says=notice&third=no",
		"/none", "/c/ABCDEFGH", "/login/help"}
	for _, lang := range pwa.Languages() {
		for _, path := range paths {
			separator := "?"
			if strings.Contains(path, "?") {
				separator = "&"
			}
			what := lang + " " + path
			do(t, tab, chromedp.EmulateViewport(390, 844),
				chromedp.Navigate(base+path+separator+"lang="+lang), chromedp.WaitReady("main"))
			axe(t, tab, what)
			if path == "/" || path == "/next" { // with all that can be opened
				do(t, tab, script(`for (const d of document.querySelectorAll("details")) d.open = true`))
				axe(t, tab, what+", opened")
			}
			resize(t, tab, 320, 700)
			sizes(t, tab, what+" at 320 px")
			do(t, tab, script(`document.documentElement.style.fontSize = "225%"`))
			sizes(t, tab, what+" at 320 px with text of 200 %")
		}
	}
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors",
				Value: "active"}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
	for _, path := range []string{"/", "/settings", "/next?why=reader", "/papers"} {
		do(t, tab, chromedp.Navigate(base+path), chromedp.WaitReady("main"))
		axe(t, tab, "forced colours "+path)
	}
	do(t, tab, chromedp.Navigate(base+"/settings"), click(`input[value="largest"]`),
		click(`input[value="strong"]`), click("main button"), chromedp.WaitReady("#saved"))
	got := eval[string](t, tab, `document.documentElement.className`)
	if got != "size-largest contrast-strong" {
		t.Errorf("the page is set to %q", got)
	}
	axe(t, tab, "largest and strong")
	sizes(t, tab, "largest and strong")
}

// The pages behind a login, of the patient, the clerk and the counter.
func TestPagesBehindALoginAreAccessible(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	clerk, noticeURL := clerkImports(t, base, "髙橋 德一")
	expects(t, clerk, `status of 404 .*/none`, "the page of an error is examined too")
	axe(t, clerk, "the notice's sheet")
	phone := browser(t, 390, 844, "")
	do(t, phone, chromedp.Navigate(noticeURL), chromedp.WaitReady("main"))
	for _, lang := range pwa.Languages() {
		do(t, phone, chromedp.Navigate(base+"/notice?lang="+lang), chromedp.WaitReady("#call"))
		axe(t, phone, "notice in "+lang)
	}
	// From here by keyboard alone: the way in is a link, the practice login and the form are buttons.
	do(t, phone, chromedp.Navigate(base+"/notice?lang=ja"), chromedp.WaitReady("#call"))
	clicks := func(selector string) {
		t.Helper()
		for range 40 {
			do(t, phone, chromedp.KeyEvent("\t"))
			if eval[bool](t, phone, `document.activeElement?.matches(`+quote(selector)+`) ?? false`) {
				do(t, phone, chromedp.KeyEvent("\r"))
				return
			}
		}
		t.Fatalf("the keyboard never came to %s\n%s", selector, pageText(phone))
	}
	clicks(`a[href="/login"]`)
	waitText(t, phone, "h1", "だれとして")
	clicks(`button[value="demo-tokuichi"]`)
	waitText(t, phone, "h1", "登録の確認")
	axe(t, phone, "enrol")
	sizes(t, phone, "enrol")
	clicks(`form[action="/enrol"] button`)
	waitText(t, phone, "#age", "秒前に作成")
	for _, lang := range []string{"ja", "vi"} {
		do(t, phone, chromedp.EmulateViewport(390, 844), chromedp.Navigate(base+"/screen?lang="+lang),
			chromedp.WaitVisible("#figures div"))
		axe(t, phone, "screen in "+lang)
		resize(t, phone, 320, 700)
		sizes(t, phone, "screen in "+lang+" at 320 px")
	}
	for _, path := range []string{"/insurer", "/insurer/staff", "/none"} {
		do(t, clerk, chromedp.Navigate(base+path), chromedp.WaitReady("main"))
		axe(t, clerk, path)
	}
	do(t, clerk, chromedp.Navigate(base+"/counter/staff"), click(`button[value="鈴木"]`),
		chromedp.WaitVisible("#scan-camera"))
	axe(t, clerk, "counter")
	do(t, clerk, chromedp.Navigate(base+"/counter/methods"), chromedp.WaitReady(".choices"))
	axe(t, clerk, "methods")
}

// At most 60 KB over the wire for a patient, here as the server really sends it; the console 100 KB without
// the decoder (docs/facts/web-platform.md#first-load).
func TestFirstLoadIsSmallAsSent(t *testing.T) {
	base, _, _ := startServer(t)
	sent := func(path string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip") // set by hand: not unpacked for us
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", path, res.StatusCode)
		}
		return len(data)
	}
	static := func(names ...string) (total int) {
		for _, name := range names {
			total += sent("/static/x/" + name)
		}
		return total
	}
	// with every part that is opened later, such as the practice
	for _, lang := range pwa.Languages() {
		page := sent("/?lang=" + lang)
		patient := page + static(append(imported(t, lang, "patient.js"), "app.css", "icon.svg")...)
		t.Logf("%s: patient %d bytes (page %d)", lang, patient, page)
		if patient > 50_000 {
			t.Errorf("%s: a patient's first load is %d bytes", lang, patient)
		}
	}
	counter := static(append(imported(t, "ja", "counter.js"), "app.css", "staff.css", "icon.svg")...)
	t.Logf("counter %d bytes without its decoder", counter)
	if counter > 100_000 {
		t.Errorf("the console's is %d bytes", counter)
	}
}

var (
	importOf = regexp.MustCompile(`(?:from|import)\s*\(?"\./([^"]+)"`)
	// as loaders name them
	ofLanguage = regexp.MustCompile(`([A-Za-z-]+)"?:\(\)=>import\("\./([^"]+)"\)`)
)

// imported are the files that a program of a page may load in a language: itself and, through all levels,
// what it imports, at once or later.
func imported(t *testing.T, lang string, names ...string) []string {
	t.Helper()
	given := len(names)
	for i := 0; i < len(names); i++ {
		data, err := os.ReadFile(root(t, "pwa", "dist", names[i]))
		if err != nil {
			t.Fatal(err)
		}
		foreign := map[string]bool{}
		for _, m := range ofLanguage.FindAllStringSubmatch(string(data), -1) {
			foreign[m[2]] = m[1] != lang
		}
		for _, m := range importOf.FindAllStringSubmatch(string(data), -1) {
			if !foreign[m[1]] && !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	if len(names) == given {
		t.Fatalf("%q import nothing: the search sees nothing", names)
	}
	return names
}

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"madoguchi/pwa"
)

// unread are what is seen of the marks that readings are carried in, and characters above which none stands
// among the page's own words.
const unread = `(() => {
	const found = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
	while (walker.nextNode())
		if (/[\ufff9-\ufffb]/.test(walker.currentNode.data)) found.push(walker.currentNode.data);
	for (const e of document.querySelectorAll("*"))
		for (const a of e.attributes) if (/[\ufff9-\ufffb]/.test(a.value)) found.push(a.name);
	return found;
})()`

// bareCharacters are the characters within an element that have no reading.
func bareCharacters(t *testing.T, tab context.Context, selector string) string {
	t.Helper()
	return eval[string](t, tab, `(() => {
		const text = [...document.querySelectorAll(`+quote(selector)+`)].map(e => {
			const copy = e.cloneNode(true);
			copy.querySelectorAll("ruby").forEach(r => r.remove());
			return copy.textContent;
		}).join(" ");
		return (text.match(/\p{Script=Han}/gu) ?? []).join("");
	})()`)
}

// closed waits until no dialog lies over the page.
func closed(t *testing.T, tab context.Context) {
	t.Helper()
	waitTrue(t, tab, `!document.querySelector("dialog[open]")`)
}

// bareText waits until an element has a text, its readings left out.
func bareText(t *testing.T, tab context.Context, selector, want string) {
	t.Helper()
	waitTrue(t, tab, `(e => { e?.querySelectorAll("rt, rp").forEach(reading => reading.remove());
		return e?.textContent.includes(`+quote(want)+`) })(
			document.querySelector(`+quote(selector)+`)?.cloneNode(true))`)
}

// broken are words of the page's own that stand in two lines: of letters, of katakana, of figures.
const broken = `(() => {
	const found = [], seen = e => e.parentElement.checkVisibility() && !e.parentElement.closest(
		"#holder-name, #holder-kana, dd, rt, rp, script, noscript, svg");
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const words = /[\p{Script=Latin}\p{M}’']{2,}|[ァ-ヶー]{2,}|[0-9:]{2,}/gu;
	while (walker.nextNode()) {
		const node = walker.currentNode;
		if (!seen(node)) continue;
		for (const m of node.data.matchAll(words)) {
			const range = document.createRange();
			range.setStart(node, m.index);
			range.setEnd(node, m.index + m[0].length);
			const parts = [...range.getClientRects()].filter(r => r.width > 0);
			const lines = new Set(parts.map(r => Math.round(r.top)));
			if (lines.size > 1) found.push(m[0] + " #" + node.parentElement.closest("[id]").id);
		}
	}
	return found;
})()`

// beyond are the elements that stand out of the window.
const beyond = `document.documentElement.scrollWidth <= innerWidth ? [] :
	[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
		.map(e => e.localName + "#" + e.id)`

// In やさしい日本語 readings stand above what a program says too: the figures' labels, the dialogs, the number
// that is told aloud.
func TestWordsOfProgramsHaveReadings(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	whole := func(t *testing.T, name, selector string) {
		t.Helper()
		if marks := eval[[]string](t, phone, unread); len(marks) > 0 {
			t.Errorf("%s: the marks are seen: %q", name, marks)
		}
		if bare := bareCharacters(t, phone, selector); bare != "" {
			t.Errorf("%s: %s stand without a reading", name, bare)
		}
	}
	for _, lang := range pwa.Languages() {
		t.Run(lang, func(t *testing.T) {
			do(t, phone, chromedp.Navigate(base+"/screen?lang="+lang))
			waitTrue(t, phone, `!document.getElementById("qr").classList.contains("stale") &&
				document.querySelectorAll("#figures dt").length > 2`)
			easy := lang == "ja-easy"
			if easy {
				whole(t, "the screen", "#age, #figures dt, #details dt, .three, .with-card")
			}
			for _, w := range []int64{320, 390} {
				resize(t, phone, w, 664)
				do(t, phone, script(`scrollTo(0, 0)`))
				shot(t, phone, fmt.Sprintf("words-screen-%s-%d", lang, w))
			}
			do(t, phone, click("#number-open"), chromedp.WaitVisible("#number-shown"))
			waitTrue(t, phone, `document.getElementById("number-code").textContent.length === 8`)
			said := eval[[]string](t, phone,
				`[...document.querySelectorAll("#number-code span")].map(e => e.dataset.sounds)`)
			if len(said) != 2 || len(strings.Fields(said[0])) != 4 || len(strings.Fields(said[1])) != 4 {
				t.Errorf("the number is said as %q", said)
			}
			if easy {
				whole(t, "the number", "#number h2, #number-shown, #number-close")
			}
			for _, w := range []int64{320, 390} {
				resize(t, phone, w, 664)
				shot(t, phone, fmt.Sprintf("words-number-%s-%d", lang, w))
				if wide := eval[int64](t, phone, `document.getElementById("number").scrollWidth`); wide > w {
					t.Errorf("the number is %d px wide in %d", wide, w)
				}
			}
			do(t, phone, click("#number-close"))
			closed(t, phone)
			if easy {
				do(t, phone, script(`document.getElementById("qr").click()`),
					chromedp.WaitVisible(".biggest"))
				whole(t, "the large view", ".biggest .with-card, .biggest .with-card + p, .biggest .button")
				shot(t, phone, "words-large-"+lang)
				do(t, phone, click(".biggest .ways button:first-child"))
				closed(t, phone)
				refusalHasReadings(t, phone, whole)
			}
			do(t, phone, script(`{
				document.getElementById("manage-more").open = true;
				document.getElementById("remove-person").click() }`),
				chromedp.WaitVisible("#confirm-title"))
			if easy {
				whole(t, "the question", "#confirm button")
				if !eval[bool](t, phone, `!!document.querySelector("#confirm-title ruby rt")`) {
					t.Error("the question has no readings")
				}
			}
			shot(t, phone, "words-confirm-"+lang)
			do(t, phone, click("#confirm-no"))
			closed(t, phone)
		})
	}
}

// refusalHasReadings has the server refuse a number, which the page asks for a person whom nobody has.
func refusalHasReadings(
	t *testing.T, phone context.Context, whole func(t *testing.T, name, selector string),
) {
	t.Helper()
	expects(t, phone, `status of 40\d .*/api/v1/people/nobody/code`, "the person is nobody's")
	do(t, phone, script(`{
		const real = fetch;
		const other = path => String(path).replace(/people\/[^/]+\/code$/, "people/nobody/code");
		window.fetch = (path, how) => real(other(path), how) }`),
		click("#number-open"))
	waitTrue(t, phone, `!!document.querySelector("#number-state ruby rt")`)
	whole(t, "the refusal", "#number-state")
	waitTrue(t, phone, `document.getElementById("number-new").hidden`) // it would be refused likewise
	shot(t, phone, "words-refused-ja-easy")
	do(t, phone, click("#number-close"))
	closed(t, phone)
}

// Neither in the largest letters nor in a window of half a phone's width (a phone at 200 %) is a word or the
// clock broken, and nothing stands out of the window.
func TestNoWordIsBrokenInLargeLettersOrNarrowWindows(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	for _, c := range []struct {
		size   string
		window [2]int64
	}{{"", [2]int64{195, 422}}, {"largest", [2]int64{320, 568}}, {"largest", [2]int64{390, 664}}} {
		for _, lang := range pwa.Languages() {
			t.Run(fmt.Sprintf("%s %s %d", lang, c.size, c.window[0]), func(t *testing.T) {
				resize(t, phone, 390, 844)
				do(t, phone, chromedp.Navigate(base+"/settings?lang="+lang),
					click(`input[name=size][value="`+c.size+`"]`),
					click(`main form button`), chromedp.WaitVisible(`[role=status]`),
					chromedp.Navigate(base+"/screen"))
				waitTrue(t, phone, `!document.getElementById("qr").classList.contains("stale")`)
				resize(t, phone, c.window[0], c.window[1])
				frames(t, phone)
				shot(t, phone, fmt.Sprintf("whole-%s-%s-%d", lang, c.size, c.window[0]))
				if words := eval[[]string](t, phone, broken); len(words) > 0 {
					t.Errorf("broken: %q", words)
				}
				if out := eval[[]string](t, phone, beyond); len(out) > 0 {
					t.Errorf("beyond the window: %q", out)
				}
			})
		}
	}
}

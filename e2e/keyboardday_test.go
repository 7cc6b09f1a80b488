package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/credential"
)

// seenFocus tells what is wrong with the keyboard's place, and otherwise nothing: it is on an element, in the
// window, with a ring that everybody sees (WCAG 2.2, 2.4.7 and 2.4.11; the ring of pwa/css/base.css). A field
// that is drawn by its label has the ring there.
const seenFocus = `(() => {
	const at = document.activeElement;
	if (!at || at === document.body) return "is on nothing";
	const name = at.id || at.name || at.value || at.textContent.trim().slice(0, 20);
	const shown = at.classList.contains("hidden") ? document.querySelector("label[for=" + at.id + "]") : at;
	const ring = getComputedStyle(shown);
	const b = shown.getBoundingClientRect();
	if (ring.outlineStyle === "none" || parseFloat(ring.outlineWidth) < 2) {
		return name + " has no ring " + [":focus", ":focus-within", ":focus-visible"].map(s => at.matches(s));
	}
	if (b.bottom < 1 || b.top > innerHeight - 1 || b.right < 1 || b.left > innerWidth - 1) {
		return name + " lies outside of the window at " + [b.left, b.top, b.right, b.bottom].map(Math.round);
	}
	return "";
})()`

// dayHand works a whole day without a mouse, and counts its keys.
type dayHand struct {
	t    *testing.T
	tab  context.Context
	keys int
	seen int // how often the keyboard's place was looked at
}

func (h *dayHand) press(keys ...string) {
	h.t.Helper()
	for _, key := range keys {
		h.keys++
		do(h.t, h.tab, chromedp.KeyEvent(key))
	}
}

// types presses the key of each character, and then some more.
func (h *dayHand) types(text string, keys ...string) {
	h.t.Helper()
	h.keys += utf8.RuneCountInString(text)
	do(h.t, h.tab, chromedp.KeyEvent(text))
	h.press(keys...)
}

// sees fails where the keyboard's place cannot be seen.
func (h *dayHand) sees(step string) {
	h.t.Helper()
	h.seen++
	wrong := eval[string](h.t, h.tab, seenFocus)
	for try := 0; wrong != "" && try < 10; try++ { // a page that is just being drawn
		frames(h.t, h.tab)
		wrong = eval[string](h.t, h.tab, seenFocus)
	}
	if wrong != "" {
		h.t.Errorf("%s: the keyboard %s", step, wrong)
		shot(h.t, h.tab, fmt.Sprintf("day-wrong-%d", h.seen))
	}
}

// at waits until the keyboard is on an element, by its id, name or value, where it can be seen.
func (h *dayHand) at(where string) {
	h.t.Helper()
	waitTrue(h.t, h.tab, `(e => [e.id, e.name, e.value].includes(`+quote(where)+`))(document.activeElement)`)
	h.sees(where)
}

// says waits for a text, after which the keyboard is somewhere to be seen.
func (h *dayHand) says(place, text string) {
	h.t.Helper()
	waitText(h.t, h.tab, place, text)
	frames(h.t, h.tab)
	h.sees(text)
}

// tabTo presses Tab until the keyboard is on what matches. Each stop on the way can be seen; behind the
// page's last one the keyboard is with the browser for one press.
func (h *dayHand) tabTo(selector string) {
	h.t.Helper()
	away := 0
	for range 80 {
		if eval[bool](h.t, h.tab, `!!document.activeElement?.matches(`+quote(selector)+`)`) {
			h.sees(selector)
			return
		}
		h.press(kb.Tab)
		if eval[bool](h.t, h.tab, `document.activeElement === document.body`) {
			away++
		} else {
			h.sees("on the way to " + selector)
		}
	}
	h.t.Fatalf("the keyboard never came to %s (%d times behind the page's end)\n%s", selector, away,
		pageText(h.tab))
}

// reads has the reader type a code wherever the keyboard is. The keys are the reader's, not the hand's.
func (h *dayHand) reads(text string) {
	h.t.Helper()
	do(h.t, h.tab, script(`{let at = performance.now() + 100;
		for (const c of [...`+quote(strings.ToUpper(credential.NumericQR(text)))+`, "\r"]) {
			presses(c, at += 5);
		}}`))
}

func (h *dayHand) recorded(name string) {
	h.t.Helper()
	h.says("#verdict", "記録しました")
	waitText(h.t, h.tab, "#done", name)
	h.at("scan-text")
}

// arrives waits for another page, on which the keyboard starts anew.
func (h *dayHand) arrives(place, text string) {
	h.t.Helper()
	waitText(h.t, h.tab, place, text)
	do(h.t, h.tab, script(stopwatch))
	h.noMouse()
}

// A whole day at the counter without a mouse: sign-in, a reader, patients of every kind, what is taken back,
// the day's list with a correction, and the end. After every step the keyboard is where it can be seen.
func TestAWholeDayByKeyboardAlone(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	pc := browser(t, 1280, 900, "")
	authenticator(t, pc)
	// the window is the one that somebody works in, also after the passkey's own
	devtool(t, pc, emulation.SetFocusEmulationEnabled,
		emulation.SetFocusEmulationEnabledParams{Enabled: true})
	h := &dayHand{t: t, tab: pc}

	link := invites(t, base, data, "--facility", "1319999991", "--role", "facility-admin", "--name", "田中 三月")
	makesPasskey(t, pc, link, "架空医院")
	h.keys += 2 // its two presses of Enter
	h.arrives("#acting", "田中 三月")
	waitTrue(t, pc, programStarted)
	h.at("scan-text")

	h.pairsReader(base)
	part := func(name string, work func(h *dayHand)) {
		if t.Failed() {
			return // what follows needs what came before
		}
		t.Run(name, func(t *testing.T) {
			before := h.keys
			h.t = t
			work(h)
			t.Logf("%s: %d keys", name, h.keys-before)
		})
		h.t = t
	}
	part("a normal case, copied, recorded, taken back and recorded", func(h *dayHand) {
		h.normalCase(data)
	})
	part("a forged screen is refused", func(h *dayHand) {
		h.reads(altered(h.t, anotherScreen(h.t, data)))
		h.says("#verdict", "この画面は確かめられません")
		h.at("scan-text")
		h.tabTo("#refuse")
		h.press(kb.Enter)
		h.at("reason")
		h.types("偽の画面です", kb.Enter)
		h.says("#verdict", "記録しました")
		h.at("scan-text")
	})
	part("one is parked while the PC is blanked, taken up again and settled", func(h *dayHand) {
		h.parkedCase(data)
	})
	part("a paper", func(h *dayHand) { h.paper() })
	part("a way without a screen or a paper", func(h *dayHand) { h.way() })
	part("the day's list, searched and corrected", func(h *dayHand) { h.daysList() })
	part("the end of the day", func(h *dayHand) {
		h.tabTo(`a[href="/counter"]`)
		h.press(kb.Enter)
		h.arrives("#today", "5")
		waitTrue(h.t, h.tab, programStarted)
		h.tabTo(`a[href="/staff/me"]`)
		h.press(kb.Enter)
		h.arrives("main", "いまの画面")
		h.tabTo("#signout")
		h.press(kb.Enter)
		waitText(h.t, h.tab, "#said", "サインアウトしました")
		h.sees("signed out")
	})
	t.Logf("a day: %d keys besides the reader's; the keyboard's place was looked at %d times", h.keys, h.seen)
	if moved := h.mouseEvents(); moved != 0 {
		t.Errorf("%d events of a mouse", moved)
	}
}

// noMouse counts what a mouse does in this page.
func (h *dayHand) noMouse() {
	h.t.Helper()
	do(h.t, h.tab, script(`for (const event of ["pointerdown", "mousedown", "pointermove"]) {
		addEventListener(event, () => sessionStorage.mouse = Number(sessionStorage.mouse ?? 0) + 1,
			{capture: true});
	}`))
}

func (h *dayHand) mouseEvents() int {
	h.t.Helper()
	return eval[int](h.t, h.tab, `Number(sessionStorage.mouse ?? 0)`)
}

// pairsReader connects a computer with a reader, in which 髙橋 德一's card lies.
func (h *dayHand) pairsReader(base string) {
	h.t.Helper()
	agent := start(h.t, h.t.TempDir(), built(h.t, "./card/bridge", "bridge"), nil,
		"--virtual", root(h.t, "card", "virtual", "people", "tokuichi.json"), "--server", base, "--key",
		filepath.Join(h.t.TempDir(), "agent.pem"), "--name", "受付1", "--page", "127.0.0.1:0")
	h.tabTo("#pairing-open")
	h.press(kb.Enter)
	waitTrue(h.t, h.tab, `document.querySelector("#bridges li") !== null`)
	h.tabTo("#pair-code")
	h.types(agent.out.await(h.t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1], kb.Enter)
	h.says("#pair-words", agent.out.await(h.t, `合言葉が「(.+)・(.+)」なら`)[1])
	h.tabTo("#pair-same")
	h.press(kb.Enter)
	h.says("#pair-state", "つなぎました")
	h.at("pairing-close")
	shot(h.t, h.tab, "day-paired")
	waitText(h.t, h.tab, "#bridges", "受付1")
	h.tabTo("#bridges button")
	h.press(kb.Enter)
	h.says("#bridges", "使えないようにしますか")
	h.press(kb.Enter) // it stays
	waitTrue(h.t, h.tab, `document.querySelectorAll("#bridges li:first-child button").length === 1`)
	h.sees("the computer that stays")
	shot(h.t, h.tab, "day-stays")
	h.press(kb.Escape)
	h.at("pairing-open")
	waitText(h.t, h.tab, "#readers", "リーダー接続中")
}

func (h *dayHand) normalCase(data string) {
	h.t.Helper()
	do(h.t, h.tab, script(`Object.defineProperty(navigator, "clipboard", {value: {
		writeText: async text => { window.copied = text }}})`))
	live := credential.Request{Tier: credential.TierLive}
	h.reads(signerOf(h.t, data).issues(h.t, live, time.Now()))
	h.says("#verdict", "この画面は本物です")
	h.at("record")
	h.press(kb.F4)
	h.says("#copy-state", "コピーしました")
	waitTrue(h.t, h.tab, `window.copied.includes("髙橋 德一")`)
	h.press(kb.F2)
	h.says("#lamp-card", "一致しました")
	h.at("record")
	h.press(kb.Enter)
	h.recorded("髙橋さんを記録しました")
	h.tabTo("#take-back")
	h.press(kb.Enter)
	h.says("#verdict", "この画面は本物です")
	h.at("record")
	h.press(kb.Enter)
	h.recorded("髙橋さんを記録しました")
}

func (h *dayHand) parkedCase(data string) {
	h.t.Helper()
	h.reads(anotherScreen(h.t, data))
	h.says("#p-name", "試験 花子")
	h.at("record")
	do(h.t, h.tab, script(`window.usual = Date.now; Date.now = () => usual() + 61_000`)) // a minute passes
	h.says("#blanked", "患者さんの情報を隠しています")
	h.press(" ")
	h.says("#p-name", "試験 花子")
	do(h.t, h.tab, script(`Date.now = usual`))
	h.at("record")
	h.press(kb.F8)
	h.at("reason")
	h.types("会計までにカード", kb.Tab)
	h.at("reason-number")
	h.types("1234", kb.Enter)
	h.recorded("試験さんを記録しました")
	waitText(h.t, h.tab, "#parked", "1")
	h.press(kb.F7)
	h.says("#parked-sheet", "試験 花子（昭和63年11月30日）")
	h.press(kb.Enter)
	h.says("#p-parked", "会計までにカード")
	h.tabTo(`#visual input[value="photo"]`)
	h.press(" ")
	h.at("name")
	h.press(" ")
	h.at("birthDate")
	h.press(" ")
	h.at("record")
	h.press(kb.Enter)
	h.recorded("試験さんを記録しました")
	waitText(h.t, h.tab, "#parked", "0")
}

// paper is 髙橋 德一's notice (person 3 of docs/facts/test-people.md), with his card.
func (h *dayHand) paper() {
	h.t.Helper()
	h.keys++
	do(h.t, h.tab, chromedp.KeyEvent("4", chromedp.KeyModifiers(chromedp.ModifierAlt)))
	h.at("insurerNumber")
	h.types("138990", kb.Enter)
	h.at("symbol")
	h.types("国13", kb.Enter)
	h.at("number")
	h.types("0001234", kb.Enter)
	h.at("branch")
	h.types("02")
	h.at("birthDate")
	h.types("19550701", kb.Enter)
	h.says("#verdict", "署名なし・職員が見て確認")
	h.at("record")
	h.press(kb.Enter)
	h.says("#lamp-card", "一致しました")
	h.says("#card-question", "お知らせとカードの氏名は同じですか")
	h.at("record")
	h.press(kb.Enter)
	h.says("#verdict", "記録しました")
	h.at("scan-text")
}

// way is a patient whom the clinic knows, by its own records (L0), from the panel of F1.
func (h *dayHand) way() {
	h.t.Helper()
	h.press(kb.F1)
	h.says("#panel", "マイナンバーカードは？")
	for i, answer := range []string{"2", "0", "4"} {
		waitTrue(h.t, h.tab, fmt.Sprintf(`document.querySelectorAll("#panel .known li").length >= %d &&
			!!document.activeElement.dataset.choice`, i))
		h.sees("the panel's question")
		h.types(answer)
	}
	waitTrue(h.t, h.tab, `!!document.querySelector("#panel .verdict-box")`)
	h.sees("the panel's answer")
	h.types(eval[string](h.t, h.tab, `document.querySelector('#panel [data-way="L0"]').dataset.choice`))
	waitTrue(h.t, h.tab, `document.activeElement.closest("#way") !== null`)
	h.sees("the way's form")
	h.types("12345", kb.Enter)
	h.types("試験 みう", kb.Enter)
	h.types("2021-04-01", kb.Enter)
	h.at("reason")
	h.types("いつもの患者さん", kb.Enter)
	h.sees("the way's last button")
	h.press(kb.Enter)
	waitTrue(h.t, h.tab, `document.querySelector("#way") === null`)
	h.recorded("試験さんを記録しました")
}

// daysList finds the parked patient's record by the clinic's number, and corrects it.
func (h *dayHand) daysList() {
	h.t.Helper()
	h.tabTo("#records-open")
	// it opens a tab of its own, beside the counter; this browser goes there in the same one
	do(h.t, h.tab, script(`document.activeElement.removeAttribute("target")`))
	h.press(kb.Enter)
	h.arrives("#counts", "5")
	waitText(h.t, h.tab, "#records", "試験 みう") // of whom staff typed the name alone
	h.tabTo("#from")
	shot(h.t, h.tab, "day-date")
	h.tabTo("#number")
	h.types("1234", kb.Enter)
	h.arrives("#counts", "1")
	h.tabTo(".record-link")
	h.press(kb.Enter)
	h.arrives("#entries", "会計までにカード")
	h.tabTo("#correct summary")
	h.press(kb.Enter)
	h.tabTo(`#correct input[type="radio"]`)
	for range 4 {
		if eval[bool](h.t, h.tab, `(e => e.checked && e.value === "refused")(document.activeElement)`) {
			break
		}
		h.press(kb.ArrowDown)
		h.sees("the right outcome")
	}
	h.tabTo("#reason")
	h.types("別の方の画面でした", kb.Enter)
	h.arrives("#said", "訂正を記録しました")
	waitText(h.t, h.tab, "#entries .last", "別の方の画面でした")
	h.tabTo(`a[href="/counter/records"]`)
	h.press(kb.Enter)
	h.arrives("#counts", "5")
}

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/credential"
)

// wholly tells which of the elements are not wholly in the window, or lie under something else.
const wholly = `(selectors => selectors.map(selector => {
	const e = document.querySelector(selector);
	if (!e?.checkVisibility()) return selector + " is not there; ";
	const b = e.getBoundingClientRect();
	if (b.top < -0.5 || b.left < -0.5 || b.bottom > innerHeight + 0.5 || b.right > innerWidth + 0.5) {
		return selector + " lies at " + [b.left, b.top, b.right, b.bottom].map(Math.round) + "; ";
	}
	for (const y of [b.top + 4, b.bottom - 4]) {
		const top = document.elementFromPoint(b.left + b.width / 2, y);
		if (e.contains(top) || top?.contains(e)) continue;
		return selector + " is under " + (top?.id || top?.className) + "; ";
	}
	return "";
}).join(""))`

func inWindow(t *testing.T, tab context.Context, step string, selectors ...string) {
	t.Helper()
	list := `["` + strings.Join(selectors, `", "`) + `"]`
	if bad := eval[string](t, tab, wholly+`(`+list+`)`); bad != "" {
		t.Errorf("%s: %s", step, bad)
	}
}

// A whole normal case stands in the windows of a counter's PC without scrolling; in a tablet held upright the
// verdict, the lamps and the buttons do wherever it is scrolled to. A refusal stays after everything that
// staff do, and offers no copy.
func TestACaseFitsThePage(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	bridge(t, base, console, "tokuichi.json")
	expects(t, console, `status of 422 .*/counter/cases`, "parked without a reason, for its sentence")
	fixed := []string{"#verdict .verdict-box", "#lamp-screen", "#lamp-card", "#lamp-face",
		"#record", "#park", "#refuse"}
	whole := []string{"#p-name", "#p-figures", "#copy", "#visual", "#ask", "#method", "#passed summary"}
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}, {768, 1024}} {
		t.Run(fmt.Sprintf("%d×%d", size[0], size[1]), func(t *testing.T) {
			resize(t, console, size[0], size[1])
			fits := size[0] > size[1]
			normal := func(step string) {
				t.Helper()
				frames(t, console)
				shot(t, console, fmt.Sprintf("page-%s-%d-%d", step, size[0], size[1]))
				inWindow(t, console, step, fixed...)
				if !fits {
					return
				}
				inWindow(t, console, step, whole...)
				if over := eval[int64](t, console,
					`document.documentElement.scrollHeight - innerHeight`); over > 0 {
					t.Errorf("%s: the page is %d px too long", step, over)
				}
			}
			frames(t, console)
			shot(t, console, fmt.Sprintf("page-idle-%d-%d", size[0], size[1]))
			paste(t, console, jwsOf(t, phone))
			waitText(t, console, "#verdict", "この画面は本物です")
			waitText(t, console, "#verdict", "の登録内容です。いま資格があるかは、わかりません")
			waitText(t, console, "#lamp-screen", "本物です")
			waitText(t, console, "#lamp-card", "まだ")
			normal("scanned")
			inWindow(t, console, "scanned", "#card-question")
			do(t, console, click("#record"))
			waitText(t, console, "#lamp-card", "一致しました")
			normal("checked")
			// of the screen: form, signature, issuer, content, insurer, time; of the card: five
			waitText(t, console, "#passed-count", "11項目の確認を通りました")
			waitTrue(t, console, `document.querySelectorAll("#passed-checks li.passed").length === 11`)
			do(t, console, click("#park"))
			shot(t, console, fmt.Sprintf("page-reason-%d-%d", size[0], size[1]))
			inWindow(t, console, "the reason asked for", "#verdict .verdict-box", "#reason", "#reason-go",
				"#reason-back")
			do(t, console, click("#reason-back"), click("#record"))
			waitText(t, console, "#verdict", "記録しました。次の患者さん") // #done may still name the one before
			waitText(t, console, "#done", "髙橋さんを記録しました")
			shot(t, console, fmt.Sprintf("page-recorded-%d-%d", size[0], size[1]))
			inWindow(t, console, "recorded", "#done", "#take-back", "#scan-text")

			paste(t, console, credential.NumericQR(oldScreen(t, data)))
			waitText(t, console, "#verdict .bad", "この画面は古くなっています")
			waitText(t, console, "#lamp-screen", "使えません")
			refused := []string{"#verdict .verdict-box", "#lamp-screen", "#lamp-card", "#lamp-face"}
			for step, work := range map[string]func(){
				"scrolled to its end": func() {
					do(t, console, script(`scrollTo(0, document.body.scrollHeight)`))
				},
				"F2": func() { do(t, console, chromedp.KeyEvent(kb.F2)) },
				"F4": func() { do(t, console, chromedp.KeyEvent(kb.F4)) },
				"F8": func() { do(t, console, chromedp.KeyEvent(kb.F8)) },
				"the passed checks opened": func() {
					do(t, console, script(`document.getElementById("passed").open = true; scrollTo(0, 9999)`))
				},
				"refused without a reason": func() {
					do(t, console, script(`document.getElementById("refuse").click()`),
						script(`document.getElementById("reason-go").click()`))
					waitText(t, console, "#problem", "理由を入れてください")
				},
			} {
				work()
				frames(t, console)
				inWindow(t, console, "refused, "+step, refused...)
			}
			shot(t, console, fmt.Sprintf("page-refused-%d-%d", size[0], size[1]))
			waitTrue(t, console, `!document.getElementById("copy").checkVisibility() &&
				document.getElementById("console").dataset.state === "refused"`)
			do(t, console, click("#cancel"))
		})
	}
}

// A good case takes three actions of a person: the scan, the card, the record. It is done with the keyboard
// alone, and what is closed, opened or looked up meanwhile loses nothing.
func TestACaseByKeyboardAlone(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	bridge(t, base, console, "tokuichi.json")
	expects(t, console, `status of 409 .*/take-back`, "a record that can no more be taken back")
	at := func(t *testing.T, id string) {
		t.Helper()
		waitTrue(t, console, `(e => e.value || e.id)(document.activeElement) === `+quote(id))
	}
	press := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			do(t, console, chromedp.KeyEvent(key))
		}
	}
	tabTo := func(t *testing.T, id string) {
		t.Helper()
		for range 40 {
			if eval[bool](t, console, `document.activeElement?.id === `+quote(id)) {
				return
			}
			press(kb.Tab)
		}
		t.Fatalf("the keyboard never came to %s", id)
	}
	scans := func(t *testing.T) { // what a reader types, its Enter included: one action
		t.Helper()
		do(t, console, script(`document.getElementById("scan-text").focus()`))
		readerTypes(t, console, "SHC:/"+strings.TrimPrefix(credential.NumericQR(jwsOf(t, phone)), "shc:/"))
		waitText(t, console, "#verdict", "この画面は本物です")
	}
	lastCase := func(t *testing.T, is string) {
		t.Helper()
		waitTrue(t, console, `fetch("/api/v1/counter/cases").then(r => r.json())
			.then(all => (c => `+is+`)(all.cases[0]))`)
	}

	t.Run("a good case is three actions", func(t *testing.T) {
		actions := 1
		scans(t)
		for _, step := range []struct{ label, then, says string }{
			{"カードを確認する", "#lamp-card", "一致しました"},
			{"記録して次へ", "#verdict", "記録しました"},
		} {
			at(t, "record")
			waitText(t, console, "#record", step.label)
			press(kb.Enter)
			actions++
			waitText(t, console, step.then, step.says)
		}
		t.Logf("a good case takes %d actions", actions)
		if actions > 3 {
			t.Errorf("%d actions", actions)
		}
		lastCase(t, `c.outcome === "accepted" && c.method.code === "N1e" && c.ground.code === "chip" &&
			c.checked.join() === "screen,card"`)
	})

	t.Run("a key that is held down takes one step", func(t *testing.T) {
		scans(t)
		at(t, "record")
		do(t, console, script(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
			{key: "Enter", repeat: true, bubbles: true, cancelable: true})) &&
			document.activeElement.click()`))
		frames(t, console)
		waitText(t, console, "#lamp-card", "まだ")
		press(kb.Escape)
	})

	t.Run("by eye: three presses of the space bar, then Enter", func(t *testing.T) {
		scans(t)
		do(t, console, script(`document.querySelector("#visual input").focus()`))
		press(" ")
		at(t, "name")
		waitText(t, console, "#lamp-face", "あと2つ")
		press(" ")
		at(t, "birthDate")
		press(" ")
		at(t, "record")
		waitText(t, console, "#lamp-face", "3つとも同じ")
		press(kb.Enter)
		waitText(t, console, "#verdict", "記録しました")
		lastCase(t, `c.ground.code === "eye"`)
	})

	t.Run("a record is taken back, and the former one stays", func(t *testing.T) {
		waitText(t, console, "#done", "髙橋さんを記録しました")
		tabTo(t, "take-back")
		press(kb.Enter)
		waitText(t, console, "#verdict", "この画面は本物です")
		waitText(t, console, "#lamp-face", "3つとも同じ")
		lastCase(t, `c.outcome === "" && c.withdrawn.length === 1 && c.withdrawn[0].outcome === "accepted" &&
			c.withdrawn[0].ground.code === "eye"`)
		press(kb.F8)
		at(t, "reason")
		do(t, console, chromedp.SendKeys("#reason", "保険が変わったそうです"))
		press(kb.F8)
		waitText(t, console, "#verdict", "記録しました")
		lastCase(t, `c.outcome === "parked" && c.reason === "保険が変わったそうです" &&
			c.withdrawn.length === 1`)
	})

	t.Run("Esc, F8 and the question lose nothing", func(t *testing.T) {
		scans(t)
		do(t, console, script(`document.querySelector("#visual input").focus()`))
		press(" ", kb.F8)
		do(t, console, chromedp.SendKeys("#reason", "問い合わせ中"))
		press(kb.Escape) // the field alone
		waitText(t, console, "#record", "目視で確認する")
		press(kb.Escape) // the case
		waitText(t, console, "#verdict", "読み取ってください")
		press("x")
		paste(t, console, anotherScreen(t, data))
		waitText(t, console, "#p-name", "試験 花子")
		tabTo(t, "asides")
		press(kb.Enter)
		waitText(t, console, "#asides-sheet", "髙橋さん（昭和30年7月1日）")
		do(t, console, script(`document.querySelector("#asides-sheet button").focus()`))
		press(kb.Enter)
		waitText(t, console, "#p-name", "髙橋 德一")
		waitText(t, console, "#lamp-face", "あと2つ")
		press(kb.F8)
		if got := eval[string](t, console, `document.getElementById("reason").value`); got != "問い合わせ中" {
			t.Errorf("the reason is %q", got)
		}
		press(kb.F8)
		waitText(t, console, "#verdict", "記録しました")
		// 試験 花子's, and the one of the key that was held down
		waitText(t, console, "#asides", "途中の件（2）")
		paste(t, console, anotherScreen(t, data))
		waitText(t, console, "#p-name", "試験 花子")
		do(t, console, click("#methods"))
		waitText(t, console, "#panel", "この患者さんは何で確認できる？")
		press(kb.Escape)
		waitTrue(t, console, `document.querySelector("#panel") === null`)
		waitText(t, console, "#p-name", "試験 花子") // the question leaves the page as it is
		do(t, console, click("#cancel"))
	})

	t.Run("F4 copies as a receipt computer takes it", func(t *testing.T) {
		do(t, console, script(`Object.defineProperty(navigator, "clipboard", {value: {
			writeText: async text => { window.copied = text }}})`))
		scans(t)
		for calendar, birth := range map[string]string{"era": "S30.07.01", "year": "1955/07/01"} {
			do(t, console, click("#pairing-open"),
				click(`#copy-calendar input[value="`+calendar+`"]`),
				click("#pairing-close"),
				script(`window.copied = ""`), chromedp.KeyEvent(kb.F4))
			want := strings.Join([]string{"タカハシ トクイチ", "髙橋 德一", birth, "男",
				"138990", "国13", "0001234", "02", "2割"}, "\t")
			waitTrue(t, console, `window.copied === `+quote(want))
		}
		waitText(t, console, "#copy-state", "コピーしました")
		waitText(t, console, "#p-issuer", "架空市")
		waitText(t, console, "#p-name", "髙橋 德一")
		press(kb.Escape)
	})

	t.Run("a record of long ago is not taken back", func(t *testing.T) {
		scans(t)
		press(kb.Enter)
		waitText(t, console, "#lamp-card", "一致しました")
		press(kb.Enter)
		waitText(t, console, "#verdict", "記録しました。次の患者さん") // #done may still name the one before
		waitText(t, console, "#done", "髙橋さんを記録しました")
		do(t, console, script(`window.late = document.getElementById("take-back")`))
		// this one's receipt is left too, of four records that stand: it is too late
		waitTrue(t, phone, `document.getElementById("seen").children.length === 4`)
		waitTrue(t, console, `document.getElementById("done").textContent === ""`)
		do(t, console, script(`window.late.click()`))
		waitText(t, console, "#problem", "もう取り消せません")
	})
}

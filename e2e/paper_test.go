package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Whatever the patient brings that is not ours goes from the page to the record with the keyboard alone; a
// wrong card stops it.
func TestWhatIsNotOursIsRecorded(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	resize(t, console, 1280, 900)
	bridge(t, base, console, "taro.json")
	expects(t, console, `status of 409 .*/record`, "another's card, for its sentence")
	for _, p := range papers {
		t.Run(p.code+" with the right card", func(t *testing.T) {
			h := &hand{console: console}
			do(t, console, chromedp.Focus("#scan-text"))
			began := time.Now()
			h.picks(t, p.digit)
			state(t, console, "counter-paper-"+p.code)
			h.typesTaro(t, p.code, "19860412")
			h.settles(t, p)
			page := time.Since(began)
			quick := time.Duration(h.keys) * keyTime
			t.Logf("%s: %d keys, %v for a quick hand; the page, driven by this test, took %v", p.code, h.keys,
				quick, page.Round(time.Millisecond))
			if quick > 10*time.Second {
				t.Errorf("%d keys take %v", h.keys, quick)
			}
		})
		t.Run(p.code+" with a wrong card", func(t *testing.T) {
			h := &hand{console: console}
			h.picks(t, p.digit)
			h.typesTaro(t, p.code, "19881130") // the paper is 試験 花子's, the card 試験 太郎's
			if !p.card {
				do(t, console, chromedp.KeyEvent(kb.F2)) // no card belongs to it
				frames(t, console)
				h.lastCase(t, `c.card === null && !c.cardRefused`)
				do(t, console, click("#refuse"), chromedp.SendKeys("#reason", "別の方の物\r"))
			} else {
				h.press(t, kb.Enter)
				waitText(t, console, "#card-verdict", "入れた生年月日と一致しません")
				waitTrue(t, console, `document.getElementById("record").disabled &&
					document.getElementById("console").dataset.state === "refused" &&
					!document.getElementById("copy").checkVisibility()`)
				state(t, console, "counter-paper-wrong")
				waitTrue(t, console, `fetch("/api/v1/counter/cases").then(r => r.json()).then(all =>
					fetch("/api/v1/counter/cases/" + all.cases[0].id + "/record", {method: "POST",
						headers: {"Content-Type": "application/json"},
						body: JSON.stringify({outcome: "accepted", reason: "顔なじみ"})}))
					.then(r => r.status === 409)`)
				do(t, console, click("#refuse"), chromedp.SendKeys("#reason", "カードが別の方\r"))
			}
			waitText(t, console, "#verdict", "記録しました")
			h.lastCase(t, `c.outcome === "refused" && c.paper.kind === `+quote(p.code))
		})
	}
}

// The form takes what is typed as it comes: in full width, by an input method, with a wrong digit, closed in
// the middle; and what was typed before is offered, never filled in.
func TestAPaperIsTypedInEveryWay(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	resize(t, console, 1024, 768)
	expects(t, console, `status of 422 .*/counter/papers`, "a date that is none")
	value := func(name string) string {
		return eval[string](t, console, `document.querySelector("#paper [name=`+name+`]").value`)
	}
	closes := func(t *testing.T) {
		t.Helper()
		do(t, console, chromedp.KeyEvent(kb.Escape))
		waitTrue(t, console, `!document.getElementById("paper").checkVisibility()`)
	}

	t.Run("by an input method nothing is lost or doubled", func(t *testing.T) {
		h := &hand{console: console}
		h.picks(t, "4")
		h.composes(t, "１３８９９０") // the Enter that ends the composition also moves on
		h.at(t, "symbol")
		h.composes(t, "国") // more follows: it does not move on here
		h.at(t, "symbol")
		h.composes(t, "１３")
		h.press(t, kb.Enter)
		h.at(t, "number")
		h.composes(t, "０００１２３４")
		h.at(t, "branch")
		h.composes(t, "０２")
		h.at(t, "birthDate")
		h.composes(t, "昭和３０年７月１日")
		h.at(t, "birthDate")                      // the Enter that ends the composition sends nothing
		do(t, console, chromedp.KeyEvent(kb.Tab)) // the field is left: it is written in half width
		for name, want := range map[string]string{"insurerNumber": "138990", "symbol": "国13",
			"number": "0001234", "branch": "02", "birthDate": "昭和30年7月1日"} {
			if got := value(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		waitText(t, console, "#paper-said", "国民健康保険・東京都")
		waitText(t, console, "#paper-said", "昭和30年7月1日（")
		inWindow(t, console, "the form", "#paper-title", "#paper-insurer", "#paper-birth", "#paper-share",
			"#paper-kana", "#paper-back", "#paper-send", "#paper-said")
		shot(t, console, "paper-form-1024-768")
		if over := eval[int64](t, console, `document.documentElement.scrollHeight - innerHeight`); over > 0 {
			t.Errorf("the page is %d px too long", over)
		}
		do(t, console, chromedp.Focus("#paper-birth"))
		h.press(t, kb.Enter)
		waitText(t, console, "#verdict", "署名なし")
		h.lastCase(t, `c.eligibility.symbol === "国13" && c.eligibility.number === "0001234" &&
			c.eligibility.birthDate === "1955-07-01"`)
	})

	t.Run("a wrong card's date is typed anew in the same case", func(t *testing.T) {
		do(t, console, click("#paper-correct"))
		waitTrue(t, console, `document.querySelector("#paper [name=birthDate]").value === "1955-07-01"`)
		do(t, console, script(`document.querySelector("#paper [name=birthDate]").value = ""`),
			chromedp.SendKeys(`#paper [name=birthDate]`, "S64.1.8\r"))
		waitText(t, console, "#problem", "生年月日を読み取れませんでした")
		(&hand{console: console}).at(t, "birthDate")
		do(t, console, script(`document.activeElement.value = ""`),
			chromedp.SendKeys(`#paper [name=birthDate]`, "S30.7.2\r"))
		waitText(t, console, "#p-birth", "昭和30年7月2日")
		(&hand{console: console}).lastCase(t, `c.paper.before.length === 1 &&
			c.paper.before[0].typed.birthDate === "1955-07-01"`)
		do(t, console, click("#cancel"))
	})

	t.Run("a check digit is told while the number is typed", func(t *testing.T) {
		h := &hand{console: console}
		h.picks(t, "5")
		h.types(t, "01139998")
		waitText(t, console, "#paper-said", "保険者番号が正しくありません")
		waitTrue(t, console,
			`document.getElementById("paper-insurer").getAttribute("aria-invalid") === "true"`)
		h.at(t, "symbol") // digits that follow are not lost
		state(t, console, "counter-paper-wrong-digit")
		closes(t)
	})

	t.Run("後期 has neither 記号 nor 枝番", func(t *testing.T) {
		h := &hand{console: console}
		h.picks(t, "5")
		h.types(t, "39139993")
		h.at(t, "number")
		h.types(t, "09999996")
		h.at(t, "birthDate")
		h.types(t, "3190229")
		h.at(t, "until")
		waitText(t, console, "#paper-said", "昭和19年2月29日（")
		closes(t)
	})

	t.Run("what was closed goes on, and another patient's form is empty", func(t *testing.T) {
		h := &hand{console: console}
		h.picks(t, "1")
		if got := value("insurerNumber"); got != "" {
			t.Errorf("the last patient's number is there: %q", got)
		}
		closes(t)
		do(t, console, click("#paper-resume"))
		waitText(t, console, "#paper-title", "資格確認書")
		if got := value("number"); got != "09999996" {
			t.Errorf("the number is %q", got)
		}
		closes(t)
	})

	t.Run("what was typed before is offered by a button alone", func(t *testing.T) {
		h := &hand{console: console}
		h.picks(t, "4")
		h.types(t, "273995")
		h.press(t, kb.Enter, kb.Enter)
		h.types(t, "998877")
		h.press(t, kb.Enter)
		h.types(t, "00")
		h.types(t, "H070115")
		do(t, console, chromedp.SendKeys("#paper-name", "NGUYEN TEST AN\r"))
		waitText(t, console, "#p-name", "NGUYEN TEST AN")
		do(t, console, click("#accept"), chromedp.SendKeys("#reason", "顔なじみ\r"))
		waitText(t, console, "#verdict", "記録しました")
		h.picks(t, "1")
		h.types(t, "273995")
		h.press(t, kb.Enter, kb.Enter)
		h.types(t, "998877")
		waitText(t, console, "#paper-offers", "NGUYEN TEST AN")
		if got := value("birthDate") + value("name"); got != "" {
			t.Errorf("filled in by itself: %q", got)
		}
		state(t, console, "counter-paper-offer")
		do(t, console, click("#paper-offers button"))
		h.at(t, "paper-send")
		if got := value("birthDate") + value("name") + value("branch"); got != "1995-01-15NGUYEN TEST AN00" {
			t.Errorf("taken over: %q", got)
		}
		h.press(t, kb.Enter)
		waitText(t, console, "#p-name", "NGUYEN TEST AN")
		h.lastCase(t, `c.paper.kind === "P1"`)
		do(t, console, click("#cancel"))
	})

	t.Run("a paper that is no good is a refusal that stays", func(t *testing.T) {
		h := &hand{console: console}
		h.picks(t, "5")
		h.types(t, "01139997")
		h.press(t, kb.Enter)
		h.types(t, "1234")
		h.press(t, kb.Enter, kb.Enter)
		h.types(t, "19860412")
		h.at(t, "until")
		h.types(t, time.Now().AddDate(0, 0, -2).Format("20060102"))
		waitText(t, console, "#paper-said", "有効期限")
		h.press(t, kb.Enter)
		waitText(t, console, "#verdict .bad", "これでは受け付けられません")
		waitText(t, console, "#verdict", "有効期限")
		waitText(t, console, "#lamp-screen", "使えません")
		h.at(t, "paper-correct")
		state(t, console, "counter-paper-refused")
		waitTrue(t, console, `document.getElementById("record").disabled &&
			!document.getElementById("copy").checkVisibility()`)
	})
}

// The choice, the form and the case of a paper stand in the windows of a counter's PC without scrolling.
func TestAPaperFitsThePage(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	bridge(t, base, console, "taro.json")
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		t.Run(fmt.Sprintf("%d×%d", size[0], size[1]), func(t *testing.T) {
			resize(t, console, size[0], size[1])
			fits := func(step string, wanted ...string) {
				t.Helper()
				frames(t, console)
				shot(t, console, fmt.Sprintf("paper-%s-%d-%d", step, size[0], size[1]))
				inWindow(t, console, step, wanted...)
				if over := eval[int64](t, console,
					`document.documentElement.scrollHeight - innerHeight`); over > 0 {
					t.Errorf("%s: the page is %d px too long", step, over)
				}
			}
			fits("idle", "#scan-camera", "#scan-text", "#paper-choices")
			for _, p := range papers {
				h := &hand{console: console}
				h.picks(t, p.digit)
				fits("form-"+p.code, "#paper-insurer", "#paper-symbol", "#paper-number", "#paper-branch",
					"#paper-birth", "#paper-name", "#paper-kana", "#paper-send", "#paper-back")
				h.typesTaro(t, p.code, "19860412")
				fits("case-"+p.code, "#verdict .verdict-box", "#lamp-screen", "#lamp-card", "#lamp-face",
					"#p-birth", "#p-figures", "#p-issuer", "#paper-correct", "#copy", "#visual", "#ask",
					"#method", "#checks", "#record", "#park", "#refuse")
				if p.card {
					h.at(t, "record")
					h.press(t, kb.Enter)
					waitText(t, console, "#lamp-card", "一致しました")
					fits("checked-"+p.code, "#verdict .verdict-box", "#copy", "#visual", "#checks",
						"#passed summary", "#record")
				}
				do(t, console, click("#refuse"), chromedp.SendKeys("#reason", "試し\r"))
				waitText(t, console, "#verdict", "記録しました")
			}
		})
	}
}

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Whoever cannot be accepted now is parked or refused from the very form of a way, by the keyboard, with what
// was typed so far; the parked one goes on in its form.
func TestAWayIsParkedAndRefusedFromItsForm(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	bridge(t, base, console, "tokuichi.json")
	waitText(t, console, "#readers", "リーダー接続中")
	expects(t, console, "status of 422", "a reason that is missing, for its sentence")
	h := &keyboard{t: t, tab: console}

	h.taps("L0", "2", "0", "4")
	h.types("12345\r", "試験 花子\r", "S63.11.30\r", kb.F8)
	waitTrue(t, console, `document.activeElement.id === "way-why-text"`)
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		resize(t, console, size[0], size[1])
		frames(t, console)
		shot(t, console, fmt.Sprintf("way-parking-%d-%d", size[0], size[1]))
	}
	h.types(kb.Escape) // ends what was opened last
	waitTrue(t, console, `document.activeElement.id === "way-park"`)
	state(t, console, "way-choices")
	h.types(kb.F8, "\r")
	waitText(t, console, "#way-problem", "理由")
	h.types("カードを取りに戻る\r")
	h.recorded("試験")
	waitText(t, console, "#parked", "1")
	if c := lastCase(t, console); c.Outcome != "parked" || c.Reason != "カードを取りに戻る" ||
		c.Way.Person != "試験 花子" {
		t.Errorf("%+v", c)
	}

	h.types(kb.F7)
	waitText(t, console, "#parked-sheet", "試験 花子（昭和63年11月30日）")
	h.types("\r")
	waitText(t, console, "#way", "に保留にした受付です（カードを取りに戻る）")
	waitTrue(t, console, `document.querySelector("#way-name").value === "試験 花子" &&
		document.querySelector("#way-number").value === "12345"`)
	state(t, console, "way-taken-up")
	do(t, console, click("#way-refuse"))
	waitTrue(t, console, `document.activeElement.id === "way-why-text"`)
	h.types("別の人でした\r")
	h.recorded("試験")
	waitText(t, console, "#parked", "0")
	if c := lastCase(t, console); c.Outcome != "refused" || c.Reason != "別の人でした" {
		t.Errorf("%+v", c)
	}
}

// A paper that cannot be typed whole is parked from its form; taken up, it is typed and accepted. One that is
// headed 特別療養 says that the whole price is paid.
func TestAPaperIsParkedFromItsForm(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	console := staffOpens(t, base, "")
	h := &hand{console: console}
	do(t, console, chromedp.Focus("#scan-text"))
	h.picks(t, "5")
	h.types(t, "00138990")
	h.at(t, "symbol")
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		resize(t, console, size[0], size[1])
		frames(t, console)
		shot(t, console, fmt.Sprintf("paper-typing-%d-%d", size[0], size[1]))
		inWindow(t, console, "typing", "#paper-send", "#paper-park", "#paper-refuse")
	}
	h.press(t, kb.F8)
	waitTrue(t, console, `document.activeElement.id === "reason"`)
	state(t, console, "paper-parking")
	do(t, console, chromedp.SendKeys("#reason", "紙を取りに戻る\r"))
	waitText(t, console, "#parked", "1")
	h.press(t, kb.F7)
	waitText(t, console, "#parked-sheet", "紙を取りに戻る")
	h.press(t, kb.Enter)
	waitText(t, console, "#verdict", "まだ入れていない項目")
	state(t, console, "paper-unfinished")
	waitTrue(t, console, `document.activeElement.id === "paper-correct"`)
	do(t, console, click("#paper-correct"))
	waitTrue(t, console, `document.querySelector("#paper [name=insurerNumber]").value !== ""`)
	rest := map[string]string{"number": "1234", "birthDate": "19860412", "until": "20270731"}
	for name, text := range rest {
		do(t, console, chromedp.SetValue(`#paper [name=`+name+`]`, text))
	}
	do(t, console, chromedp.SetValue("#paper-share", "special"), click("#paper-send"))
	waitText(t, console, "#verdict", "窓口では10割です")
	waitText(t, console, "#p-figures", "10割")
	state(t, console, "paper-full-price")
	for _, size := range [][2]int64{{1280, 900}, {1024, 768}} {
		resize(t, console, size[0], size[1])
		frames(t, console)
		shot(t, console, fmt.Sprintf("paper-full-price-%d-%d", size[0], size[1]))
		inWindow(t, console, "full price", "#verdict .verdict-box", "#record", "#park")
	}
}

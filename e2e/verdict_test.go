package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"madoguchi/credential"
)

// verdictSeen tells what is wrong with the place of the verdict's headline, and of what has the keyboard: out
// of the window, or under something else.
const verdictSeen = `(() => {
	const wrong = (what, e) => {
		if (!e) return "no " + what + "; ";
		const b = e.getBoundingClientRect(), at = [b.x + b.width / 2, b.y + Math.min(b.height, 60) / 2];
		if (b.top < -0.5 || b.top + Math.min(b.height, 60) > innerHeight + 0.5) {
			return what + " is out of the window: " + b.top + " to " + b.bottom + "; ";
		}
		const top = document.elementFromPoint(...at);
		if (e.contains(top) || top?.contains(e) && getComputedStyle(top).position !== "sticky") return "";
		return what + " is under " + (top?.id || top?.className) + "; ";
	};
	const focus = document.activeElement === document.body ? null : document.activeElement;
	return wrong("the headline",
		document.querySelector("#verdict h3")) + (focus ? wrong("what has the keyboard (" + focus.id + ")",
			focus) : "");
})()`

func TestTheVerdictStaysInViewInEveryState(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	inLab(t, phone)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitTrue(t, phone, stored)
	offline(t, phone, true)
	do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#offline"))
	waitText(t, phone, "#proof-age", "前に")
	kept, _ := codesOn(t, phone, "#screen")
	offline(t, phone, false)
	waitText(t, phone, "#age", "秒前に作成")
	console := staffOpens(t, base, "")
	inLab(t, console)
	do(t, console, chromedp.Navigate(base+"/counter"), chromedp.WaitVisible("#scan-text"))
	bridge(t, base, console, "copied-tokuichi.json")
	good := jwsOf(t, phone)

	// as are the server's answers for what cannot be brought about here
	told := func(headline, next string) string {
		check := func(result, ja, en string) string {
			return fmt.Sprintf(`{"name": "fresh", "result": "%s", "ja": "%s", "en": "%s"}`, result, ja, en)
		}
		return fmt.Sprintf(`{"/counter/cases": {"acceptable": false, "verdict": {
			"valid": false, "awaits": false, "tier": "pdf", "issuedAt": null,
			"headline": {"ja": "%[1]s", "en": "%[1]s"}, "next": {"ja": "%[2]s", "en": "%[2]s"},
			"checks": [%[3]s]}}}`, headline, next, strings.Join([]string{
			check("failed", headline, headline),
			check("passed", "署名は本物です", "signed"),
			check("passed", "発行元は名簿にあります", "listed"),
			check("passed", "書き換えられていません", "whole"),
		}, ", "))
	}
	inView := func(t *testing.T, step string) {
		t.Helper()
		if bad := eval[string](t, console, verdictSeen); bad != "" {
			t.Errorf("%s: %s", step, bad)
		}
	}
	states := []struct {
		name    string
		members string // of the server's answer
		scan    func(t *testing.T)
		steps   func(t *testing.T, inView func(t *testing.T, step string))
	}{
		{name: "expired", scan: func(t *testing.T) {
			paste(t, console, credential.NumericQR(oldScreen(t, data)))
			waitText(t, console, "#verdict", "この画面は古くなっています")
		}, steps: func(t *testing.T, inView func(t *testing.T, step string)) {
			do(t, console, click("#park"), click("#reason-go"))
			waitText(t, console, "#problem", "理由を入れてください")
			inView(t, "parked without a reason")
		}},
		{name: "not genuine", scan: func(t *testing.T) {
			paste(t, console, altered(t, good))
			waitText(t, console, "#verdict", "この画面は確かめられません")
		}},
		{name: "revoked", members: told("この写し（PDF）は取り消されています", "新しい写しか、画面を見せてもらってください。"),
			scan: func(t *testing.T) {
				paste(t, console, good)
				waitText(t, console, "#verdict", "取り消されています")
			}},
		{name: "to be scanned again", members: told("時計が合っていません", "このPCの時計を合わせてから、もう一度読み取ってください。"),
			scan: func(t *testing.T) {
				paste(t, console, good)
				waitText(t, console, "#verdict", "時計が合っていません")
			}},
		{name: "a card that is refused", scan: func(t *testing.T) {
			good = jwsOf(t, phone)
			paste(t, console, good)
			waitText(t, console, "#verdict", "この画面は本物です")
		}, steps: func(t *testing.T, inView func(t *testing.T, step string)) {
			inView(t, "genuine")
			do(t, console, script(`document.getElementById("record").click()`))
			waitText(t, console, "#verdict .bad", "カードの確認が通りませんでした")
			inView(t, "the card checked")
			do(t, console, script(`document.getElementById("park").click()`))
			inView(t, "the reason asked for")
			do(t, console, script(`document.getElementById("reason-go").click()`))
			waitText(t, console, "#problem", "理由を入れてください")
			inView(t, "parked without a reason")
		}},
		{name: "awaiting the second code", scan: func(t *testing.T) {
			paste(t, console, kept)
			waitText(t, console, "#verdict", "2つ目のコードを読み取ってください")
		}, steps: func(t *testing.T, inView func(t *testing.T, step string)) {
			do(t, console, script(`document.getElementById("challenge").click()`),
				chromedp.WaitVisible("#challenge-number"))
			inView(t, "with a number")
			enter(t, console, "#second-text", kept)
			waitText(t, console, "#verdict", "2つ目のコードではありません")
			inView(t, "the wrong code")
		}},
	}
	expects(t, console, `status of 422 .*/counter/cases`, "parked without a reason, for its sentence")
	for _, size := range [][2]int64{{1280, 900}, {1280, 720}, {1024, 768}, {800, 600}, {768, 1024},
		{810, 1080}, {1280, 580}} {
		resize(t, console, size[0], size[1])
		for _, s := range states {
			t.Run(fmt.Sprintf("%d×%d %s", size[0], size[1], s.name), func(t *testing.T) {
				do(t, console, script(`document.getElementById("cancel").click()`))
				if s.members != "" {
					set(t, console, "members", s.members)
					defer set(t, console, "members", "null")
				}
				s.scan(t)
				inView(t, "scanned")
				shot(t, console, fmt.Sprintf("verdict-%s-%d-%d", s.name, size[0], size[1]))
				if s.steps != nil {
					s.steps(t, inView)
					shot(t, console, fmt.Sprintf("verdict-%s-then-%d-%d", s.name, size[0], size[1]))
				}
				for _, to := range []string{"document.body.scrollHeight", "0"} { // wherever staff scroll to
					do(t, console, script(`document.activeElement.blur(); scrollTo(0, `+to+`)`))
					inView(t, "scrolled to "+to)
				}
			})
		}
	}
}

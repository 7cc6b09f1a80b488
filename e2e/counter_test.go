package e2e

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"madoguchi/credential"
)

// A reception in a hurry: keys at the wrong moment, the next patient's scan too early, answers that come too
// late.
func TestACounterInAHurry(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	bridge(t, base, console, "tokuichi.json")
	expects(t, console, `status of (422|409) .*/api/v1/counter/cases`,
		"what is no code, a refusal without a reason, an acceptance for none")
	expects(t, console, `status of 403 .*/api/v1/counter/status`, "the login is over at the end")
	run := func(js string) { t.Helper(); do(t, console, script(js)) }
	truth := func(js string) bool { t.Helper(); return eval[bool](t, console, js) }
	// hold keeps the answer of a call until release; change alters what it says; asked are the calls.
	run(`{const ask = window.fetch; window.hold = {}; window.change = {}; window.asked = [];
		window.fetch = async (url, init) => {
			asked.push(String(url));
			const answer = await ask(url, init);
			for (const end in hold) if (String(url).endsWith(end)) await hold[end];
			if (window.held && String(url).endsWith(window.held)) { // also one that came after its release
				const read = answer.json.bind(answer);
				answer.json = () => read().finally(() => window.taken = true);
			}
			for (const end in change) if (String(url).endsWith(end)) {
				const c = await answer.json();
				change[end](c);
				return new Response(JSON.stringify(c), {status: answer.status});
			}
			return answer;
		}}`)
	hold := func(end string) {
		t.Helper()
		run(`window.taken = false; window.held = ` + quote(end) + `;
			window.hold[` + quote(end) + `] = new Promise(done => window.release = done)`)
	}
	// release gives the held answer, and waits until the page has read it and drawn what it drew of it.
	release := func() {
		t.Helper()
		run(`window.release(); window.hold = {}`)
		waitTrue(t, console, `window.taken`)
		frames(t, console)
	}
	key := func(name string) {
		t.Helper()
		run(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: ` + quote(name) +
			`, bubbles: true, cancelable: true}))`)
	}
	genuine := func(t *testing.T) {
		t.Helper()
		enter(t, console, "#scan-text", jwsOf(t, phone))
		waitText(t, console, "#verdict", "この画面は本物です")
	}
	scene := func(name string, play func(t *testing.T)) {
		run(`window.release?.(); window.hold = {}; window.change = {}`)
		do(t, console, click("#cancel"))
		t.Run(name, play)
	}

	scene("a card that is given up does not come back", func(t *testing.T) {
		genuine(t)
		hold("/card-check")
		key("F2")
		waitText(t, console, "#card-state", "カードを読んでいます")
		key("Escape")
		readerTypes(t, console, "HTTPS://LOCALHOST/C/AAAAAAAA") // the next patient's code, at once
		waitText(t, console, "#problem", "コードの一部が欠けて届きました")
		release()
		if truth(`document.getElementById("shown").checkVisibility() ||
			document.getElementById("verdict").innerText.includes("本物")`) {
			t.Error("the former patient is back")
		}
	})

	scene("what a card says of its holder does not come to the next patient", func(t *testing.T) {
		genuine(t)
		hold("/text-check")
		do(t, console, script(`document.getElementById("extra-checks").open = true`),
			chromedp.SendKeys("#text-year", "2034"), chromedp.SendKeys("#text-code", "4821"),
			click("#text-check"))
		run(`document.getElementById("accept").click()`)
		do(t, console, chromedp.SendKeys("#reason", "顔なじみ"))
		do(t, console, click("#reason-go")) // its check is not over
		frames(t, console)
		if truth(`asked.some(url => url.endsWith("/record")) ||
			document.getElementById("verdict").innerText.includes("記録しました")`) {
			t.Error("recorded while its card was being checked")
		}
		key("Escape") // closes the field for the reason
		key("Escape")
		paste(t, console, credential.NumericQR(oldScreen(t, data)))
		waitText(t, console, "#verdict", "この画面は古くなっています")
		release()
		if truth(`document.getElementById("extra-result").textContent !== "" ||
			!document.getElementById("verdict").innerText.includes("古くなっています") ||
				!document.getElementById("record").disabled`) {
			t.Error("the former patient's check stands beside the next patient's screen")
		}
	})

	scene("a screen that was refused makes room for the new one that its sentence asks for",
		func(t *testing.T) {
			paste(t, console, credential.NumericQR(oldScreen(t, data)))
			waitText(t, console, "#verdict", "新しいコードを読み取ってください")
			do(t, console, chromedp.WaitVisible("#scan-camera"))
			genuine(t)
		})

	scene("a scan while a case is open is not swallowed", func(t *testing.T) {
		genuine(t)
		do(t, console, click("#park"), chromedp.Focus("#reason"))
		run(`{const reason = document.getElementById("reason");
			for (const c of "HTTPS://LOCALHOST/C/AAAAAAAA\r") {
			const code = c === "\r" ? "Enter" : c === "/" ? "Slash" : c === ":" ? "Semicolon" : "Key" + c;
			if (reason.dispatchEvent(new KeyboardEvent("keydown",
				{code, key: c, bubbles: true, cancelable: true})) && c !== "\r") reason.value += c }}`)
		waitText(t, console, "#problem", "前の方の件がまだ終わっていません")
		waitText(t, console, "#verdict", "この画面は本物です")
		if got := eval[string](t, console, `document.getElementById("reason").value`); got != "" {
			t.Errorf("the reason is %q", got)
		}
	})

	scene("a reader types a code while an input method is on", func(t *testing.T) {
		run(`document.getElementById("scan-text").focus()`)
		readerTypes(t, console, "SHC:/"+strings.TrimPrefix(credential.NumericQR(jwsOf(t, phone)), "shc:/"))
		waitText(t, console, "#verdict", "この画面は本物です")
	})

	scene("a code arrives in full-width characters, and one with a digit missing", func(t *testing.T) {
		digits := strings.TrimPrefix(credential.NumericQR(jwsOf(t, phone)), "shc:/")
		paste(t, console, "ｓｈｃ：／"+digits[1:])
		waitText(t, console, "#problem", "コードの一部が欠けて届きました")
		paste(t, console, "ｓｈｃ：／"+digits)
		waitText(t, console, "#verdict", "この画面は本物です")
	})

	scene("staff choose among the people of a picture", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "family.png")
		if err := os.WriteFile(file, family(t, jwsOf(t, phone), anotherScreen(t, data)), 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, console, chromedp.SetUploadFiles("#scan-file", []string{file}))
		waitText(t, console, "#choose", "2人以上のコードがあります")
		waitText(t, console, "#choose", "試験 花子（昭和63年11月30日）")
		if !truth(`document.getElementById("shown").hidden &&
			document.querySelectorAll("#choose button").length === 2`) {
			t.Error("a case is open before somebody chose")
		}
		state(t, console, "counter-choose")
		run(`[...document.querySelectorAll("#choose button")]
			.find(b => b.textContent.startsWith("試験 花子")).click()`)
		waitText(t, console, "#p-name", "試験 花子")
		waitText(t, console, "#verdict", "この画面は本物です")
	})

	scene("a picture that would be huge is not decoded", func(t *testing.T) {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		binary.BigEndian.PutUint32(data[16:], 30000)
		binary.BigEndian.PutUint32(data[20:], 30000)
		file := filepath.Join(t.TempDir(), "huge.png")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, console, chromedp.SetUploadFiles("#scan-file", []string{file}))
		waitText(t, console, "#problem", "この画像は大きすぎます")
	})

	scene("the input method's keys are its own, and whoever types keeps the keyboard", func(t *testing.T) {
		genuine(t)
		hold("/card-check")
		key("F2")
		do(t, console, click("#park"), chromedp.SendKeys("#reason", "カードわすれ"))
		for _, name := range []string{"Escape", "F8"} {
			run(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: ` + quote(name) +
				`, isComposing: true, bubbles: true, cancelable: true}))`)
		}
		release()
		waitText(t, console, "#card-verdict", "本物のカード")
		if at := eval[string](t, console, `document.activeElement.id`); at != "reason" {
			t.Errorf("the keyboard is on %q", at)
		}
	})

	scene("after a check that failed Enter checks again", func(t *testing.T) {
		genuine(t)
		// the chip gave no answer: nothing has passed either
		run(`window.change["/card-check"] = c => { c.card.result = "error"; c.chipPassed = false }`)
		key("F2")
		waitText(t, console, "#card-verdict .bad", "本物のカード")
		if at := eval[string](t, console, `document.activeElement.id`); at != "record" {
			t.Errorf("the keyboard is on %q", at)
		}
		run(`window.change["/card-check"] = c => {
			c.card.result = "refused"; c.chipPassed = false }`) // its chip cannot be asked
		key("F2")
		waitTrue(t, console,
			`document.activeElement.value === "photo" && document.querySelector("#card-verdict .unsure")`)
	})

	scene("a screen grows old before the eyes of the counter", func(t *testing.T) {
		genuine(t)
		run(`{const now = Date.now; Date.now = () => now() + 3600000;
			window.onTime = () => { Date.now = now }}`)
		waitText(t, console, "#verdict", "60分前に作成")
		run(`window.onTime()`)
	})

	scene("a reader that types the large code presses no button", func(t *testing.T) {
		genuine(t)
		key("F2")
		waitTrue(t, console, `document.activeElement.id === "record"`)
		next := credential.NumericQR(jwsOf(t, phone))
		readerPresses(t, console, next[:120]+"\r") // the button has the keyboard
		waitText(t, console, "#problem", "前の方の件がまだ終わっていません")
		waitText(t, console, "#verdict", "この画面は本物です")
		key("Escape")
		run(`document.activeElement.blur()`)
		readerTypes(t, console, strings.ToUpper(next))
		waitText(t, console, "#verdict", "この画面は本物です")
	})

	scene("an Enter presses what had the keyboard when it went down", func(t *testing.T) {
		enterOpensOnly(t, console, jwsOf(t, phone))
	})

	scene("a server that is away is no reader that is away", func(t *testing.T) {
		offline(t, console, true)
		waitText(t, console, "#readers", "サーバーにつながりません")
		offline(t, console, false)
		waitText(t, console, "#readers", "リーダー接続中")
	})

	scene("a tick that was taken back is not in the record", func(t *testing.T) {
		genuine(t)
		do(t, console, click(`#visual input[value="photo"]`), click("#refuse"),
			click("#reason-go"))
		waitText(t, console, "#problem", "理由を入れてください")
		do(t, console, click(`#visual input[value="photo"]`), chromedp.SendKeys("#reason", "べつの方"),
			click("#reason-go"))
		waitText(t, console, "#verdict", "記録しました")
		waitTrue(t, console,
			`fetch("/api/v1/counter/cases").then(r => r.json())
				.then(all => all.cases[0].outcome === "refused" && all.cases[0].visual.length === 0)`)
	})

	scene("the button that accepts says what is missing, and leads there", func(t *testing.T) {
		genuine(t)
		at := func(want string) {
			t.Helper()
			waitTrue(t, console, `(e => e.value || e.id)(document.activeElement) === `+quote(want))
		}
		waitText(t, console, "#record", "カードを確認する")
		at("record")
		waitText(t, console, "#card-question", "カードの氏名は髙橋 德一、生年月日は昭和30年7月1日ですか")
		// a counter without a reader
		run(`asked.length = 0; window.change["/status"] = s => { s.readers = [] }`)
		waitText(t, console, "#record", "目視で確認する")
		waitText(t, console, "#record-ground", "受け付けるには")
		waitText(t, console, "#record-ground", "どれかが要ります")
		waitText(t, console, "#lamp-card", "リーダーなし")
		do(t, console, click("#record"))
		at("photo")
		if truth(`asked.some(url => url.endsWith("/card-check"))`) {
			t.Error("the button asked a reader that is not there")
		}
		do(t, console, chromedp.SendKeys(`#visual input[value="photo"]`, " "))
		at("name")
		do(t, console, chromedp.SendKeys(`#visual input[value="name"]`, " "))
		waitText(t, console, "#record-ground", "あと1つ")
		do(t, console, chromedp.SendKeys("#record", "\r"))
		waitText(t, console, "#problem", "あと1つ")
		at("birthDate")
		do(t, console, click("#accept"), chromedp.SendKeys("#reason", "\u3000\u200b\r"))
		waitText(t, console, "#problem", "残り：生年月日")
		waitText(t, console, "#reason-go", "理由を付けて")
		key("Escape")
		waitText(t, console, "#record-ground", "あと1つ")
		do(t, console, chromedp.SendKeys(`#visual input[value="birthDate"]`, " "))
		at("record")
		waitText(t, console, "#record-ground", "目視で確認済み")
		do(t, console, chromedp.SendKeys("#record", "\r"))
		waitText(t, console, "#verdict", "記録しました")
		waitTrue(t, console,
			`fetch("/api/v1/counter/cases").then(r => r.json())
				.then(all => all.cases[0].ground.code === "eye" && all.cases[0].visual.length === 3 &&
					all.cases[0].method.code === "N1e" &&
					all.cases[0].checked.join() === "screen,photo,name,birthDate")`)
		run(`window.change = {}`)
		genuine(t)
		key("F2")
		waitText(t, console, "#record-ground", "カードのICで確認済み")
		do(t, console, chromedp.SendKeys("#record", "\r"))
		waitText(t, console, "#verdict", "記録しました")
	})

	scene("what is being recorded is no more to be cancelled", func(t *testing.T) {
		genuine(t)
		do(t, console, click("#accept"), chromedp.SendKeys("#reason", "顔なじみ"))
		hold("/record")
		do(t, console, click("#reason-go"))
		key("Escape")
		frames(t, console)
		if !truth(`document.getElementById("shown").checkVisibility()`) {
			t.Error("it looks cancelled")
		}
		release()
		waitText(t, console, "#verdict", "記録しました")
	})

	scene("what is being taken back is no more to be cancelled", func(t *testing.T) {
		genuine(t)
		do(t, console, click("#accept"), chromedp.SendKeys("#reason", "顔なじみ\r"))
		waitText(t, console, "#verdict", "記録しました")
		hold("/take-back")
		do(t, console, click("#take-back"))
		key("Escape")
		readerTypes(t, console, "HTTPS://LOCALHOST/C/AAAAAAAA") // the next patient's
		release()
		waitText(t, console, "#verdict", "この画面は本物です")
		waitText(t, console, "#problem", "前の方の件がまだ終わっていません")
	})

	scene("a login that is over is no reader that is away", func(t *testing.T) {
		devtool(t, console, network.ClearBrowserCookies, cdp.Empty{})
		waitText(t, console, "#readers", "もう一度ログインしてください")
	})
}

// Two counters of one clinic, whose readers are two: one counter's card is never asked for the other.
func TestACounterWhoseReaderIsAwayAsksNoOther(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	console := staffOpens(t, base, "")
	own := bridgeNamed(t, base, console, "tokuichi.json", "受付1")
	bridgeNamed(t, base, console, "taro.json", "受付2")
	pressed := func(name string) string {
		return `[...document.querySelectorAll("#reader-choice button")].find(b => b.textContent === "` +
			name + `" && (b.click(), true))`
	}
	expects(t, console, `status of 503 .*/card-check`, "the reader is away")
	waitText(t, console, "#reader-choice", "この窓口のリーダーをえらんでください")
	waitTrue(t, console, pressed("受付2")) // the wrong one: the choice is still at hand
	waitTrue(t, console,
		`document.querySelector("#pairing #reader-choice [aria-pressed=true]")?.textContent === "受付2"`)
	state(t, console, "counter-readers")
	waitTrue(t, console, `document.getElementById("pairing").open = true`)
	waitText(t, console, "#bridges", "受付2")
	state(t, console, "counter-computers")
	waitTrue(t, console, `!(document.getElementById("pairing").open = false)`)
	waitTrue(t, console, pressed("受付1"))
	waitTrue(t, console,
		`document.querySelector("#pairing #reader-choice [aria-pressed=true]")?.textContent === "受付1"`)

	enter(t, console, "#scan-text", jwsOf(t, phone))
	waitText(t, console, "#verdict", "この画面は本物です")
	if err := own.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	waitText(t, console, "#reader-choice", "この窓口のリーダーがつながっていません")
	state(t, console, "counter-reader-away")
	waitText(t, console, "#lamp-card", "リーダーなし")
	do(t, console, click("#card-check"))
	waitText(t, console, "#problem", "この窓口でえらんだカードリーダーがつながっていません")
	waitTrue(t, console, pressed("受付2"))
	waitTrue(t, console, `!document.getElementById("reader-choice").checkVisibility()`)
	waitText(t, console, "#record", "カードを確認する")
	do(t, console, click("#record"))
	waitText(t, console, "#card-verdict", "生年月日が画面と一致しません")
}

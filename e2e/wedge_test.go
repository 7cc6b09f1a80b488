package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"madoguchi/credential"
)

// wedge plays a reader that types, and the computer that it is plugged into: the reader sends the places of
// keys by the layout that it is set to, the computer makes characters of them by its own, or hands them to an
// input method. It does what a browser does with a key that the page lets through: a character goes into the
// field that has the keyboard, Enter presses the button that has it. It answers with what the page sent to
// the server. Layouts: JIS X 6002 and ANSI INCITS 154, as far as codes have signs.
const wedge = `(async (text, {reader, host, caps, ime, placeless, on}) => {
	const shifted = {us: {":": "Semicolon", "_": "Minus"}, jis: {"_": "IntlRo"}}[reader];
	const plain = {us: {}, jis: {":": "Quote"}}[reader];
	Object.assign(plain, {"/": "Slash", ".": "Period", "-": "Minus"});
	const makes = {
		us: {Semicolon: ";:", Quote: "'\"", Minus: "-_", IntlRo: "\\|", Slash: "/?", Period: ".>"},
		jis: {Semicolon: ";+", Quote: ":*", Minus: "-=", IntlRo: "\\_", Slash: "/?", Period: ".>"},
	}[host];
	const kana = "ちこそしいはきくにまのりもみらせたすとかなひてさんつわぬふあうえおやゆよ"; // JIS X 6002: A to Z, 0 to 9
	const strokeOf = c => {
		if (placeless) return {code: "", key: c, shiftKey: false}; // a program types
		const shiftKey = /[A-Z]/.test(c) || c in shifted;
		const code = shifted[c] ?? plain[c] ?? (/[0-9]/.test(c) ? "Digit" : "Key") + c.toUpperCase();
		const capital = shiftKey !== caps; // the letters of a keyboard with CapsLock on
		const key = makes[code]?.[Number(shiftKey)] ?? (capital ? c.toUpperCase() : c.toLowerCase());
		return {code, key, shiftKey};
	};
	window.sent = [];
	const field = document.getElementById("scan-text");
	field.value = "";
	if (on === "page") document.activeElement.blur();
	else document.getElementById(on).focus();
	let at = Math.max(window.wedgeAt ?? 0, performance.now()) + 1000;
	const press = (init) => {
		const e = new KeyboardEvent("keydown",
			{bubbles: true, cancelable: true, modifierCapsLock: caps, ...init});
		Object.defineProperty(e, "timeStamp", {value: at += 5});
		return (document.activeElement ?? document.body).dispatchEvent(e);
	};
	const write = (c) => {
		const to = document.activeElement;
		if (to instanceof HTMLTextAreaElement || to instanceof HTMLInputElement) to.value += c;
	};
	for (const c of text) {
		const {code, key, shiftKey} = strokeOf(c);
		const composed = ime && !placeless && on !== "page" && on !== "scan-camera";
		if (shiftKey) press({code: "ShiftLeft", key: "Shift", shiftKey: true});
		if (!press({code, key: composed ? "Process" : key, isComposing: composed, shiftKey})) continue;
		const place = /(?:Key|Digit)(.)/.exec(code)?.[1];
		write(!composed ? key : place ? kana["ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".indexOf(place)] : "・");
	}
	window.pressed = 0;
	const count = () => window.pressed++;
	document.addEventListener("click", count, {capture: true});
	const enter = placeless ? {code: "", key: "Enter"} : {code: "Enter", key: ime ? "Process" : "Enter"};
	if (press(enter) && document.activeElement instanceof HTMLButtonElement) document.activeElement.click();
	document.removeEventListener("click", count, {capture: true});
	window.wedgeAt = at;
	const answered = () => !window.sent.length || !document.getElementById("problem").hidden;
	do await new Promise(done => setTimeout(done, 0)); while (!answered());
	return {sent: window.sent.join(), pressed: window.pressed};
})`

type wedgeState struct {
	Reader    string `json:"reader"`
	Host      string `json:"host"`
	Caps      bool   `json:"caps"`
	IME       bool   `json:"ime"`
	Placeless bool   `json:"placeless"`
	On        string `json:"on"`
}

// Readers that type, in every state of theirs and of the computer: what reaches the server is what was read.
func TestReadersThatTypeAreReadInEveryState(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, noticeURL, "demo-tokuichi")
	jws := jwsOf(t, phone)
	made := credential.NewOnlineCode("https://hoken.example.jp/i/00138990")
	address := "HTTPS://HOKEN.EXAMPLE.JP/C/" + made.Printed()
	console := staffOpens(t, base, "")
	do(t, console, script(`{const ask = window.fetch;
		window.fetch = async (url, init) => {
			if (init?.method !== "POST" || !String(url).endsWith("/counter/cases")) return ask(url, init);
			window.sent.push(JSON.parse(init.body).text);
			return new Response(JSON.stringify({type: "urn:madoguchi:problem:test", ja: "届きました。"}),
				{status: 422});
		}}`))
	jwsRead := func(text string) string {
		got, err := credential.Read(text)
		if err != nil {
			return err.Error()
		}
		return got
	}
	reads := []struct {
		name, text, want string
		read             func(text string) string
	}{
		{"an address", address, made.Printed(), func(text string) string {
			got, err := credential.ReadOnlineCode(text)
			if err != nil {
				return err.Error()
			}
			return got.Printed()
		}},
		{"the digits of a code", strings.ToUpper(credential.NumericQR(jws)), jws, jwsRead},
		{"a JWS", jws, jws, jwsRead},
		{"an address that lost a key", address[:len(address)-1], "incomplete",
			func(text string) string {
				_, err := credential.ReadOnlineCode(text)
				if errors.Is(err, credential.ErrOnlineIncomplete) {
					return "incomplete"
				}
				return text
			}},
		{"the digits of a code that lost a key", credential.NumericQR(jws)[:900] +
			credential.NumericQR(jws)[901:], "incomplete", func(text string) string {
			if _, err := credential.Read(text); errors.Is(err, credential.ErrIncomplete) {
				return "incomplete"
			}
			return text
		}},
	}
	played := 0
	for _, on := range []string{"scan-text", "page", "scan-camera"} {
		for i := range 1 << 5 {
			layouts := []string{"us", "jis"}
			s := wedgeState{layouts[i&1], layouts[i>>1&1], i>>2&1 == 1, i>>3&1 == 1, i>>4&1 == 1, on}
			state, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range reads {
				got := await[struct {
					Sent    string
					Pressed int
				}](t, console, fmt.Sprintf("%s(%s, %s)", wedge, quote(r.text), state))
				played++
				if read := r.read(got.Sent); read != r.want || got.Pressed > 0 {
					t.Errorf("%s, %s: read as %.60q of %.60q, %d buttons pressed", r.name, state, read,
						got.Sent, got.Pressed)
				}
			}
		}
	}
	t.Logf("%d reads", played)

	do(t, console, chromedp.Navigate(base+"/counter"), chromedp.WaitVisible("#scan-text"))
	expects(t, console, `status of 422 .*/api/v1/counter/cases`, "what is no whole code, for its sentence")
	digits := credential.NumericQR(jws)
	for _, c := range []struct{ text, says string }{
		{address[:len(address)-1], "コードの一部が欠けて届きました"},
		{digits[:900] + digits[901:], "コードの一部が欠けて届きました"},
		{digits[:900] + digits[902:], "コードの一部が欠けて届きました"}, // a pair, which is a character of the content
		{"ｈっｔｐｓ：・・ほけん", "日本語入力がオンのまま届いた"},
		{made.Spoken[:7], "資格情報のコードとして読めませんでした"},
	} {
		do(t, console, script(`document.getElementById("problem").textContent = ""`))
		enter(t, console, "#scan-text", c.text)
		waitText(t, console, "#problem", c.says)
		waitText(t, console, "#problem", "もう一度")
		if eval[bool](t, console, `!document.getElementById("decide").hidden`) {
			t.Errorf("%.60q opened a case", c.text)
		}
	}
}

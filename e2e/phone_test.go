package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
)

// codesOn decodes the codes of an element with another program, from a screenshot as a high-resolution screen
// shows it; with no selector those of the window, where a dialog stands.
func codesOn(t *testing.T, tab context.Context, selector string) (card, proof string) {
	t.Helper()
	testenv.Need(t, "zbarimg")
	file := filepath.Join(t.TempDir(), "screen.png")
	shot := chromedp.CaptureScreenshot()
	if selector != "" {
		shot = chromedp.ScreenshotScale(selector, 2)
	}
	if err := os.WriteFile(file, get(t, tab, shot), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", testenv.ZbarArgs(file)...).Output()
	if err != nil {
		t.Fatalf("no code read: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "shc:/") {
			card = line
		} else {
			proof = line
		}
	}
	return card, proof
}

// enter types into a field of the console as a reader does, with Enter at the end.
func enter(t *testing.T, console context.Context, field, text string) {
	t.Helper()
	do(t, console,
		script(`{const f = document.querySelector(`+quote(field)+`); f.focus(); f.value = `+quote(text)+`}`),
		chromedp.SendKeys(field, "\r"), script(`window.enteredAt = performance.now()`))
	// what comes sooner is the reader's (wedge.ts)
	waitTrue(t, console, `performance.now() - window.enteredAt > 50`)
}

// codesFrom reads both codes of the page as soon as the second one answers nonce and was made lately, by a
// clock that is ahead so far: what the page shows in the moment after a change is still the one before,
// though its age is told anew.
func codesFrom(t *testing.T, tab context.Context, ahead time.Duration, nonce string) (card, proof string) {
	t.Helper()
	if !poll(200*time.Millisecond, func() bool {
		card, proof = codesOn(t, tab, "#screen")
		parts := strings.Split(proof, ".")
		if len(parts) != 3 {
			return false
		}
		var claims struct {
			IAT   int64
			Nonce string
		}
		if data, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil ||
			json.Unmarshal(data, &claims) != nil {
			t.Fatalf("the second code is %.40q", proof)
		}
		age := time.Now().Add(ahead).Sub(time.Unix(claims.IAT, 0))
		return claims.Nonce == nonce && age > -5*time.Second && age < 12*time.Second
	}) {
		t.Fatalf("no second code with the number %q by that clock\n%s", nonce, pageText(tab))
	}
	return card, proof
}

// readerTypes sends the physical keys of an address as fast as a reader does, while an input method hides
// what they mean.
func readerTypes(t *testing.T, console context.Context, address string) {
	t.Helper()
	do(t, console, script(`{ let at = performance.now(); for (const c of `+quote(address)+` + "\r") {
		const named = {"\r": "Enter", "/": "Slash", ":": "Semicolon"};
		const code = named[c] ?? (/[0-9]/.test(c) ? "Digit" : "Key") + c;
		const key = new KeyboardEvent("keydown", {code, key: "Process", isComposing: true, bubbles: true,
			cancelable: true});
		// whatever this machine does between two keys
		Object.defineProperty(key, "timeStamp", {value: at += 5});
		document.getElementById("scan-text").dispatchEvent(key);
	}}`))
}

// readerPresses is a reader that types into what has the keyboard, with real keys: 5 ms from one to the next
// by their own time, however long they take on this machine.
func readerPresses(t *testing.T, console context.Context, text string) {
	t.Helper()
	at := float64(time.Now().UnixMilli()) / 1000 // s
	do(t, console, chromedp.KeyEvent(text, func(key *input.DispatchKeyEventParams) {
		if key.Type == input.DispatchKeyEventTypeRawKeyDown || key.Type == input.DispatchKeyEventTypeKeyDown {
			at += 0.005
		}
		key.Timestamp = input.TimeSinceEpoch(at)
	}))
}

// stored waits until the phone holds a sealed screen.
const stored = `new Promise(done => { const o = indexedDB.open("madoguchi");
	o.onsuccess = () => { const db = o.result;
	const c = db.transaction("screens").objectStore("screens").count();
	c.onsuccess = () => { db.close(); done(c.result > 0) } } })`

// withoutNetwork is true when the page has fallen through to the stored screen.
const withoutNetwork = `!document.getElementById("offline").hidden`

// walk is a phone with its screen and a console, both in lab.
type walk struct {
	base           string
	phone, console context.Context
}

func startWalk(t *testing.T) walk {
	t.Helper()
	base, _, _ := startServer(t)
	noticeURL := imports(t, base, "髙橋 德一")
	w := walk{base, patientEnrols(t, noticeURL, "demo-tokuichi"), staffOpens(t, base, "")}
	inLab(t, w.phone)
	inLab(t, w.console)
	w.toScreen(t)
	waitTrue(t, w.phone, stored)
	do(t, w.console, chromedp.Navigate(w.base+"/counter"), chromedp.WaitVisible("#scan-text"))
	waitTrue(t, w.console, programStarted)
	return w
}

// toScreen opens the phone's page anew.
func (w walk) toScreen(t *testing.T) {
	t.Helper()
	do(t, w.phone, chromedp.Navigate(w.base+"/screen"))
	waitText(t, w.phone, "#age", "秒前に作成")
}

// next clears the console; the field takes what a reader types at once.
func (w walk) next(t *testing.T) {
	t.Helper()
	do(t, w.console, click("#cancel"))
	waitTrue(t, w.console, `document.activeElement.id === "scan-text"`)
}

func TestScreensWithoutNetwork(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	phone, console := w.phone, w.console
	expects(t, console, `status of 422 .*/api/v1/counter/cases`, "the second code is read before the first")
	t.Run("both codes of a phone that lost its network", func(t *testing.T) {
		offline(t, phone, true)
		set(t, phone, "ahead", "100000") // the live code's 90 seconds are over
		waitTrue(t, phone, withoutNetwork)
		set(t, phone, "ahead", "null")
		waitText(t, phone, "#age", "電波なし")
		if card, _ := codesFrom(t, phone, 0, ""); card == "" {
			t.Fatal("the first code cannot be read")
		}
		px := eval[float64](t, phone,
			`(c => c.clientWidth / c.dataset.modules)(document.getElementById("proof"))`)
		if px < 3 {
			t.Errorf("a module of the second code has %.2f CSS pixels", px)
		}
		skew := eval[float64](t, phone,
			`(c => Math.abs(c.clientWidth - c.clientHeight))(document.getElementById("proof"))`)
		if skew > 0 {
			t.Errorf("the second code is %.0f px from square", skew)
		}
		state(t, phone, "patient-offline")
		do(t, phone, click("#bigger"), chromedp.WaitVisible("dialog.biggest"))
		state(t, phone, "offline-large")
		c, _ := codesOn(t, phone, "")
		do(t, phone, click(".ways button:last-child")) // each has its turn in this window
		if _, p := codesOn(t, phone, ""); c == "" || p == "" {
			t.Error("the large view's codes cannot be read")
		}
		do(t, phone, click("dialog.biggest .ways button"))

		// what a counter scans is new: a proof counts for 45 seconds
		card, proof := codesFrom(t, phone, 0, "")
		enter(t, console, "#scan-text", proof)
		waitText(t, console, "#problem", "先に、大きいほうのコード")
		enter(t, console, "#scan-text", card)
		waitText(t, console, "#verdict", "2つ目のコードを読み取ってください")
		waitText(t, console, "#p-name", "髙橋 德一")
		state(t, console, "counter-awaits")
		enter(t, console, "#second-text", card)
		waitText(t, console, "#verdict", "2つ目のコードではありません")
		_, proof = codesFrom(t, phone, 0, "")
		enter(t, console, "#second-text", proof)
		waitText(t, console, "#verdict", "この画面は本物です")
		w.next(t)

		set(t, phone, "ahead", "-60000") // a proof of a minute ago, as in a photograph
		card, old := codesFrom(t, phone, -time.Minute, "")
		set(t, phone, "ahead", "null")
		enter(t, console, "#scan-text", card)
		waitText(t, console, "#verdict", "2つ目のコードを読み取ってください")
		enter(t, console, "#second-text", old)
		waitText(t, console, "#verdict", "2つ目のコードが古くなっています")
		state(t, console, "counter-old-proof")

		do(t, console, click("#challenge"), chromedp.WaitVisible("#challenge-number"))
		number := strings.TrimSpace(get(t, console, chromedp.Text("#challenge-number")))
		state(t, console, "counter-challenge")
		_, proof = codesFrom(t, phone, 0, "")
		enter(t, console, "#second-text", proof)
		waitText(t, console, "#verdict", "窓口の番号が入っていません")
		do(t, phone, chromedp.SendKeys("#nonce", number))
		waitText(t, phone, "#nonce-state", number)
		state(t, phone, "offline-number")
		_, answered := codesFrom(t, phone, 0, number)
		enter(t, console, "#second-text", answered)
		waitText(t, console, "#verdict", "この画面は本物です")
		w.next(t)

		do(t, phone, chromedp.SetValue("#nonce", ""),
			script(`document.getElementById("nonce").dispatchEvent(new Event("input"))`))
		codesFrom(t, phone, 0, "")
		second := get(t, phone, chromedp.ScreenshotScale("#proof", 2))
		camera := staffOpens(t, w.base, clip(t, codePicture(t, phone), second))
		do(t, camera, click("#scan-camera")) // once: the second code is looked for by itself
		waitText(t, camera, "#verdict", "この画面は本物です")

		offline(t, phone, false)
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone, `document.getElementById("offline").hidden`)
	})

	t.Run("a stored screen that is over shows nothing to scan", func(t *testing.T) {
		offline(t, phone, true)
		set(t, phone, "ahead", "90000000")
		waitText(t, phone, "#state", "1日より前")
		waitTrue(t, phone,
			`document.getElementById("offline").hidden &&
				document.getElementById("qr").classList.contains("stale")`)
		state(t, phone, "offline-over")
		set(t, phone, "ahead", "null")
		offline(t, phone, false)
		waitText(t, phone, "#age", "秒前に作成")
	})

	t.Run("clocks two minutes off", func(t *testing.T) {
		set(t, phone, "ahead", "120000")
		set(t, console, "ahead", "-120000")
		w.toScreen(t)
		waitText(t, phone, "#phone-clock", "この端末の時計が2分進んでいます")
		state(t, phone, "clock")
		do(t, console, chromedp.Navigate(w.base+"/counter"), chromedp.WaitVisible("#scan-text"))
		waitText(t, console, "#clock-note", "このPCの時計が2分遅れています")
		card, _ := codesOn(t, phone, "#code")
		enter(t, console, "#scan-text", card)
		waitText(t, console, "#verdict", "この画面は本物です")
		waitText(t, console, "#verdict", "秒前に作成")
		state(t, console, "counter-clock")
		w.next(t)
		offline(t, phone, true)
		set(t, phone, "ahead", "220000")
		waitTrue(t, phone, withoutNetwork)
		set(t, phone, "ahead", "120000")
		card, proof := codesFrom(t, phone, 0, "") // this phone knows how far its clock is ahead
		enter(t, console, "#scan-text", card)
		waitText(t, console, "#verdict", "2つ目のコードを読み取ってください")
		enter(t, console, "#second-text", proof)
		waitText(t, console, "#verdict", "この画面は本物です")
		w.next(t)
		offline(t, phone, false)
		set(t, phone, "ahead", "null")
		set(t, console, "ahead", "null")
	})
}

func TestNumbersFilesAndPhones(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	phone, console := w.phone, w.console
	expects(t, console, `status of (404|409) .*/api/v1/counter/cases`,
		"a number waits for its patient, is refused, is over")
	t.Run("a number told aloud waits for the patient", func(t *testing.T) {
		newNumber := func(t *testing.T, button string) string {
			t.Helper()
			do(t, phone, click(button), chromedp.WaitVisible("#number-shown"))
			return strings.ReplaceAll(
				strings.TrimSpace(eval[string](t, phone,
					`document.getElementById("number-code").textContent`)), " ", "")
		}
		number := newNumber(t, "#number-open")
		_, address := codesOn(t, phone, "")
		state(t, phone, "patient-number")
		enter(t, console, "#scan-text", strings.ToLower(number[:4]+" "+number[4:]))
		waitText(t, console, "#verdict", "この医療機関の名前が出ています")
		state(t, console, "counter-waiting")
		waitText(t, phone, "#number-question", "いま、架空医院にいますか")
		if focus := eval[string](t, phone, `document.activeElement.id`); focus != "number-deny" {
			t.Errorf("the focus is on %s", focus)
		}
		state(t, phone, "number-asked")
		do(t, phone, click("#number-allow"))
		waitText(t, console, "#verdict", "この画面は本物です")
		waitText(t, phone, "#number-state", "架空医院が画面を見ました")
		state(t, phone, "number-used")
		w.next(t)
		enter(t, console, "#scan-text", address)
		waitText(t, console, "#problem", "この番号では画面が見つかりません")

		number = newNumber(t, "#number-new")
		enter(t, console, "#scan-text", number)
		waitText(t, phone, "#number-question", "架空医院")
		do(t, phone, click("#number-deny"))
		waitText(t, phone, "#number-state", "見せませんでした")
		waitText(t, console, "#problem", "この番号では画面が見つかりません")
		state(t, console, "counter-denied")

		newNumber(t, "#number-new")
		_, address = codesOn(t, phone, "")
		enter(t, console, "#scan-text", jwsOf(t, phone)) // the patient before this one
		waitText(t, console, "#verdict", "この画面は本物です")
		do(t, console, click("#accept"), chromedp.SendKeys("#reason", "リーダー故障"),
			script(`{const ask = window.fetch; window.fetch = async (url, init) => {
			await new Promise(done => setTimeout(done,
				url.endsWith("/record") ? 1000 : url.endsWith("/status") ? 5000 : 0));
				return ask(url, init) }}`), click("#reason-go"))
		readerTypes(t, console, address) // while that is still being recorded
		waitText(t, phone, "#number-state", "受付が画面を読み取りました")
		waitText(t, console, "#verdict", "この画面は本物です")
		waitText(t, console, "#today", "1")

		newNumber(t, "#number-new")
		_, address = codesOn(t, phone, "")
		do(t, console, click("#accept"), chromedp.SendKeys("#reason", "リーダー故障"),
			click("#reason-go"))
		waitText(t, console, "#verdict", "記録しました")
		readerTypes(t, console, address) // while the day's counts are still being asked for
		waitText(t, phone, "#number-state", "受付が画面を読み取りました")
		waitText(t, console, "#verdict", "この画面は本物です")
		w.next(t)

		newNumber(t, "#number-new")
		_, address = codesOn(t, phone, "")
		if !strings.HasPrefix(address, "HTTP") || address != strings.ToUpper(address) {
			t.Errorf("the reader's code says %q", address)
		}
		// another keyboard layout
		enter(t, console, "#scan-text", strings.NewReplacer(":", "+", "/", "?").Replace(address))
		waitText(t, console, "#verdict", "この画面は本物です")
		waitText(t, phone, "#number-state", "受付が画面を読み取りました")
		w.next(t)
		enter(t, console, "#scan-text", address)
		waitText(t, console, "#problem", "この番号では画面が見つかりません")

		newNumber(t, "#number-new")
		_, address = codesOn(t, phone, "")
		readerTypes(t, console, address)
		waitText(t, console, "#verdict", "この画面は本物です")
		w.next(t)

		number = newNumber(t, "#number-new")
		enter(t, console, "#scan-text", number)
		waitText(t, console, "#verdict", "患者さんの返事を待っています")
		w.next(t)
		waitText(t, console, "#verdict", "患者さんの画面のコードを読み取ってください")
		do(t, phone, chromedp.WaitVisible("#number-deny"), click("#number-deny"),
			chromedp.WaitVisible("#number-new"), click("#number-close"))
	})

	t.Run("a name too long, another phone, a login too old", func(t *testing.T) {
		set(t, phone, "members", `{"/credential": {"fitsQr": false}}`)
		do(t, phone, chromedp.Navigate(w.base+"/screen"))
		waitText(t, phone, "#too-long", "コードに入りきりません")
		waitTrue(t, phone,
			`document.getElementById("code").hidden && !document.getElementById("number-open").hidden`)
		state(t, phone, "too-long")
		unfolds(t, phone)
		do(t, phone, click("#share-open"), chromedp.WaitVisible("#share-masked .button.main"))
		// a sheet without its code would be a picture again
		waitTrue(t, phone, `!document.getElementById("share-full")`)
		set(t, phone, "members", "null")

		addsPhone(t, phone, "another", 200)
		set(t, phone, "answers",
			refusal("/phone/holder", 403, "phone.login_again", "もう一度ログインしてください"))
		w.toScreen(t)
		waitText(t, phone, "#login-again", "もう一度ログインしてください")
		waitText(t, phone, "#new-phone", "日に登録したパソコンでも、画面を出せます")
		do(t, phone, script(`document.getElementById("manage-more").open = true`))
		waitText(t, phone, "#phones", "この端末")
		state(t, phone, "phones")
		set(t, phone, "answers", "null")
	})

	t.Run("a picture and a file are read on this computer", func(t *testing.T) {
		w.toScreen(t)
		dir := t.TempDir()
		picture, file := filepath.Join(dir, "screen.png"), filepath.Join(dir, "x.smart-health-card")
		if err := os.WriteFile(picture, codePicture(t, phone), 0o600); err != nil {
			t.Fatal(err)
		}
		jws := jwsOf(t, phone)
		if err := os.WriteFile(file, []byte(`{"verifiableCredential":["`+jws+`"]}`), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{picture, file} {
			do(t, console, chromedp.SetUploadFiles("#scan-file", []string{path}))
			waitText(t, console, "#verdict", "この画面は本物です")
			w.next(t)
		}
		if err := os.WriteFile(file, []byte("no card"), 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, console, chromedp.SetUploadFiles("#scan-file", []string{file}))
		waitText(t, console, "#problem", "このファイルにはコードが見つかりません")
		state(t, console, "counter-file")
	})
}

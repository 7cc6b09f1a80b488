package e2e

import (
	"context"
	"madoguchi/pwa"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func rehearsal(t *testing.T, base string, phone context.Context) {
	waitTrue(t, phone, stored)
	open := func() {
		t.Helper()
		unfolds(t, phone)
		do(t, phone, click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
	}
	again := func(change, want string) {
		t.Helper()
		do(t, phone,
			script(change+
				`; [...document.querySelectorAll("#rehearsal button")]
					.find(b => b.textContent === "もう一度ためす").click()`))
		waitText(t, phone, "#rehearsal-verdict", want)
	}
	open()
	for _, want := range []string{"コードは正しく出ています", "電波がない所でも出せます", "端末の時計は合っています", "明るさを上げて",
		"マイナンバーカードを持っていきます", "カードリーダー", "番号で伝える", "03-0000-0000"} {
		waitText(t, phone, "#rehearsal", want)
	}
	state(t, phone, "patient-rehearsal")
	again(`document.getElementById("qr").getContext("2d").fillRect(150, 150, 9, 9)`, "くずれて")
	state(t, phone, "rehearsal-broken")
	again(`document.getElementById("qr").style.width = "120px"`, "細かすぎます")
	again(`document.getElementById("qr").style.width = "200px"`, "細かすぎます")
	do(t, phone, script(`document.getElementById("rehearsal").close()`))

	set(t, phone, "members", `{"/credential": {"fitsQr": false}}`)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#too-long", "コードに入りきりません")
	open()
	waitText(t, phone, "#rehearsal-verdict", "番号で伝える")
	set(t, phone, "members", "null")

	do(t, phone,
		promise(`new Promise(done => { const o = indexedDB.open("madoguchi");
			o.onsuccess = () => {
				const c = o.result.transaction("screens", "readwrite").objectStore("screens").clear();
				c.onsuccess = () => { o.result.close(); done() } } })`))
	set(t, phone, "answers",
		refusal("/credential", 503, "server.internal", "あとで"))
	set(t, phone, "ahead", "180000")
	do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#other"))
	open()
	for _, want := range []string{"コードが出ていません", "電波がない所では出せません", "進んでいます", "自動"} {
		waitText(t, phone, "#rehearsal", want)
	}
	state(t, phone, "rehearsal-nothing")
	set(t, phone, "answers", "null")
	set(t, phone, "ahead", "null")
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
}

// The phone has opened neither part in these languages before the network goes: the worker has kept their
// sentences, ten seconds after the page was opened.
func rehearsalAway(t *testing.T, base string, phone context.Context) {
	waitTrue(t, phone, stored)
	var files []string
	for _, lang := range pwa.Languages() {
		files = imported(t, lang, append(files, "patient.js")...)
	}
	waitTrue(t, phone,
		`(folder => Promise.all("`+strings.Join(files, " ")+`".split(" ")
			.map(name => caches.match(folder + name))).then(kept => kept.every(Boolean)))(
			document.querySelector("script[src$='/patient.js']").src.replace("patient.js", ""))`)
	fits := func() { // as soon as the codes are drawn for that width
		t.Helper()
		resize(t, phone, 320, 700)
		waitTrue(t, phone,
			`Math.max(document.documentElement.scrollWidth,
				...[...document.querySelectorAll("dialog[open]")].map(d => d.scrollWidth)) <= 320`)
		resize(t, phone, 390, 844)
	}
	for _, c := range []struct{ lang, kept, say, share string }{
		{"ja-easy", "電波が ない ところでも 出せます", "カードと いっしょに 見て ください", "写しを わたす・印刷する"},
		{"en", "without a signal", "カードといっしょに見てください", "Give or print a copy"},
		{"zh-Hans", "没有信号的地方也能显示", "カードといっしょに見てください", "提供或打印副本"},
		{"vi", "Nơi mất sóng cũng hiện được", "カードといっしょに見てください", "Đưa hoặc in bản sao"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			do(t, phone, chromedp.Navigate(base+"/screen?lang="+c.lang), chromedp.WaitVisible("#figures div"))
			waitTrue(t, phone, `!!navigator.serviceWorker.controller`)
			offline(t, phone, true)
			do(t, phone, chromedp.Navigate(base+"/screen"), chromedp.WaitVisible("#offline"))
			unfolds(t, phone)
			do(t, phone, click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
			bareText(t, phone, "#rehearsal .checks", c.kept)
			bareText(t, phone, "#rehearsal .say", c.say)
			fits()
			state(t, phone, "rehearsal-"+c.lang)
			do(t, phone, script(`document.getElementById("rehearsal").close();
				document.getElementById("share-open").click()`), chromedp.WaitVisible("#share"))
			bareText(t, phone, "#share-title", c.share)
			fits()
			state(t, phone, "share-"+c.lang)
			do(t, phone,
				script(`document.getElementById("share").close();
				document.getElementById("manage-more").open = true`))
			fits()
			state(t, phone, "away-"+c.lang)
			offline(t, phone, false)
		})
	}
	do(t, phone, chromedp.Navigate(base+"/screen?lang=ja"))
	waitText(t, phone, "#age", "秒前に作成")
}

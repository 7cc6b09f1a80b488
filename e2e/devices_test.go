package e2e

import (
	"context"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	devbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
)

// addsPhone has the page's session add the key of a phone that does not exist, as a second phone or a thief
// would, and expects a status.
func addsPhone(t *testing.T, tab context.Context, id string, status int64) {
	t.Helper()
	got := await[int64](t, tab, `(async () => {
		const send = (method, path, body) => fetch(path,
			{method, headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
		const pair = await crypto.subtle.generateKey({name: "ECDSA", namedCurve: "P-256"}, true, ["sign"]);
		const {kty, crv, x, y} = await crypto.subtle.exportKey("jwk", pair.publicKey);
		const {nonce} = await (await send("POST", "/api/v1/phone/nonce", {phone: "`+id+`"})).json();
		const message = new TextEncoder().encode(["madoguchi-device-1", "add", location.host, "`+id+
		`", nonce].join("\n"));
		const raw = await crypto.subtle.sign({name: "ECDSA", hash: "SHA-256"}, pair.privateKey, message);
		const signature = btoa(String.fromCharCode(...new Uint8Array(raw)))
			.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
		return (await send("PUT", "/api/v1/phone/holder", {id: "`+id+
		`", key: {kty, crv, x, y}, nonce, signature})).status;
	})()`)
	if got != status {
		t.Errorf("adding phone %s: %s, want %d", id, strconv.FormatInt(got, 10), status)
	}
}

// clerkImportsToo lets the clerk import another insurer's sample and returns the address of a person's
// notice.
func clerkImportsToo(t *testing.T, clerk context.Context, base, insurer, person string) string {
	t.Helper()
	do(t, clerk, chromedp.Navigate(base+"/insurer?insurer="+insurer),
		chromedp.SetUploadFiles(`#file`,
			[]string{root(t, "server", "insuredcsv", "samples", insurer+".csv")}), click(`#import`))
	do(t, clerk, chromedp.WaitVisible(`#store`), click(`#store`))
	waitText(t, clerk, "#done", "保存しました")
	do(t, clerk, click(`#back`))
	finds(t, clerk, person)
	follows(t, clerk, ".notice-link")
	waitText(t, clerk, "#notice-code", "-")
	return strings.TrimSpace(get(t, clerk, chromedp.Text("#notice-url")))
}

// presses clicks a button of the folded part and answers the question.
func presses(t *testing.T, tab context.Context, button, question string) {
	t.Helper()
	do(t, tab, script(`{const m = document.getElementById("manage-more"); if (m) m.open = true}`),
		chromedp.WaitVisible(button), click(button))
	waitText(t, tab, "#confirm", question)
	if focus := eval[string](t, tab, `document.activeElement.id`); focus != "confirm-no" {
		t.Errorf("the focus is on %s", focus)
	}
	state(t, tab, "confirm-"+strings.Fields(strings.TrimLeft(button, "#"))[0])
	do(t, tab, click("#confirm-yes"))
}

// shownAfter notes on the page when the stored screen was first to be seen, in ms after the start of the
// navigation.
const shownAfter = `(() => { const look = setInterval(() => { const o = document.getElementById("offline");
	if (o && !o.hidden && o.checkVisibility()) { clearInterval(look); window.shownAfter = performance.now();
	} }, 5) })()`

func TestAPhoneShowsSomethingWhateverEnds(t *testing.T) {
	whole := t // servers that start again outlive the part that starts them
	base, server, data := startServer(t)
	clerk, notice := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	resize(t, phone, 360, 640)
	inLab(t, phone)
	expects(t, phone, `net::ERR_CONNECTION_REFUSED`, "the server is stopped below")
	expects(t, phone, `status of 403 .*/(credential|api/v1/receipts)`,
		"the session is over; the phone's key opens the next one")
	expects(t, phone, `status of 403 .*/api/v1/phone/holder`, "a copied session tries to add a key")
	expects(t, phone, `TrustedScriptURL|TrustedTypePolicy`, "a script that is none of ours tries the policy")
	devtool(t, phone, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: shownAfter})
	waitCount(t, phone, "screens", 1)
	waitCount(t, phone, "papers", 1)
	waitTrue(t, phone, `navigator.serviceWorker.ready.then(r => r.active.state === "activated")`)
	// A copy of 髙橋 德一 ends on August 1st at the latest: on July 31st no hour lies between the stored screen's
	// end and the copy's. What the page does in between must not depend on the day of the test, so this copy
	// ends in a hundred days.
	until := time.Now().AddDate(0, 0, 100).Format(time.DateOnly)
	set(t, phone, "headers", `{"/document.pdf": {"madoguchi-valid-until": "`+until+`"}}`)
	do(t, phone, script(`indexedDB.open("madoguchi").onsuccess = e => { const db = e.target.result;
		db.transaction("papers", "readwrite").objectStore("papers").clear().onsuccess = () => db.close() }`))
	waitCount(t, phone, "papers", 0)
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitCount(t, phone, "papers", 1)

	t.Run("a first load is small", func(t *testing.T) {
		devtool(t, phone, storage.ClearDataForOrigin,
			storage.ClearDataForOriginParams{Origin: base, StorageTypes: "cache_storage,service_workers"})
		devtool(t, phone, network.ClearBrowserCache, cdp.Empty{})
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone, `navigator.serviceWorker.ready.then(r => r.active.state === "activated")`)
		sum := func(rest string) float64 {
			return eval[float64](t, phone,
				`[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
				.filter(e => `+rest+`).reduce((n, e) => n + e.transferSize, 0)`)
		}
		// the worker's own requests, not listed here: itself and the shell
		all, worker := sum(`!e.name.endsWith(".pdf")`), 6_000.0
		t.Logf("%.0f bytes over the wire, and at most %.0f for the worker", all, worker)
		if all < 20_000 || all+worker > 60_000 {
			t.Errorf("%.0f bytes: %s", all+worker, eval[string](t, phone,
				`[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
					.map(e => e.name + " " + e.transferSize).join("\n")`))
		}
	})

	t.Run("no session and no login, as in the card's grace: the key renews the screen", func(t *testing.T) {
		forgetSessions(t, phone, base)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone, `document.getElementById("logout").hidden`)
		asleep := eval[bool](t, phone,
			`performance.getEntriesByType("navigation")[0].workerStart > 0 &&
				performance.getEntriesByType("resource")
			.filter(e => e.name.includes("/api/")).every(e => e.workerFinalSourceType === "network")`)
		if !asleep {
			t.Error("the worker gives the page, and what the page asks the server does not wake it")
		}
		// a copied session of the phone cannot make itself at home
		addsPhone(t, phone, "thief", 403)
		// the page has registered its own by then
		waitTrue(t, phone, `document.getElementById("phones").children.length > 0`)
		if got := await[string](t, phone,
			`navigator.serviceWorker.register("/sw.js")
				.then(() => "registered", e => e.name)`); got != "TypeError" {
			t.Errorf("a script's address from a string: %s", got)
		}
		if got := eval[string](t, phone,
			`(() => { try { trustedTypes.createPolicy("sw", {createScriptURL: a => a});
				return "made" } catch (e) { return e.name } })()`); got != "TypeError" {
			t.Errorf("a second policy: %s", got)
		}
	})

	t.Run("a server that ended, from the first second", func(t *testing.T) {
		stopServer(t, server)
		best := math.Inf(1)
		for range 3 {
			do(t, phone, chromedp.Navigate(base+"/screen"))
			waitTrue(t, phone, `window.shownAfter > 0`)
			best = min(best, eval[float64](t, phone, `window.shownAfter`))
		}
		t.Logf("the stored screen is seen after %.0f ms", best)
		testenv.Within(t, "showing the stored screen", time.Duration(best*float64(time.Millisecond)),
			time.Second)
		waitText(t, phone, "#age", "電波なし")
		waitText(t, phone, "#holder-name", "髙橋 德一")
		waitText(t, phone, "#issuer", "架空市 発行")
		waitText(t, phone, ".registered", "マイナポータルの画面ではありません")
		if card, _ := codesFrom(t, phone, 0, ""); card == "" {
			t.Error("the first code cannot be read")
		}
		state(t, phone, "server-gone")
		do(t, phone, chromedp.EmulateViewport(360, 640), chromedp.Navigate(base+"/")) // an old bookmark
		waitText(t, phone, "#age", "電波なし")
	})

	t.Run("a stored screen that is over leaves the copy", func(t *testing.T) {
		set(t, phone, "ahead", "90000000")
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#state", "写しを開く（PDF）")
		waitText(t, phone, "#pdf", "写しを開く（PDF）")
		state(t, phone, "copy-left")
		folder := t.TempDir()
		devtool(t, phone, devbrowser.SetDownloadBehavior,
			devbrowser.SetDownloadBehaviorParams{Behavior: devbrowser.SetDownloadBehaviorBehaviorAllow,
				DownloadPath: folder})
		do(t, phone, click("#pdf"))
		var files []string
		if !poll(100*time.Millisecond, func() bool {
			files, _ = filepath.Glob(filepath.Join(folder, "shikaku-joho-*.pdf"))
			return len(files) == 1
		}) {
			t.Fatalf("%v", files)
		}
		if text, err := exec.Command("pdftotext", files[0], "-").Output(); err != nil ||
			!strings.Contains(string(text), "髙橋") {
			t.Errorf("the copy says %.80q, %v", text, err)
		}
		set(t, phone, "ahead", "12960000000") // 150 days: the copy is over too
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#state", "紙のお知らせ")
		waitTrue(t, phone,
			`document.getElementById("pdf").hidden && document.getElementById("share-open").hidden &&
				document.getElementById("offline").hidden && !document.getElementById("help").hidden`)
		state(t, phone, "all-over")
		set(t, phone, "ahead", "null")
	})

	t.Run("a server that is back", func(t *testing.T) {
		server = startAgain(whole, base, data)
		waitText(t, phone, "#age", "秒前に作成")
	})

	t.Run("no network from the first second", func(t *testing.T) {
		offline(t, phone, true)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "電波なし")
		waitTrue(t, phone, withoutNetwork)
		offline(t, phone, false)
		waitText(t, phone, "#age", "秒前に作成")
	})

	t.Run("the login is asked for days ahead", func(t *testing.T) {
		then := time.Now().AddDate(0, 0, 77).UTC().Format(time.RFC3339)
		set(t, phone, "members", `{"/api/v1/me": {"serverTime": "`+then+`"}}`)
		set(t, phone, "ahead", strconv.Itoa(77*24*3600*1000))
		set(t, phone, "answers", `{"/credential": [503, {}]}`)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#login-ask", "あと12日でログインが必要です")
		set(t, phone, "members", "null")
		set(t, phone, "ahead", "null")
		set(t, phone, "answers",
			refusal("/credential", 403, "device.over", "前のログインから90日たちました。"))
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#login-ask", "前のログインから90日たちました")
		waitTrue(t, phone, withoutNetwork) // what is stored is still good today
		waitText(t, phone, "#age", "前に取得")
		state(t, phone, "over")
		set(t, phone, "answers", "null")
	})

	t.Run("two people, and one is removed", func(t *testing.T) {
		do(t, phone, chromedp.Navigate(clerkImportsToo(t, clerk, base, "06139992", "試験 花子")))
		waitText(t, phone, "h1", "読み取りました")
		logsIn(t, phone, base, "demo-hanako", "h1", "登録の確認")
		do(t, phone, click(`form[action="/enrol"] button`))
		tiles(t, phone, "試験 花子")
		tiles(t, phone, "髙橋 德一")
		waitCount(t, phone, "screens", 2)
		waitCount(t, phone, "papers", 2)
		waitText(t, phone, "#holder-name", "試験 花子") // who was added is shown
		turn := func(name string) {
			do(t, phone,
				script(`[...document.querySelectorAll(".tile")].find(t => t.innerText.includes("`+name+
					`")).click()`))
			waitText(t, phone, "#holder-name", name)
		}
		turn("髙橋 德一")
		waitText(t, phone, "#figures", "0001234")
		turn("試験 花子")
		waitText(t, phone, "#issuer", "架空健康保険組合")
		waitText(t, phone, "#age", "秒前に作成")
		state(t, phone, "patient-family")
		presses(t, phone, "#remove-person", "試験 花子さんの画面を、この端末から消しますか")
		waitText(t, phone, "#holder-name", "髙橋 德一")
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone, `document.getElementById("family-open").hidden`)
		waitCount(t, phone, "screens", 1)
		waitCount(t, phone, "papers", 1)
	})

	t.Run("ended from another phone", func(t *testing.T) {
		other := browser(t, 360, 640, "")
		logsIn(t, other, base, "demo-tokuichi", "#age", "秒前に作成")
		waitText(t, other, "#logout", "ログアウトしても、この端末の画面は残ります")
		do(t, other, script(`document.getElementById("manage-more").open = true`))
		waitText(t, other, "#phones", "に登録したパソコン")
		state(t, other, "manage")
		presses(t, other, `#phones button`, "ほかの端末の登録を取り消しますか")
		waitTrue(t, other, `!document.getElementById("phones").innerText.includes("に登録した")`)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#empty", "この端末の登録は取り消されました")
		waitText(t, phone, "#help", "03-0000-0000")
		waitCount(t, phone, "screens", 0)
		waitCount(t, phone, "papers", 0)
		state(t, phone, "ended")

		presses(t, other, "#wipe", "この端末から、全員の画面を消しますか")
		waitText(t, other, "#main", "この端末から全部消しました")
		left := await[string](t, other,
			`(async () => (await indexedDB.databases()).length + "/" + (await caches.keys()).length + "/" +
			(await navigator.serviceWorker.getRegistrations()).length + "/" + document.cookie)()`)
		if left != "0/0/0/" {
			t.Errorf("databases/caches/workers/cookies left: %s", left)
		}
		do(t, other, chromedp.Navigate(base+"/screen"))
		waitText(t, other, "#empty", "まだ登録がないか")
		state(t, other, "empty")
	})

	t.Run("a browser that dropped everything says so", func(t *testing.T) {
		logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
		waitCount(t, phone, "screens", 1)
		expects(t, phone, `status of 404 .*/favicon.ico`, "what programs read has no icon")
		// the screen would come back by its key as soon as it is without a session
		do(t, phone, chromedp.Navigate(base+"/healthz"))
		forgetSessions(t, phone, base)
		devtool(t, phone, storage.ClearDataForOrigin,
			storage.ClearDataForOriginParams{Origin: base,
				StorageTypes: "indexeddb,cache_storage,service_workers,local_storage"})
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#empty", "しばらく開かなかったためブラウザーが消しました")
		state(t, phone, "dropped")
	})

	t.Run("a patient deletes their data", func(t *testing.T) {
		logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
		waitCount(t, phone, "screens", 1)
		presses(t, phone, "#erase", "登録したデータを消しますか")
		waitText(t, phone, "#empty", "データを消しました")
		waitCount(t, phone, "screens", 0)
		waitTrue(t, phone, `document.getElementById("empty-login").hidden`) // a login would find nobody
		state(t, phone, "erased")
		do(t, phone, chromedp.Navigate(notice)) // the paper serves again
		waitText(t, phone, "h1", "読み取りました")
		logsIn(t, phone, base, "demo-tokuichi", "h1", "登録の確認")
		do(t, phone, click(`form[action="/enrol"] button`))
		waitText(t, phone, "#age", "秒前に作成")
	})

	t.Run("the kill switch takes the worker away and leaves the data", func(t *testing.T) {
		logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
		waitCount(t, phone, "screens", 1)
		waitTrue(t, phone, `navigator.serviceWorker.ready.then(r => r.active.state === "activated")`)
		stopServer(t, server)
		startAgain(whole, base, data, "MADOGUCHI_NO_WORKER=true")
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone,
			`Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()])
				.then(([r, c]) => r.length + c.length === 0)`)
		if n := count(t, phone, "screens"); n != 1 {
			t.Errorf("%d stored screens", n)
		}
	})
}

package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// troubles runs before a page's own program and gives it a browser in trouble, by names in
// localStorage.troubles: "mute" (the database never answers), "shut" (it refuses), "bare" (no cryptography),
// "old" (what Safari 15 lacks), "slow key" (this phone's key is read in 1.5 s), "slow live" and "slow stored"
// (such a screen comes after 1.2 and 4 s), "late no" (in a live one's place comes after 1.2 s that the
// eligibility has ended), "swallowed" (no request is answered), "slept" (100 s went by).
// localStorage.receipts is the server's answer about receipts, localStorage.counters that about the trust
// list's counters. For tests to wait for: window.asked are the addresses that the page asked so far,
// window.lost those that no answer came from, window.storedLate the slow stored screens under way, and
// window.idle() resolves when nothing is under way any more (no request, no key, nothing of the database).
const troubles = `(() => {
	const has = name => (localStorage.getItem("troubles") || "").split(",").includes(name),
		wait = ms => new Promise(done => setTimeout(done, ms));
	const elapsed = performance.now.bind(performance), ask = window.fetch.bind(window);
	let under = 0; // so many things are under way
	const over = () => setTimeout(() => under--); // after those who waited for it
	const during = work => { under++; work.then(over, over); return work };
	const counted = (of, names, count) => names.forEach(name => {
		const real = of.prototype[name];
		of.prototype[name] = function (...of) { return count(real.apply(this, of)) };
	});
	counted(SubtleCrypto, ["digest", "sign", "verify", "encrypt", "decrypt", "generateKey", "importKey",
		"exportKey", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"], during);
	counted(Response, ["json", "text", "blob", "arrayBuffer"], during);
	const query = asked => {
		under++;
		asked.addEventListener("success", over);
		asked.addEventListener("error", over);
		return asked;
	};
	counted(IDBObjectStore, ["get", "getAll", "getKey", "put", "add", "delete", "clear", "count"], query);
	window.asked = [];
	window.lost = [];
	window.storedLate = 0;
	window.idle = () => new Promise(done => {
		let still = 0; // frames
		const look = () => (still = under ? 0 : still + 1) > 3 ? done(true) : requestAnimationFrame(look);
		look();
	});
	const get = IDBObjectStore.prototype.get;
	performance.now = () => elapsed() + (has("slept") ? 100000 : 0);
	if (has("mute")) IDBFactory.prototype.open = () => ({});
	if (has("shut")) IDBFactory.prototype.open = () => { throw new DOMException("", "SecurityError") };
	if (has("bare")) Object.defineProperty(Crypto.prototype, "subtle", {get: () => undefined});
	if (has("old")) { delete AbortSignal.timeout; delete window.OffscreenCanvas }
	IDBObjectStore.prototype.get = function (key) {
		const asked = get.call(this, key);
		if (key !== "holder" || !has("slow key")) return asked;
		return {get result() { return asked.result },
			set onsuccess(done) { asked.onsuccess = () => during(wait(1500).then(done)) }};
	};
	window.fetch = (url, init) => during(answered(url, init));
	const answered = async (url, init) => {
		window.asked.push(url);
		if (has("swallowed")) await new Promise((_, fail) => init.signal.addEventListener("abort",
			() => fail(init.signal.reason)));
		if (url.startsWith("/api/v1/receipts") &&
			localStorage.receipts) return new Response(localStorage.receipts);
		if (url.startsWith("/api/v1/counters") &&
			localStorage.counters) return new Response(localStorage.counters,
				{status: localStorage.counters === "down" ? 503 : 200});
		if ((init?.body || "").includes('"live"') && has("late no")) {
			await wait(1200);
			return new Response(JSON.stringify({type: "urn:madoguchi:problem:eligibility.lost",
				ja: "この資格は終わっています。"}), {status: 409});
		}
		const late = (init?.body || "").includes('"live"') &&
			has("slow live") ? 1200 : (init?.body || "").includes('"screen"') &&
				has("slow stored") ? 4000 : 0;
		if (late === 4000) window.storedLate++;
		const got = await ask(url, init).catch(why => { window.lost.push(url); throw why });
		await wait(late);
		if (late === 4000) window.storedLate--;
		return got;
	};
})()`

// turns to a person of the phone.
func turns(t *testing.T, tab context.Context, name string) {
	t.Helper()
	do(t, tab, script(`[...document.querySelectorAll(".tile")].find(t => t.innerText.includes(`+quote(name)+
		`)).click()`))
	waitText(t, tab, "#holder-name", name)
}

// inTrouble opens the screen anew in a browser with these troubles.
func inTrouble(t *testing.T, tab context.Context, base, names string) {
	t.Helper()
	do(t, tab, script(`localStorage.setItem("troubles", `+quote(names)+`)`),
		chromedp.Navigate(base+"/screen"))
}

// troubled changes the troubles of the open page.
func troubled(t *testing.T, tab context.Context, names string) {
	t.Helper()
	do(t, tab, script(`localStorage.setItem("troubles", `+quote(names)+`)`))
}

// idle waits until nothing that the page began is under way any more: for what must not come.
func idle(t *testing.T, tab context.Context) {
	t.Helper()
	await[bool](t, tab, `window.idle()`)
}

// tabBeside opens another tab of the same browser.
func tabBeside(t *testing.T, tab context.Context) context.Context {
	t.Helper()
	other, end := chromedp.NewContext(tab)
	t.Cleanup(end)
	// a tab lives as long as the context of its first step
	if err := chromedp.Do(other, chromedp.EmulateViewport(390, 844)); err != nil {
		t.Fatal(err)
	}
	listen(t, other)
	return other
}

func TestAPhoneInTrouble(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	clerk, notice := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	devtool(t, phone, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: troubles})
	inLab(t, phone)
	do(t, phone, chromedp.Navigate(clerkImportsToo(t, clerk, base, "06139992", "試験 花子")))
	waitText(t, phone, "h1", "読み取りました")
	logsIn(t, phone, base, "demo-hanako", "h1", "登録の確認")
	do(t, phone, click(`form[action="/enrol"] button`))
	tiles(t, phone, "試験 花子")
	waitCount(t, phone, "screens", 2)
	waitCount(t, phone, "papers", 2)

	t.Run("a receipt stands under its own person", func(t *testing.T) {
		if n := await[int](t, phone, sealedFor); n != 2 {
			t.Fatalf("%d tiles", n)
		}
		defer do(t, phone, script(`localStorage.removeItem("receipts")`))
		turns(t, phone, "髙橋 德一")
		waitText(t, phone, "#receipts", "1医院が「受け付けた」と記録しました")
		waitTrue(t, phone,
			`!document.body.textContent.includes("2医院") &&
				document.getElementById("seen").children.length === 1`)
		turns(t, phone, "試験 花子")
		waitTrue(t, phone, `!document.body.textContent.includes("1医院")`) // at once
		waitText(t, phone, "#receipts", "2医院が「受け付けた」と記録しました")
	})

	t.Run("a live code that comes late does not lie under the stored one", func(t *testing.T) {
		inTrouble(t, phone, base, "slow key,slow live")
		defer troubled(t, phone, "")
		waitText(t, phone, "#age", "秒前に作成")
		idle(t, phone)
		waitTrue(t, phone,
			`document.getElementById("offline").hidden &&
				document.getElementById("age").textContent.includes("秒前に作成")`)
	})

	for _, c := range []struct {
		name, kind string
	}{
		{"a database that never answers", "mute"},
		{"a database that is shut", "shut"},
		{"a browser without cryptography", "bare"},
		{"a browser of 2021", "old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inTrouble(t, phone, base, c.kind)
			defer troubled(t, phone, "")
			waitText(t, phone, "#age", "秒前に作成")
			waitText(t, phone, "#holder-name", "髙橋 德一")
			if c.kind == "old" {
				unfolds(t, phone)
				do(t, phone, click("#rehearse"), chromedp.WaitVisible("#rehearsal"))
				waitText(t, phone, "#rehearsal-verdict", "コードは正しく出ています")
			}
		})
	}

	t.Run("a clock that is set back keeps no dead code alive", func(t *testing.T) {
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		offline(t, phone, true)
		set(t, phone, "ahead", "-3600000")
		troubled(t, phone, "slept")
		defer func() {
			offline(t, phone, false)
			troubled(t, phone, "")
			set(t, phone, "ahead", "null")
		}()
		waitTrue(t, phone, withoutNetwork)
	})

	t.Run("an ended phone leaves no code on the page", func(t *testing.T) {
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		do(t, phone, click("#bigger"), chromedp.WaitVisible("dialog.biggest"))
		set(t, phone, "answers",
			refusal("/credential", 403, "device.unknown", "取り消されました"))
		defer set(t, phone, "answers", "null")
		do(t, phone, script(`window.dispatchEvent(new Event("online"))`))
		waitText(t, phone, "#empty", "この端末の登録は取り消されました")
		waitTrue(t, phone, `!document.querySelector("dialog[open]")`)
	})

	again := func(t *testing.T) {
		t.Helper()
		logsIn(t, phone, base, "demo-hanako", "#family-open", "2人")
		tiles(t, phone, "髙橋 德一")
		turns(t, phone, "試験 花子")
		waitText(t, phone, "#age", "秒前に作成")
		waitCount(t, phone, "screens", 2)
		waitCount(t, phone, "papers", 2) // the last to come: what follows may leave the page at once
	}

	t.Run("a login that adds nothing keeps nobody else on a phone that was ended", func(t *testing.T) {
		again(t)
		set(t, phone, "answers",
			strings.TrimSuffix(refusal("/phone/holder", 403, "phone.login_again", "もう一度"), "}")+", "+
				strings.TrimPrefix(refusal("/phone/session", 403, "device.unknown", "取り消されました"), "{"))
		defer set(t, phone, "answers", "null")
		devtool(t, phone, network.DeleteCookies,
			network.DeleteCookiesParams{Name: "madoguchi-device", URL: base})
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitTrue(t, phone,
			`document.getElementById("family-open").hidden &&
				document.getElementById("holder-name").textContent === "試験 花子"`)
		waitCount(t, phone, "papers", 1)
	})

	t.Run("a person is taken off though the phone's own session is over", func(t *testing.T) {
		again(t)
		devtool(t, phone, network.DeleteCookies,
			network.DeleteCookiesParams{Name: "madoguchi-device", URL: base})
		presses(t, phone, "#remove-person", "試験 花子さんの画面を、この端末から消しますか")
		waitText(t, phone, "#holder-name", "髙橋 德一")
		waitText(t, phone, "#age", "秒前に作成")
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone,
			`document.getElementById("family-open").hidden &&
				document.getElementById("holder-name").textContent === "髙橋 德一"`)
	})

	t.Run("what was on its way for a person who was taken off is not kept", func(t *testing.T) {
		again(t)
		const ofHers = `new Promise(done => { const o = indexedDB.open("madoguchi");
			o.onsuccess = () => { const db = o.result, tx = db.transaction("screens", "readwrite"),
				screens = tx.objectStore("screens");
			WORK; tx.oncomplete = () => { db.close(); done(window.keptOfHers) } } })`
		do(t, phone, script(`window.hers = document.getElementById("screen").dataset.person; void 0`),
			promise(strings.Replace(ofHers, "WORK", "screens.clear()", 1)))
		troubled(t, phone, "slow stored")
		renews(t, phone)
		waitTrue(t, phone, `window.storedLate > 0`)
		presses(t, phone, "#remove-person", "試験 花子さんの画面を、この端末から消しますか")
		waitText(t, phone, "#holder-name", "髙橋 德一")
		waitTrue(t, phone, `window.storedLate === 0`)
		idle(t, phone)
		troubled(t, phone, "")
		if n := await[int](t, phone,
			strings.Replace(ofHers, "WORK",
				`screens.count(window.hers).onsuccess = e => (window.keptOfHers = e.target.result)`,
				1)); n != 0 {
			t.Errorf("%d screens of hers are kept", n)
		}
		if n := count(t, phone, "papers"); n > 1 {
			t.Errorf("%d copies are kept", n)
		}
	})

	nobody := func(t *testing.T, tab context.Context) {
		t.Helper()
		waitTrue(t, tab,
			`!document.querySelector("dialog[open]") &&
				!["髙橋", "試験 花子"].some(n => document.getElementById("main").innerText.includes(n))`)
	}

	t.Run("without network all is removed, in other tabs too, though one holds the database",
		func(t *testing.T) {
			again(t)
			second, holder := tabBeside(t, phone), tabBeside(t, phone)
			do(t, second, chromedp.Navigate(base+"/screen"))
			waitText(t, second, "#age", "秒前に作成")
			do(t, second, click("#bigger"), chromedp.WaitVisible("dialog.biggest"))
			expects(t, holder, `status of 404 .*/favicon.ico`, "what programs read has no icon")
			do(t, holder, chromedp.Navigate(base+"/healthz"),
				promise(`new Promise(done => { const o = indexedDB.open("madoguchi");
				o.onsuccess = () => { window.held = o.result; done() } })`))
			offline(t, phone, true)
			defer offline(t, phone, false)
			presses(t, phone, "#wipe", "この端末から、全員の画面を消しますか")
			waitText(t, phone, "#main", "この端末から全部消しました。電波がないため")
			waitText(t, second, "#main", "この端末から全部消しました")
			nobody(t, second)
			left := await[int](t, holder,
				`(async () => { let n = 0;
				for (const s of held.objectStoreNames) n += await new Promise(done => {
					const c = held.transaction(s).objectStore(s).count();
					c.onsuccess = () => done(c.result) });
			held.close(); return n })()`)
			if left != 0 {
				t.Errorf("%d records are left", left)
			}
		})

	expects(t, phone, `status of 404 .*/people/`, "a person was taken off while a request was on its way")
	t.Run("with network other tabs show nothing more either", func(t *testing.T) {
		logsIn(t, phone, base, "demo-hanako", "#age", "秒前に作成")
		waitCount(t, phone, "papers", 1)
		// a worker that is being installed still keeps its files
		waitTrue(t, phone, `navigator.serviceWorker.ready.then(r => r.active.state === "activated")`)
		second := tabBeside(t, phone)
		expects(t, second, `status of 403 .*/api/v1/receipts`,
			"the phone's session ends while this tab is asking")
		do(t, second, chromedp.Navigate(base+"/screen"))
		waitText(t, second, "#age", "秒前に作成")
		presses(t, phone, "#wipe", "この端末から、全員の画面を消しますか")
		waitText(t, phone, "#main", "この端末から全部消しました")
		nobody(t, second)
		if left := await[string](t, phone,
			`(async () => [(await indexedDB.databases()).length, (await caches.keys()).length,
				document.cookie].join("/"))()`); left != "0/0/" {
			t.Errorf("databases/caches/cookies left: %s", left)
		}
	})

	t.Run("a key that could not be sent is sent later", func(t *testing.T) {
		expects(t, phone, `status of 404 .*/favicon.ico`, "what programs read has no icon")
		do(t, phone, chromedp.Navigate(base+"/healthz"))
		set(t, phone, "answers", `{"/phone/holder": [503, {}]}`)
		logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
		set(t, phone, "answers", "null")
		do(t, phone, script(`window.dispatchEvent(new Event("online"))`))
		waitCount(t, phone, "screens", 1)
		waitTrue(t, phone, `document.getElementById("login-again").hidden`)
	})
}

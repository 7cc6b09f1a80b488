package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
)

// receiptMaker is JavaScript that seals texts to this phone's key, as a counter does
// (server/hostapi/receipt.go), and signs receipts for counters 1医院, 2医院 …, which it puts on the list that the
// page gets.
const receiptMaker = `
	const db = await new Promise(done => { const o = indexedDB.open("madoguchi");
	o.onsuccess = () => done(o.result) });
	const {raw, id} = await new Promise(done => {
		const g = db.transaction("keys").objectStore("keys").get("receipts");
		g.onsuccess = () => done(g.result) });
	db.close();
	const curve = {name: "ECDH", namedCurve: "P-256"}, text = s => new TextEncoder().encode(s);
	const base64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+",
		"-").replaceAll("/", "_").replaceAll("=", "");
	const theirs = await crypto.subtle.importKey("raw", raw, curve, false, []);
	const seal = async (person, plain) => {
		const once = await crypto.subtle.generateKey(curve, true, ["deriveBits"]),
			point = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
		const base = await crypto.subtle.importKey("raw",
			await crypto.subtle.deriveBits({name: "ECDH", public: theirs}, once.privateKey, 256), "HKDF",
				false, ["deriveKey"]);
		const salt = new Uint8Array([...point, ...raw]);
		const key = await crypto.subtle.deriveKey({name: "HKDF", hash: "SHA-256", salt,
			info: text("madoguchi-receipt-1")}, base, {name: "AES-GCM", length: 256}, false, ["encrypt"]);
		return {person, at: new Date().toISOString(),
			sealed: base64([...point,
				...new Uint8Array(await crypto.subtle.encrypt({name: "AES-GCM", iv: new Uint8Array(12)}, key,
					text(plain)))])};
	};
	const signing = {name: "ECDSA", namedCurve: "P-256"}, counters = [];
	const counter = async name => {
		const pair = await crypto.subtle.generateKey(signing, true, ["sign"]),
			{kty, crv, x, y} = await crypto.subtle.exportKey("jwk", pair.publicKey);
		const kid = base64(await crypto.subtle.digest("SHA-256", text(JSON.stringify({crv, kty, x, y}))));
		const own = {url: "https://c" + counters.length + ".example", name, facility: "",
			jwks: {keys: [{kty, crv, x, y, kid, use: "sig", alg: "ES256"}]}};
		counters.push(own);
		const sign = async (claims = {}, header = {}) => {
			const input = base64(text(JSON.stringify({typ: "receipt+jwt", alg: "ES256", kid,
				...header}))) + "." +
				base64(text(JSON.stringify({iss: own.url, aud: id, iat: Math.floor(Date.now() / 1000),
					outcome: "accepted", ground: "eye", method: "N1e", ...claims})));
			return input + "." + base64(await crypto.subtle.sign({name: "ECDSA", hash: "SHA-256"},
				pair.privateKey, text(input)));
		};
		return {url: own.url, kid, sign};
	};
	const tiles = [...document.querySelectorAll(".tile")].map(tile => tile.dataset.person);
	const give = receipts => { localStorage.counters = JSON.stringify({counters});
	localStorage.receipts = JSON.stringify({receipts}) };
`

// sealedFor leaves a receipt for each person of the tiles: 1医院, 2医院 …
const sealedFor = `(async () => {` + receiptMaker + `
	give(await Promise.all(tiles.map(async (person, i) => seal(person,
		await (await counter(i + 1 + "医院")).sign()))));
	return tiles.length;
})()`

// oddReceipts leaves for the shown person a good receipt, one of before receipts were signed, and as many
// that are nobody's word.
const oddReceipts = `(async () => {` + receiptMaker + `
	const own = await counter("本物医院"), other = await counter("別の医院"), stranger = await counter("知らない医院");
	counters.pop();
	const person = document.getElementById("screen").dataset.person, good = await own.sign(),
		[head, body, signature] = good.split(".");
	const unsigned = base64(text(JSON.stringify({alg: "none", typ: "receipt+jwt", kid: own.kid})));
	const odd = [
		await own.sign({aud: "another phone"}), await own.sign({aud: [id]}), await own.sign({iss: other.url}),
			await own.sign({iss: "https://nobody.example"}),
		await other.sign({}, {kid: own.kid}), await stranger.sign(), await own.sign({}, {typ: "counter+jwt"}),
			await own.sign({}, {alg: "HS256"}),
		await own.sign({}, {crit: ["b64"]}), await own.sign({iat: "now"}), await own.sign({}, {kid: "x"}),
			unsigned + "." + body + ".",
		head + "." + (await other.sign()).split(".")[1] + "." + signature, good.slice(0, -8) + "AAAAAAAA",
			good + ".x", "rubbish", "", "{", "null",
		head + "." + body + "." + base64(new Uint8Array(64))];
	const old = JSON.stringify({facility: "昔の医院", at: new Date().toISOString(), outcome: "accepted",
		method: "N1e"});
	give(await Promise.all([await own.sign({ground: "chip", facility: "名乗った医院"}), old,
		...odd].map(one => seal(person, one))));
	return odd.length;
})()`

// A phone names a counter only where that counter's key on the trust list signed for this phone (RFC 7515
// 5.2).
func TestAPhoneTellsWhoseWordAReceiptIs(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	notice := imports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	devtool(t, phone, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: troubles})
	do(t, phone, chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	odd := await[int](t, phone, oddReceipts)
	testenv.Refused(t, testenv.Servers, odd)
	do(t, phone, click("#more summary"))
	waitText(t, phone, "#seen", "本物医院")
	lines := eval[[]string](t, phone,
		`[...document.getElementById("seen").children].map(line => line.innerText)`)
	if len(lines) != odd+2 {
		t.Fatalf("%d lines for %d odd receipts: %q", len(lines), odd, lines)
	}
	for i, want := range [][]string{{"本物医院", "受け付けられました", "カードのICで確認"},
		{"確かめられない記録", "「昔の医院」と書かれています", "受け付けられました"}} {
		for _, text := range want {
			if !strings.Contains(lines[i], text) {
				t.Errorf("line %d is %q, without %q", i, lines[i], text)
			}
		}
	}
	for _, line := range lines[2:] {
		if !strings.Contains(line, "確かめられない記録") || strings.Contains(line, "医院") ||
			strings.Contains(line, "受け付けられました") {
			t.Errorf("of a receipt that is nobody's word: %q", line)
		}
	}
	if said := eval[string](t, phone, `document.body.innerText`); strings.Contains(said, "名乗った医院") {
		t.Error("a name was taken from the receipt")
	}
	told := eval[string](t, phone, `document.getElementById("receipts").innerText`)
	if !strings.Contains(told, "本物医院が「受け付けた」と記録しました") || strings.Contains(told, "昔の医院") {
		t.Errorf("beside the code: %q", told)
	}
	state(t, phone, "seen-unsure")
	// without the list nothing is known of any receipt: what was shown stays, and nothing is called doubtful
	do(t, phone, script(`localStorage.counters = "down"`), chromedp.Navigate(base+"/screen"))
	waitText(t, phone, "#age", "秒前に作成")
	waitTrue(t, phone, `window.asked.some(url => url.startsWith("/api/v1/counters"))`)
	idle(t, phone)
	waitTrue(t, phone, `document.getElementById("seen").children.length === 0`)
}

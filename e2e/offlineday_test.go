package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"madoguchi/eligibility"
	"madoguchi/internal/demotest"
)

// offlineConsole is a console with a profile of its own, which outlives the browser.
type offlineConsole struct {
	tab     context.Context
	profile string
	base    string
	data    string
	made    []string // the numbers of those who were recorded without the server, in their order
}

func (c *offlineConsole) start(t *testing.T) {
	t.Helper()
	c.tab = browser(t, 1280, 900, "", chromedp.UserDataDir(c.profile))
	expects(t, c.tab, `net::ERR_|Failed to load resource|status of 50`, "the server is not there")
	inLab(t, c.tab)
}

// recordAll runs in the page: it takes each code as a reader gives it, ticks and records, as staff would.
const recordAll = `(async codes => {
	const until = async (what, test) => {
		for (let i = 0; !test(); i++) {
			if (i > 1000) throw new Error(what + ": " + document.getElementById("said").innerText);
			await new Promise(done => setTimeout(done, 5));
		}
	};
	const at = id => document.getElementById(id), is = s => at("console").dataset.state === s;
	for (const code of codes) {
		at("scan-text").value = code;
		at("scan-submit").click();
		await until("no verdict", () => is("good"));
		for (const box of document.querySelectorAll("#visual input")) box.click();
		at("record").click();
		await until("no record", () => is("none") && !at("record").offsetParent);
	}
	return codes.length;
})`

// screens are live screens of n people, made just now, with their numbers.
func (c *offlineConsole) screens(t *testing.T, n int) (codes []string) {
	t.Helper()
	for range n {
		number := fmt.Sprintf("%s%03d", c.profile[len(c.profile)-1:], len(c.made))
		c.made = append(c.made, number)
		codes = append(codes, demotest.Screen{
			Data:  c.data,
			At:    time.Now(),
			Share: 30,
			Person: eligibility.Person{
				Insurer:   "00138990",
				Number:    number,
				Name:      "試験 花子",
				Kana:      "シケン ハナコ",
				BirthDate: eligibility.MustDate("1988-11-30"),
			},
		}.JWS(t))
	}
	return codes
}

func (c *offlineConsole) record(t *testing.T, n int) {
	t.Helper()
	for ; n > 0; n -= 10 {
		some := min(n, 10)
		codes, err := json.Marshal(c.screens(t, some))
		if err != nil {
			t.Fatal(err)
		}
		if got := await[int](t, c.tab, recordAll+"("+string(codes)+")"); got != some {
			t.Fatalf("%d of %d were recorded", got, some)
		}
	}
}

// isReady waits until the console has what it needs for a day, and its page is kept.
func (c *offlineConsole) isReady(t *testing.T) {
	t.Helper()
	waitAsync(t, c.tab, `(async () => {
		const name = "madoguchi-counter"; // not made here: the page makes it with its stores
		if (!(await indexedDB.databases()).some(d => d.name === name)) return false;
		const asked = indexedDB.open(name);
		const db = await new Promise((done, no) => {
			asked.onsuccess = () => done(asked.result);
			asked.onerror = no;
		});
		const count = store => new Promise(done => {
			const all = db.transaction(store).objectStore(store).count();
			all.onsuccess = () => done(all.result);
		});
		const kept = db.objectStoreNames.length && await count("kept") > 1 && await count("chains") > 0;
		db.close();
		return !!kept && !!(await navigator.serviceWorker.getRegistration("/counter"))?.active &&
			!!(await caches.match("/counter"));
	})()`)
}

// waitAsync waits until a promise of the page is true.
func waitAsync(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	if !poll(200*time.Millisecond, func() bool { return await[bool](t, tab, expression) }) {
		t.Fatalf("never true: %s\n%s", expression, pageText(tab))
	}
}

// A clinic's day: two consoles are opened in the morning, then the server is gone. 300 cases are recorded,
// one browser is closed and opened in between and its clock put back once. When the server is back all of
// them are there, once and in order; what does not fit is marked.
func TestADayWithoutTheServer(t *testing.T) {
	t.Parallel()
	base, server, data := startServer(t)
	address := strings.TrimPrefix(base, "http://localhost")
	consoles := []*offlineConsole{}
	for _, name := range []string{"1", "2"} {
		c := &offlineConsole{profile: t.TempDir() + "/" + name, base: base, data: data}
		c.start(t)
		do(t, c.tab, chromedp.Navigate(base+"/counter"), click(`button[value="鈴木"]`),
			chromedp.WaitVisible(`#scan-camera`))
		waitTrue(t, c.tab, programStarted)
		c.isReady(t)
		consoles = append(consoles, c)
	}
	first, second := consoles[0], consoles[1]

	_ = server.cmd.Process.Signal(os.Interrupt)
	<-server.exited
	for _, c := range consoles {
		waitText(t, c.tab, "#offline-note", "このPCだけで確認し")
	}
	waitText(t, first.tab, "#readers", "つながりません")
	forged := first.screens(t, 1)[0]
	first.made = first.made[:0]
	paste(t, first.tab, forged[:len(forged)-8]+"AAAAAAAA")
	waitText(t, first.tab, "#verdict .bad", "確かめられません")
	if !eval[bool](t, first.tab, `document.getElementById("record").disabled`) {
		t.Error("a forged screen can be accepted")
	}
	do(t, first.tab, script(`document.getElementById("cancel").click()`))

	// no server can ask a card: it is said why, and its key leads to what can be done
	paste(t, first.tab, first.screens(t, 1)[0])
	waitText(t, first.tab, "#card-state", "カードのICを確かめられません")
	waitText(t, first.tab, "#record", "目視で確認する")
	waitText(t, first.tab, "#record-ground", "目視の3つのチェックか、受け付ける理由が要ります")
	waitTrue(t, first.tab, `!document.getElementById("card-check").checkVisibility()`)
	do(t, first.tab, chromedp.KeyEvent(kb.F2))
	waitTrue(t, first.tab, `document.activeElement === document.querySelector("#visual input") &&
		document.getElementById("problem").hidden`)
	do(t, first.tab, script(`document.getElementById("cancel").click()`))
	first.made = first.made[:0]

	for range 10 { // by hand, as staff do it
		paste(t, first.tab, first.screens(t, 1)[0])
		waitText(t, first.tab, "#verdict", "この画面は本物です")
		state(t, first.tab, "counter-offline")
		do(t, first.tab, click(`#visual input[value="photo"]`),
			click(`#visual input[value="name"]`), click(`#visual input[value="birthDate"]`),
			click("#record"))
		waitTrue(t, first.tab, `document.getElementById("console").dataset.state === "none"`)
	}
	waitText(t, first.tab, "#done", "試験さんを記録しました")
	first.record(t, 90)
	second.record(t, 100)
	waitText(t, first.tab, "#offline-note", "送っていない記録：100件")

	if err := chromedp.Cancel(first.tab); err != nil {
		t.Log(err)
	}
	first.start(t)
	do(t, first.tab, chromedp.Navigate(base+"/counter"), chromedp.WaitVisible(`#scan-camera`))
	waitText(t, first.tab, "#offline-note", "送っていない記録：100件")
	first.record(t, 49)
	set(t, first.tab, "ahead", "-1800000") // half an hour back
	first.record(t, 1)
	set(t, first.tab, "ahead", "null")
	second.record(t, 50)
	do(t, first.tab, script(`(() => { const ask = window.fetch; window.sent = [];
		window.fetch = (url, init) => {
			if (String(url).endsWith("/offline/records")) window.sent.push(init.body);
			return ask(url, init);
		} })()`))

	start(t, data, built(t, "./server", "madoguchi"),
		[]string{"MADOGUCHI_ADDR=127.0.0.1" + address, "MADOGUCHI_DATA=" + data})
	// the browser that was closed has lost its session: somebody signs in anew
	waitAsync(t, first.tab, `fetch("/counter/staff", {
		method: "POST", body: new URLSearchParams({name: "鈴木"}),
	}).then(r => r.ok, () => false)`)
	for _, c := range consoles {
		waitText(t, c.tab, "#offline-note", "件送りました")
		if strings.Contains(get(t, c.tab, chromedp.Text("#offline-note")), "送っていない") {
			waitTrue(t, c.tab, `!document.getElementById("offline-note").innerText.includes("送っていない")`)
		}
	}
	waitText(t, first.tab, "#offline-note", "うち1件に合わない点があり")
	again := await[[]bool](t, first.tab, `(async () => {
		const send = async body => (await fetch("/api/v1/counter/offline/records", {method: "POST",
			headers: {"Content-Type": "application/json"}, body})).json();
		const batch = JSON.parse(window.sent[0]);
		const twice = await send(JSON.stringify(batch));
		const altered = {...batch, records: [batch.records[0].slice(0, -6) + "AAAAAA"]};
		const forged = await send(JSON.stringify(altered));
		return [twice.received.every(r => r.known), forged.received[0].marks[0] === "forged"];
	})()`)
	if !again[0] || !again[1] {
		t.Errorf("sent again and forged: %v", again)
	}

	type stored struct {
		Eligibility struct{ Number string }
		Outcome     string
		Offline     *struct {
			Said  struct{ Ja string }
			Marks []struct{ Key string }
		}
	}
	all := await[struct{ Cases []stored }](t, second.tab,
		`fetch("/api/v1/counter/cases").then(r => r.json())`).Cases
	if len(all) != 300 {
		t.Errorf("%d cases", len(all))
	}
	got := map[string][]string{}
	marked := 0
	for i := len(all) - 1; i >= 0; i-- { // newest first
		c := all[i]
		if c.Offline == nil || !strings.HasPrefix(c.Offline.Said.Ja, "オフライン・申告時刻") ||
			c.Outcome != "accepted" {
			t.Fatalf("%+v", c)
		}
		if len(c.Offline.Marks) > 0 {
			marked++
			if c.Offline.Marks[0].Key != "offline.mark.backdated" {
				t.Errorf("%+v", c.Offline.Marks)
			}
		}
		got[c.Eligibility.Number[:1]] = append(got[c.Eligibility.Number[:1]], c.Eligibility.Number)
	}
	for i, c := range consoles {
		if fmt.Sprint(got[fmt.Sprint(i+1)]) != fmt.Sprint(c.made) {
			t.Errorf("console %d: %v", i+1, got[fmt.Sprint(i+1)])
		}
	}
	if marked != 1 {
		t.Errorf("%d cases are marked", marked)
	}
	do(t, second.tab, chromedp.Navigate(base+"/counter/offline"))
	waitText(t, second.tab, "main", "もう過ぎた時刻より前です")
	waitText(t, second.tab, "main", "署名がこの受付の画面のものではありません")
	state(t, second.tab, "offline-records")
}

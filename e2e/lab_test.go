package e2e

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// lab runs before a page's own program and lets a test set what no test can wait for: the clock, by
// localStorage.ahead (ms); an answer of the server, by localStorage.answers ({"path's end": [status, body]});
// members of an answer, by localStorage.members; its headers, by localStorage.headers (names in small
// letters). It counts what tests wait for: window.ticks the work that a page does once a second, and
// window.hintAsked tells that the page asked whether its hint at the home screen was waved away.
const lab = `(() => {
	const now = Date.now.bind(Date), RealDate = Date, ask = window.fetch.bind(window);
	const set = name => JSON.parse(localStorage.getItem(name) || "null");
	const find = (name, url) => Object.entries(set(name) || {}).find(([end]) => url.endsWith(end));
	window.Date = class extends RealDate {
		constructor(...parts) { parts.length ? super(...parts) : super(Date.now()) }
		static now() { return now() + (set("ahead") || 0) }
	};
	const every = window.setInterval.bind(window);
	window.setInterval = (work, ms, ...rest) => {
		if (ms !== 1000) return every(work, ms, ...rest);
		window.ticks ??= 0;
		return every(() => { try { work(...rest) } finally { window.ticks++ } }, ms);
	};
	const remembered = Storage.prototype.getItem;
	Storage.prototype.getItem = function (name) {
		if (name === "install-hint") window.hintAsked = true;
		return remembered.call(this, name);
	};
	window.fetch = async (url, init) => {
		const answer = find("answers", url), members = find("members", url);
		if (answer) return new Response(JSON.stringify(answer[1][1]), {status: answer[1][0]});
		const got = await ask(url, init), headers = find("headers", url);
		if (headers && got.ok) return new Response(await got.blob(),
			{status: got.status, headers: {...Object.fromEntries(got.headers), ...headers[1]}});
		return members && got.ok ? new Response(JSON.stringify({...await got.json(), ...members[1]}),
			{status: got.status}) : got;
	};
})()`

// inLab puts lab into each page that the tab opens from now on.
func inLab(t *testing.T, tab context.Context) {
	t.Helper()
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument,
			page.AddScriptToEvaluateOnNewDocumentParams{Source: lab})
		return err
	}))
}

// set changes a setting of lab; "null" ends it.
func set(t *testing.T, tab context.Context, name, json string) {
	t.Helper()
	ticks := eval[int64](t, tab, `localStorage.setItem(`+quote(name)+`, `+quote(json)+`), window.ticks ?? -1`)
	if name == "ahead" && ticks >= 0 { // the page looks at its clock once a second
		waitTrue(t, tab, `window.ticks > `+strconv.FormatInt(ticks, 10))
	}
}

// refusal is an answer for lab's "answers": to what path's end the server says no, with which problem (RFC
// 9457) and sentence.
func refusal(end string, status int, problem, ja string) string {
	return fmt.Sprintf(`{"%s": [%d, {"type": "urn:madoguchi:problem:%s", "ja": "%s"}]}`,
		end, status, problem, ja)
}

// offline takes the tab's network away, or gives it back.
func offline(t *testing.T, tab context.Context, away bool) {
	t.Helper()
	expects(t, tab, `net::ERR_INTERNET_DISCONNECTED`, "a request without network is told in the console")
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.EmulateNetworkConditionsByRule,
			network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{{Offline: away, DownloadThroughput: -1,
					UploadThroughput: -1}}})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, target, network.OverrideNetworkState,
			network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	}))
}

// waitTrue waits until the JavaScript is true; a promise is waited for. A page that is just being left, or
// not there yet, answers with an error: that is not true yet.
func waitTrue(t *testing.T, tab context.Context, js string) {
	t.Helper()
	var last error
	if !poll(100*time.Millisecond, func() bool {
		short, cancel := context.WithTimeout(tab, 10*time.Second)
		defer cancel()
		is, err := chromedp.Run(short, chromedp.Evaluate[bool](`Promise.resolve(`+js+`).then(Boolean)`,
			chromedp.EvalAwaitPromise))
		last = err
		return err == nil && is
	}) {
		t.Fatalf("never true: %s (%v)\n%s", js, last, pageText(tab))
	}
}

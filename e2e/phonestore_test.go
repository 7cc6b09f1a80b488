package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// devtool sends a command of the DevTools protocol to the tab.
func devtool[P, R any](t *testing.T, tab context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	}))
}

// forgetSessions takes the cookies of sessions away, as time does: only the phone's key is left.
func forgetSessions(t *testing.T, tab context.Context, base string) {
	t.Helper()
	for _, name := range []string{"madoguchi-patient", "madoguchi-device"} {
		devtool(t, tab, network.DeleteCookies, network.DeleteCookiesParams{Name: name, URL: base})
	}
}

// count is how many records a store of the phone holds; -1 when it is not there.
func count(t *testing.T, tab context.Context, store string) int64 {
	t.Helper()
	return await[int64](t, tab,
		`new Promise(done => { const o = indexedDB.open("madoguchi");
			o.onsuccess = () => { const db = o.result;
		if (!db.objectStoreNames.contains("`+store+`")) { db.close(); return done(-1) }
		const c = db.transaction("`+store+`").objectStore("`+store+
			`").count(); c.onsuccess = () => { db.close(); done(c.result) } } })`)
}

// waitCount waits until a store holds so many records.
func waitCount(t *testing.T, tab context.Context, store string, want int64) {
	t.Helper()
	var got int64
	if !poll(100*time.Millisecond, func() bool {
		got = count(t, tab, store)
		return got == want
	}) {
		t.Fatalf("%s holds %d records, want %d\n%s", store, got, want, pageText(tab))
	}
}

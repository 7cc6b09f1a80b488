package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// empties a store of the phone.
func empties(t *testing.T, tab context.Context, store string) {
	t.Helper()
	do(t, tab, chromedp.Evaluate[chromedp.Void](`new Promise(done => { const o = indexedDB.open("madoguchi"); o.onsuccess = () => { const db = o.result, tx = db.transaction("`+store+`", "readwrite");
		tx.objectStore("`+store+`").clear(); tx.oncomplete = () => { db.close(); done() } } })`, chromedp.EvalAwaitPromise))
}

// renews has the page ask for a live code now.
func renews(t *testing.T, tab context.Context) {
	t.Helper()
	do(t, tab, chromedp.Evaluate[chromedp.Void](`window.dispatchEvent(new Event("online"))`))
}

// joins enrols one more person on the phone.
func joins(t *testing.T, clerk, phone context.Context, base, insurer, name, login string) {
	t.Helper()
	do(t, phone, chromedp.Navigate(clerkImportsToo(t, clerk, base, insurer, name)))
	waitText(t, phone, "h1", "読み取りました")
	logsIn(t, phone, base, login, "h1", "登録の確認")
	do(t, phone, chromedp.Click(`form[action="/enrol"] button`))
	waitText(t, phone, "#holder-name", name)
}

// seen is true while the element can be seen.
func seen(selector string) string {
	return `(e => !!e && e.checkVisibility())(document.querySelector(` + quote(selector) + `))`
}

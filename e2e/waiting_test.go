package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"madoguchi/internal/testenv"
)

// empties a store of the phone.
func empties(t *testing.T, tab context.Context, store string) {
	t.Helper()
	do(t, tab, promise(
		`new Promise(done => { const o = indexedDB.open("madoguchi");
			o.onsuccess = () => { const db = o.result, tx = db.transaction("`+store+`", "readwrite");
		tx.objectStore("`+store+`").clear(); tx.oncomplete = () => { db.close(); done() } } })`))
}

// renews has the page ask for a live code now.
func renews(t *testing.T, tab context.Context) {
	t.Helper()
	do(t, tab, script(`window.dispatchEvent(new Event("online"))`))
}

// joins enrols one more person on the phone.
func joins(t *testing.T, clerk, phone context.Context, base, insurer, name, login string) {
	t.Helper()
	do(t, phone, chromedp.Navigate(clerkImportsToo(t, clerk, base, insurer, name)))
	waitText(t, phone, "h1", "読み取りました")
	logsIn(t, phone, base, login, "h1", "登録の確認")
	do(t, phone, click(`form[action="/enrol"] button`))
	waitText(t, phone, "#holder-name", name)
}

// seen is true while the element can be seen.
func seen(selector string) string {
	return `(e => !!e && e.checkVisibility())(document.querySelector(` + quote(selector) + `))`
}

func TestAFamilysPhoneInTheWaitingRoom(t *testing.T) {
	t.Parallel()
	base, _, _ := startServer(t)
	clerk, notice := clerkImports(t, base, "髙橋 德一")
	phone := patientEnrols(t, notice, "demo-tokuichi")
	devtool(t, phone, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: troubles})
	inLab(t, phone)
	expects(t, phone, `status of 404 .*/people/`, "the login is not that of the people whom the phone keeps")
	again := func(t *testing.T) {
		t.Helper()
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#age", "秒前に作成")
	}

	t.Run("somebody's login that has no screen yet does not hide the others'", func(t *testing.T) {
		waitCount(t, phone, "screens", 1)
		logsIn(t, phone, base, "demo-hanako", "h1", "登録の確認") // and the notice does not fit, or is at home
		devtool(t, phone, network.DeleteCookies,
			network.DeleteCookiesParams{Name: "madoguchi-device", URL: base})
		again(t)
		waitText(t, phone, "#holder-name", "髙橋 德一")
		waitTrue(t, phone, `document.getElementById("login-again").hidden`)
	})

	t.Run("the first page leads to the screens that are here", func(t *testing.T) {
		do(t, phone, chromedp.Navigate(base+"/"))
		waitText(t, phone, "#kept", "この端末にある画面を出す")
		state(t, phone, "landing-kept")
		do(t, phone, click("#kept"))
		waitText(t, phone, "#age", "秒前に作成")
	})

	t.Run("without network no copy is offered that is not here", func(t *testing.T) {
		waitCount(t, phone, "papers", 1)
		empties(t, phone, "papers")
		offline(t, phone, true)
		defer offline(t, phone, false)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitTrue(t, phone, withoutNetwork)
		waitTrue(t, phone, `!`+seen("#copies-open")+` && !`+seen("#pdf"))
	})

	t.Run("a copy is offered again with the network", func(t *testing.T) {
		waitText(t, phone, "#age", "秒前に作成")
		waitTrue(t, phone, seen("#copies-open"))
	})

	t.Run("a checked screen is told by the server's clock", func(t *testing.T) {
		joins(t, clerk, phone, base, "06139992", "試験 花子", "demo-hanako")
		set(t, phone, "ahead", "-259200000") // three days ago
		await[int](t, phone, sealedFor)
		defer do(t, phone, script(`localStorage.removeItem("receipts")`))
		set(t, phone, "ahead", "-864000000")
		again(t)
		waitTrue(t, phone, `document.getElementById("seen").children.length === 1`)
		waitTrue(t, phone, `document.getElementById("receipts").textContent === ""`)
		set(t, phone, "ahead", "null")
		await[int](t, phone, sealedFor)
		set(t, phone, "ahead", "864000000")
		again(t)
		waitText(t, phone, "#receipts", "医院が「受け付けた」と記録しました")
		set(t, phone, "ahead", "null")
	})

	t.Run("one whose eligibility ended does not keep the others' screens from being stored",
		func(t *testing.T) {
			joins(t, clerk, phone, base, "01139997", "試験 太郎", "demo-taro")
			waitCount(t, phone, "screens", 3)
			waitCount(t, phone, "papers", 3)
			turns(t, phone, "髙橋 德一")
			hers := eval[string](t, phone, `[...document.querySelectorAll(".tile")][1].dataset.person`)
			set(t, phone, "answers",
				refusal("/people/"+hers+"/credential", 409, "eligibility.lost", "この資格は終わっています。"))
			defer set(t, phone, "answers", "null")
			waitText(t, phone, "#age", "秒前に作成")
			empties(t, phone, "screens")
			for range 4 { // what was under way from before may be the first to end
				renews(t, phone)
				idle(t, phone)
			}
			waitCount(t, phone, "screens", 2)
			waitCount(t, phone, "papers", 2) // hers is over with it
		})

	t.Run("a no that comes while the stored screen is being read counts", func(t *testing.T) {
		again(t)
		turns(t, phone, "試験 花子")
		waitCount(t, phone, "screens", 3)
		do(t, phone, script(`document.querySelector(".tile").click()`))
		waitText(t, phone, "#holder-name", "髙橋 德一")
		waitText(t, phone, "#age", "秒前に作成")
		inTrouble(t, phone, base, "slow key,late no")
		defer troubled(t, phone, "")
		waitText(t, phone, "#state", "終わっています")
		idle(t, phone)
		if !eval[bool](t, phone,
			`document.getElementById("offline").hidden &&
				document.getElementById("state").textContent.includes("終わっています")`) {
			t.Errorf("the stored screen is shown\n%s", pageText(phone))
		}
		offline(t, phone, true)
		defer offline(t, phone, false)
		troubled(t, phone, "")
		waitTrue(t, phone, `window.lost.some(url => url.endsWith("/credential"))`) // the next try
		idle(t, phone)
		waitText(t, phone, "#state", "終わっています")
	})

	t.Run("a record that fits no code leaves no numbers to type", func(t *testing.T) {
		again(t)
		waitCount(t, phone, "screens", 3)
		set(t, phone, "answers",
			refusal("/credential", 409, "credential.unfit", "コードに入れられない文字があります。"))
		defer set(t, phone, "answers", "null")
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#state", "入れられない文字")
		waitTrue(t, phone, `!`+seen("#figures"))
	})

	t.Run("who is not on this phone any more is not told that the browser dropped them", func(t *testing.T) {
		for _, name := range []string{"試験 太郎", "試験 花子", "髙橋 德一"} {
			again(t)
			if name != "髙橋 德一" {
				turns(t, phone, name)
			}
			presses(t, phone, "#remove-person", name+"さんの画面を、この端末から消しますか")
			waitTrue(t, phone,
				`document.getElementById("screen").hidden ||
					document.getElementById("holder-name").textContent !== `+quote(name))
		}
		waitText(t, phone, "#empty-why", "消しました")
		forgetSessions(t, phone, base)
		do(t, phone, chromedp.Navigate(base+"/screen"))
		waitText(t, phone, "#empty-why", "登録は取り消されました")
	})

	t.Run("a phone is emptied at once though the network swallows all", func(t *testing.T) {
		logsIn(t, phone, base, "demo-tokuichi", "#age", "秒前に作成")
		waitCount(t, phone, "screens", 1)
		troubled(t, phone, "swallowed")
		presses(t, phone, "#wipe", "この端末から、全員の画面を消しますか")
		began := time.Now()
		waitTrue(t, phone, `!document.getElementById("main").innerText.includes("髙橋")`)
		waitText(t, phone, "h1", "消しています")
		// the first request alone is given up after eight
		testenv.Within(t, "emptying the phone", time.Since(began), 6*time.Second)
		waitText(t, phone, "h1", "この端末から全部消しました。電波がないため")
		if text := eval[string](t, phone, `document.body.innerText`); strings.Contains(text, "消しています") {
			t.Error(text)
		}
	})
}

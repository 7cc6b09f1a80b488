package e2e

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// tap touches the window at a place with one finger, and waits until the page has drawn what came of it.
func tap(t *testing.T, tab context.Context, x, y float64) {
	t.Helper()
	for _, part := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: x, Y: y}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		devtool(t, tab, input.DispatchTouchEvent, part)
	}
	frames(t, tab)
}

// An administrator whose passkey was used too long ago uses it again to say that a reader's words are the
// same.
// Who cancels that is told so, and the words stay.
func TestPairingAReaderMayAskForThePasskeyAgain(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	pc := browser(t, 1280, 900, "")
	device := authenticator(t, pc)
	inLab(t, pc)
	makesPasskey(t, pc, invites(t, base, data, "--facility", "1319999991", "--role", "facility-admin",
		"--name", "田中 三月"), "架空医院")
	waitText(t, pc, "#acting", "田中 三月")
	agent := start(t, t.TempDir(), built(t, "./card/bridge", "bridge"), nil, "--virtual",
		root(t, "card", "virtual", "people", "tokuichi.json"), "--server", base,
		"--key", filepath.Join(t.TempDir(), "agent.pem"), "--name", "受付1", "--page", "127.0.0.1:0")
	do(t, pc, click("#pairing-open"),
		chromedp.SendKeys("#pair-code", agent.out.await(t, `([A-Z0-9]{4}-[A-Z0-9]{4})`)[1]+"\r"))
	word := agent.out.await(t, `合言葉が「(.+)・(.+)」なら`)[1]
	waitText(t, pc, "#pair-words", word)

	// the minutes of the proof pass
	do(t, pc, script(`{const ask = window.fetch; window.proofs = 0;
		window.fetch = async (url, init) => {
			if (String(url).endsWith("/proof")) proofs++;
			return String(url).endsWith("/confirm") && !proofs
				? new Response(JSON.stringify({type: "urn:madoguchi:problem:staff.prove_again",
					ja: "パスキーをもう一度使ってください。"}), {status: 403})
				: ask(url, init);
		}}`))
	devtool(t, pc, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device})
	do(t, pc, click("#pair-same"))
	waitText(t, pc, "#pair-problem", "パスキーでの確認が途中で終わった")
	waitText(t, pc, "#pair-words", word)
	state(t, pc, "counter-pairing-passkey")
	devtool(t, pc, webauthn.SetUserVerified,
		webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: true})
	do(t, pc, click("#pair-same"))
	waitText(t, pc, "#pair-state", "つなぎました")
	agent.out.await(t, "つながりました")
	if got := eval[int](t, pc, `proofs`); got != 1 {
		t.Errorf("%d proofs", got)
	}
}

// Who is no administrator is not asked for a code that the server would refuse: the dialogue says how the
// readers are, and who connects them.
func TestAReceptionistSeesTheReaders(t *testing.T) {
	t.Parallel()
	base, _, data := startServer(t)
	pc := browser(t, 1280, 900, "")
	authenticator(t, pc)
	inLab(t, pc)
	expects(t, pc, `status of 403 .*/counter/bridges`, "the list is the administrators'")
	makesPasskey(t, pc, invites(t, base, data, "--facility", "1319999991", "--role", "reception",
		"--name", "佐藤 次郎"), "架空医院")
	waitText(t, pc, "#acting", "佐藤 次郎")
	waitTrue(t, pc, programStarted)
	do(t, pc, click("#pairing-open"))
	waitText(t, pc, "#pair-others", "管理者です")
	waitText(t, pc, "#bridges", "つないだパソコンはありません")
	waitTrue(t, pc, `!document.getElementById("pair-new").checkVisibility() &&
		document.getElementById("pair-problem").hidden`)
	state(t, pc, "counter-readers-seen")
}

package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// enterGoes sends a part of one press of Enter.
func enterGoes(kind input.DispatchKeyEventType, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: text,
		})
		return err
	})
}

// enterIsTaken has Enter go down on what has the keyboard, at a time (ms), and reports whether the page lets
// it through.
const enterIsTaken = `(at => {
	const key = new KeyboardEvent("keydown", {key: "Enter", code: "Enter", bubbles: true, cancelable: true});
	Object.defineProperty(key, "timeStamp", {value: performance.now() + at});
	return document.activeElement.dispatchEvent(key);
})`

// A reader's Enter opens a case, and the keyboard is on the button that checks the card by then. What is left
// of that press, or a second Enter of a reader that ends with CR and LF, must not press it: staff have not read
// the question on it, and each check costs the card a try.
func enterOpensOnly(t *testing.T, console context.Context, text string) {
	t.Helper()
	do(t, console, script(`asked.length = 0; document.getElementById("scan-text").value = `+quote(text)),
		chromedp.Focus("#scan-text"), enterGoes(input.DispatchKeyEventTypeRawKeyDown, ""))
	waitTrue(t, console, `document.activeElement.id === "record"`) // before the key is up
	do(t, console, enterGoes(input.DispatchKeyEventTypeChar, "\r"), enterGoes(input.DispatchKeyEventTypeKeyUp, ""))
	for _, press := range []struct {
		on, at string
		want   bool
	}{
		{"asides", "1000", true},
		{"record", "1020", false}, // no person is as fast
		{"record", "1300", true},
	} {
		do(t, console, script(`document.getElementById(`+quote(press.on)+`).hidden = false;
			document.getElementById(`+quote(press.on)+`).focus()`))
		if got := eval[bool](t, console, enterIsTaken+`(`+press.at+`)`); got != press.want {
			t.Errorf("on #%s at %s ms: %v", press.on, press.at, got)
		}
	}
	frames(t, console)
	if eval[bool](t, console, `asked.some(url => url.endsWith("/card-check"))`) {
		t.Error("the card was asked before staff had read the question")
	}
}

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

// enterIsTaken has Enter go down on an element at a time (ms), and reports whether the page lets it through.
const enterIsTaken = `((id, at) => {
	const key = new KeyboardEvent("keydown", {key: "Enter", code: "Enter", bubbles: true, cancelable: true});
	Object.defineProperty(key, "timeStamp", {value: at});
	return document.getElementById(id).dispatchEvent(key);
})`

// A reader's Enter opens a case, and the keyboard is on the button that checks the card by then. What is left
// of that press, or a second Enter of a reader that ends with CR and LF, must not press it: staff have not
// read the question on it, and each check costs the card a try.
func enterOpensOnly(t *testing.T, console context.Context, text string) {
	t.Helper()
	do(t, console, script(`asked.length = 0; document.getElementById("scan-text").value = `+quote(text)),
		chromedp.Focus("#scan-text"), enterGoes(input.DispatchKeyEventTypeRawKeyDown, ""))
	waitTrue(t, console, `document.activeElement.id === "record"`) // before the key is up
	do(t, console, enterGoes(input.DispatchKeyEventTypeChar, "\r"),
		enterGoes(input.DispatchKeyEventTypeKeyUp, ""))
	// this text opens no other case: it is the one at hand
	do(t, console, script(`window.first = performance.now();
		document.getElementById("scan-text").value = `+quote(text)))
	for _, press := range []struct {
		on, after string // ms
		want      bool
	}{
		{"scan-text", "0", false}, // handed over
		{"record", "20", false},   // no person is as fast
		{"record", "300", true},
	} {
		got := eval[bool](t, console, enterIsTaken+`(`+quote(press.on)+`, first + `+press.after+`)`)
		if got != press.want {
			t.Errorf("on #%s after %s ms: %v", press.on, press.after, got)
		}
	}
	frames(t, console)
	if eval[bool](t, console, `asked.some(url => url.endsWith("/card-check"))`) {
		t.Error("the card was asked before staff had read the question")
	}
}

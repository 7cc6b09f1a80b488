package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// point is where an element can be clicked, in CSS pixels of the window; where it cannot yet, Not says why.
type point struct {
	X, Y float64
	Not  string
}

// clickPoint is a function of a selector: the middle of the first line of the first element that matches,
// once it stands in the window and is what a finger laid there would touch. It watches the press that
// follows: one that another element gets, since something came late and moved them all, goes no further, and
// pressWent tells of it. A page whose programs do not run is watched by nobody.
const clickPoint = `(selector => {
	const not = Not => ({ X: 0, Y: 0, Not });
	// a module has run by then: before, nobody would hear of the press
	if (!performance.getEntriesByType("navigation")[0]?.domContentLoadedEventEnd) return not("is not ready");
	const e = document.querySelector(selector);
	if (!e?.checkVisibility()) return not("is not seen");
	e.scrollIntoViewIfNeeded();
	const b = e.getClientRects()[0];
	if (!b) return not("has no place");
	const X = b.x + b.width / 2, Y = b.y + b.height / 2;
	const isIt = at => e.contains(at) || at?.contains(e) || at?.closest?.("label")?.control === e;
	const top = document.elementFromPoint(X, Y);
	if (!isIt(top)) return not("is under " + (top?.id || top?.className || top?.tagName));
	const kinds = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
	let hears = false; // not where programs are turned off
	addEventListener("hears", () => { hears = true }, { once: true });
	dispatchEvent(new Event("hears"));
	let went = hears ? "nowhere" : "here"; // a browser drops what comes before it has drawn the page
	let first;
	const look = press => {
		first ??= press.target;
		// what began on one element and ended on another is a click on what holds both: neither was pressed
		const torn = press.type === "click" && press.target !== first && press.target.contains(first);
		if (went === "nowhere" || torn) went = isIt(press.target) && !torn ? "here" : "elsewhere";
		if (went === "elsewhere") { press.preventDefault(); press.stopImmediatePropagation() }
	};
	kinds.forEach(kind => addEventListener(kind, look, { capture: true }));
	window.pressWent = () => {
		kinds.forEach(kind => removeEventListener(kind, look, { capture: true }));
		// what the page itself keeps from everybody is heard of by what it does
		return went === "nowhere" && !(e.isConnected && e.checkVisibility()) ? "here" : went;
	};
	return { X, Y, Not: "" };
})`

// pressWent is where the press went: "here", "elsewhere" or "nowhere". A page that the press led to knows of
// none, which is as it should be.
const pressWent = `(went => {
	delete window.pressWent;
	return went?.() ?? "here";
})(window.pressWent)`

// lost says where the press that was just made went if its element did not get it. A page that is being left
// may not answer.
func lost(ctx context.Context, target *chromedp.Target) string {
	short, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	went, err := chromedp.Evaluate[string](pressWent)(short, target)
	if err != nil || went == "here" {
		return ""
	}
	return "press went " + went
}

// click is a step that clicks the element as a hand would: when it has come, its page's programs have
// started, and nothing lies over it.
func click(selector string) chromedp.Action[chromedp.Void] {
	find := chromedp.Evaluate[point](clickPoint + `(` + quote(selector) + `)`)
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for why := "was not looked for"; ; {
			at, err := find(ctx, target)
			switch {
			case err != nil:
				why = err.Error() // the page is being replaced, or is not there yet
			case at.Not != "":
				why = at.Not
			default:
				if _, err := chromedp.MouseClickXY(at.X, at.Y)(ctx, target); err != nil {
					if strings.Contains(err.Error(), "navigated or closed") {
						return nil // the press led to another page
					}
					return err
				}
				if why = lost(ctx, target); why == "" {
					return nil
				}
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s %s: %w", selector, why, ctx.Err())
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

// A press that the button does not get, because something came late, is made again, once.
func TestAPressThatMissesIsMadeAgain(t *testing.T) {
	t.Parallel()
	tab := browser(t, 800, 600, "")
	for _, when := range []string{"pointermove", "pointerdown", "mouseup"} {
		t.Run("the button moves at "+when, func(t *testing.T) {
			page := `<body><div id="above"></div><button id="go">押す</button><p>後ろ</p><script>
				window.got = 0;
				go.addEventListener("click", () => window.got++);
				go.addEventListener("` + when + `", () => { above.style.height = "200px" });
			</script>`
			do(t, tab, chromedp.Navigate("data:text/html;charset=utf-8,"+url.PathEscape(page)),
				click("#go"))
			if got := eval[int](t, tab, `window.got`); got != 1 {
				t.Errorf("%d clicks", got)
			}
		})
	}
}

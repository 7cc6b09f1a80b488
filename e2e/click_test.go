package e2e

import (
	"context"
	"fmt"
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
// clickMissed tells of it. A page whose programs do not run is watched by nobody.
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
	let missed;
	const look = press => {
		missed ??= !isIt(press.target);
		if (missed) { press.preventDefault(); press.stopImmediatePropagation() }
	};
	kinds.forEach(kind => addEventListener(kind, look, { capture: true }));
	window.clickMissed = () => {
		kinds.forEach(kind => removeEventListener(kind, look, { capture: true }));
		return missed === true;
	};
	return { X, Y, Not: "" };
})`

// clickMissed is true where the press went to another element; a page that the press led to knows of none.
const clickMissed = `(missed => {
	delete window.clickMissed;
	return missed?.() === true;
})(window.clickMissed)`

// missed reports whether the press that was just made went to another element. A page that is being left may
// not answer.
func missed(ctx context.Context, target *chromedp.Target) bool {
	short, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	was, err := chromedp.Evaluate[bool](clickMissed)(short, target)
	return err == nil && was
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
					return err
				}
				if !missed(ctx, target) {
					return nil
				}
				why = "moved away"
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s %s: %w", selector, why, ctx.Err())
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

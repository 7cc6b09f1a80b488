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

// stillPoint is a function of a selector: the middle of the first line of the first element that matches, once
// it stands in the window, has not moved for two frames, and is what a finger laid there would touch.
const stillPoint = `(async selector => {
	const frame = () => new Promise(done => requestAnimationFrame(done));
	const not = Not => ({ X: 0, Y: 0, Not });
	const e = document.querySelector(selector);
	if (!e?.checkVisibility()) return not("is not seen");
	e.scrollIntoViewIfNeeded();
	const box = () => e.getClientRects()[0];
	const before = box();
	await frame();
	await frame();
	const b = box();
	if (!before || !b || ["x", "y", "width", "height"].some(k => before[k] !== b[k])) return not("moves");
	const X = b.x + b.width / 2, Y = b.y + b.height / 2;
	const top = document.elementFromPoint(X, Y);
	const touched = e.contains(top) || top?.contains(e) || top?.closest("label")?.control === e;
	return touched ? { X, Y, Not: "" } : not("is under " + (top?.id || top?.className || top?.tagName));
})`

// click is a step that clicks the element as a hand would: when it has come, stands still and nothing lies over
// it. What comes late (a line, a letter's font) may move an element between the look and the click, and then
// another one gets it, or none.
func click(selector string) chromedp.Action[chromedp.Void] {
	find := chromedp.Evaluate[point](stillPoint+`(`+quote(selector)+`)`, chromedp.EvalAwaitPromise)
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for why := "was not looked for"; ; {
			at, err := find(ctx, target)
			switch {
			case err != nil:
				why = err.Error() // the page is being replaced, or is not there yet
			case at.Not != "":
				why = at.Not
			default:
				_, err = chromedp.MouseClickXY(at.X, at.Y)(ctx, target)
				return err
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s %s: %w", selector, why, ctx.Err())
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
}

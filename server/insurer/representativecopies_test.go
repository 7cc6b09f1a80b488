package insurer_test

import (
	"testing"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// What a representative saved does not outlive the representation (a mandate ends when it is withdrawn,
// 民法111条2項・651条1項): where that ends early, or is stated anew until an earlier day, the copies are taken
// back. The person's own stay.
func TestCopiesOfARepresentativeEndWithTheRepresentation(t *testing.T) {
	again := func(w *world, last string) func(*testing.T) {
		return func(t *testing.T) {
			wish := mandate("代理 花子")
			wish.Last = eligibility.MustDate(last)
			fatal(t, w.Representatives.Begin(ctx, w.rightful.clerk, w.person.ID, wish))
			paper, err := w.Representatives.Code(ctx, w.rightful.clerk, w.person.ID)
			fatal(t, err)
			mac, err := w.Representatives.CodeFor(ctx, paper.Code)
			fatal(t, err)
			fatal(t, w.Representatives.Accept(ctx, loggedIn("rep", "代理 花子", "1980-04-01"), mac))
		}
	}
	for _, c := range []struct {
		name    string
		change  func(w *world) func(*testing.T)
		revoked int
	}{
		{"ended by a clerk", func(w *world) func(*testing.T) {
			return func(t *testing.T) {
				fatal(t, w.Representatives.End(ctx, w.rightful.clerk, w.person.ID, w.representative))
			}
		}, 1},
		{"ended by the person", func(w *world) func(*testing.T) {
			return func(t *testing.T) {
				fatal(t, w.Representatives.EndOwn(ctx, w.rightful.viewer, w.person.ID, w.representative))
			}
		}, 1},
		{"stated anew until an earlier day", func(w *world) func(*testing.T) {
			return again(w, "2026-12-31")
		}, 1},
		{"stated anew until a later day", func(w *world) func(*testing.T) {
			return again(w, "2027-04-30")
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			before := revokedOf(w.everything(t))
			rep := loggedIn("rep", "代理 花子", "1980-04-01")
			for _, viewer := range []insurer.Viewer{rep, w.rightful.viewer} {
				_, err := w.Documents.File(ctx, viewer, w.person.ID)
				fatal(t, err)
			}
			list, err := w.Issuer.StatusList(ctx, city)
			fatal(t, err)
			c.change(w)(t)
			if n := revokedOf(w.everything(t)) - before; n != c.revoked {
				t.Errorf("%d copies are taken back, not %d", n, c.revoked)
			}
			if now, err := w.Issuer.StatusList(ctx, city); err != nil || (now != list) != (c.revoked > 0) {
				t.Errorf("consoles are handed a new list: %v, %v", now != list, err)
			}
		})
	}
}

// revokedOf counts the copies of a person that were taken back.
func revokedOf(file insurer.PersonFile) (n int) {
	for _, c := range file.Copies {
		if !c.Revoked.IsZero() {
			n++
		}
	}
	return n
}

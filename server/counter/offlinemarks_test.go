package counter_test

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
)

// What does not fit of a record is stored with its mark; a case is made of it wherever its console signed it.
func TestRecordsThatDoNotFitAreMarkedAndNotDropped(t *testing.T) {
	type day struct {
		*console
		texts []string
	}
	hour := func(h float64) time.Time { return morning.Add(time.Duration(h * float64(time.Hour))) }
	good := func(d *day, t *testing.T, h float64) { d.texts = append(d.texts, d.next(t, hour(h), nil)) }
	edited := func(d *day, t *testing.T, h float64, edit func(*claims)) {
		d.texts = append(d.texts, d.next(t, hour(h), edit))
	}
	for _, c := range []struct {
		name  string
		make  func(*day, *testing.T)
		marks string // of the records that have some, in their order
		cases int
	}{
		{"three good ones", func(d *day, t *testing.T) {
			good(d, t, 1)
			good(d, t, 2)
			good(d, t, 3)
		}, "", 3},
		{"another key's signature", func(d *day, t *testing.T) {
			own := d.key
			d.key = issuertest.NewKey(t)
			good(d, t, 1)
			d.key = own
		}, "forged", 0},
		{"another key's signature under this key's id", func(d *day, t *testing.T) {
			good(d, t, 1)
			head, rest, _ := strings.Cut(d.texts[0], ".")
			body, _, _ := strings.Cut(rest, ".")
			signature, err := issuertest.NewKey(t).Sign(head + "." + body)
			fatal(t, err)
			d.texts[0] = head + "." + body + "." + signature
		}, "forged", 0},
		{"an altered record, and its chain", func(d *day, t *testing.T) {
			good(d, t, 1)
			good(d, t, 2)
			good(d, t, 3)
			parts := strings.Split(d.texts[1], ".")
			body, err := base64.RawURLEncoding.DecodeString(parts[1])
			fatal(t, err)
			parts[1] = base64.RawURLEncoding.EncodeToString(
				[]byte(strings.Replace(string(body), "accepted", "refused", 1)))
			d.texts[1] = strings.Join(parts, ".")
		}, "forged; gap", 2},
		{"no signature at all", func(d *day, _ *testing.T) { d.texts = []string{"x"} }, "forged", 0},
		{"an outcome that there is not", func(d *day, t *testing.T) {
			edited(d, t, 1, func(r *claims) { r.Outcome = "paid" })
		}, "forged", 0},
		{"a missing one", func(d *day, t *testing.T) {
			good(d, t, 1)
			good(d, t, 2)
			good(d, t, 3)
			d.texts = slices.Delete(d.texts, 1, 2)
		}, "gap", 2},
		{"two with one number", func(d *day, t *testing.T) {
			good(d, t, 1)
			good(d, t, 2)
			d.seq = 1
			d.prev = hashName(d.texts[0])
			good(d, t, 2.5)
		}, "fork", 3},
		{"one that follows another", func(d *day, t *testing.T) {
			good(d, t, 1)
			d.prev = hashName("another")
			good(d, t, 2)
		}, "fork", 2},
		{"a first one that follows another", func(d *day, t *testing.T) {
			d.prev = hashName("another")
			good(d, t, 1)
		}, "fork", 1},
		{"one case twice", func(d *day, t *testing.T) {
			id := rand.Text()
			edited(d, t, 1, func(r *claims) { r.Case = id })
			edited(d, t, 1.01, func(r *claims) { r.Case = id })
		}, "doubled", 1},
		{"before the one before it", func(d *day, t *testing.T) {
			good(d, t, 3)
			edited(d, t, 2, func(r *claims) { r.Since = -1 })
		}, "backdated", 2},
		{"before the one before a gap", func(d *day, t *testing.T) {
			good(d, t, 3)
			good(d, t, 4)
			edited(d, t, 2, func(r *claims) { r.Since = -1 })
			d.texts = slices.Delete(d.texts, 1, 2)
		}, "gap backdated", 2},
		{"before the server was heard", func(d *day, t *testing.T) {
			edited(d, t, 2, func(r *claims) { r.Heard, r.Since = hour(3).UnixMilli(), -1 })
		}, "backdated", 1},
		{"before its key was there", func(d *day, t *testing.T) {
			edited(d, t, -1, func(r *claims) { r.Heard, r.Since = hour(-2).UnixMilli(), -1 })
		}, "backdated", 1},
		{"a server heard earlier than before", func(d *day, t *testing.T) {
			edited(d, t, 2, func(r *claims) { r.Heard, r.Since = hour(1.5).UnixMilli(), -1 })
			edited(d, t, 3, func(r *claims) { r.Since = -1 })
		}, "backdated", 2},
		{"a clock that was put back while the page ran", func(d *day, t *testing.T) {
			edited(d, t, 2, func(r *claims) { r.Since = (5 * time.Hour).Milliseconds() })
		}, "backdated", 1},
		{"a time that is still to come", func(d *day, t *testing.T) {
			edited(d, t, 11, func(r *claims) { r.Since = -1 })
		}, "future", 1},
		{"after its key ended", func(d *day, t *testing.T) {
			d.day.now = hour(14)
			good(d, t, 13)
		}, "ended", 1},
		{"a forged screen", func(d *day, t *testing.T) {
			forger := issuertest.NewKey(t)
			edited(d, t, 1, func(r *claims) { r.Text = d.day.screen(t, forger, hour(1)) })
		}, "screen ground", 1},
		{"an old screen", func(d *day, t *testing.T) {
			edited(d, t, 3, func(r *claims) { r.Text = d.day.screen(t, d.day.issuer, hour(1)) })
		}, "screen ground", 1},
		{"a screen that nobody could check, by eye and for a reason", func(d *day, t *testing.T) {
			edited(d, t, 1, func(r *claims) {
				r.Text, r.Valid, r.Reason = "", false, "紙のお知らせを見た"
			})
		}, "screen", 1},
		{"accepted on nothing", func(d *day, t *testing.T) {
			edited(d, t, 1, func(r *claims) { r.Visual = nil })
		}, "ground", 1},
		{"a reason with a My Number", func(d *day, t *testing.T) {
			edited(d, t, 1, func(r *claims) { r.Visual, r.Reason = nil, "番号は 1234 5678 9018" })
		}, "reason", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &day{console: newOfflineDay(t).console(t)}
			d.day.now = hour(10)
			c.make(d, t)
			var marks []string
			for range 2 { // sending it again changes nothing
				for _, each := range d.send(t, d.texts...) {
					var one []string
					for _, m := range each {
						one = append(one, string(m))
					}
					if len(one) > 0 {
						marks = append(marks, strings.Join(one, " "))
					}
				}
			}
			if got := strings.Join(marks, "; "); got != c.marks {
				t.Errorf("the marks are %q, want %q", got, c.marks)
			}
			cases := 0
			for _, at := range []time.Time{hour(0), hour(-12)} {
				of, err := d.day.service.Store.Cases(ctx, own, eligibility.DateOf(at))
				fatal(t, err)
				cases += len(of)
			}
			if cases != c.cases {
				t.Errorf("%d cases, want %d", cases, c.cases)
			}
			consoles, err := d.day.Consoles(ctx, suzuki)
			if err != nil || len(consoles) != 1 || len(consoles[0].Marked) != len(marks) {
				t.Errorf("the administrator sees %+v, %v", consoles, err)
			}
		})
	}
}

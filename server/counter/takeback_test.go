package counter_test

import (
	"context"
	"crypto/ecdh"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/internal/issuertest"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
	"madoguchi/server/staff"
)

// clockOfRecords is a clock for records: what is to be done later is done when the test says so.
type clockOfRecords struct {
	later   []func()
	after   []time.Duration
	stopped int
}

func (w *clockOfRecords) afterFunc(d time.Duration, f func()) func() bool {
	w.later, w.after = append(w.later, f), append(w.after, d)
	return func() bool { w.stopped++; return true }
}

// pass runs everything that was to be done later, also what was stopped: a timer may fire just then.
func (w *clockOfRecords) pass() {
	due := w.later
	w.later = nil
	for _, f := range due {
		f()
	}
}

// phones is an insurer with one phone that takes receipts.
type phones struct {
	away
	mu   sync.Mutex
	left int
}

func (p *phones) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	return map[string][]byte{"A": phonePoint}, nil
}

func (p *phones) LeaveReceipt(_ context.Context, _ string, d hostapi.Delivery) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.Credential == "" {
		return hostapi.ErrUnreached // the insurer asks whose phone it is
	}
	p.left++
	return nil
}

// phonePoint is a phone's public key: of the private key 1, which is the generator of P-256.
var phonePoint = func() []byte {
	key, err := ecdh.P256().NewPrivateKey(append(make([]byte, 31), 1))
	if err != nil {
		panic(err)
	}
	return key.PublicKey().Bytes()
}()

func newDesk(t *testing.T) (*clinic, *clockOfRecords, *phones) {
	t.Helper()
	c, w, p := newClinic(t), &clockOfRecords{}, &phones{}
	c.Receipts.Held = counter.NewHeld(w.afterFunc)
	c.Insurers = func(string) counter.InsurerCalls { return p }
	c.Receipts.Key = issuertest.NewKey(t)
	return c, w, p
}

func (c *clinic) accepts(t *testing.T) counter.CaseView {
	t.Helper()
	_, err := c.CheckCard(ctx, suzuki, "", c.live)
	fatal(t, err)
	view, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Accepted})
	fatal(t, err)
	return view
}

// brokenStore fails to keep what is taken back.
type brokenStore struct{ counter.Store }

func (b brokenStore) PutCase(ctx context.Context, c counter.Case, e audit.Entry) error {
	if e.Action == "case.back" {
		return io.ErrShortWrite
	}
	return b.Store.PutCase(ctx, c, e)
}

// leftStore is one whose caller goes away when a case was stored.
type leftStore struct {
	counter.Store
	leave func()
}

func (l leftStore) PutCase(ctx context.Context, c counter.Case, e audit.Entry) error {
	defer l.leave()
	return l.Store.PutCase(ctx, c, e)
}

func TestARecordIsTakenBack(t *testing.T) {
	t.Run("in time: the former record stays and no phone is told", func(t *testing.T) {
		c, w, p := newDesk(t)
		recorded := c.accepts(t)
		if recorded.JWS != "" {
			t.Error("the record holds the screen's code")
		}
		colleague := staff.Reception{Staff: "佐藤", Facility: own, Role: staff.RoleReception}
		view, err := c.TakeBack(ctx, colleague, c.live)
		fatal(t, err)
		w.pass()
		if p.left != 0 || w.stopped != 1 {
			t.Errorf("%d receipts were left; %d timers were stopped", p.left, w.stopped)
		}
		if view.Outcome != hostapi.Open || view.JWS != c.jws || !view.ChipPassed() || view.Method != "" ||
			view.Ground != "" || len(view.Checked) > 0 || !view.RecordedAt.IsZero() {
			t.Errorf("the case is not open as it was: %+v", view)
		}
		if len(view.Withdrawn) != 1 || view.Withdrawn[0].Outcome != hostapi.Accepted ||
			view.Withdrawn[0].Method != "N1e" || view.Withdrawn[0].Ground != hostapi.ByChip ||
			view.Withdrawn[0].Staff != "鈴木" || view.Withdrawn[0].BackBy != "佐藤" ||
			!view.Withdrawn[0].RecordedAt.Equal(recorded.RecordedAt) {
			t.Errorf("%+v", view.Withdrawn)
		}
		again, err := c.TakeBack(ctx, suzuki, c.live)
		if err != nil || len(again.Withdrawn) != 1 {
			t.Errorf("asked twice: %v %+v", err, again.Withdrawn)
		}
		end := counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別の方"}
		last, err := c.Record(ctx, suzuki, c.live, end)
		fatal(t, err)
		w.pass()
		if last.Outcome != hostapi.Refused || len(last.Withdrawn) != 1 || p.left != 1 {
			t.Errorf("recorded anew: %+v, %d receipts", last, p.left)
		}
	})
	t.Run("after its time", func(t *testing.T) {
		c, w, p := newDesk(t)
		c.accepts(t)
		if w.after[0] < 10*time.Second || w.after[0] > 15*time.Second {
			t.Errorf("it can be taken back for %v", w.after[0])
		}
		w.pass()
		before := dump(t, c.file)
		_, err := c.TakeBack(ctx, suzuki, c.live)
		var e *eligibility.Error
		if !errors.As(err, &e) || e.Key != "case.too_late" || p.left != 1 {
			t.Errorf("%v, %d receipts", err, p.left)
		}
		if after := dump(t, c.file); after != before {
			t.Error("something changed")
		}
	})
	t.Run("a case that was never recorded", func(t *testing.T) {
		c, _, _ := newDesk(t)
		_, err := c.TakeBack(ctx, suzuki, c.live)
		var e *eligibility.Error
		if !errors.As(err, &e) || e.Key != "case.too_late" {
			t.Error(err)
		}
	})
	t.Run("a disk that fails: the record stands and its receipt is left", func(t *testing.T) {
		c, w, p := newDesk(t)
		c.accepts(t)
		kept := c.Store
		c.Store = brokenStore{kept}
		if _, err := c.TakeBack(ctx, suzuki, c.live); !errors.Is(err, io.ErrShortWrite) {
			t.Fatal(err)
		}
		c.Store = kept
		w.pass()
		if cases, err := c.Today(ctx, suzuki); err != nil || p.left != 1 ||
			!slices.ContainsFunc(cases, func(v counter.CaseView) bool {
				return v.ID == c.live && v.Outcome == hostapi.Accepted && len(v.Withdrawn) == 0
			}) {
			t.Errorf("%v, %d receipts, %+v", err, p.left, cases)
		}
	})
	t.Run("its receipt waits in the store until then", func(t *testing.T) {
		c, w, p := newDesk(t)
		c.accepts(t)
		later := now.Add(time.Minute)
		c.Now = func() time.Time { return later } // a clock that was set forward takes nothing away
		left, err := c.Receipts.LeaveWaiting(ctx)
		if err != nil || left != 1 || p.left != 0 {
			t.Errorf("while it is held %d wait, %d were left, %v", left, p.left, err)
		}
		w.pass()
		if all := waiting(t, c); len(all) != 0 || p.left != 1 {
			t.Errorf("%d wait, %d were left", len(all), p.left)
		}
	})
	t.Run("taken back, no receipt waits", func(t *testing.T) {
		c, _, _ := newDesk(t)
		c.accepts(t)
		_, err := c.TakeBack(ctx, suzuki, c.live)
		fatal(t, err)
		if all := waiting(t, c); len(all) != 0 {
			t.Errorf("%d wait", len(all))
		}
	})
	t.Run("a server that stops meanwhile leaves it when it is started anew, once", func(t *testing.T) {
		c, _, p := newDesk(t)
		c.accepts(t)
		c.Receipts.Held = counter.NewHeld((&clockOfRecords{}).afterFunc)
		left, err := c.Receipts.LeaveWaiting(ctx)
		if err != nil || left != 1 || p.left != 0 {
			t.Errorf("another server may still take it back: %d wait, %d were left, %v", left, p.left, err)
		}
		later := now.Add(time.Minute)
		c.Now = func() time.Time { return later }
		for range 2 {
			if left, err := c.Receipts.LeaveWaiting(ctx); err != nil || left != 0 {
				t.Errorf("%d still wait, %v", left, err)
			}
		}
		if p.left != 1 {
			t.Errorf("%d receipts were left", p.left)
		}
	})
	t.Run("recorded anew, it has its own seconds", func(t *testing.T) {
		c, w, p := newDesk(t)
		c.accepts(t)
		_, err := c.TakeBack(ctx, suzuki, c.live)
		fatal(t, err)
		end := counter.CaseEnd{Outcome: hostapi.Refused, Reason: "別の方"}
		_, err = c.Record(ctx, suzuki, c.live, end)
		fatal(t, err)
		w.later[0]() // the first record's timer may fire just then
		if p.left != 0 {
			t.Error("the receipt was left while its record can be taken back")
		}
		_, err = c.TakeBack(ctx, suzuki, c.live)
		fatal(t, err)
	})
	t.Run("a disk that fails, then a server that stops: the receipt waits on", func(t *testing.T) {
		c, _, p := newDesk(t)
		c.accepts(t)
		kept := c.Store
		c.Store = brokenStore{kept}
		if _, err := c.TakeBack(ctx, suzuki, c.live); !errors.Is(err, io.ErrShortWrite) {
			t.Fatal(err)
		}
		if all := waiting(t, c); len(all) != 1 {
			t.Errorf("%d wait", len(all))
		}
		c.Receipts.Held = counter.NewHeld((&clockOfRecords{}).afterFunc)
		c.passes(time.Minute)
		c.tries(t, 0)
		if p.left != 1 {
			t.Errorf("%d receipts were left", p.left)
		}
	})
	t.Run("a browser that leaves as soon as the record is stored", func(t *testing.T) {
		c, w, p := newDesk(t)
		_, err := c.CheckCard(ctx, suzuki, "", c.live)
		fatal(t, err)
		leaving, leave := context.WithCancel(ctx)
		c.Store = leftStore{c.Store, leave}
		_, err = c.Record(leaving, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Accepted})
		fatal(t, err)
		if all := waiting(t, c); len(all) != 1 {
			t.Errorf("%d wait", len(all))
		}
		w.pass()
		if p.left != 1 {
			t.Errorf("%d receipts were left", p.left)
		}
	})
	t.Run("by many at once", func(t *testing.T) {
		c, w, p := newDesk(t)
		c.accepts(t)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { c.TakeBack(ctx, suzuki, c.live) })
		}
		all.Wait()
		w.pass()
		view, err := c.TakeBack(ctx, suzuki, c.live)
		if err != nil || len(view.Withdrawn) != 1 || p.left != 0 {
			t.Errorf("%v %+v, %d receipts", err, view.Withdrawn, p.left)
		}
	})
}

// The electronic お知らせ is a way of the law from 2024-12-02 on (令和6年厚労省告示351号): N1e of docs/rules.md.
func TestNoWayOfTheRulesNoAcceptance(t *testing.T) {
	for day, want := range map[string]string{"2024-12-01": "case.no_method", "2024-12-02": ""} {
		t.Run(day, func(t *testing.T) {
			c, _, _ := newDesk(t)
			c.Now = func() time.Time { return eligibility.MustDate(day).Time().Add(9 * time.Hour) }
			_, err := c.CheckCard(ctx, suzuki, "", c.live)
			fatal(t, err)
			view, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Accepted})
			var e *eligibility.Error
			if want == "" && (err != nil || view.Method != "N1e") ||
				want != "" && (!errors.As(err, &e) || e.Key != want) {
				t.Errorf("%v, %q", err, view.Method)
			}
		})
	}
}

// What was checked stands in the record, whatever the ground is.
func TestTheRecordSaysWhatWasChecked(t *testing.T) {
	c, _, _ := newDesk(t)
	_, err := c.Visual(ctx, suzuki, c.live, []string{"photo", "name"})
	fatal(t, err)
	_, err = c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Accepted})
	var e *eligibility.Error
	if !errors.As(err, &e) || e.Key != "case.unchecked" || e.Field != "checks" ||
		e.Message().Key != "case.unchecked_eye" || e.Ja() == "" {
		t.Fatal(err)
	}
	view := c.accepts(t)
	if want := []string{"screen", "card", "photo", "name"}; !slices.Equal(view.Checked, want) {
		t.Errorf("%q, want %q", view.Checked, want)
	}
	if view.Verdict.Tier != credential.TierLive || view.Method != "N1e" {
		t.Errorf("%+v", view)
	}
}

package counter_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/internal/issuertest"
	"madoguchi/server/audit"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// insurerServer is an insurer's server that can be away, or refuse.
type insurerServer struct {
	counter.InsurerCalls
	fails error
	loses error // the answer to what is left
	asked int
	left  []hostapi.Delivery
}

func (s *insurerServer) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	s.asked++
	if s.fails != nil {
		return nil, s.fails
	}
	phone, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"phone": phone.PublicKey().Bytes()}, nil
}

func (s *insurerServer) LeaveReceipt(_ context.Context, _ string, d hostapi.Delivery) error {
	s.left = append(s.left, d)
	return s.loses
}

// heldNever leaves a receipt at once.
func heldNever() *counter.Held {
	return counter.NewHeld(func(_ time.Duration, leave func()) func() bool {
		leave()
		return func() bool { return false }
	})
}

// recorded is a clinic that has recorded its case while the insurer's server answered so.
func recorded(t *testing.T, fails error) (*clinic, *insurerServer) {
	t.Helper()
	c, insurer := newClinic(t), &insurerServer{fails: fails}
	c.Receipts.Held = heldNever()
	c.Insurers = func(string) counter.InsurerCalls { return insurer }
	c.Receipts.Key = issuertest.NewKey(t)
	_, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"})
	fatal(t, err)
	return c, insurer
}

func waiting(t *testing.T, c *clinic) []counter.WaitingReceipt {
	t.Helper()
	all, closed, err := c.Store.WaitingReceipts(ctx)
	fatal(t, err)
	if len(closed) > 0 {
		t.Error(closed)
	}
	return all
}

// owes puts a case whose receipt waits, as a program of before would have left it: without an id.
func (c *clinic) owes(t *testing.T, id, iss string) {
	t.Helper()
	fatal(t, c.Store.PutCase(ctx, counter.Case{
		Facility: own,
		ID:       id,
		At:       now,
		Outcome:  hostapi.Parked,
		Body:     []byte("{}"),
		Receipt: &counter.ReceiptChange{Waits: &counter.WaitingReceipt{
			Facility: own,
			CaseID:   id,
			Ends:     now.Add(hostapi.ReceiptWindow),
			Body:     []byte(`{"iss":"` + iss + `","jws":"` + id + `","outcome":"parked"}`),
		}},
	}, audit.Entry{At: now, Actor: "test", Action: "case.record"}))
}

// While an insurer's server is down nothing is lost: the receipt is left when it answers again, once.
func TestAReceiptWaitsForAnInsurerThatIsAway(t *testing.T) {
	c, insurer := recorded(t, hostapi.ErrUnreached)
	all := waiting(t, c)
	if len(all) != 1 || all[0].CaseID != c.live || all[0].Facility != own ||
		!all[0].Ends.Equal(now.Add(hostapi.ReceiptWindow)) {
		t.Fatalf("%+v", all)
	}
	c.owes(t, "another", iss)

	c.passes(time.Minute)
	insurer.asked = 0
	if left, err := c.Receipts.LeaveWaiting(ctx); err != nil || left != 2 || insurer.asked != 1 {
		t.Errorf("while it is away %d wait after %d calls, %v", left, insurer.asked, err)
	}
	insurer.fails = nil
	for range 2 {
		if left, err := c.Receipts.LeaveWaiting(ctx); err != nil || left != 0 {
			t.Errorf("%d still wait, %v", left, err)
		}
	}
	if len(insurer.left) != 2 || len(insurer.left[0].Sealed["phone"]) <= hostapi.PointBytes+hostapi.TagBytes {
		t.Errorf("left: %v", insurer.left)
	}
	if rest := waiting(t, c); len(rest) != 0 {
		t.Errorf("what the patient showed is still kept: %+v", rest)
	}
}

// passes sets the clinic's clock forward.
func (c *clinic) passes(d time.Duration) {
	at := c.Now().Add(d)
	c.Now = func() time.Time { return at }
}

// What an insurer says decides whether a receipt waits on (RFC 9110 15.5 and 15.6): a refusal is its last
// word.
func TestAReceiptWaitsOnlyWhereAskingAgainHelps(t *testing.T) {
	for status, waits := range map[int]int{
		http.StatusForbidden:           0,
		http.StatusNotFound:            0,
		http.StatusUnprocessableEntity: 0,
		http.StatusUnauthorized:        1, // of the calling server, whose clock or trust list can be mended
		http.StatusRequestTimeout:      1,
		http.StatusTooManyRequests:     1,
		http.StatusInternalServerError: 1,
		http.StatusServiceUnavailable:  1,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			c, insurer := recorded(t, &hostapi.RefusedCall{Status: status})
			if all := waiting(t, c); len(all) != waits {
				t.Fatalf("%d wait", len(all))
			}
			if waits == 0 {
				return
			}
			insurer.fails = &hostapi.RefusedCall{Status: http.StatusForbidden}
			c.passes(time.Hour)
			if left, err := c.Receipts.LeaveWaiting(ctx); err != nil || left != 0 ||
				len(waiting(t, c)) != 0 {
				t.Errorf("after the last word %d wait, %v", left, err)
			}
		})
	}
	t.Run("nobody's phone", func(t *testing.T) {
		c := newClinic(t)
		c.Receipts.Held = heldNever()
		c.Insurers = func(string) counter.InsurerCalls { return noPhones{} }
		_, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"})
		fatal(t, err)
		if all := waiting(t, c); len(all) != 0 {
			t.Errorf("%d wait", len(all))
		}
	})
}

type noPhones struct{ counter.InsurerCalls }

func (noPhones) ReceiptKeys(context.Context, string, string) (map[string][]byte, error) {
	return nil, nil
}

// When no insurer takes it any more, what the patient showed is not kept either, and nobody is asked.
func TestAReceiptThatIsOverIsDropped(t *testing.T) {
	c, insurer := recorded(t, hostapi.ErrUnreached)
	insurer.asked = 0
	c.passes(hostapi.ReceiptWindow)
	if left, err := c.Receipts.LeaveWaiting(ctx); err != nil || left != 0 ||
		insurer.asked != 0 || len(waiting(t, c)) != 0 {
		t.Errorf("%d wait after %d calls, %v", left, insurer.asked, err)
	}
}

// receiptsInMemory are those of a store without a disk.
type receiptsInMemory struct {
	counter.Store
	waiting map[string]counter.WaitingReceipt
}

func (m receiptsInMemory) WaitingReceipts(context.Context) ([]counter.WaitingReceipt, []error, error) {
	return slices.Collect(maps.Values(m.waiting)), nil, nil
}

func (m receiptsInMemory) DropReceipt(_ context.Context, r counter.WaitingReceipt) error {
	delete(m.waiting, r.CaseID)
	return nil
}

func (m receiptsInMemory) GiveUpEnded(context.Context, audit.Entry) (int, error) { return 0, nil }

// An insurer that comes back after a night is not run over: the tries become rarer, to one in five minutes.
func TestAnInsurerThatIsAwayIsAskedMoreRarely(t *testing.T) {
	kept, _ := recorded(t, hostapi.ErrUnreached)
	receipt := waiting(t, kept)[0]
	synctest.Test(t, func(t *testing.T) {
		insurer := &insurerServer{fails: hostapi.ErrUnreached}
		receipts := &counter.Receipts{
			Store:      receiptsInMemory{waiting: map[string]counter.WaitingReceipt{receipt.CaseID: receipt}},
			Facilities: kept.Facilities,
			Insurers:   func(string) counter.ReceiptCalls { return insurer },
			Key:        kept.Receipts.Key,
			Held:       heldNever(),
			Now:        func() time.Time { return now.Add(time.Minute) },
		}
		ctx, cancel := context.WithCancel(t.Context())
		go receipts.KeepLeaving(ctx)
		time.Sleep(8 * time.Hour)
		synctest.Wait()
		if insurer.asked < 8*12 || insurer.asked > 8*12+8 { // 12 an hour, and the first ones
			t.Errorf("asked %d times in a night", insurer.asked)
		}
		insurer.fails = nil
		time.Sleep(5*time.Minute + time.Second)
		synctest.Wait()
		if len(insurer.left) != 1 {
			t.Errorf("five minutes after it came back %d receipts were left", len(insurer.left))
		}
		cancel()
	})
}

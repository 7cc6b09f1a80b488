package counter_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/internal/issuertest"
	"madoguchi/server/counter"
	"madoguchi/server/hostapi"
)

// insurerServer is an insurer's server that can be away, or refuse.
type insurerServer struct {
	counter.InsurerCalls
	fails error
	asked int
	left  []map[string][]byte
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

func (s *insurerServer) LeaveReceipt(_ context.Context, _, _ string, sealed map[string][]byte) error {
	s.left = append(s.left, sealed)
	return nil
}

// recorded is a clinic that has recorded its case while the insurer's server answered so.
func recorded(t *testing.T, fails error) (*clinic, *insurerServer) {
	t.Helper()
	c, insurer := newClinic(t), &insurerServer{fails: fails}
	c.Held = nil // receipts are left at once
	c.Insurers = func(string) counter.InsurerCalls { return insurer }
	c.Key = issuertest.NewKey(t)
	_, err := c.Record(ctx, suzuki, c.live, counter.CaseEnd{Outcome: hostapi.Parked, Reason: "急ぎ"})
	fatal(t, err)
	return c, insurer
}

func waiting(t *testing.T, c *clinic) []counter.WaitingReceipt {
	t.Helper()
	all, err := c.Store.WaitingReceipts(ctx)
	fatal(t, err)
	return all
}

// While an insurer's server is down nothing is lost: the receipt is left when it answers again, once.
func TestAReceiptWaitsForAnInsurerThatIsAway(t *testing.T) {
	c, insurer := recorded(t, io.ErrUnexpectedEOF)
	all := waiting(t, c)
	if len(all) != 1 || all[0].CaseID != c.live || all[0].Facility != own ||
		!all[0].Ends.Equal(now.Add(hostapi.ReceiptWindow)) {
		t.Fatalf("%+v", all)
	}
	more := all[0]
	more.CaseID = "another"
	fatal(t, c.Store.PutReceipt(ctx, more))

	insurer.asked = 0
	if left, err := counter.NewReceipts(c.Service).LeaveWaiting(ctx); err != nil || left != 2 ||
		insurer.asked != 1 {
		t.Errorf("while it is away %d wait after %d calls, %v", left, insurer.asked, err)
	}
	insurer.fails = nil
	for range 2 {
		if left, err := counter.NewReceipts(c.Service).LeaveWaiting(ctx); err != nil || left != 0 {
			t.Errorf("%d still wait, %v", left, err)
		}
	}
	if len(insurer.left) != 2 || len(insurer.left[0]["phone"]) <= hostapi.PointBytes+hostapi.TagBytes {
		t.Errorf("left: %v", insurer.left)
	}
	if rest := waiting(t, c); len(rest) != 0 {
		t.Errorf("what the patient showed is still kept: %+v", rest)
	}
}

// What an insurer says decides whether a receipt waits on (RFC 9110 15.5 and 15.6): a refusal is its last
// word.
func TestAReceiptWaitsOnlyWhereAskingAgainHelps(t *testing.T) {
	for status, waits := range map[int]int{
		http.StatusForbidden:           0,
		http.StatusNotFound:            0,
		http.StatusUnprocessableEntity: 0,
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
			if left, err := counter.NewReceipts(c.Service).LeaveWaiting(ctx); err != nil || left != 0 ||
				len(waiting(t, c)) != 0 {
				t.Errorf("after the last word %d wait, %v", left, err)
			}
		})
	}
	t.Run("nobody's phone", func(t *testing.T) {
		c := newClinic(t)
		c.Held = nil
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
	c, insurer := recorded(t, io.ErrUnexpectedEOF)
	insurer.asked = 0
	c.Now = func() time.Time { return now.Add(hostapi.ReceiptWindow) }
	if left, err := counter.NewReceipts(c.Service).LeaveWaiting(ctx); err != nil || left != 0 ||
		insurer.asked != 0 || len(waiting(t, c)) != 0 {
		t.Errorf("%d wait after %d calls, %v", left, insurer.asked, err)
	}
}

// receiptsInMemory are those of a store without a disk.
type receiptsInMemory struct {
	counter.Store
	waiting map[string]counter.WaitingReceipt
}

func (m receiptsInMemory) WaitingReceipts(context.Context) ([]counter.WaitingReceipt, error) {
	return slices.Collect(maps.Values(m.waiting)), nil
}

func (m receiptsInMemory) DropReceipt(_ context.Context, _, id string) error {
	delete(m.waiting, id)
	return nil
}

// An insurer that comes back after a night is not run over: the tries become rarer, to one in five minutes.
func TestAnInsurerThatIsAwayIsAskedMoreRarely(t *testing.T) {
	kept, _ := recorded(t, io.ErrUnexpectedEOF)
	receipt := waiting(t, kept)[0]
	synctest.Test(t, func(t *testing.T) {
		insurer := &insurerServer{fails: errors.New("away")}
		c := *kept.Service
		c.Store = receiptsInMemory{waiting: map[string]counter.WaitingReceipt{receipt.CaseID: receipt}}
		c.Insurers = func(string) counter.InsurerCalls { return insurer }
		ctx, cancel := context.WithCancel(t.Context())
		go counter.NewReceipts(&c).KeepLeaving(ctx)
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

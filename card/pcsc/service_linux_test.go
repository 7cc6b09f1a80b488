package pcsc_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"madoguchi/card"
	"madoguchi/card/pcsc"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/internal/pcscdtest"
	"madoguchi/internal/testenv"
)

// Everything in this file goes through the real libpcsclite, pcscd and vpcd, in namespaces of the test's own.

const slot0, slot1 = "Virtual PCD 00 00", "Virtual PCD 00 01"

var (
	hanako = eligibility.MustDate("1980-02-17")
	taro   = eligibility.MustDate("1986-04-12")
)

func chip(t *testing.T, d virtual.Description) *virtual.Card {
	t.Helper()
	c, err := virtual.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// plug lays a card into the reader at vpcd's address until pull is called.
func plug(t *testing.T, address string, c *virtual.Card) (pull func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := virtual.Plug(ctx, address, c)
		if err != nil && !errors.Is(err, virtual.ErrPulled) && !errors.Is(err, virtual.ErrReaderGone) {
			t.Errorf("the card: %v", err)
		}
	}()
	return func() { cancel(); <-done }
}

// bounded is the time that any single step of these tests may take.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// check asks the card in the reader and judges it with the test key.
func check(ctx context.Context, r *pcsc.Reader, birth eligibility.Date) card.Result {
	c, disconnect, err := r.Connect(ctx)
	if err != nil {
		return card.FaultResult(err)
	}
	defer disconnect()
	evidence, err := card.CheckBirthDate(ctx, card.Open(c), birth, [32]byte{7})
	if err != nil {
		return card.FaultResult(err)
	}
	return card.VerifyBirthDate(evidence, birth, [32]byte{7}, virtual.TestIssuerKeys())
}

// until waits until the readers look as wanted.
func until(t *testing.T, r *pcsc.Reader, what string, ok func([]pcsc.Slot) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var last pcsc.Seen
	r.Watch(ctx, func(s pcsc.Seen) {
		last = s
		if s.Fault == nil && ok(s.Slots) {
			cancel()
		}
	})
	if !errors.Is(context.Cause(ctx), context.Canceled) {
		t.Fatalf("waiting for %s; last seen %+v", what, last)
	}
}

func lies(name string, want bool) func([]pcsc.Slot) bool {
	return func(slots []pcsc.Slot) bool {
		return slices.ContainsFunc(slots, func(s pcsc.Slot) bool { return s.Name == name && s.Card == want })
	}
}

func TestThroughPcscdACardIsSeenCheckedAndSeenToGo(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	if got := check(bounded(t), r, hanako); got.Key != card.ErrNoCard.Key {
		t.Errorf("without a card: %s", got.Key)
	}
	c := chip(t, virtual.Description{BirthDate: hanako})
	pull := plug(t, b.Address(0), c)
	until(t, r, "the card", lies(slot0, true))
	if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
		t.Errorf("the right card: %+v", got)
	}
	if got := check(bounded(t), r, taro); got.Key != card.ErrBirthDate.Key {
		t.Errorf("another date: %s", got.Key)
	}
	if n := len(c.Commands()); n > 40 {
		t.Errorf("%d commands for two checks, at most 20 each are allowed", n)
	}
	if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
		t.Errorf("the right date again: %+v", got)
	}
	pull()
	until(t, r, "the empty reader", lies(slot0, false))
	if got := check(bounded(t), r, hanako); got.Key != card.ErrNoCard.Key {
		t.Errorf("after the card was taken away: %s", got.Key)
	}
	defer plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako, Variant: virtual.Phone}))()
	until(t, r, "the phone", lies(slot0, true))
	if got := check(bounded(t), r, hanako); got.Key != card.ErrPhone.Key {
		t.Errorf("a phone: %s", got.Key)
	}
}

// The bar (docs/facts/pcsc.md#bars): below 50 ms through pcscd without delays.
func TestThroughPcscdACheckTakesLessThanFiftyMilliseconds(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	defer plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))()
	until(t, r, "the card", lies(slot0, true))
	var times []time.Duration
	for range 21 {
		start := time.Now()
		if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
			t.Fatalf("%+v", got)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	t.Logf("a check takes %v, the slowest %v", times[10], times[20])
	testenv.Within(t, "a check", times[10], 50*time.Millisecond)
}

func TestThroughPcscdTheEmptySlotIsSkippedAndAChoiceIsKept(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	pull1 := plug(t, b.Address(1), chip(t, virtual.Description{BirthDate: taro}))
	until(t, r, "the second slot's card", lies(slot1, true))
	if got := check(bounded(t), r, taro); got.Outcome != card.Confirmed {
		t.Errorf("the only card, in the second slot: %+v", got)
	}
	pull0 := plug(t, b.Address(0), chip(t, virtual.Description{BirthDate: hanako}))
	until(t, r, "the first slot's card", lies(slot0, true))
	if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
		t.Errorf("two cards and no choice, so the first: %+v", got)
	}
	r.Use(slot1)
	if got := check(bounded(t), r, taro); got.Outcome != card.Confirmed {
		t.Errorf("two cards and the second chosen: %+v", got)
	}
	pull1()
	until(t, r, "the empty second slot", lies(slot1, false))
	if got := check(bounded(t), r, hanako); got.Key != card.ErrNoCard.Key {
		t.Errorf("the chosen slot is empty, so the other one's card is none of its business: %s", got.Key)
	}
	r.Use("ACS ACR39U 00 00")
	if got := check(bounded(t), r, hanako); got.Key != card.ErrReaderChoice.Key {
		t.Errorf("the chosen reader is not there: %s", got.Key)
	}
	pull0()
}

func TestThroughPcscdFiftyRoundsLeaveNothingBehind(t *testing.T) {
	b := pcscdtest.Start(t)
	if b == nil {
		return
	}
	r := pcsc.New("")
	c := chip(t, virtual.Description{BirthDate: hanako})
	round := func() {
		pull := plug(t, b.Address(0), c)
		until(t, r, "the card", lies(slot0, true))
		if got := check(bounded(t), r, hanako); got.Outcome != card.Confirmed {
			t.Fatalf("%+v", got)
		}
		pull()
		until(t, r, "the empty reader", lies(slot0, false))
	}
	round() // what is made once
	files, routines := openLink(t), runtime.NumGoroutine()
	for range 50 {
		round()
	}
	deadline := time.After(5 * time.Second)
	for openLink(t) > files || runtime.NumGoroutine() > routines {
		select {
		case <-deadline:
			t.Fatalf("files %d → %d, goroutines %d → %d", files, openLink(t), routines,
				runtime.NumGoroutine())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// openLink counts this process's open files.
func openLink(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

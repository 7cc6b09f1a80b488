package pcsc

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
)

const (
	first  = "Virtual PCD 00 00"
	second = "Virtual PCD 00 01"
)

// elapsed runs f and returns how long it took by the bubble's clock.
func elapsed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// leavesNothing fails when a context or a card is still open.
func (d *double) leavesNothing(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open != 0 || d.using != 0 {
		t.Errorf("%d contexts and %d cards are still open", d.open, d.using)
	}
}

func TestTheFirstReaderThatHoldsACardIsUsed(t *testing.T) {
	d := newDouble(first, second)
	d.insert(second)
	c, disconnect, err := d.reader("").Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if slot := c.(*connection).slot; slot != second {
		t.Errorf("connected to %s", slot)
	}
	if answer, err := c.Transmit(t.Context(), []byte{0, 0xA4, 0, 0}); err != nil || len(answer) != 2 {
		t.Errorf("%x %v", answer, err)
	}
	disconnect()
	disconnect()
	if _, err := c.Transmit(t.Context(), []byte{0, 0xA4, 0, 0}); err == nil || d.commands() != 1 {
		t.Error("a command went out after the end")
	}
	d.leavesNothing(t)
	if d.resets != 1 {
		t.Errorf("the card was reset %d times, want once", d.resets)
	}
}

func TestChoosingAReader(t *testing.T) {
	empty, full := Slot{Name: first}, Slot{Name: second, Card: true}
	for _, c := range []struct {
		name   string
		slots  []Slot
		choice string
		want   string
		err    error
	}{
		{"no reader", nil, "", "", card.ErrNoReader},
		{"all empty", []Slot{empty, {Name: second}}, "", "", card.ErrNoCard},
		{"empty one first", []Slot{empty, full}, "", second, nil},
		{"two cards", []Slot{{Name: first, Card: true}, full}, "", first, nil},
		{"the chosen one of two cards", []Slot{{Name: first, Card: true}, full}, second, second, nil},
		{"chosen and empty, although another full", []Slot{empty, full}, first, first, card.ErrNoCard},
		{"chosen and missing", []Slot{empty, full}, "ACS ACR39U 00 00", "", card.ErrReaderChoice},
		{"chosen, now with another number", []Slot{{Name: "ACS ACR39U 01 00", Card: true}, full},
			"ACS ACR39U 00 00", "ACS ACR39U 01 00", nil},
		{"chosen, another number, the same slot",
			[]Slot{{Name: "Virtual PCD 01 00", Card: true}, {Name: "Virtual PCD 01 01", Card: true}}, second,
			"Virtual PCD 01 01", nil},
		{"two that might be the chosen one", []Slot{{Name: "ACS ACR39U 01 00"}, {Name: "ACS ACR39U 02 00"}},
			"ACS ACR39U 00 00", "", card.ErrReaderChoice},
		{"chosen under Windows, other number", []Slot{{Name: "SONY FeliCa Port/PaSoRi 4.0 1", Card: true}},
			"SONY FeliCa Port/PaSoRi 4.0 0", "SONY FeliCa Port/PaSoRi 4.0 1", nil},
		{"Windows' own reader first", []Slot{{Name: "Windows Hello for Business 1", Card: true}, full}, "",
			second, nil},
		{"Windows' own reader only", []Slot{{Name: "Windows Hello for Business 1", Card: true}}, "", "",
			card.ErrNoReader},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Choose(c.slots, c.choice)
			if got.Name != c.want || !errors.Is(err, c.err) {
				t.Errorf("%q %v, want %q %v", got.Name, err, c.want, c.err)
			}
		})
	}
}

// Codes from PC/SC part 5 as winscard.h and pcsclite.h list them; what each means for people is this
// package's decision.
func TestEveryTroubleOfConnectingHasItsSentenceAndOnlyPassingOnesAreTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		call  string
		code  error
		want  *eligibility.Error
		again bool
	}{
		{"service not running", "establish", codeNoService, card.ErrReaderService, true},
		{"service stopped with its last", "establish", codeServiceStopped, card.ErrReaderService, true},
		{"Windows: service gone", "establish", codeWinBrokenPipe, card.ErrReaderService, true},
		{"not allowed by polkit", "establish", codeSecurity, card.ErrReaderAccess, false},
		{"no access", "establish", codeNoAccess, card.ErrReaderAccess, false},
		{"context lost while listing", "readers", codeComm, card.ErrReaderLost, true},
		{"context unknown", "readers", codeInvalidHandle, card.ErrReaderLost, true},
		{"Windows: log-off", "wait", codeSystemCancelled, card.ErrReaderLost, true},
		{"held by another program", "connect", codeSharing, card.ErrReaderShared, true},
		{"resource manager too busy", "connect", codeTooBusy, card.ErrReaderShared, true},
		{"unplugged just now", "connect", codeUnknownReader, card.ErrReaderUnplugged, true},
		{"reader unavailable", "connect", codeReaderUnavailable, card.ErrReaderUnplugged, true},
		{"pulled just now", "connect", codeNoCard, card.ErrNoCard, false},
		{"pulled while powered up", "connect", codeRemoved, card.ErrRemoved, false},
		{"mute card", "connect", codeUnresponsive, card.ErrReaderMute, false},
		{"upside down", "connect", codeUnpowered, card.ErrReaderMute, false},
		{"no protocol in common", "connect", codeProtocol, card.ErrReaderMute, false},
		{"something else", "connect", code(0x80100001), card.ErrReaderFault, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDouble(first)
				d.insert(first)
				for range 10 {
					d.fail[c.call] = append(d.fail[c.call], c.code)
				}
				took := elapsed(func() {
					if _, _, err := d.reader("").Connect(t.Context()); !errors.Is(err, c.want) {
						t.Errorf("got %v, want %v", err, c.want)
					}
				})
				if tries := d.count(c.call); c.again != (tries > 1) || tries > 4 {
					t.Errorf("%d tries", tries)
				}
				if took > time.Second {
					t.Errorf("the person waited %v", took)
				}
				d.leavesNothing(t)
			})
		})
	}
}

func TestAnotherProgramThatLetsGoWithinASecondIsNotNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.insert(first)
		d.held[first] = true
		time.AfterFunc(500*time.Millisecond, func() { d.change(func() { d.held[first] = false }) })
		_, disconnect, err := d.reader("").Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		disconnect()
		d.leavesNothing(t)
		if d.commands() != 0 {
			t.Errorf("%d commands were sent while connecting", d.commands())
		}
	})
}

func TestAServiceThatRestartsIsFoundAgainOverANewContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.insert(first)
		d.stop()
		time.AfterFunc(300*time.Millisecond, d.start)
		_, disconnect, err := d.reader("").Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		disconnect()
		d.leavesNothing(t)
	})
}

func TestALibraryThatIsInstalledLaterIsFound(t *testing.T) {
	d := newDouble(first)
	d.insert(first)
	missing := true
	r := newReader(func() (library, error) {
		if missing {
			return nil, card.ErrReaderLibrary
		}
		return d, nil
	}, "")
	if _, _, err := r.Connect(t.Context()); !errors.Is(err, card.ErrReaderLibrary) {
		t.Errorf("got %v", err)
	}
	missing = false
	_, disconnect, err := r.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	disconnect()
}

func TestConnectingEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.insert(first)
		d.held[first] = true
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		took := elapsed(func() {
			if _, _, err := d.reader("").Connect(ctx); !errors.Is(err, card.ErrReaderShared) {
				t.Errorf("got %v", err)
			}
		})
		if took > 50*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

package pcsc

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
)

var verify = []byte{0x00, 0x20, 0x00, 0x80, 0x06, '5', '5', '0', '2', '1', '7'}

// connected connects to a card in the first reader.
func connected(t *testing.T, d *double, r *Reader) (card.Transmitter, func()) {
	t.Helper()
	d.insert(first)
	c, disconnect, err := r.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, disconnect
}

// Drivers differ in the code with which they report a pulled card or plug, so the reader's state decides
// where the code does not.
func TestEveryTroubleInMidFlowHasItsSentenceAndNothingIsSentAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		code error
		then func(d *double)
		want *eligibility.Error
	}{
		{"card pulled, plain code", codeRemoved, func(d *double) { d.remove(first) }, card.ErrRemoved},
		{"card pulled, no smart card", codeNoCard, func(d *double) { d.remove(first) }, card.ErrRemoved},
		{"card pulled, not transacted", codeNotTransacted, func(d *double) { d.remove(first) },
			card.ErrRemoved},
		{"card pulled, Windows I/O", code(0x45D), func(d *double) { d.remove(first) }, card.ErrRemoved},
		{"reader unplugged, plain code", codeReaderUnavailable, func(d *double) { d.list = nil },
			card.ErrReaderUnplugged},
		{"reader unplugged, odd code", code(0x1F), func(d *double) { d.list = nil }, card.ErrReaderUnplugged},
		{"reset by another program", codeReset, func(*double) {}, card.ErrReaderReset},
		{"card fell silent", codeUnresponsive, func(*double) {}, card.ErrReaderMute},
		{"driver gave up, card is there", codeNotTransacted, func(*double) {}, card.ErrReaderFault},
		{"driver's own time-out", codeTimeout, func(*double) {}, card.ErrTimeout},
		{"service killed", codeComm, func(d *double) { d.stop() }, card.ErrReaderService},
		{"service restarted at once", codeComm, func(d *double) { d.stop(); d.start() }, card.ErrReaderLost},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDouble(first)
				tx, disconnect := connected(t, d, d.reader(""))
				d.fail["transmit"] = []error{c.code}
				c.then(d)
				for range 3 {
					if _, err := tx.Transmit(t.Context(), verify); !errors.Is(err, c.want) {
						t.Errorf("got %v, want %v", err, c.want)
					}
				}
				if d.commands() != 1 {
					t.Errorf("the command was sent %d times", d.commands())
				}
				disconnect()
				d.leavesNothing(t)
				gone := c.want == card.ErrRemoved || c.want == card.ErrReaderUnplugged
				if gone == (d.resets == 1) {
					t.Errorf("%d resets", d.resets)
				}
			})
		})
	}
}

func TestAnAnswerWithoutAStatusWordIsATroubleOfTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		tx, disconnect := connected(t, d, d.reader(""))
		defer disconnect()
		d.answers = func([]byte) []byte { return nil }
		time.AfterFunc(300*time.Millisecond, func() { d.remove(first) }) // PC/SC-lite notices within 400 ms
		if _, err := tx.Transmit(t.Context(), verify); !errors.Is(err, card.ErrRemoved) {
			t.Errorf("got %v", err)
		}
	})
}

func TestACommandThatHangsIsLeftBehindAndCleanedUpWhenItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		tx, disconnect := connected(t, d, d.reader(""))
		hang := make(chan struct{})
		d.hang["transmit"] = hang
		took := elapsed(func() {
			if _, err := tx.Transmit(t.Context(), verify); !errors.Is(err, card.ErrTimeout) {
				t.Errorf("got %v", err)
			}
		})
		if took != transmitTime {
			t.Errorf("the command was given up after %v", took)
		}
		if took := elapsed(disconnect); took > closeTime {
			t.Errorf("closing took %v", took)
		}
		if _, err := tx.Transmit(t.Context(), verify); err == nil || d.commands() != 1 {
			t.Error("something was sent after the time-out")
		}
		close(hang)
		synctest.Wait()
		d.leavesNothing(t)
		if d.resets != 1 {
			t.Errorf("the card was reset %d times, want once", d.resets)
		}
	})
}

func TestNothingIsSentForACallerThatHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		tx, disconnect := connected(t, d, d.reader(""))
		defer disconnect()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := tx.Transmit(ctx, verify); !errors.Is(err, card.ErrTimeout) {
			t.Errorf("got %v", err)
		}
		if d.commands() != 0 {
			t.Error("the command was sent")
		}
	})
}

func TestHangingCallsAreBoundedAndTheReaderWorksAgainAfterThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.insert(first)
		r := d.reader("")
		hang := make(chan struct{})
		d.hang["establish"] = hang
		for range maxLinks {
			took := elapsed(func() {
				if _, err := r.Slots(t.Context()); !errors.Is(err, card.ErrReaderHung) {
					t.Errorf("got %v", err)
				}
			})
			if took != establishTime {
				t.Errorf("a hanging call was given up after %v", took)
			}
		}
		took := elapsed(func() {
			if _, err := r.Slots(t.Context()); !errors.Is(err, card.ErrReaderHung) {
				t.Errorf("got %v", err)
			}
		})
		if took != 0 || d.count("establish") != maxLinks {
			t.Errorf("one more call took %v; %d calls hang", took, d.count("establish"))
		}
		d.quietly(func() { delete(d.hang, "establish") })
		close(hang)
		synctest.Wait()
		d.leavesNothing(t)
		if _, err := r.Slots(t.Context()); err != nil {
			t.Errorf("after the hang: %v", err)
		}
		d.leavesNothing(t)
	})
}

func TestAConnectionThatComesTooLateIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.insert(first)
		hang := make(chan struct{})
		d.hang["connect"] = hang
		if _, _, err := d.reader("").Connect(t.Context()); !errors.Is(err, card.ErrTimeout) {
			t.Errorf("got %v", err)
		}
		close(hang)
		synctest.Wait()
		d.leavesNothing(t)
	})
}

func TestAHangingDisconnectDoesNotHoldItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		_, disconnect := connected(t, d, d.reader(""))
		hang := make(chan struct{})
		d.hang["disconnect"] = hang
		if took := elapsed(disconnect); took != closeTime {
			t.Errorf("closing took %v", took)
		}
		close(hang)
		synctest.Wait()
		d.leavesNothing(t)
	})
}

func TestWhatTheCallerWritesIntoItsBufferLaterIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		tx, disconnect := connected(t, d, d.reader(""))
		var got []byte
		d.answers = func(command []byte) []byte { got = slices.Clone(command); return []byte{0x90, 0} }
		hang := make(chan struct{})
		d.hang["transmit"] = hang
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		buffer := append([]byte{}, verify...)
		_, _ = tx.Transmit(ctx, buffer)
		clear(buffer)
		close(hang)
		synctest.Wait()
		disconnect()
		if string(got) != string(verify) {
			t.Errorf("the library saw %x", got)
		}
	})
}

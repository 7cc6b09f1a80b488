package pcsc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// watching starts a watch and returns what it has told, in short form, and how to stop it.
func watching(t *testing.T, d *double) (told func() []string, stop func() time.Duration) {
	ctx, cancel := context.WithCancel(t.Context())
	var lines []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.reader("").Watch(ctx, func(s Seen) {
			line := ""
			for _, slot := range s.Slots {
				line += fmt.Sprintf("[%s %v]", slot.Name, slot.Card)
			}
			if s.Fault != nil {
				line = s.Fault.Key
			}
			lines = append(lines, line)
		})
	}()
	synctest.Wait()
	return func() []string { synctest.Wait(); return slices.Clone(lines) }, func() time.Duration {
		return elapsed(func() { cancel(); <-done })
	}
}

func TestAWatchTellsOfCardsAndReadersAsTheyComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		told, stop := watching(t, d)
		d.insert(first)
		synctest.Wait()
		d.change(func() { d.list = []string{first, second} })
		synctest.Wait()
		d.remove(first)
		synctest.Wait()
		d.change(func() { d.list = nil })
		want := []string{"[" + first + " false]", "[" + first + " true]",
			"[" + first + " true][" + second + " false]",
			"[" + first + " false][" + second + " false]", ""}
		if got := told(); !slices.Equal(got, want) {
			t.Errorf("told %q,\nwant %q", got, want)
		}
		if took := stop(); took != 0 {
			t.Errorf("stopping took %v", took)
		}
		d.leavesNothing(t)
	})
}

func TestACardLiftedAndPutBackBetweenTwoLooksIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.insert(first)
		told, stop := watching(t, d)
		d.change(func() { d.counts[first] += 2 })
		if got := told(); len(got) != 2 {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

func TestAWatchDoesNotPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		told, stop := watching(t, d)
		time.Sleep(10 * time.Minute)
		if n := d.count("wait"); n > 22 { // one each half minute keeps a dead line from going unnoticed
			t.Errorf("%d waits in ten minutes", n)
		}
		if got := told(); len(got) != 1 {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

func TestAServiceThatDiesIsToldOnceAndFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		told, stop := watching(t, d)
		d.stop()
		time.Sleep(5 * time.Minute)
		if n := d.count("establish"); n > 90 {
			t.Errorf("%d attempts in five minutes", n)
		}
		d.start()
		time.Sleep(longPause)
		d.insert(first)
		want := []string{"[" + first + " false]", "reader.service", "[" + first + " false]",
			"[" + first + " true]"}
		if got := told(); !slices.Equal(got, want) {
			t.Errorf("told %q", got)
		}
		stop()
		d.leavesNothing(t)
	})
}

func TestAServiceThatRestartsAtOnceIsNotToldAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		told, stop := watching(t, d)
		d.stop()
		d.start()
		time.Sleep(time.Second)
		if got := told(); len(got) != 1 {
			t.Errorf("told %q", got)
		}
		stop()
		d.leavesNothing(t)
	})
}

func TestAReaderThatGoesBetweenListingAndWaitingIsNotToldAsATrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first, second)
		told, stop := watching(t, d)
		d.quietly(func() { d.fail["wait"] = []error{codeUnknownReader} })
		d.change(func() { d.list = []string{first} })
		time.Sleep(time.Second)
		want := []string{"[" + first + " false][" + second + " false]", "[" + first + " false]"}
		if got := told(); !slices.Equal(got, want) {
			t.Errorf("told %q", got)
		}
		stop()
		d.leavesNothing(t)
	})
}

func TestAWatchOnASystemWithoutThePseudoReaderFindsANewReaderWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble()
		d.blind = true
		told, stop := watching(t, d)
		d.quietly(func() { d.list = []string{first} })
		time.Sleep(unnoticedTime + idlePause)
		if got := told(); !slices.Equal(got, []string{"", "[" + first + " false]"}) {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

func TestAWatchDoesNotSpinWhenNothingReallyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		d.restless = true
		_, stop := watching(t, d)
		time.Sleep(time.Second)
		if n := d.count("wait"); n > 15 {
			t.Errorf("%d waits in a second", n)
		}
		stop()
	})
}

func TestAWatchEndsAtOnceAlthoughTheLibraryHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		hang := make(chan struct{})
		d.hang["wait"] = hang
		_, stop := watching(t, d)
		if took := stop(); took > closeTime {
			t.Errorf("stopping took %v", took)
		}
		close(hang)
		synctest.Wait()
		d.leavesNothing(t)
	})
}

func TestACancelThatComesBeforeTheWaitIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDouble(first)
		l, err := openLink(t.Context(), d, make(chan struct{}, 1))
		if err != nil {
			t.Fatal(err)
		}
		hang := make(chan struct{})
		d.hang["wait"] = hang // the wait is called but has not begun
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		time.AfterFunc(1200*time.Millisecond, func() { close(hang) })
		believed := []slotState{{reader: first, believed: d.state(first)}}
		if _, err := l.wait(ctx, believed, waitTime); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		took := elapsed(l.close)
		if took > time.Second || d.count("cancel") < 2 {
			t.Errorf("closing took %v after %d cancels", took, d.count("cancel"))
		}
		d.leavesNothing(t)
	})
}

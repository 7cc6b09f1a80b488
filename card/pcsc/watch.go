package pcsc

import (
	"context"
	"errors"
	"slices"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// Seen is what a watch reports: the readers, or the trouble that keeps it from seeing them.
type Seen struct {
	Slots []Slot
	Fault *eligibility.Error
}

const (
	firstPause = 250 * time.Millisecond
	longPause  = 4 * time.Second
	// idlePause keeps a watch from spinning when a system reports changes that change nothing, idleRounds
	// times in a row.
	idlePause  = 100 * time.Millisecond
	idleRounds = 3
	// unnoticedTime is how long a system without the pseudo-reader may leave a new reader unnoticed.
	unnoticedTime = time.Second
)

// Watch reports the readers at once and at every change of readers and cards, as the system signals it; it
// does not poll. A service that stops is reported once, and Watch reconnects with growing pauses. Watch
// returns when ctx ends; tell is never called after that and never concurrently.
func (r *Reader) Watch(ctx context.Context, tell func(Seen)) {
	w := watch{tell: tell}
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := w.run(ctx, r)
		if ctx.Err() != nil {
			return
		}
		// A context that broke after it had worked is not reported yet: the service may only have restarted,
		// or a reader may have gone between listing and waiting.
		if w.worked && (errors.Is(err, card.ErrReaderLost) || errors.Is(err, card.ErrReaderUnplugged)) {
			pause = firstPause
		} else {
			w.report(Seen{Fault: cardErrorOf(err)})
		}
		w.worked = false
		if card.Pause(ctx, pause) != nil {
			return
		}
	}
}

// watch is the state of one Watch: what was reported last, and whether the current context has worked at all.
type watch struct {
	tell     func(Seen)
	last     Seen
	reported bool
	worked   bool
}

// report tells what differs from the last report and says whether it did.
func (w *watch) report(s Seen) bool {
	same := w.reported && slices.Equal(s.Slots, w.last.Slots) && (s.Fault == nil) == (w.last.Fault == nil) &&
		(s.Fault == nil || s.Fault.Key == w.last.Fault.Key)
	if same {
		return false
	}
	w.last, w.reported = s, true
	w.tell(s)
	return true
}

// run watches over one context until it breaks or ctx ends.
func (w *watch) run(ctx context.Context, r *Reader) error {
	l, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	believed := map[string]uint32{}
	idle := 0
	for {
		names, err := l.readers(ctx)
		if err != nil {
			return err
		}
		states := make([]slotState, 0, len(names)+1)
		for _, name := range append(names, anyReader) {
			// a new one: stateUnaware
			states = append(states, slotState{reader: name, believed: believed[name]})
		}
		timeout := waitTime
		switch {
		case len(believed) == 0:
			timeout = 0 // the first look
		case believed[anyReader]&stateUnknown != 0:
			timeout = unnoticedTime
		}
		states, err = l.wait(ctx, states, timeout)
		if err != nil {
			return err
		}
		clear(believed)
		for _, s := range states {
			if s.now&stateUnknown != 0 && s.reader != anyReader {
				continue
			}
			// The whole word goes back, its upper half with the count of events too.
			believed[s.reader] = s.now &^ stateChanged
		}
		w.worked = true
		if w.report(Seen{Slots: slotsOf(states)}) {
			idle = 0
			continue
		}
		idle++ // a new reader takes one round to be listed
		if idle > idleRounds && card.Pause(ctx, idlePause) != nil {
			return ctx.Err()
		}
	}
}

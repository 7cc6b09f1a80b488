package pcsc

import (
	"context"
	"errors"
	"time"

	"madoguchi/card"
)

// Deadlines of single calls. PC/SC answers all but a wait and a transmit within milliseconds; a reader that
// is being plugged in, or a card that is powered up, may take a second or two.
const (
	establishTime = 3 * time.Second
	askTime       = 3 * time.Second
	connectTime   = 5 * time.Second
	transmitTime  = 5 * time.Second
	closeTime     = 2 * time.Second
	waitTime      = 30 * time.Second // one wait; then the next
	cancelAgain   = 50 * time.Millisecond
)

// maxLinks bounds the contexts that may be open or hanging at a time; PC/SC-lite allows 16 to a reader, all
// programs together.
const maxLinks = 8

// link is one PC/SC context behind a callQueue. It is used by one operation, or one watch, and thrown away: a
// context that has seen the service die never works again.
type link struct {
	queue         callQueue
	session       session
	places        chan struct{} // given back when the context is really released
	beforeRelease func()        // before the release
}

// openLink establishes a context.
func openLink(ctx context.Context, lib library, places chan struct{}) (*link, error) {
	select {
	case places <- struct{}{}:
	default:
		return nil, card.ErrReaderHung.Because(errors.New("pcsc: too many calls are hanging"))
	}
	l := &link{queue: newCallQueue(), places: places}
	back := func() { <-places }
	s, err := callWithDeadline(ctx, l.queue, establishTime, lib.establish,
		func(s session) { _ = s.release() })
	if err != nil {
		// A late call still counts until it returns: its place is released after the queue is free.
		if errors.Is(err, errLate) {
			go func() { <-l.queue; back() }()
			return nil, card.ErrReaderHung.Because(err)
		}
		back()
		return nil, cardError(err)
	}
	l.session = s
	return l, nil
}

// close releases the context. When a call is still hanging it waits a moment, then leaves the rest to
// whenever it returns.
func (l *link) close() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-l.queue
		if l.beforeRelease != nil {
			l.beforeRelease()
		}
		_ = l.session.release() // the context is given up whatever it says
		<-l.places
	}()
	timer := time.NewTimer(closeTime)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// readers lists the readers.
func (l *link) readers(ctx context.Context) ([]string, error) {
	return l.listResult(callWithDeadline(ctx, l.queue, askTime, l.session.readers, nil))
}

func (l *link) listResult(names []string, err error) ([]string, error) {
	if errors.Is(err, errLate) {
		return nil, card.ErrReaderHung.Because(err)
	}
	return names, cardError(err)
}

// slots returns the readers as they are now.
func (l *link) slots(ctx context.Context) ([]Slot, error) {
	names, err := l.readers(ctx)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	states := make([]slotState, len(names))
	for i, name := range names {
		states[i] = slotState{reader: name, believed: stateUnaware}
	}
	states, err = l.wait(ctx, states, 0)
	if err != nil {
		return nil, err
	}
	return slotsOf(states), nil
}

// wait waits for a change of the states, at most timeout; when none came the states are returned as they were
// believed. It ends early, with ctx's error, when ctx ends.
func (l *link) wait(ctx context.Context, states []slotState, timeout time.Duration) ([]slotState, error) {
	now, err := callWithDeadline(ctx, l.queue, timeout+askTime, func() ([]slotState, error) {
		over := make(chan struct{})
		defer close(over)
		stop := context.AfterFunc(ctx, func() { l.cancel(over) })
		defer stop()
		return l.session.wait(states, timeout)
	}, nil)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errLate):
		return nil, card.ErrReaderHung.Because(err)
	case errors.Is(err, codeTimeout):
		now = make([]slotState, len(states))
		for i, s := range states {
			now[i] = slotState{s.reader, s.believed, s.believed}
		}
		return now, nil
	}
	return now, cardError(err)
}

// cancel ends a wait. A cancel that comes before the wait has begun is lost, so it is repeated until the wait
// is over.
func (l *link) cancel(over <-chan struct{}) {
	tick := time.NewTicker(cancelAgain)
	defer tick.Stop()
	for range int(closeTime / cancelAgain) {
		_ = l.session.cancel() // the wait itself says how it ended
		select {
		case <-over:
			return
		case <-tick.C:
		}
	}
}

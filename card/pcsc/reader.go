package pcsc

import (
	"context"
	"errors"
	"sync"
	"time"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// Reader is this computer's card readers, of which one is used. It may be used from several goroutines; it
// holds nothing that would have to be closed.
type Reader struct {
	load   func() (library, error)
	places chan struct{}

	mu     sync.Mutex
	lib    library
	choice string
}

// New returns the readers of this computer. choice is the name of the reader to use; empty, the first that
// holds a card. Nothing is opened yet.
func New(choice string) *Reader { return newReader(load, choice) }

func newReader(load func() (library, error), choice string) *Reader {
	return &Reader{load: load, places: make(chan struct{}, maxLinks), choice: choice}
}

// Use changes the choice from the next connection on.
func (r *Reader) Use(choice string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.choice = choice
}

// Choice returns the name of the chosen reader, or nothing.
func (r *Reader) Choice() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.choice
}

// library loads the library on the first use, and again when it was not there: somebody may have installed it
// since.
func (r *Reader) library() (library, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lib == nil {
		lib, err := r.load()
		if err != nil {
			return nil, err
		}
		r.lib = lib
	}
	return r.lib, nil
}

func (r *Reader) open(ctx context.Context) (*link, error) {
	lib, err := r.library()
	if err != nil {
		return nil, cardError(err)
	}
	return open(ctx, lib, r.places)
}

// Slots returns the readers as they are now; none is an empty list.
func (r *Reader) Slots(ctx context.Context) ([]Slot, error) {
	l, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer l.close()
	return l.slots(ctx)
}

// Before a connection stands, what passes is tried again after these pauses, with a new context: under a
// second in all.
var retryPauses = []time.Duration{100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond}

// Connect connects exclusively to the card in the chosen reader. disconnect resets the card and gives it
// back; it may be called more than once and never blocks for long. The error is one of package card's or of
// this package's.
func (r *Reader) Connect(ctx context.Context) (c card.Transmitter, disconnect func(), err error) {
	for _, pause := range append(retryPauses, 0) {
		var made *connection
		made, err = r.connect(ctx)
		if err == nil {
			return made, sync.OnceFunc(made.link.close), nil
		}
		if pause == 0 || !isTransient(err) || card.Pause(ctx, pause) != nil {
			break
		}
	}
	return nil, nil, err
}

func (r *Reader) connect(ctx context.Context) (*connection, error) {
	l, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	c, err := l.connect(ctx, r.Choice(), r.diagnose)
	if err != nil {
		l.close()
		return nil, err
	}
	return c, nil
}

func (l *link) connect(ctx context.Context, choice string,
	left func(context.Context, string) *eligibility.Error) (*connection, error) {
	all, err := l.slots(ctx)
	if err != nil {
		return nil, err
	}
	slot, err := Choose(all, choice)
	if err != nil {
		return nil, err
	}
	h, err := callWithDeadline(ctx, l.queue, connectTime,
		func() (handle, error) { return l.session.connect(slot.Name) },
		func(h handle) { _ = h.disconnect(true) })
	if errors.Is(err, errLate) {
		return nil, card.ErrTimeout.Because(err)
	}
	if err != nil {
		return nil, cardError(err)
	}
	c := &connection{
		link:     l,
		handle:   h,
		slot:     slot.Name,
		diagnose: left,
	}
	l.beforeRelease = c.close
	return c, nil
}

// removalDelay is how long a reader may take to notice that its card was pulled: PC/SC-lite looks every 400
// ms.
const removalDelay = 600 * time.Millisecond

// diagnose says whether the card was pulled or the reader unplugged; nil when both are still there. It asks
// over a new context, since the connection's may be broken.
func (r *Reader) diagnose(ctx context.Context, slot string) *eligibility.Error {
	l, err := r.open(ctx)
	if err != nil {
		return cardErrorOf(err)
	}
	defer l.close()
	states := []slotState{{reader: slot, believed: stateUnaware}}
	for _, patience := range []time.Duration{0, removalDelay} {
		states, err = l.wait(ctx, states, patience)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return cardErrorOf(err)
		case states[0].now&stateUnknown != 0:
			return card.ErrReaderUnplugged
		case states[0].now&statePresent == 0:
			return card.ErrRemoved
		}
		states[0].believed = states[0].now &^ stateChanged
	}
	return nil
}

package pcsc

import (
	"slices"
	"sync"
	"time"
)

// double is a PC/SC service that tests can stop, unplug and let hang. It is strict as the real one: a context
// that saw the service die never works again, a card held exclusively cannot be connected, a cancel before
// the wait is lost.
type double struct {
	mu       sync.Mutex
	down     bool
	list     []string
	cards    map[string]bool
	mute     map[string]bool
	held     map[string]bool // by another program
	counts   map[string]uint32
	blind    bool // has no pseudo-reader
	restless bool // reports changes that change nothing
	age      int  // of the service: contexts of an earlier one are dead
	news     chan struct{}

	fail map[string][]error       // what the next calls return, by the call's name
	hang map[string]chan struct{} // calls of this name wait until it is closed

	answers func(command []byte) []byte
	calls   []string // in order
	sent    [][]byte
	open    int // contexts
	using   int // connected cards
	resets  int
}

func newDouble(readers ...string) *double {
	return &double{
		list:    readers,
		cards:   map[string]bool{},
		mute:    map[string]bool{},
		held:    map[string]bool{},
		counts:  map[string]uint32{},
		news:    make(chan struct{}),
		fail:    map[string][]error{},
		hang:    map[string]chan struct{}{},
		answers: func([]byte) []byte { return []byte{0x90, 0x00} },
	}
}

func (d *double) reader(choice string) *Reader {
	return newReader(func() (library, error) { return d, nil }, choice)
}

// change changes something and wakes the waits.
func (d *double) change(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
	close(d.news)
	d.news = make(chan struct{})
}

func (d *double) insert(reader string) {
	d.change(func() { d.cards[reader] = true; d.counts[reader]++ })
}

func (d *double) remove(reader string) {
	d.change(func() { delete(d.cards, reader); d.counts[reader]++ })
}

func (d *double) stop()  { d.change(func() { d.down = true; d.age++ }) }
func (d *double) start() { d.change(func() { d.down = false }) }

// commands returns how many commands reached the card's reader.
func (d *double) commands() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.sent)
}

// quietly changes something without waking anybody.
func (d *double) quietly(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

func (d *double) count(call string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, c := range d.calls {
		if c == call {
			n++
		}
	}
	return n
}

// enter notes a call and returns its programmed error; it blocks while the call is to hang.
func (d *double) enter(call string) error {
	d.mu.Lock()
	d.calls = append(d.calls, call)
	hang := d.hang[call]
	var err error
	if queue := d.fail[call]; len(queue) > 0 {
		err, d.fail[call] = queue[0], queue[1:]
	}
	d.mu.Unlock()
	if hang != nil {
		<-hang
	}
	return err
}

func (d *double) establish() (session, error) {
	if err := d.enter("establish"); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return nil, codeNoService
	}
	d.open++
	return &doubleSession{d: d, age: d.age}, nil
}

type doubleSession struct {
	d         *double
	age       int
	seenDead  bool
	cancelled chan struct{}
	released  bool
}

// alive fails as PC/SC-lite does: once with a communication error, then for ever with "no service".
func (s *doubleSession) alive() error {
	if s.released {
		return codeInvalidHandle
	}
	if s.age == s.d.age && !s.d.down {
		return nil
	}
	if !s.seenDead {
		s.seenDead = true
		return codeComm
	}
	return codeNoService
}

func (s *doubleSession) readers() ([]string, error) {
	if err := s.d.enter("readers"); err != nil {
		return nil, err
	}
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	return slices.Clone(s.d.list), s.alive()
}

func (d *double) state(reader string) uint32 {
	if reader == anyReader {
		if d.blind {
			return stateUnknown
		}
		return uint32(len(d.list)) << 16
	}
	if !slices.Contains(d.list, reader) {
		return stateUnknown
	}
	state := d.counts[reader] << 16
	if d.cards[reader] {
		state |= statePresent
	} else {
		state |= 0x10 // empty
	}
	if d.mute[reader] {
		state |= stateMute
	}
	if d.held[reader] {
		state |= stateExclusive
	}
	return state
}

func (s *doubleSession) wait(slots []slotState, timeout time.Duration) ([]slotState, error) {
	if err := s.d.enter("wait"); err != nil {
		return nil, err
	}
	deadline := time.After(timeout)
	s.d.mu.Lock()
	cancelled := make(chan struct{})
	s.cancelled = cancelled
	s.d.mu.Unlock()
	for {
		s.d.mu.Lock()
		if err := s.alive(); err != nil {
			s.d.mu.Unlock()
			return nil, err
		}
		changed := s.d.restless
		out := slices.Clone(slots)
		for i := range out {
			out[i].now = s.d.state(out[i].reader)
			if out[i].now != out[i].believed {
				out[i].now |= stateChanged
				changed = true
			}
		}
		news := s.d.news
		s.d.mu.Unlock()
		if changed {
			return out, nil
		}
		select {
		case <-news:
		case <-cancelled:
			return nil, codeCancelled
		case <-deadline:
			return nil, codeTimeout
		}
	}
}

func (s *doubleSession) cancel() error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.d.calls = append(s.d.calls, "cancel")
	if s.cancelled != nil {
		close(s.cancelled)
		s.cancelled = nil
	}
	return nil
}

func (s *doubleSession) connect(reader string) (handle, error) {
	if err := s.d.enter("connect"); err != nil {
		return nil, err
	}
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if err := s.alive(); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains(s.d.list, reader):
		return nil, codeUnknownReader
	case !s.d.cards[reader]:
		return nil, codeNoCard
	case s.d.mute[reader]:
		return nil, codeUnresponsive
	case s.d.held[reader]:
		return nil, codeSharing
	}
	s.d.using++
	return &doubleHandle{s, reader}, nil
}

func (s *doubleSession) release() error {
	err := s.d.enter("release")
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if !s.released {
		s.d.open--
	}
	s.released = true
	return err
}

type doubleHandle struct {
	s      *doubleSession
	reader string
}

func (h *doubleHandle) transmit(command []byte) ([]byte, error) {
	d := h.s.d
	d.mu.Lock()
	d.sent = append(d.sent, slices.Clone(command))
	d.mu.Unlock()
	if err := d.enter("transmit"); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := h.s.alive(); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains(d.list, h.reader):
		return nil, codeReaderUnavailable
	case !d.cards[h.reader]:
		return nil, codeNotTransacted
	}
	return d.answers(command), nil
}

func (h *doubleHandle) disconnect(reset bool) error {
	err := h.s.d.enter("disconnect")
	h.s.d.mu.Lock()
	defer h.s.d.mu.Unlock()
	h.s.d.using--
	if reset {
		h.s.d.resets++
	}
	return err
}

package winetest

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"

	"madoguchi/card/virtual"
)

// Code is a result of winscard. The values are those of winerror.h.
type Code uint32

// Results of winscard that the double returns by itself, or that a test may let it return (Fail).
const (
	codeSuccess           Code = 0
	codeCancelled         Code = 0x80100002
	codeInvalidParameter  Code = 0x80100004
	codeUnknownReader     Code = 0x80100009
	codeTimeout           Code = 0x8010000A
	codeNoCard            Code = 0x8010000C
	codeProtocol          Code = 0x8010000F
	codeReaderUnavailable Code = 0x80100017
	codeNoService         Code = 0x8010001D
	codeNoReaders         Code = 0x8010002E

	InvalidHandle      Code = 0x6        // ERROR_INVALID_HANDLE: from before the service stopped
	Internal           Code = 0x80100001 // SCARD_F_INTERNAL_ERROR, as some drivers answer whatever happened
	InsufficientBuffer Code = 0x80100008 // SCARD_E_INSUFFICIENT_BUFFER
	Sharing            Code = 0x8010000B // SCARD_E_SHARING_VIOLATION
	ServiceStopped     Code = 0x8010001E // SCARD_E_SERVICE_STOPPED
	NoAccess           Code = 0x80100027 // SCARD_E_NO_ACCESS
	Unresponsive       Code = 0x80100066 // SCARD_W_UNRESPONSIVE_CARD
	Reset              Code = 0x80100068 // SCARD_W_RESET_CARD
	Removed            Code = 0x80100069 // SCARD_W_REMOVED_CARD
)

// Call is a function of winscard.
type Call uint32

// The functions, in the numbers of shim/winscard.c.
const (
	Establish Call = iota + 1
	Release
	Cancel
	List
	Status
	Connect
	Disconnect
	Transmit
)

// States of a reader (winscard.h), in the low word; the high word counts events.
const (
	stateChanged     = 0x002
	stateUnknown     = 0x004
	stateUnavailable = 0x008
	stateEmpty       = 0x010
	statePresent     = 0x020
	stateExclusive   = 0x080
	stateInUse       = 0x100
)

const (
	pnpReader = `\\?PnP?\Notification`
	t0, t1    = 1, 2
	resetCard = 1
	maxBody   = 64 << 10

	mostReaders = 11 // in one wait: MAXIMUM_SMARTCARD_READERS (winsmcrd.h) and the pseudo-reader
)

// SmartCards is a double of Windows' Smart Card service, with which winscard.dll of shim/ speaks. It is
// strict where Windows is: handles are known or refused, a card is one program's at a time, a stopped service
// forgets all. A test plugs readers and cards at any time; programs that wait notice it at once.
type SmartCards struct {
	listener net.Listener
	over     context.Context

	mu       sync.Mutex
	changed  chan struct{} // closed at each change, and replaced
	stopped  bool
	readers  []*reader
	handles  uint64
	contexts map[uint64]chan struct{} // closed and replaced by a cancel
	cards    map[uint64]*reader
	failures map[Call][]Code
}

// reader is a reader and what lies in it.
type reader struct {
	name   string
	chip   *virtual.Card
	held   bool   // by another program
	handle uint64 // of the program that is connected
	events uint32
	resets int
}

// NewSmartCards starts a service without readers, which ends with the test.
func NewSmartCards(t testing.TB) *SmartCards {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over, end := context.WithCancel(context.Background())
	s := &SmartCards{
		listener: listener,
		over:     over,
		changed:  make(chan struct{}),
		contexts: map[uint64]chan struct{}{},
		cards:    map[uint64]*reader{},
		failures: map[Call][]Code{},
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		end()
		serving.Wait()
	})
	return s
}

// Env is what a program's environment must hold so that its winscard.dll finds the service.
func (s *SmartCards) Env() string { return "MADOGUCHI_SMART_CARDS=" + s.listener.Addr().String() }

// change makes a change and wakes whoever waits for one.
func (s *SmartCards) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.wake()
}

func (s *SmartCards) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Plug plugs an empty reader in.
func (s *SmartCards) Plug(name string) {
	s.change(func() { s.readers = append(s.readers, &reader{name: name}) })
}

// Unplug takes a reader away, with the card in it.
func (s *SmartCards) Unplug(name string) {
	s.change(func() { s.unplug(s.find(name)) })
}

func (s *SmartCards) unplug(r *reader) {
	s.readers = slices.DeleteFunc(s.readers, func(other *reader) bool { return other == r })
}

// Insert puts a card into a reader.
func (s *SmartCards) Insert(name string, chip *virtual.Card) {
	s.change(func() { s.find(name).put(chip) })
}

// Pull takes the card out of a reader.
func (s *SmartCards) Pull(name string) {
	s.change(func() { s.find(name).put(nil) })
}

func (r *reader) put(chip *virtual.Card) {
	r.chip = chip
	r.events++
}

// Hold lets another program connect to the card exclusively, or give it back.
func (s *SmartCards) Hold(name string, held bool) {
	s.change(func() { s.find(name).held = held })
}

// Stop ends the service as Windows does when the last reader goes: who waits is told so, every later call
// finds no service, and contexts and handles from before are worth nothing, also after Start.
func (s *SmartCards) Stop() {
	s.change(func() {
		s.stopped = true
		clear(s.contexts)
		clear(s.cards)
		for _, r := range s.readers {
			r.handle = 0
		}
	})
}

// Start starts the service again.
func (s *SmartCards) Start() { s.change(func() { s.stopped = false }) }

// Fail lets the next calls of a function return these codes; 0 lets one through.
func (s *SmartCards) Fail(call Call, codes ...Code) {
	s.change(func() { s.failures[call] = codes })
}

// Resets is how often the card in a reader was reset by a program that gave it back.
func (s *SmartCards) Resets(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(name).resets
}

// Connected reports whether a program is connected to the card of a reader.
func (s *SmartCards) Connected(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(name).handle != 0
}

func (s *SmartCards) find(name string) *reader {
	for _, r := range s.readers {
		if r.name == name {
			return r
		}
	}
	return nil
}

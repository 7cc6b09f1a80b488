package winetest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"madoguchi/card"
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

// serve answers one call.
func (s *SmartCards) serve(conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(s.over)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	var head struct{ Call, Size uint32 }
	if binary.Read(conn, binary.LittleEndian, &head) != nil || head.Size > maxBody {
		return
	}
	body := make([]byte, head.Size)
	if _, err := io.ReadFull(conn, body); err != nil {
		return
	}
	go func() { // the program may end while it waits
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	result, answer := s.answer(ctx, Call(head.Call), &fields{body, true})
	out := binary.LittleEndian.AppendUint32(nil, uint32(result))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(answer)))
	_, _ = conn.Write(append(out, answer...)) // a program that has ended needs no answer
}

func (s *SmartCards) answer(ctx context.Context, call Call, in *fields) (Code, []byte) {
	if call == Status {
		return s.status(ctx, in)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if code := s.failure(call); code != codeSuccess {
		return code, nil
	}
	if s.stopped {
		return codeNoService, nil
	}
	if call == Establish {
		s.handles++
		s.contexts[s.handles] = make(chan struct{})
		return codeSuccess, binary.LittleEndian.AppendUint64(nil, s.handles)
	}
	handle := in.uint64()
	if call == Disconnect || call == Transmit {
		r := s.cards[handle]
		if r == nil {
			return InvalidHandle, nil
		}
		if call == Disconnect {
			return s.disconnect(handle, r, in), nil
		}
		return s.transmit(ctx, r, in)
	}
	cancelled, known := s.contexts[handle]
	if !known {
		return InvalidHandle, nil
	}
	switch call {
	case Release:
		delete(s.contexts, handle)
		return codeSuccess, nil
	case Cancel:
		close(cancelled)
		s.contexts[handle] = make(chan struct{})
		return codeSuccess, nil
	case List:
		return s.list()
	case Connect:
		return s.connect(in)
	}
	return codeInvalidParameter, nil
}

// failure takes the next of the codes that Fail has given a function.
func (s *SmartCards) failure(call Call) Code {
	codes := s.failures[call]
	if len(codes) == 0 {
		return codeSuccess
	}
	s.failures[call] = codes[1:]
	return codes[0]
}

func (s *SmartCards) list() (Code, []byte) {
	if len(s.readers) == 0 {
		return codeNoReaders, nil
	}
	var out []byte
	for _, r := range s.readers {
		for _, unit := range append(utf16.Encode([]rune(r.name)), 0) {
			out = binary.LittleEndian.AppendUint16(out, unit)
		}
	}
	return codeSuccess, append(out, 0, 0)
}

// believed is what a program believes of a reader.
type believed struct {
	name  string
	state uint32
}

// status waits until a reader differs from what the program believes of it.
func (s *SmartCards) status(ctx context.Context, in *fields) (Code, []byte) {
	handle, limit, n := in.uint64(), in.uint32(), in.uint32()
	var all []believed
	for range min(n, mostReaders) {
		state := in.uint32()
		all = append(all, believed{in.text(int(in.uint32())), state})
	}
	if !in.whole || len(all) == 0 {
		return codeInvalidParameter, nil
	}
	timer := time.NewTimer(time.Duration(limit) * time.Millisecond)
	defer timer.Stop()
	for waited := false; ; waited = true {
		s.mu.Lock()
		code, answer := s.look(handle, all, waited)
		changed, cancelled := s.changed, s.contexts[handle]
		s.mu.Unlock()
		if code != codeTimeout {
			return code, answer
		}
		select {
		case <-changed:
			continue
		case <-cancelled:
			return codeCancelled, nil
		case <-timer.C:
		case <-ctx.Done():
		}
		return codeTimeout, nil
	}
}

// look returns the readers' states, or codeTimeout where none differs.
func (s *SmartCards) look(handle uint64, all []believed, waited bool) (Code, []byte) {
	if code := s.failure(Status); code != codeSuccess {
		return code, nil
	}
	switch {
	case s.stopped && waited:
		return ServiceStopped, nil
	case s.stopped:
		return codeNoService, nil
	case s.contexts[handle] == nil:
		return InvalidHandle, nil
	}
	differs := false
	var out []byte
	for _, b := range all {
		now, known := s.state(b)
		if !known && !waited {
			return codeUnknownReader, nil
		}
		if now != b.state&^stateChanged {
			now |= stateChanged
			differs = true
		}
		out = binary.LittleEndian.AppendUint32(out, now)
	}
	if !differs {
		return codeTimeout, nil
	}
	return codeSuccess, out
}

// state is a reader's state; that of the pseudo-reader is the number of readers, in the high word.
func (s *SmartCards) state(b believed) (now uint32, known bool) {
	if b.name == pnpReader {
		return uint32(len(s.readers)) << 16, true
	}
	r := s.find(b.name)
	if r == nil {
		return stateUnknown | stateUnavailable, false
	}
	now = r.events<<16 | stateEmpty
	if r.chip != nil {
		now = r.events<<16 | statePresent
	}
	if r.held || r.handle != 0 {
		now |= stateExclusive | stateInUse
	}
	return now, true
}

func (s *SmartCards) connect(in *fields) (Code, []byte) {
	share, protocols := in.uint32(), in.uint32()
	r := s.find(in.text(len(in.left)))
	switch {
	case share != 1: // SCARD_SHARE_EXCLUSIVE: what one opens on a card must be open to nobody else
		return codeInvalidParameter, nil
	case r == nil:
		return codeUnknownReader, nil
	case r.chip == nil:
		return codeNoCard, nil
	case r.held || r.handle != 0:
		return Sharing, nil
	case protocols&t1 == 0:
		return codeProtocol, nil
	}
	s.handles++
	r.handle = s.handles
	s.cards[r.handle] = r
	r.chip.Reset()
	s.wake()
	return codeSuccess, binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(nil, r.handle), t1)
}

func (s *SmartCards) disconnect(handle uint64, r *reader, in *fields) Code {
	delete(s.cards, handle)
	if r.handle == handle {
		r.handle = 0
	}
	if in.uint32() == resetCard {
		r.resets++
		if r.chip != nil {
			r.chip.Reset()
		}
	}
	s.wake()
	return codeSuccess
}

// transmit hands a command to the card. A card whose fault takes it or the reader away is taken away here
// too.
func (s *SmartCards) transmit(ctx context.Context, r *reader, in *fields) (Code, []byte) {
	protocol, command := in.uint32(), in.left
	switch {
	case protocol != t1:
		return codeInvalidParameter, nil
	case !slices.Contains(s.readers, r):
		return codeReaderUnavailable, nil
	case r.chip == nil:
		return Removed, nil
	}
	chip := r.chip
	s.mu.Unlock() // a card may take its time
	answer, err := chip.Transmit(ctx, command)
	s.mu.Lock()
	switch {
	case errors.Is(err, card.ErrNoReader):
		s.unplug(r)
		s.wake()
		return codeReaderUnavailable, nil
	case err != nil:
		r.put(nil)
		s.wake()
		return Removed, nil
	}
	return codeSuccess, answer
}

// fields reads a call's arguments; whole is false once something was missing.
type fields struct {
	left  []byte
	whole bool
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.left) {
		f.left, f.whole = nil, false
		return make([]byte, max(n, 0)%maxBody)
	}
	taken := f.left[:n]
	f.left = f.left[n:]
	return taken
}

func (f *fields) uint32() uint32 { return binary.LittleEndian.Uint32(f.take(4)) }
func (f *fields) uint64() uint64 { return binary.LittleEndian.Uint64(f.take(8)) }

// text reads n bytes of UTF-16.
func (f *fields) text(n int) string {
	raw := f.take(n)
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

package winetest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"madoguchi/card"
	"net"
	"slices"
	"time"
	"unicode/utf16"
)

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

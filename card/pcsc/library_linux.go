//go:build linux && !android && (amd64 || arm64)

package pcsc

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"

	"madoguchi/card"
)

// word is C's unsigned long, in which PC/SC-lite keeps handles and numbers: 8 bytes here, unlike Windows'
// DWORD.
type word = uint64

// Values of pcsclite.h.
const (
	scopeSystem    word = 2
	shareExclusive word = 1
	protocolT0     word = 1
	protocolT1     word = 2
	leaveCard      word = 0
	resetCard      word = 1
	maxATR              = 33
	maxAnswer           = 258 // a short answer and its status word; extended ones are never asked for
)

// lite is libpcsclite.so.1. The soname is part of Debian's libpcsclite1 and of every other distribution's
// package; the development package is not needed.
type lite struct {
	establishContext func(scope word, r1, r2 unsafe.Pointer, context *word) word
	releaseContext   func(context word) word
	listReaders      func(context word, groups, names unsafe.Pointer, size *word) word
	getStatusChange  func(context, timeout word, states unsafe.Pointer, n word) word
	cancelContext    func(context word) word
	connectCard      func(context word, reader *byte, share, protocols word, handle, protocol *word) word
	disconnectCard   func(handle, disposition word) word
	transmitCard     func(handle word, send *ioRequest, command *byte, size word, receive unsafe.Pointer,
		answer *byte, answerSize *word) word
}

// ioRequest is SCARD_IO_REQUEST.
type ioRequest struct{ protocol, size word }

// readerState is SCARD_READERSTATE.
type readerState struct {
	reader        *byte
	user          unsafe.Pointer
	current, seen word
	atrSize       word
	atr           [maxATR]byte
}

func load() (library, error) {
	l := &lite{}
	so, err := purego.Dlopen("libpcsclite.so.1", purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, card.ErrReaderLibrary.Because(err)
	}
	for name, function := range map[string]any{
		"SCardEstablishContext": &l.establishContext,
		"SCardReleaseContext":   &l.releaseContext,
		"SCardListReaders":      &l.listReaders,
		"SCardGetStatusChange":  &l.getStatusChange,
		"SCardCancel":           &l.cancelContext,
		"SCardConnect":          &l.connectCard,
		"SCardDisconnect":       &l.disconnectCard,
		"SCardTransmit":         &l.transmitCard,
	} {
		symbol, err := purego.Dlsym(so, name)
		if err != nil {
			return nil, card.ErrReaderLibrary.Because(fmt.Errorf("looking for %s: %w", name, err))
		}
		purego.RegisterFunc(function, symbol)
	}
	return l, nil
}

// failure turns a result (LONG, of which 32 bits matter) into an error.
func failure(result word) error {
	if c := code(uint32(result)); c != 0 {
		return c
	}
	return nil
}

func (l *lite) establish() (session, error) {
	var context word
	if err := failure(l.establishContext(scopeSystem, nil, nil, &context)); err != nil {
		return nil, err
	}
	return &liteSession{l, context}, nil
}

type liteSession struct {
	*lite
	context word
}

func (s *liteSession) release() error { return failure(s.releaseContext(s.context)) }
func (s *liteSession) cancel() error  { return failure(s.cancelContext(s.context)) }

func (s *liteSession) readers() ([]string, error) {
	for range 5 { // the list may grow between the two calls
		var size word
		if err := failure(s.listReaders(s.context, nil, nil, &size)); errors.Is(err, codeNoReaders) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		names := make([]byte, max(size, 1))
		err := failure(s.listReaders(s.context, nil, unsafe.Pointer(&names[0]), &size))
		switch {
		case errors.Is(err, codeInsufficient):
			continue
		case errors.Is(err, codeNoReaders):
			return nil, nil
		case err != nil:
			return nil, err
		}
		var out []string
		for name := range bytes.SplitSeq(names[:size], []byte{0}) {
			if len(name) > 0 {
				out = append(out, string(name))
			}
		}
		return out, nil
	}
	return nil, codeInsufficient
}

func (s *liteSession) wait(slots []slotState, timeout time.Duration) ([]slotState, error) {
	states := make([]readerState, len(slots))
	for i, slot := range slots {
		states[i] = readerState{reader: cString(slot.reader), current: word(slot.believed), atrSize: maxATR}
	}
	err := failure(s.getStatusChange(s.context, word(timeout/time.Millisecond), unsafe.Pointer(&states[0]),
		word(len(states))))
	if err != nil {
		return nil, err
	}
	out := make([]slotState, len(slots))
	for i, slot := range slots {
		out[i] = slotState{slot.reader, slot.believed, uint32(states[i].seen)}
	}
	return out, nil
}

func (s *liteSession) connect(reader string) (handle, error) {
	h := &liteHandle{lite: s.lite}
	var protocol word
	err := failure(s.connectCard(s.context, cString(reader), shareExclusive, protocolT0|protocolT1, &h.card,
		&protocol))
	if err != nil {
		return nil, err
	}
	h.request = ioRequest{protocol, word(unsafe.Sizeof(ioRequest{}))}
	return h, nil
}

type liteHandle struct {
	*lite
	card    word
	request ioRequest
}

func (h *liteHandle) disconnect(reset bool) error {
	disposition := leaveCard
	if reset {
		disposition = resetCard
	}
	return failure(h.disconnectCard(h.card, disposition))
}

func (h *liteHandle) transmit(command []byte) ([]byte, error) {
	answer := make([]byte, maxAnswer)
	size := word(len(answer))
	err := failure(h.transmitCard(h.card, &h.request, unsafe.SliceData(command), word(len(command)), nil,
		&answer[0], &size))
	runtime.KeepAlive(command)
	if err != nil {
		return nil, err
	}
	return answer[:size], nil // no copy: the caller may have to wipe it
}

// cString returns the text with the 0 that ends it in C.
func cString(text string) *byte { return &append([]byte(text), 0)[0] }

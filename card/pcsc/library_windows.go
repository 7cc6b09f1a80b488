package pcsc

import (
	"errors"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"madoguchi/card"
)

// Values of winscard.h.
const (
	scopeSystem    = 2
	shareExclusive = 1
	protocolT0     = 1
	protocolT1     = 2
	leaveCard      = 0
	resetCard      = 1
	maxATR         = 36
	maxAnswer      = 258 // a short answer and its status word; extended ones are never asked for
)

// winscard is winscard.dll, taken from Windows' own folder only: the folder of the program may be one into
// which everybody can write. Nothing is loaded before a reader is asked for, so that a Windows without it can
// still start the program (SCard… functions: Windows API, winscard.h).
type winscard struct {
	establishContext *windows.LazyProc
	releaseContext   *windows.LazyProc
	cancelContext    *windows.LazyProc
	listReaders      *windows.LazyProc
	getStatusChange  *windows.LazyProc
	connectCard      *windows.LazyProc
	disconnectCard   *windows.LazyProc
	transmitCard     *windows.LazyProc
}

// ioRequest is SCARD_IO_REQUEST.
type ioRequest struct{ protocol, size uint32 }

// readerState is SCARD_READERSTATEW.
type readerState struct {
	reader        *uint16
	user          unsafe.Pointer
	current, seen uint32
	atrSize       uint32
	atr           [maxATR]byte
}

func load() (library, error) {
	dll := windows.NewLazySystemDLL("winscard.dll")
	w := &winscard{
		establishContext: dll.NewProc("SCardEstablishContext"),
		releaseContext:   dll.NewProc("SCardReleaseContext"),
		cancelContext:    dll.NewProc("SCardCancel"),
		listReaders:      dll.NewProc("SCardListReadersW"),
		getStatusChange:  dll.NewProc("SCardGetStatusChangeW"),
		connectCard:      dll.NewProc("SCardConnectW"),
		disconnectCard:   dll.NewProc("SCardDisconnect"),
		transmitCard:     dll.NewProc("SCardTransmit"),
	}
	for _, proc := range []*windows.LazyProc{w.establishContext, w.releaseContext, w.cancelContext,
		w.listReaders, w.getStatusChange, w.connectCard, w.disconnectCard, w.transmitCard} {
		if err := proc.Find(); err != nil { // Call would panic
			return nil, card.ErrReaderWinscard.Because(err)
		}
	}
	return w, nil
}

// call calls a function of winscard and turns its result (LONG, 32 bits) into an error. Arguments that are
// pointers stay where they are until it returns.
//
//go:uintptrescapes
func call(proc *windows.LazyProc, arguments ...uintptr) error {
	result, _, _ := proc.Call(arguments...) // the last error of the thread means nothing to winscard
	if c := code(uint32(result)); c != 0 {
		return c
	}
	return nil
}

func (w *winscard) establish() (session, error) {
	var context uintptr
	if err := call(w.establishContext, scopeSystem, 0, 0, uintptr(unsafe.Pointer(&context))); err != nil {
		return nil, err
	}
	return &winSession{w, context}, nil
}

type winSession struct {
	*winscard
	context uintptr
}

func (s *winSession) release() error { return call(s.releaseContext, s.context) }
func (s *winSession) cancel() error  { return call(s.cancelContext, s.context) }

func (s *winSession) readers() ([]string, error) {
	for range 5 { // the list may grow between the two calls
		var size uint32 // in characters of UTF-16
		err := call(s.listReaders, s.context, 0, 0, uintptr(unsafe.Pointer(&size)))
		if err == nil {
			names := make([]uint16, max(size, 1))
			err = call(s.listReaders, s.context, 0, uintptr(unsafe.Pointer(&names[0])),
				uintptr(unsafe.Pointer(&size)))
			if err == nil {
				return textsIn(names[:min(int(size), len(names))]), nil
			}
		}
		switch {
		case errors.Is(err, codeNoReaders):
			return nil, nil
		case !errors.Is(err, codeInsufficient):
			return nil, err
		}
	}
	return nil, codeInsufficient
}

// textsIn splits a multi-string: texts that each end with 0, closed by an empty one.
func textsIn(list []uint16) []string {
	var out []string
	for len(list) > 0 && list[0] != 0 {
		text := windows.UTF16ToString(list)
		out = append(out, text)
		length := 0
		for length < len(list) && list[length] != 0 {
			length++
		}
		list = list[min(length+1, len(list)):]
	}
	return out
}

func (s *winSession) wait(slots []slotState, timeout time.Duration) ([]slotState, error) {
	states := make([]readerState, len(slots))
	for i, slot := range slots {
		name, err := windows.UTF16PtrFromString(slot.reader)
		if err != nil {
			return nil, err
		}
		states[i] = readerState{reader: name, current: slot.believed}
	}
	err := call(s.getStatusChange, s.context, uintptr(timeout/time.Millisecond),
		uintptr(unsafe.Pointer(unsafe.SliceData(states))), uintptr(len(states)))
	runtime.KeepAlive(states)
	if err != nil {
		return nil, err
	}
	out := make([]slotState, len(slots))
	for i, slot := range slots {
		out[i] = slotState{slot.reader, slot.believed, states[i].seen}
	}
	return out, nil
}

func (s *winSession) connect(reader string) (handle, error) {
	name, err := windows.UTF16PtrFromString(reader)
	if err != nil {
		return nil, err
	}
	h := &winHandle{winscard: s.winscard}
	var protocol uint32
	err = call(s.connectCard, s.context, uintptr(unsafe.Pointer(name)), shareExclusive,
		protocolT0|protocolT1, uintptr(unsafe.Pointer(&h.card)), uintptr(unsafe.Pointer(&protocol)))
	if err != nil {
		return nil, err
	}
	h.request = ioRequest{protocol, uint32(unsafe.Sizeof(ioRequest{}))}
	return h, nil
}

type winHandle struct {
	*winscard
	card    uintptr
	request ioRequest
}

func (h *winHandle) disconnect(reset bool) error {
	disposition := uintptr(leaveCard)
	if reset {
		disposition = resetCard
	}
	return call(h.disconnectCard, h.card, disposition)
}

func (h *winHandle) transmit(command []byte) ([]byte, error) {
	answer := make([]byte, maxAnswer)
	size := uint32(len(answer))
	err := call(h.transmitCard, h.card, uintptr(unsafe.Pointer(&h.request)),
		uintptr(unsafe.Pointer(unsafe.SliceData(command))), uintptr(len(command)), 0,
		uintptr(unsafe.Pointer(&answer[0])), uintptr(unsafe.Pointer(&size)))
	if err != nil {
		return nil, err
	}
	return answer[:min(int(size), len(answer))], nil // no copy: the caller may have to wipe it
}

package pcsc

import (
	"errors"
	"time"

	"github.com/ebfe/scard"
)

// win is winscard.dll.
type win struct{}

func load() (library, error) { return win{}, nil }

// failure gives an error of winscard the type that this package knows.
func failure(err error) error {
	var e scard.Error
	if errors.As(err, &e) {
		return code(e)
	}
	return err
}

func (win) establish() (session, error) {
	context, err := scard.EstablishContext()
	if err != nil {
		return nil, failure(err)
	}
	return winSession{context}, nil
}

type winSession struct{ context *scard.Context }

func (s winSession) release() error { return failure(s.context.Release()) }
func (s winSession) cancel() error  { return failure(s.context.Cancel()) }

func (s winSession) readers() ([]string, error) {
	for range 5 { // the list may grow between scard's two calls
		names, err := s.context.ListReaders()
		switch {
		case errors.Is(failure(err), codeNoReaders):
			return nil, nil
		case errors.Is(failure(err), codeInsufficient):
			continue
		}
		return names, failure(err)
	}
	return nil, codeInsufficient
}

func (s winSession) wait(slots []slotState, timeout time.Duration) ([]slotState, error) {
	states := make([]scard.ReaderState, len(slots))
	for i, slot := range slots {
		states[i] = scard.ReaderState{Reader: slot.reader, CurrentState: scard.StateFlag(slot.believed)}
	}
	if err := s.context.GetStatusChange(states, timeout); err != nil {
		return nil, failure(err)
	}
	out := make([]slotState, len(slots))
	for i, slot := range slots {
		out[i] = slotState{slot.reader, slot.believed, uint32(states[i].EventState)}
	}
	return out, nil
}

func (s winSession) connect(reader string) (handle, error) {
	card, err := s.context.Connect(reader, scard.ShareExclusive, scard.ProtocolAny)
	if err != nil {
		return nil, failure(err)
	}
	if p := card.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 {
		_ = card.Disconnect(scard.ResetCard) // scard panics when it is asked to transmit by another protocol
		return nil, codeProtocol
	}
	return winHandle{card}, nil
}

type winHandle struct{ card *scard.Card }

func (h winHandle) disconnect(reset bool) error {
	disposition := scard.LeaveCard
	if reset {
		disposition = scard.ResetCard
	}
	return failure(h.card.Disconnect(disposition))
}

func (h winHandle) transmit(command []byte) ([]byte, error) {
	answer, err := h.card.Transmit(command)
	return answer, failure(err)
}

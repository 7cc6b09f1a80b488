package pcsc

import (
	"errors"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// faultOf gives a code of the PC/SC library the trouble that people are told.
var faultOf = map[code]*eligibility.Error{
	codeSharing: card.ErrReaderShared, codeTooBusy: card.ErrReaderShared,
	codeNoService: card.ErrReaderService, codeServiceStopped: card.ErrReaderService, codeWinBrokenPipe: card.ErrReaderService,
	codeComm: card.ErrReaderLost, codeShutdown: card.ErrReaderLost, codeInvalidHandle: card.ErrReaderLost, codeWinInvalidHandle: card.ErrReaderLost,
	codeSystemCancelled: card.ErrReaderLost, codeCancelled: card.ErrReaderLost,
	codeNoReaders: card.ErrNoReader, codeUnknownReader: card.ErrReaderUnplugged, codeReaderUnavailable: card.ErrReaderUnplugged,
	codeNoCard: card.ErrNoCard, codeRemoved: card.ErrRemoved, codeReset: card.ErrReaderReset,
	codeUnresponsive: card.ErrReaderMute, codeUnpowered: card.ErrReaderMute, codeProtocol: card.ErrReaderMute, codeUnsupportedCard: card.ErrReaderMute,
	codeUnknownCard: card.ErrReaderMute, codeNotReady: card.ErrReaderMute,
	codeTimeout:  card.ErrTimeout,
	codeSecurity: card.ErrReaderAccess, codeNoAccess: card.ErrReaderAccess,
}

// fault gives an error of the library its sentence; one that has a sentence already is returned as it is.
func fault(err error) error {
	if err == nil {
		return nil
	}
	var said *eligibility.Error
	if errors.As(err, &said) {
		return err
	}
	var c code
	if errors.As(err, &c) && faultOf[c] != nil {
		return faultOf[c].Because(err)
	}
	return card.ErrReaderFault.Because(err)
}

// sentence returns the sentence of an error that fault has seen.
func sentence(err error) *eligibility.Error {
	var e *eligibility.Error
	if errors.As(fault(err), &e) {
		return e
	}
	return card.ErrReaderFault
}

// passing reports whether a trouble may be over in a moment, so that connecting is worth another try.
func passing(err error) bool {
	for _, e := range []*eligibility.Error{card.ErrReaderShared, card.ErrReaderService, card.ErrReaderLost, card.ErrReaderUnplugged} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

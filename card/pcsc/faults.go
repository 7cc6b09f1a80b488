package pcsc

import (
	"errors"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// faultOf gives a code of the PC/SC library the trouble that people are told.
var faultOf = map[code]*eligibility.Error{
	codeSharing:           card.ErrReaderShared,
	codeTooBusy:           card.ErrReaderShared,
	codeNoService:         card.ErrReaderService,
	codeServiceStopped:    card.ErrReaderService,
	codeWinBrokenPipe:     card.ErrReaderService,
	codeComm:              card.ErrReaderLost,
	codeShutdown:          card.ErrReaderLost,
	codeInvalidHandle:     card.ErrReaderLost,
	codeWinInvalidHandle:  card.ErrReaderLost,
	codeSystemCancelled:   card.ErrReaderLost,
	codeCancelled:         card.ErrReaderLost,
	codeNoReaders:         card.ErrNoReader,
	codeUnknownReader:     card.ErrReaderUnplugged,
	codeReaderUnavailable: card.ErrReaderUnplugged,
	codeNoCard:            card.ErrNoCard,
	codeRemoved:           card.ErrRemoved,
	codeReset:             card.ErrReaderReset,
	codeUnresponsive:      card.ErrReaderMute,
	codeUnpowered:         card.ErrReaderMute,
	codeProtocol:          card.ErrReaderMute,
	codeUnsupportedCard:   card.ErrReaderMute,
	codeUnknownCard:       card.ErrReaderMute,
	codeNotReady:          card.ErrReaderMute,
	codeTimeout:           card.ErrTimeout,
	codeSecurity:          card.ErrReaderAccess,
	codeNoAccess:          card.ErrReaderAccess,
}

// cardError converts an error of the PC/SC library to an *eligibility.Error that people can be shown; one
// that is such an error already is returned as it is.
func cardError(err error) error {
	if err == nil {
		return nil
	}
	var converted *eligibility.Error
	if errors.As(err, &converted) {
		return err
	}
	var c code
	if errors.As(err, &c) && faultOf[c] != nil {
		return faultOf[c].Because(err)
	}
	return card.ErrReaderFault.Because(err)
}

// cardErrorOf returns the *eligibility.Error of an error, converted by cardError where necessary.
func cardErrorOf(err error) *eligibility.Error {
	var e *eligibility.Error
	if errors.As(cardError(err), &e) {
		return e
	}
	return card.ErrReaderFault
}

// isTransient reports whether an error may be over in a moment, so that connecting is worth another try.
func isTransient(err error) bool {
	for _, e := range []*eligibility.Error{card.ErrReaderShared, card.ErrReaderService,
		card.ErrReaderLost, card.ErrReaderUnplugged} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

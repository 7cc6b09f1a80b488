package card

import (
	"madoguchi/eligibility"
)

// Troubles of a PC's readers, as package card/pcsc finds them. They stand here so that a server knows their
// sentences without linking the library of the readers. None is about the card's holder.
var (
	ErrReaderShared    = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.shared"}
	ErrReaderService   = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.service"}
	ErrReaderLost      = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.lost"}
	ErrReaderUnplugged = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.unplugged"}
	ErrReaderReset     = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.reset"}
	ErrReaderMute      = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.mute"}
	ErrReaderChoice    = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.choice"}
	ErrReaderHung      = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.hung"}
	ErrReaderAccess    = &eligibility.Error{Code: eligibility.Denied, Key: "reader.access"}
	ErrReaderLibrary   = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.library"}
	ErrReaderWinscard  = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.winscard"}
	ErrReaderSystem    = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.system"}
	ErrReaderFault     = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.fault"}
)

// readerFaults are all of them.
var readerFaults = []*eligibility.Error{
	ErrReaderShared,
	ErrReaderService,
	ErrReaderLost,
	ErrReaderUnplugged,
	ErrReaderReset,
	ErrReaderMute,
	ErrReaderChoice,
	ErrReaderHung,
	ErrReaderAccess,
	ErrReaderLibrary,
	ErrReaderWinscard,
	ErrReaderSystem,
	ErrReaderFault,
}

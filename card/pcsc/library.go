package pcsc

import "time"

// library is PC/SC as far as it is used here: winscard.dll, libpcsclite, or a double in tests. Errors are of
// type code wherever PC/SC gave one.
type library interface {
	establish() (session, error)
}

// session is a PC/SC context. Its calls wait for one another; only cancel may come while another call is
// under way.
type session interface {
	// readers lists the readers; none is an empty list, not an error.
	readers() ([]string, error)
	// wait returns when a slot differs from what the caller believes of it, or with codeTimeout.
	wait(slots []slotState, timeout time.Duration) ([]slotState, error)
	// cancel ends a wait that has begun, with codeCancelled.
	cancel() error
	// connect opens the card exclusively.
	connect(reader string) (handle, error)
	release() error
}

// handle is a connected card.
type handle interface {
	transmit(command []byte) ([]byte, error)
	// disconnect gives the card back, resetting it first if asked to.
	disconnect(reset bool) error
}

// slotState is a reader in a wait: what the caller believes and what is so. The upper 16 bits count events.
type slotState struct {
	reader        string
	believed, now uint32
}

// Bits of a slot's state (PC/SC part 5; the same values in winscard.h and pcsclite.h).
const (
	stateUnaware     uint32 = 0x000 // as a belief: tell me at once
	stateChanged     uint32 = 0x002
	stateUnknown     uint32 = 0x004 // there is no such reader (any more)
	stateUnavailable uint32 = 0x008
	statePresent     uint32 = 0x020
	stateExclusive   uint32 = 0x080
	stateMute        uint32 = 0x200 // a card that does not answer
)

// anyReader is the pseudo-reader whose state changes when a reader comes or goes.
const anyReader = `\\?PnP?\Notification`

// Package pcsc finds the card readers of this computer and connects to the card that lies in one.
//
// PC/SC is the system's own interface to readers: winscard.dll on Windows, libpcsclite (pcscd) on Linux, both
// reached without cgo and looked for only when a Reader is first used, so a program builds and starts on a
// machine that has neither. Other systems answer card.ErrReaderSystem.
//
// A Reader connects exclusively and ends with a reset: what one operation has opened on a card is open to no
// other program and is closed with it. It recovers by itself from transient errors (a service that restarts,
// another program that holds the card for a moment), but only before the first command is sent; after that
// nothing is ever repeated, because a card's counters of tries are not restored. Watch reports readers and
// cards that come and go.
//
// Every call into the library has a deadline. A call that hangs is abandoned and cleaned up when it returns;
// the number of hanging calls is bounded. Each error is an *eligibility.Error with a sentence for people and
// the next step.
package pcsc

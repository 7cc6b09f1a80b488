// Package virtual is a My Number card that does not exist: a strict double that answers APDUs as the
// real card is known to (docs/facts/my-number-card.md#virtual-card), for tests and for the demo. Its
// holder is fictional, its issuer keys are public test keys, and a server outside demo mode refuses it.
//
// New makes a card from a Description. In process it is a card.Transmitter; Plug puts it into a reader of
// vpcd, where every PC/SC program meets it. It keeps its counters when it is reset and forgets which keys
// were presented. Faults simulate a card that is removed, slow, silent or answers with garbage.
//
// Where docs/facts/my-number-card.md does not say how a card behaves, the double's way is marked as a
// model in a comment.
package virtual

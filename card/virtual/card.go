package virtual

import (
	"context"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"sync"
)

// Card is a virtual card. Its keys are made with it: another Card is another chip.
type Card struct {
	mu           sync.Mutex
	atr          []byte
	number       string
	applications map[string]*application
	emptyPastEnd bool
	keys         keysAndTries
	faults       Faults
	commands     int // since the faults were set
	away         error

	// state that a reset drops
	current  *application
	file     *file
	verified map[*secret]bool
	touched  bool // an application was selected since the reset

	log [][]byte
}

// keysAndTries are the secrets by name, so that tests can look at their counters.
type keysAndTries struct{ birthDate, numberB, numberBVisual, user, signature *secret }

// secret is a key or PIN with its counter.
type secret struct {
	value      string
	left, full int
}

// file is an elementary file: content for a transparent or record file, secret for a key, signer for a
// private key.
type file struct {
	content func() []byte
	record  bool
	secret  *secret
	signer  func() *rsa.PrivateKey
	needs   []*secret // any one of them opens the file; none: free
}

// application is one of the card's applications. own signs with P2 00, without a PIN.
type application struct {
	files map[uint16]*file
	own   func() *rsa.PrivateKey
}

// Applications by full AID (docs/facts/my-number-card.md#applications).
const (
	aidJPKI   = "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"
	aidVisual = "\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x02"
	aidText   = "\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08"
	aidCommon = "\xD3\x92\x10\x00\x31\x00\x01\x01\x01\x00"
)

// New makes the card of a description.
func New(d Description) (*Card, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	d = d.complete()
	secrets, err := newSecrets(d)
	if err != nil {
		return nil, fmt.Errorf("making the card: %w", err)
	}
	atr, err := hex.DecodeString(d.ATR)
	if err != nil {
		return nil, fmt.Errorf("reading the ATR: %w", err)
	}
	c := &Card{
		atr:          atr,
		number:       myNumber(),
		emptyPastEnd: d.EmptyPastEnd,
		faults:       d.Faults,
		verified:     map[*secret]bool{},
		keys:         secrets,
	}
	c.applications = newApplications(d, secrets, c.number)
	return c, nil
}

// ATR returns the card's answer to reset.
func (c *Card) ATR() []byte { return append([]byte{}, c.atr...) }

// Reset drops what a reset or power-off drops: the selected application and file, and which keys were
// presented. Counters stay.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset()
}

func (c *Card) reset() {
	c.current, c.file, c.touched = nil, nil, false
	clear(c.verified)
}

// Insert puts a card back that a fault took away or that was removed, and forgets the log.
func (c *Card) Insert() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset()
	c.away, c.commands, c.log = nil, 0, nil
}

// Remove takes the card away: it answers no more until Insert.
func (c *Card) Remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset()
	c.away = ErrPulled
}

// Commands returns every command that the card has received since it was inserted.
func (c *Card) Commands() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([][]byte{}, c.log...)
}

// Tries says how many tries the card has left for each key.
type Tries struct{ BirthDate, NumberB, NumberBVisual, UserPIN, SignaturePassword int }

// TriesLeft returns the counters.
func (c *Card) TriesLeft() Tries {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Tries{c.keys.birthDate.left, c.keys.numberB.left, c.keys.numberBVisual.left, c.keys.user.left,
		c.keys.signature.left}
}

// Transmit answers one command APDU (short form), as the faults allow.
func (c *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if answer, done, err := c.misbehave(ctx, command); done {
		return answer, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, append([]byte{}, command...))
	data, sw := c.answer(command)
	return append(append([]byte{}, data...), byte(sw>>8), byte(sw)), nil
}

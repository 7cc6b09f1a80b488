package keys

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// A key that was lost is not made anew beside the data that it opens: they would be shut for ever, and what
// is stored from then on could not be told from a thief's. So the database remembers a check value of each
// key that was used with it: 128 bits that tell the key again and reveal nothing of it (HKDF, RFC 5869, with
// a label of its own; of signing keys the public half's hash).

// checkSize is the length of a check value.
const checkSize = 16

const checkLabel = "madoguchi key check 1 "

// Guard is what a database knows of its keys.
type Guard struct {
	Known map[string][]byte // check values by file name
	// files that open something stored although no check value is known: data of an older version
	Needed []string
}

// checks are a Guard with what is on its way into the database.
type checks struct {
	mu     sync.Mutex
	known  map[string][]byte
	needed []string
	fresh  map[string][]byte // not in the database yet
	keep   func(file string, value []byte) error
}

var (
	// ErrGone says that a key file is missing beside the data that it opens.
	ErrGone = &eligibility.Error{Code: eligibility.Internal, Key: "keys.gone"}
	// ErrOther says that a key file holds another key than the data were used with.
	ErrOther = &eligibility.Error{Code: eligibility.Internal, Key: "keys.other"}
	// ErrDamaged says that a key file is empty, cut short or no key at all.
	ErrDamaged = &eligibility.Error{Code: eligibility.Internal, Key: "keys.damaged"}
)

// purposes name what each key opens or signs, by the catalogue's keys below keys.purpose.
var purposes = map[string]string{
	People:  "people",
	Cases:   "cases",
	Session: "session",
	Index:   "index",
	Notice:  "notice",
	Counter: "counter",
	Client:  "client",
	Trust:   "trust",

	Checkpoint: "checkpoint",
}

// sealing are the keys without which what is stored does not open: nothing can be accepted in their place.
var sealing = []string{People, Cases, Session, Index, Notice}

// Replaceable reports whether another key may take the place of a lost one (keys accept).
func Replaceable(file string) bool { return !slices.Contains(sealing, file) }

// Other is ErrOther about a file.
func Other(file string) *eligibility.Error { return aboutFile(ErrOther, file) }

// Gone is ErrGone about a file.
func Gone(file string) *eligibility.Error { return aboutFile(ErrGone, file) }

// aboutFile fills the places of a sentence about a key file.
func aboutFile(e *eligibility.Error, file string) *eligibility.Error {
	purpose, ok := purposes[file]
	switch {
	case ok:
	case strings.HasPrefix(file, "issuer-"):
		purpose = "issuer"
	case strings.HasPrefix(file, "pdf-"):
		purpose = "document"
	default:
		purpose = "demo"
	}
	args := message.Args{
		"file":    message.Text(file),
		"purpose": message.Nested(message.New("keys.purpose."+purpose, nil)),
		"accept":  message.Text(""),
	}
	if Replaceable(file) {
		args["accept"] = message.Nested(message.New("keys.accept", message.Args{"file": args["file"]}))
	}
	return e.With(args)
}

// set takes what a database knows.
func (c *checks) set(g Guard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known, c.needed = map[string][]byte{}, g.Needed
	for file, value := range g.Known {
		c.known[file] = value
	}
}

// keepBy stores what is on its way by keep, and from now on whatever comes.
func (c *checks) keepBy(keep func(file string, value []byte) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep = keep
	for file, value := range c.fresh {
		if err := keep(file, value); err != nil {
			return fmt.Errorf("remembering the key %s: %w", file, err)
		}
	}
	c.fresh = nil
	return nil
}

// files returns the names of the files that the database knows, in order.
func (c *checks) files() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.known))
}

// mayMake refuses to make a key that the data were used with.
func (c *checks) mayMake(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[file] != nil || slices.Contains(c.needed, file) {
		return aboutFile(ErrGone, file)
	}
	return nil
}

// check compares a key with what the database knows, or remembers it.
func (c *checks) check(file string, value []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.known[file]; known != nil {
		if !bytes.Equal(known, value) {
			return aboutFile(ErrOther, file)
		}
		return nil
	}
	return c.remember(file, value)
}

func (c *checks) remember(file string, value []byte) error {
	if c.known == nil {
		c.known = map[string][]byte{}
	}
	c.known[file] = value
	if c.keep == nil {
		if c.fresh == nil {
			c.fresh = map[string][]byte{}
		}
		c.fresh[file] = value
		return nil
	}
	return c.keep(file, value)
}

// checkRing wants the key that signed when the database last saw this register among its keys, in whatever
// state: keys rotate, and a register keeps each for months. The current one is what is remembered from now
// on.
func (c *checks) checkRing(r ring) error {
	file := ringFile(r.Insurer)
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[file]
	if known != nil && !slices.ContainsFunc(r.Keys, func(e Entry) bool {
		return bytes.Equal(known,
			ringCheck(file, e.JWK))
	}) {
		return aboutFile(ErrOther, file)
	}
	if current := ringCheck(file, r.at(Current).JWK); !bytes.Equal(known, current) {
		return c.remember(file, current)
	}
	return nil
}

func ringCheck(file string, key credential.PublicKey) []byte {
	sum := sha256.Sum256([]byte(checkLabel + file + "\x00" + key.ID))
	return sum[:checkSize]
}

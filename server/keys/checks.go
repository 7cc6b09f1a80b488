package keys

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
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

// guard is a Guard with what is on its way into the database.
type guard struct {
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
}

// sealing are the keys without which what is stored does not open: nothing can be accepted in their place.
var sealing = []string{People, Cases, Session, Index, Notice}

// Replaceable reports whether another key may take the place of a lost one (keys accept).
func Replaceable(file string) bool { return !slices.Contains(sealing, file) }

// Other is ErrOther about a file.
func Other(file string) *eligibility.Error { return aboutFile(ErrOther, file) }

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

// Guard tells the folder what a database knows of its keys: from now on a key that it knows is neither made
// anew nor taken for another.
func (f *Folder) Guard(g Guard) {
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	f.guard.known, f.guard.needed = map[string][]byte{}, g.Needed
	for file, value := range g.Known {
		f.guard.known[file] = value
	}
}

// Remember stores the check values of the keys that were loaded so far, and of those that will be, by keep.
func (f *Folder) Remember(keep func(file string, value []byte) error) error {
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	f.guard.keep = keep
	for file, value := range f.guard.fresh {
		if err := keep(file, value); err != nil {
			return fmt.Errorf("remembering the key %s: %w", file, err)
		}
	}
	f.guard.fresh = nil
	return nil
}

// Verify compares every key that the database knows, also those that nobody has asked for yet.
func (f *Folder) Verify() error {
	f.guard.mu.Lock()
	files := make([]string, 0, len(f.guard.known))
	for file := range f.guard.known {
		files = append(files, file)
	}
	f.guard.mu.Unlock()
	slices.Sort(files)
	for _, file := range files {
		if err := f.verify(file); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) verify(file string) error {
	switch {
	case strings.HasSuffix(file, ".json"):
		insurer := eligibility.InsurerNumber(strings.TrimSuffix(strings.TrimPrefix(file, "issuer-"), ".json"))
		r, err := f.readRing(insurer)
		if errors.Is(err, errNoRing) {
			return aboutFile(ErrGone, file)
		}
		if err != nil {
			return err
		}
		return f.checkRing(r)
	case strings.HasSuffix(file, ".pem"):
		_, err := f.known(file)
		return err
	}
	data, err := f.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return aboutFile(ErrGone, file)
	}
	if err == nil {
		_, err = f.secretOf(file, data)
	}
	return err
}

// known loads a signing key that must be there.
func (f *Folder) known(file string) (*ecdsa.PrivateKey, error) {
	data, err := f.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, aboutFile(ErrGone, file)
	}
	if err != nil {
		return nil, err
	}
	return f.signingOf(file, data)
}

// mayMake refuses to make a key that the data were used with.
func (f *Folder) mayMake(file string) error {
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	if f.guard.known[file] != nil || slices.Contains(f.guard.needed, file) {
		return aboutFile(ErrGone, file)
	}
	return nil
}

// check compares a key with what the database knows, or remembers it.
func (f *Folder) check(file string, value []byte) error {
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	if known := f.guard.known[file]; known != nil {
		if !bytes.Equal(known, value) {
			return aboutFile(ErrOther, file)
		}
		return nil
	}
	return f.guard.remember(file, value)
}

func (g *guard) remember(file string, value []byte) error {
	if g.known == nil {
		g.known = map[string][]byte{}
	}
	g.known[file] = value
	if g.keep == nil {
		if g.fresh == nil {
			g.fresh = map[string][]byte{}
		}
		g.fresh[file] = value
		return nil
	}
	return g.keep(file, value)
}

// checkRing wants the key that signed when the database last saw this register among its keys, in whatever
// state: keys rotate, and a register keeps each for months. The current one is what is remembered from now
// on.
func (f *Folder) checkRing(r ring) error {
	file := ringFile(r.Insurer)
	f.guard.mu.Lock()
	defer f.guard.mu.Unlock()
	known := f.guard.known[file]
	if known != nil && !slices.ContainsFunc(r.Keys, func(e Entry) bool {
		return bytes.Equal(known,
			ringCheck(file, e.JWK))
	}) {
		return aboutFile(ErrOther, file)
	}
	if current := ringCheck(file, r.at(Current).JWK); !bytes.Equal(known, current) {
		return f.guard.remember(file, current)
	}
	return nil
}

func ringCheck(file string, key credential.PublicKey) []byte {
	sum := sha256.Sum256([]byte(checkLabel + file + "\x00" + key.ID))
	return sum[:checkSize]
}

// secretOf reads the text of a secret and compares it.
func (f *Folder) secretOf(file string, text []byte) ([]byte, error) {
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != 32 {
		return nil, aboutFile(ErrDamaged, file)
	}
	value, err := hkdf.Key(sha256.New, secret, nil, checkLabel+file, checkSize)
	if err != nil {
		return nil, fmt.Errorf("computing a check value: %w", err)
	}
	return secret, f.check(file, value)
}

// signingOf reads the text of a signing key and compares it.
func (f *Folder) signingOf(file string, text []byte) (*ecdsa.PrivateKey, error) {
	key, err := readPEM(file, text)
	if err != nil {
		return nil, aboutFile(ErrDamaged, file).Because(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("computing a check value: %w", err)
	}
	sum := sha256.Sum256(append([]byte(checkLabel+file+"\x00"), public...))
	return key, f.check(file, sum[:checkSize])
}

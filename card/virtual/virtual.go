// Package virtual is a My Number card that does not exist: a strict double that answers APDUs as the real card is known to
// (facts: card.md 2.1), for tests and for the demo. Its holder is fictional, its issuer keys are public test keys, and a
// server outside demo mode refuses it.
package virtual

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// Description says what a virtual card is. Unknown members are refused.
type Description struct {
	Name      string           `json:"name"`
	BirthDate eligibility.Date `json:"birthDate"`
	Variant   Variant          `json:"variant,omitempty"`
	Tries     *int             `json:"tries,omitempty"` // left for the birth-date key; default 10, as assumed
}

// Variant is a way in which a card can differ from a genuine one.
type Variant string

const (
	Genuine      Variant = ""
	Copied       Variant = "copied"       // a genuine card's data on another chip: the challenge is signed by another key
	ForgedIssuer Variant = "forgedIssuer" // everything right, but signed by an issuer of its own
	Altered      Variant = "altered"      // the record's date of birth was changed after signing
	Phone        Variant = "phone"        // an Android phone's token
	OldCard      Variant = "oldCard"      // a 住基カード
	OtherCard    Variant = "otherCard"    // a card without these applications
)

// Parse reads a description.
func Parse(data []byte) (Description, error) {
	var d Description
	if err := json.Unmarshal(data, &d); err != nil {
		return Description{}, fmt.Errorf("reading the virtual card: %w", err)
	}
	switch d.Variant {
	case Genuine, Copied, ForgedIssuer, Altered, Phone, OldCard, OtherCard:
	default:
		return Description{}, fmt.Errorf("virtual: unknown variant %q", d.Variant)
	}
	if !d.BirthDate.Exact() {
		return Description{}, errors.New("virtual: birthDate must be an exact date, yyyy-mm-dd")
	}
	return d, nil
}

//go:embed testkeys/ca.pem
var caPEM []byte

//go:embed testkeys/issuing.pem
var issuingPEM []byte

// Key ids: seven digits, 08 05, three digits, four pad bytes; test ids begin with 6 (card.md 4.5).
var (
	caID      = keyID("6000020", "001")
	issuingID = keyID("6000023", "001")
)

func keyID(seven, three string) [16]byte {
	var id [16]byte
	copy(id[:], seven)
	id[7], id[8] = 0x08, 0x05
	copy(id[9:], three)
	return id
}

// TestIssuerKeys returns the public test key that vouches for virtual cards.
func TestIssuerKeys() card.IssuerKeys {
	return card.IssuerKeys{{ID: hex.EncodeToString(caID[:]), Key: &readKey(caPEM).PublicKey}}
}

// readKey reads an embedded test key.
func readKey(data []byte) *rsa.PrivateKey {
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic("virtual: the embedded test key is broken: " + err.Error())
	}
	return key.(*rsa.PrivateKey)
}

// Card is a virtual card in a reader. Its keys are made with it: another Card is another chip.
type Card struct {
	mu          sync.Mutex
	variant     Variant
	birthKey    string
	tries, full int
	certificate []byte
	record      []byte
	signer      *rsa.PrivateKey

	// state that a reset drops
	application string
	file        uint16
	opened      bool

	log [][]byte // every command received
}

// New makes the card of a description.
func New(d Description) (*Card, error) {
	key, err := card.BirthDateKey(d.BirthDate)
	if err != nil {
		return nil, fmt.Errorf("making the card: %w", err)
	}
	chip, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making the card's key: %w", err)
	}
	ca, issuing := readKey(caPEM), readKey(issuingPEM)
	if d.Variant == ForgedIssuer {
		if ca, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("making the forger's key: %w", err)
		}
	}
	c := &Card{variant: d.Variant, birthKey: key, tries: 10, full: 10, signer: chip}
	if d.Tries != nil {
		c.tries = *d.Tries
	}
	body := append(append(caID[:], issuingID[:]...), publicKeyObjects(&issuing.PublicKey)...)
	c.certificate = object([]byte{0x7F, 0x21}, append(object([]byte{0x5F, 0x4E}, body), object([]byte{0x5F, 0x37}, signed(ca, body))...))
	birth := object([]byte{0xDF, 0x11}, []byte(d.BirthDate.Time().Format("20060102")))
	cardKey := object([]byte{0xDF, 0x12}, publicKeyObjects(&chip.PublicKey))
	signature := object([]byte{0xDF, 0x13}, signed(issuing, append(append([]byte{}, birth...), cardKey...)))
	if d.Variant == Altered {
		birth = object([]byte{0xDF, 0x11}, []byte(d.BirthDate.AddDays(1).Time().Format("20060102")))
	}
	record := append(append(birth, cardKey...), signature...)
	c.record = append(object([]byte{0xFF, 0x10}, record), 0xFF, 0xFF, 0xFF, 0xFF) // filler behind the object, as real files have
	if d.Variant == Copied {
		if c.signer, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("making the copy's key: %w", err)
		}
	}
	return c, nil
}

// object writes a BER object with a two-byte length, as the card does.
func object(tag, value []byte) []byte {
	return append(append(append([]byte{}, tag...), 0x82, byte(len(value)>>8), byte(len(value))), value...)
}

func publicKeyObjects(key *rsa.PublicKey) []byte {
	return append([]byte{0x90, 0x03, 0x01, 0x00, 0x01}, object([]byte{0x91}, key.N.FillBytes(make([]byte, 256)))...)
}

func signed(key *rsa.PrivateKey, data []byte) []byte {
	sum := sha256.Sum256(data)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic("virtual: " + err.Error()) // a 2048-bit key signs any digest
	}
	return signature
}

// Reset drops what a power-off drops: the selected application, the opened key. Counters stay.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.application, c.file, c.opened = "", 0, false
}

// Commands returns every command that the card has received.
func (c *Card) Commands() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([][]byte{}, c.log...)
}

const (
	jpki   = "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"
	visual = "\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x02"
)

// Transmit answers one command APDU (short form).
func (c *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, append([]byte{}, command...))
	data, sw := c.answer(command)
	return append(data, byte(sw>>8), byte(sw)), nil
}

func (c *Card) answer(command []byte) ([]byte, uint16) {
	if len(command) < 4 {
		return nil, 0x6700
	}
	if command[0]&0x03 != 0 { // other channels
		return nil, 0x6881
	}
	switch [2]byte{command[0], command[1]} {
	case [2]byte{0x00, 0xA4}:
		return nil, c.sel(command)
	case [2]byte{0x00, 0xB0}:
		return c.read(command)
	case [2]byte{0x00, 0x20}:
		return nil, c.verify(command)
	case [2]byte{0x80, 0x2A}:
		return c.sign(command)
	}
	return nil, 0x6D00
}

// body returns the command's data by its Lc.
func body(command []byte) ([]byte, bool) {
	if len(command) < 5 || len(command) < 5+int(command[4]) {
		return nil, false
	}
	return command[5 : 5+int(command[4])], true
}

func (c *Card) sel(command []byte) uint16 {
	data, ok := body(command)
	if !ok {
		return 0x6700
	}
	if command[3] != 0x0C {
		return 0x6A86
	}
	switch command[2] {
	case 0x04:
		aid := string(data)
		if c.variant == OtherCard || aid != jpki && aid != visual || aid == visual && (c.variant == Phone || c.variant == OldCard) {
			return 0x6A82
		}
		c.application, c.file, c.opened = aid, 0, false
		return 0x9000
	case 0x02:
		if len(data) != 2 || c.application == "" {
			return 0x6A82
		}
		file := uint16(data[0])<<8 | uint16(data[1])
		if !c.has(file) {
			return 0x6A82
		}
		c.file = file
		return 0x9000
	}
	return 0x6A86
}

// has reports whether the current application has a file. The files of the 12-digit number are not even there.
func (c *Card) has(file uint16) bool {
	if c.application == jpki {
		return file == 0x0006
	}
	return file == 0x0001 || file == 0x0004 || file == 0x0011
}

func (c *Card) read(command []byte) ([]byte, uint16) {
	var content []byte
	switch {
	case c.file == 0:
		return nil, 0x6986
	case c.file == 0x0011:
		return nil, 0x6981
	case c.application == jpki:
		content = make([]byte, 160)
		copy(content, fmt.Sprintf("%-32s", map[Variant]string{Phone: "JPKIAPGPSETOKEN", OldCard: "JPKIAPICCTOKEN"}[c.variant]))
		if c.variant != Phone && c.variant != OldCard {
			copy(content, fmt.Sprintf("%-32s", "JPKIAPICCTOKEN2"))
		}
	case c.file == 0x0004:
		content = c.certificate
	case !c.opened:
		return nil, 0x6982
	default:
		content = c.record
	}
	offset := int(command[2])<<8 | int(command[3])
	if offset > 0x7FFF || len(command) != 5 {
		return nil, 0x6700
	}
	if offset >= len(content) {
		return nil, 0x6B00
	}
	want := int(command[4])
	if want == 0 {
		want = 256
	}
	return append([]byte{}, content[offset:min(offset+want, len(content))]...), 0x9000
}

func (c *Card) verify(command []byte) uint16 {
	if c.file != 0x0011 {
		return 0x6981
	}
	if command[3] != 0x80 {
		return 0x6A86
	}
	if c.tries == 0 {
		return 0x6984
	}
	if len(command) == 4 {
		return 0x63C0 | uint16(c.tries)
	}
	data, ok := body(command)
	if !ok {
		return 0x6700
	}
	if string(data) != c.birthKey {
		c.tries--
		c.opened = false
		return 0x63C0 | uint16(c.tries)
	}
	c.tries, c.opened = c.full, true
	return 0x9000
}

// digestInfoPrefix is what a strict card expects before a SHA-256 digest (RFC 8017 section 9.2, NULL included).
var digestInfoPrefix = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"

func (c *Card) sign(command []byte) ([]byte, uint16) {
	data, ok := body(command)
	if !ok || command[2] != 0x00 || command[3] != 0x00 {
		return nil, 0x6A86
	}
	if c.application != visual {
		return nil, 0x6985
	}
	if len(data) != len(digestInfoPrefix)+32 || string(data[:len(digestInfoPrefix)]) != digestInfoPrefix {
		return nil, 0x6985
	}
	signature, err := rsa.SignPKCS1v15(nil, c.signer, crypto.SHA256, data[len(digestInfoPrefix):])
	if err != nil {
		return nil, 0x6F00
	}
	return signature, 0x9000
}

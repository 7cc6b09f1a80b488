package virtual

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
)

// Status words (ISO/IEC 7816-4; docs/facts/my-number-card.md#commands-and-status-words).
const (
	swOK          = 0x9000
	swLength      = 0x6700
	swChannel     = 0x6881
	swWrongType   = 0x6981
	swNotAllowed  = 0x6982
	swBlocked     = 0x6984
	swConditions  = 0x6985
	swNoFile      = 0x6986
	swNotFound    = 0x6A82
	swNoRecord    = 0x6A83
	swParameters  = 0x6A86
	swPastEnd     = 0x6B00
	swInstruction = 0x6D00
	swClass       = 0x6E00
)

func (c *Card) answer(command []byte) ([]byte, uint16) {
	if len(command) < 4 {
		return nil, swLength
	}
	if command[0]&^0x80 != 0 {
		if command[0]&^0x83 == 0 {
			return nil, swChannel
		}
		return nil, swClass
	}
	switch [2]byte{command[0], command[1]} {
	case [2]byte{0x00, 0xA4}:
		return nil, c.selects(command)
	case [2]byte{0x00, 0xB0}:
		return c.read(command)
	case [2]byte{0x00, 0xB2}:
		return c.readRecord(command)
	case [2]byte{0x00, 0x20}:
		return nil, c.verify(command)
	case [2]byte{0x00, 0x84}:
		return getChallenge(command)
	case [2]byte{0x80, 0x2A}:
		return c.sign(command)
	}
	return nil, swInstruction
}

// commandData returns the command's data by its Lc; ok is false when fewer or more bytes follow than Lc and
// one Le.
func commandData(command []byte) (data []byte, ok bool) {
	if len(command) < 5 {
		return nil, false
	}
	n := 5 + int(command[4])
	if len(command) != n && len(command) != n+1 {
		return nil, false
	}
	return command[5:n], true
}

func expectedLength(le byte) int {
	if le == 0 {
		return 256
	}
	return int(le)
}

func (c *Card) selects(command []byte) uint16 {
	if command[2] == 0x00 { // there is no ISO master file
		if !c.touched {
			return swNotFound
		}
		return swOK
	}
	data, ok := commandData(command)
	switch {
	case !ok:
		return swLength
	case command[3] != 0x0C:
		return swParameters
	case command[2] == 0x04:
		app, ok := c.applications[string(data)]
		if !ok {
			return swNotFound
		}
		c.reset() // model: another application drops what was opened
		c.current, c.touched = app, true
		return swOK
	case command[2] == 0x02 && len(data) == 2:
		return c.selectFile(uint16(data[0])<<8 | uint16(data[1]))
	}
	return swParameters
}

func (c *Card) selectFile(id uint16) uint16 {
	if c.current == nil || c.current.files[id] == nil {
		return swNotFound
	}
	c.file = c.current.files[id]
	return swOK
}

// opened reports whether one of the file's keys has been presented.
func (c *Card) opened(f *file) bool {
	for _, s := range f.needs {
		if c.verified[s] {
			return true
		}
	}
	return len(f.needs) == 0
}

func (c *Card) read(command []byte) ([]byte, uint16) {
	if len(command) != 5 {
		return nil, swLength
	}
	offset := int(command[2])<<8 | int(command[3])
	if command[2]&0x80 != 0 { // by short file id, which also selects it
		if sw := c.selectFile(uint16(command[2] & 0x1F)); sw != swOK {
			return nil, sw
		}
		offset = int(command[3])
	}
	switch {
	case c.file == nil:
		return nil, swNoFile
	case c.file.content == nil || c.file.record:
		return nil, swWrongType
	case !c.opened(c.file):
		return nil, swNotAllowed
	}
	content := c.file.content()
	if offset >= len(content) {
		if c.emptyPastEnd {
			return nil, swOK
		}
		return nil, swPastEnd
	}
	return content[offset:min(offset+expectedLength(command[4]), len(content))], swOK
}

func (c *Card) readRecord(command []byte) ([]byte, uint16) {
	switch {
	case len(command) != 5:
		return nil, swLength
	case c.file == nil:
		return nil, swNoFile
	case !c.file.record:
		return nil, swWrongType
	case command[3] != 0x04:
		return nil, swParameters
	case command[2] != 1:
		return nil, swNoRecord
	}
	return c.file.content(), swOK
}

func (c *Card) verify(command []byte) uint16 {
	if command[2] != 0 || command[3]&0x80 == 0 {
		return swParameters
	}
	if id := uint16(command[3] & 0x1F); id != 0 {
		if sw := c.selectFile(id); sw != swOK {
			return sw
		}
	}
	switch {
	case c.file == nil:
		return swNoFile
	case c.file.secret == nil:
		return swWrongType
	}
	key := c.file.secret
	if key.left == 0 {
		return swBlocked
	}
	if len(command) == 4 {
		return 0x63C0 | uint16(key.left)
	}
	data, ok := commandData(command)
	if !ok {
		return swLength
	}
	if string(data) != key.value {
		key.left--
		delete(c.verified, key)
		return 0x63C0 | uint16(key.left)
	}
	key.left = key.full
	c.verified[key] = true
	return swOK
}

// getChallenge is GET CHALLENGE.
func getChallenge(command []byte) ([]byte, uint16) {
	if len(command) != 5 || command[2] != 0 || command[3] != 0 {
		return nil, swParameters
	}
	out := make([]byte, expectedLength(command[4]))
	rand.Read(out)
	return out, swOK
}

// sign is COMPUTE DIGITAL SIGNATURE. P2 00 takes the application's own key, 80 the selected one, 80|id that
// file. With P1 00 the card pads what it is given; with 02 it makes the DigestInfo of a SHA-256 digest; the
// other forms of P1 are not imitated.
func (c *Card) sign(command []byte) ([]byte, uint16) {
	key, sw := c.signer(command[3])
	if sw != swOK {
		return nil, sw
	}
	data, ok := commandData(command)
	if !ok || len(command) != 6+len(data) {
		return nil, swLength
	}
	switch {
	case command[2] == 0x00 && len(data) >= 1 && len(data) <= 245:
		return signDigest(key(), 0, data), swOK
	case command[2] == 0x02 && len(data) == 32:
		return signDigest(key(), crypto.SHA256, data), swOK
	case command[2] == 0x00 || command[2] == 0x02:
		return nil, swConditions
	}
	return nil, swParameters
}

func (c *Card) signer(p2 byte) (func() *rsa.PrivateKey, uint16) {
	if p2 == 0x00 {
		if c.current == nil || c.current.own == nil {
			return nil, swConditions
		}
		return c.current.own, swOK
	}
	if p2&0x80 == 0 {
		return nil, swParameters
	}
	if id := uint16(p2 & 0x1F); id != 0 {
		if sw := c.selectFile(id); sw != swOK {
			return nil, sw
		}
	}
	switch {
	case c.file == nil:
		return nil, swNoFile
	case c.file.signer == nil:
		return nil, swWrongType
	case !c.opened(c.file):
		return nil, swNotAllowed
	}
	return c.file.signer, swOK
}

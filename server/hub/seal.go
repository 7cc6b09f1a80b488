package hub

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Key is the hub's key, of a secret that every instance of an installation has and nobody else (HKDF, RFC
// 5869).
func Key(secret []byte) ([]byte, error) { return derive(secret, "hub 1", 32) }

func derive(secret []byte, what string, size int) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "madoguchi "+what, size)
	if err != nil {
		return nil, fmt.Errorf("making the hub's key: %w", err)
	}
	return key, nil
}

func newSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("using the hub's key: %w", err)
	}
	return cipher.NewGCM(block)
}

// packetKind says what a packet is.
type packetKind byte

const (
	isSignal packetKind = iota + 1
	isRequest
	isAnswer
	isTaken // a request has come and is being answered
)

// packet is what an engine carries, sealed.
type packet struct {
	kind    packetKind
	from    string        // the instance that sent it
	id      [16]byte      // of a request and its answers, or of a message for all
	sent    time.Time     // by the sender's clock
	within  time.Duration // how long the asker waits
	part    uint16        // of a longer request or answer
	parts   uint16
	payload []byte
}

// bytes of a packet before its sender's name and its payload
const packetHead = 1 + 1 + 16 + 8 + 8 + 2 + 2

var errPacket = errors.New("it is no message of this installation")

func (p packet) encode() []byte {
	b := make([]byte, 0, packetHead+len(p.from)+len(p.payload))
	b = append(b, byte(p.kind), byte(len(p.from)))
	b = append(b, p.id[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.sent.UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, uint64(p.within))
	b = binary.BigEndian.AppendUint16(b, p.part)
	b = binary.BigEndian.AppendUint16(b, p.parts)
	b = append(b, p.from...)
	return append(b, p.payload...)
}

func decodePacket(b []byte) (packet, error) {
	if len(b) < packetHead || len(b) < packetHead+int(b[1]) {
		return packet{}, errPacket
	}
	name := packetHead + int(b[1])
	p := packet{
		kind:    packetKind(b[0]),
		from:    string(b[packetHead:name]),
		id:      [16]byte(b[2:18]),
		sent:    time.UnixMilli(int64(binary.BigEndian.Uint64(b[18:]))),
		within:  time.Duration(binary.BigEndian.Uint64(b[26:])),
		part:    binary.BigEndian.Uint16(b[34:]),
		parts:   binary.BigEndian.Uint16(b[36:]),
		payload: b[name:],
	}
	return p, nil
}

// sealed seals a packet for a topic: on another one it does not open.
func (h *Hub) sealed(topic string, p packet) []byte {
	nonce := make([]byte, h.seal.NonceSize())
	rand.Read(nonce)
	return h.seal.Seal(nonce, nonce, p.encode(), []byte(topic))
}

func (h *Hub) open(topic string, data []byte) (packet, error) {
	n := h.seal.NonceSize()
	if len(data) < n {
		return packet{}, errPacket
	}
	text, err := h.seal.Open(nil, data[:n], data[n:], []byte(topic))
	if err != nil {
		return packet{}, errPacket
	}
	return decodePacket(text)
}

var (
	errLate = errors.New("it comes too late, or the clocks of two instances differ")
	errBusy = errors.New("too many requests are being answered")
)

package audit

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// Hash is what a row of the chain is known by.
type Hash [sha256.Size]byte

// Text is the hash as checkpoints carry it: base64url.
func (h Hash) Text() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// readHash reads what Text wrote.
func readHash(text string) (h Hash, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != len(h) {
		return h, false
	}
	return Hash(raw), true
}

// Row is a line of the chain as it is stored.
type Row struct {
	Sequence int64  `json:"seq"` // from 1, without gaps
	At       int64  `json:"at"`  // milliseconds since 1970
	Actor    string `json:"actor"`
	Action   string `json:"action"`
	Person   []byte `json:"person,omitempty"` // the pseudonym, or none
	Detail   string `json:"detail,omitempty"`
	Previous []byte `json:"previous"` // the hash of the row before, of the first 32 zero bytes
	Hash     []byte `json:"hash"`     // Sum
}

// Sum hashes a row's fields but Hash, each behind its length, so that each row holds on to all before it.
func (r Row) Sum() Hash {
	h := sha256.New()
	h.Write([]byte("madoguchi-audit-1"))
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(r.Sequence)))
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(r.At)))
	actor, action, detail := []byte(r.Actor), []byte(r.Action), []byte(r.Detail)
	for _, field := range [][]byte{actor, action, r.Person, detail, r.Previous} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(field))))
		h.Write(field)
	}
	return Hash(h.Sum(nil))
}

// Point is a place of the chain: a row's number and hash. The zero point stands before the first row.
type Point struct {
	Sequence int64
	Hash     Hash
}

package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// keyedHash computes HMACs under one key. Several goroutines may use it.
type keyedHash struct {
	key  []byte
	pool sync.Pool
}

// hashing is what one HMAC needs; most data fit into its room.
type hashing struct {
	hash hash.Hash
	data []byte
	sum  [sha256.Size]byte
}

// hashing begins with what kind of value it is.
func (k *keyedHash) hashing(kind string) *hashing {
	h, _ := k.pool.Get().(*hashing)
	if h == nil {
		h = &hashing{hash: hmac.New(sha256.New, k.key), data: make([]byte, 0, 1024)}
	}
	h.data = append(h.data, kind...)
	return h
}

// part goes on behind what stands already, parted from it.
func (h *hashing) part(p string) { h.data = append(append(h.data, 0), p...) }

// bytes is part of a value that is no text.
func (h *hashing) bytes(p []byte) { h.data = append(append(h.data, 0), p...) }

// done appends the first bytes of the hash, and keeps the rest for the next.
func (k *keyedHash) done(h *hashing, to []byte, size int) []byte {
	h.hash.Reset() // keeps the key's half of the work
	h.hash.Write(h.data)
	to = append(to, h.hash.Sum(h.sum[:0])[:size]...)
	clear(h.data)
	h.data = h.data[:0]
	k.pool.Put(h)
	return to
}

// whole returns the hash.
func (k *keyedHash) whole(h *hashing) []byte {
	return k.done(h, make([]byte, 0, sha256.Size), sha256.Size)
}

func (k *keyedHash) sum(data []byte) []byte {
	h := k.hashing("")
	h.data = append(h.data, data...)
	return k.whole(h)
}

// mac is the keyed hash under which a value is found again.
func (k *keyedHash) mac(kind string, parts ...string) []byte {
	h := k.hashing(kind)
	for _, p := range parts {
		h.part(p)
	}
	return k.whole(h)
}

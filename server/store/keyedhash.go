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
}

func (k *keyedHash) hashing() *hashing {
	h, _ := k.pool.Get().(*hashing)
	if h == nil {
		h = &hashing{hash: hmac.New(sha256.New, k.key), data: make([]byte, 0, 1024)}
	}
	return h
}

// done returns the hash of data, and keeps the rest for the next.
func (k *keyedHash) done(h *hashing, data []byte) []byte {
	h.hash.Reset() // keeps the key's half of the work
	h.hash.Write(data)
	sum := h.hash.Sum(nil)
	clear(data)
	k.pool.Put(h)
	return sum
}

func (k *keyedHash) sum(data []byte) []byte {
	h := k.hashing()
	return k.done(h, append(h.data, data...))
}

// mac is the keyed hash under which a value is found again.
func (k *keyedHash) mac(kind string, parts ...string) []byte {
	h := k.hashing()
	data := append(h.data, kind...)
	for _, p := range parts {
		data = append(append(data, 0), p...)
	}
	return k.done(h, data)
}

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

func (k *keyedHash) sum(data []byte) []byte {
	h, _ := k.pool.Get().(hash.Hash)
	if h == nil {
		h = hmac.New(sha256.New, k.key)
	}
	defer k.pool.Put(h)
	h.Reset() // keeps the key's half of the work
	h.Write(data)
	return h.Sum(nil)
}

// mac is the keyed hash under which a value is found again.
func (k *keyedHash) mac(kind string, parts ...string) []byte {
	var room [256]byte
	data := append(room[:0], kind...)
	for _, p := range parts {
		data = append(append(data, 0), p...)
	}
	return k.sum(data)
}

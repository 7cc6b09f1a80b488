package hashes

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"
)

// hashed is the hash of a number.
func hashed(n int) Hash {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return Hash(sum[:12])
}

func TestAMapHasWhatWasPut(t *testing.T) {
	var m Map[int32]
	want := map[Hash]int32{}
	hash := func() Hash {
		h := hashed(rand.IntN(30_000))
		switch rand.IntN(3) {
		case 0: // many at one place of one shard
			h[0] = 7
			copy(h[4:8], []byte{0xff, 0xff, 0xff, 0xff})
		case 1: // and the one that means an empty slot, and its neighbours
			h = Hash{11: byte(rand.IntN(3) * 2)}
		}
		return h
	}
	for range 60_000 {
		h, n := hash(), rand.Int32()
		m.Put(h, n)
		want[h] = n
		h = hash()
		got, ok := m.Get(h)
		if known, there := want[h]; got != known || ok != there {
			t.Fatalf("%x: %d %v, not %d %v", h, got, ok, known, there)
		}
	}
	for h, n := range want {
		if got, ok := m.Get(h); !ok || got != n {
			t.Fatalf("%x: %d %v, not %d", h, got, ok, n)
		}
	}
}

// A register of a million is remembered twice while it is read; the bar of an import's memory has room for
// that.
func TestAMillionHashesTakeLittleMemory(t *testing.T) {
	const many = 1_000_000
	var rows Map[[3]uint32]
	var set Map[struct{}]
	inUse := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := inUse()
	for i := range many {
		rows.Put(hashed(i), [3]uint32{uint32(i)})
	}
	first := inUse()
	for i := range many {
		set.Put(hashed(i), struct{}{})
	}
	second := inUse()
	if mb := (first - before) >> 20; mb > 36 {
		t.Errorf("with 12 bytes each: %d MB", mb)
	}
	if mb := (second - first) >> 20; mb > 18 {
		t.Errorf("alone: %d MB", mb)
	}
	for i := range many {
		row, ok := rows.Get(hashed(i))
		if _, too := set.Get(hashed(i)); !ok || !too || row[0] != uint32(i) {
			t.Fatalf("%d is gone: %v", i, row)
		}
	}
	if _, ok := set.Get(hashed(many)); ok {
		t.Error("it has one that was not put")
	}
}

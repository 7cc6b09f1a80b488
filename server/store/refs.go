package store

import "crypto/rand"

// refs gives an import's people their references, by which addresses name them: 26 letters of base 32 (RFC
// 4648), nine for a time that goes on with the people and 17 that nobody guesses (85 bits). Those that come
// one after the other lie beside each other in the index; with letters of chance alone, each would change a
// page of its own.
type refs struct {
	at int64 // milliseconds since 1970
	n  int64
}

const (
	refTime   = 9 // letters, until the year 3084
	refChance = 17
	// refsAtOnce is how many people have the same time.
	refsAtOnce = 16
)

func (r *refs) next() string {
	const letters = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ" // in the order of their bytes
	at := r.at + r.n/refsAtOnce
	r.n++
	ref := []byte(rand.Text()[:refTime+refChance])
	for i := refTime - 1; i >= 0; i-- {
		ref[i] = letters[at%32]
		at /= 32
	}
	return string(ref)
}

package store

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// proofSize is the length of a row's proof, 128 bits of HMAC-SHA-256 (RFC 2104 section 5 allows half).
const proofSize = 16

// rowProofs are the keys of rows' proofs, by the kind of the master key from which each is derived.
type rowProofs map[string]*keyedHash

// proofKeys derives, from each master key, the key of the rows that it vouches for (RFC 5869).
func proofKeys(masters map[string][]byte) (rowProofs, error) {
	keys := rowProofs{}
	for kind, master := range masters {
		key, err := hkdf.Key(sha256.New, master, nil, "madoguchi rows 1 "+kind, sha256.Size)
		if err != nil {
			return nil, fmt.Errorf("deriving a key: %w", err)
		}
		keys[kind] = &keyedHash{key: key}
	}
	return keys, nil
}

// provenRow is what of a row its column proof vouches for.
type provenRow struct {
	master string // the kind of the master key
	table  string
	values []any // of the types that appendValues takes
}

// proofOf returns what the row's column proof must hold.
func (p rowProofs) proofOf(r provenRow) ([]byte, error) {
	key, ok := p[r.master]
	if !ok {
		return nil, errNoMaster
	}
	var room [256]byte
	return key.sum(appendValues(appendValues(room[:0], r.table), r.values...))[:proofSize], nil
}

// checkProof returns errAltered unless found is the row's proof.
func (p rowProofs) checkProof(r provenRow, found []byte) error {
	want, err := p.proofOf(r)
	if err == nil && !hmac.Equal(want, found) {
		err = errAltered.Because(fmt.Errorf("a row of %s was altered or moved", r.table))
	}
	return err
}

package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// sealer encrypts columns with AES-256-GCM under an envelope: a master key (people, cases, session) wraps
// data keys, one for each scope such as people/06139992/2026. A sealed value is form (1 byte) ‖ key id (7) ‖
// nonce (12) ‖ ciphertext, and is bound to its place (associated.go), so that rows cannot be swapped.
type sealer struct {
	// committed reads data keys, outside of any transaction and by a connection of its own: whoever opens
	// something holds a connection perhaps, and would wait for another that others hold who wait likewise
	committed *sql.DB
	masters   map[string][]byte

	mu   sync.Mutex
	keys map[int64]dataKey
}

type dataKey struct {
	scope string
	aead  cipher.AEAD
}

var errNoMaster = errors.New("store: this role does not hold the key of these records")

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// master returns the AEAD of the master key that a scope belongs to.
// connect has data keys read by a connection of their own.
func (s *sealer) connect(ctx context.Context, e engine) error {
	keys, err := e.inspect(ctx)
	if err != nil || keys == nil {
		return errors.Join(err, errStorage)
	}
	s.committed = keys
	return nil
}

func (s *sealer) master(scope string) (cipher.AEAD, error) {
	kind, _, _ := strings.Cut(scope, "/")
	key, ok := s.masters[kind]
	if !ok {
		return nil, errNoMaster
	}
	return newAEAD(key)
}

// keyFor returns the data key of a scope, making it in tx when it is new.
func (s *sealer) keyFor(ctx context.Context, tx queryer, scope string) (int64, cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, k := range s.keys {
		if k.scope == scope {
			return id, k.aead, nil
		}
	}
	master, err := s.master(scope)
	if err != nil {
		return 0, nil, err
	}
	fresh := make([]byte, 32)
	nonce := make([]byte, 12)
	rand.Read(fresh)
	rand.Read(nonce)
	if _, err := tx.ExecContext(ctx, `INSERT INTO data_keys (scope, wrapped) VALUES ($1, $2)
		ON CONFLICT DO NOTHING`,
		scope, master.Seal(nonce, nonce, fresh, []byte(scope))); err != nil {
		return 0, nil, fmt.Errorf("storing a data key: %w", err)
	}
	var id int64
	if err := tx.QueryRowContext(ctx, `SELECT id FROM data_keys WHERE scope = $1`, scope).
		Scan(&id); err != nil {
		return 0, nil, fmt.Errorf("finding a data key: %w", err)
	}
	// Not kept in memory here: the transaction may still be rolled back. The next use reads it.
	k, err := s.unwrap(ctx, tx, id)
	return id, k.aead, err
}

// unwrap reads and opens a data key.
func (s *sealer) unwrap(ctx context.Context, q queryer, id int64) (dataKey, error) {
	var scope string
	var wrapped []byte
	if err := q.QueryRowContext(ctx, `SELECT scope, wrapped FROM data_keys WHERE id = $1`, id).
		Scan(&scope, &wrapped); err != nil {
		return dataKey{}, fmt.Errorf("finding a data key: %w", err)
	}
	master, err := s.master(scope)
	if err != nil {
		return dataKey{}, err
	}
	if len(wrapped) < 12 {
		return dataKey{}, errors.New("store: a data key is damaged")
	}
	key, err := master.Open(nil, wrapped[:12], wrapped[12:], []byte(scope))
	if err != nil {
		return dataKey{}, errors.New("store: a data key was wrapped by another master key")
	}
	aead, err := newAEAD(key)
	return dataKey{scope, aead}, err
}

// seal seals one column's value of a record.
func (s *sealer) seal(
	ctx context.Context, tx queryer, scope string, at place, plain []byte,
) ([]byte, error) {
	id, aead, err := s.keyFor(ctx, tx, scope)
	if err != nil {
		return nil, err
	}
	return sealWith(id, aead, at, plain), nil
}

// placeRooms are rooms for what a place is written as, which most fit into: an interface's method gets it, so
// that each would be made anew on the heap.
var placeRooms = sync.Pool{New: func() any { return new([256]byte) }}

func sealWith(id int64, aead cipher.AEAD, at place, plain []byte) []byte {
	room := placeRooms.Get().(*[256]byte)
	defer placeRooms.Put(room)
	out := binary.BigEndian.AppendUint64(make([]byte, 0, 8+12+len(plain)+16), uint64(id))
	out[0] = at.form
	out = out[:8+12]
	rand.Read(out[8:20])
	return aead.Seal(out, out[8:20], plain, at.appendTo(room[:0]))
}

// open opens what seal sealed at the same place. It returns errAltered for a value that was
// changed, moved, or stands beside other values than it vouches for.
func (s *sealer) open(ctx context.Context, q queryer, at place, sealed []byte) ([]byte, error) {
	k, _, err := s.dataKeyOf(ctx, q, at, sealed)
	if err != nil {
		return nil, err
	}
	room := placeRooms.Get().(*[256]byte)
	defer placeRooms.Put(room)
	plain, err := k.aead.Open(nil, sealed[8:20], sealed[20:], at.appendTo(room[:0]))
	if err != nil {
		return nil, errAltered.Because(fmt.Errorf("%s of %s does not open: altered or moved", at.column,
			at.record))
	}
	return plain, nil
}

// dataKeyOf returns the data key of a sealed value, and its id.
func (s *sealer) dataKeyOf(ctx context.Context, q queryer, at place, sealed []byte) (dataKey, int64, error) {
	if len(sealed) < 20 {
		return dataKey{}, 0, errAltered.Because(fmt.Errorf("%s of %s is damaged", at.column, at.record))
	}
	if sealed[0] != at.form {
		return dataKey{}, 0, errAltered.Because(fmt.Errorf("%s of %s has form %d", at.column, at.record,
			sealed[0]))
	}
	id := int64(binary.BigEndian.Uint64(sealed) & keyID)
	s.mu.Lock()
	k, ok := s.keys[id]
	s.mu.Unlock()
	if !ok {
		var err error
		if k, err = s.unwrap(ctx, s.committed, id); err == nil { // committed, so it may be kept
			s.mu.Lock()
			s.keys[id] = k
			s.mu.Unlock()
		} else if _, pool := q.(*sql.DB); pool {
			return dataKey{}, 0, err
		} else if k, err = s.unwrap(ctx, q, id); err != nil { // made in this transaction
			return dataKey{}, 0, err
		}
	}
	return k, id, nil
}

// reseal opens a value at its old place and seals it at the new one under the same data key.
func (s *sealer) reseal(ctx context.Context, tx *sql.Tx, old, place place, sealed []byte) ([]byte, error) {
	plain, err := s.open(ctx, tx, old, sealed)
	if err != nil {
		return nil, err
	}
	k, id, err := s.dataKeyOf(ctx, tx, old, sealed)
	if err != nil {
		return nil, err
	}
	return sealWith(id, k.aead, place, plain), nil
}

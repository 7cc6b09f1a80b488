package insurer

import (
	"bytes"
	"cmp"
	"container/heap"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"io"
	"iter"
	"os"
	"slices"

	"madoguchi/eligibility"
	"madoguchi/server/durable"
)

var errSpill = &eligibility.Error{Code: eligibility.Unavailable, Key: "run.spill"}

// candidate is one person of a run before it is ordered: no more than ordering needs.
type candidate struct{ ref, key, group string }

func compareCandidates(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.ref, b.ref))
}

// heldCandidates is how many candidates are ordered in memory at once: some 10 MB.
const heldCandidates = 50_000

// runSorter orders the people of a run, however many they are: what memory does not hold goes to a file that
// has no name, sealed under a key that nobody keeps, since addresses stand in it.
type runSorter struct {
	held  []candidate
	spill *spill
}

// add takes another candidate.
func (s *runSorter) add(c candidate) error {
	if len(s.held) == heldCandidates {
		if err := s.spillHeld(); err != nil {
			return err
		}
	}
	s.held = append(s.held, c)
	return nil
}

func (s *runSorter) spillHeld() (err error) {
	if s.spill == nil {
		if s.spill, err = newSpill(); err != nil {
			return err
		}
	}
	slices.SortFunc(s.held, compareCandidates)
	err = s.spill.write(s.held)
	clear(s.held)
	s.held = s.held[:0]
	return err
}

// sorted returns the candidates in their order, once.
func (s *runSorter) sorted() iter.Seq2[candidate, error] {
	slices.SortFunc(s.held, compareCandidates)
	return func(yield func(candidate, error) bool) {
		var merge merging
		if s.spill != nil {
			for _, part := range s.spill.parts {
				merge = append(merge, &stretch{next: s.spill.reader(part)})
			}
		}
		held := s.held
		merge = append(merge, &stretch{next: func() (candidate, error) {
			if len(held) == 0 {
				return candidate{}, io.EOF
			}
			first := held[0]
			held = held[1:]
			return first, nil
		}})
		for at := 0; at < len(merge); {
			switch err := merge[at].advance(); err {
			case nil:
				at++
			case io.EOF:
				merge = slices.Delete(merge, at, at+1)
			default:
				yield(candidate{}, err)
				return
			}
		}
		heap.Init(&merge)
		for len(merge) > 0 {
			if !yield(merge[0].first, nil) {
				return
			}
			switch err := merge[0].advance(); err {
			case nil:
				heap.Fix(&merge, 0)
			case io.EOF:
				heap.Pop(&merge)
			default:
				yield(candidate{}, err)
				return
			}
		}
	}
}

// close lets the file go.
func (s *runSorter) close() error {
	if s.spill == nil {
		return nil
	}
	return s.spill.remove()
}

// stretch is candidates that are in order already.
type stretch struct {
	first candidate
	next  func() (candidate, error) // io.EOF at the end
}

func (s *stretch) advance() (err error) {
	s.first, err = s.next()
	return err
}

// merging is stretches, the one with the least candidate on top.
type merging []*stretch

func (m merging) Len() int           { return len(m) }
func (m merging) Less(i, j int) bool { return compareCandidates(m[i].first, m[j].first) < 0 }
func (m merging) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }

// Push implements heap.Interface.
func (m *merging) Push(x any) { *m = append(*m, x.(*stretch)) }

// Pop implements heap.Interface.
func (m *merging) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

// spill is a file of sealed blocks.
type spill struct {
	file   *os.File
	remove func() error // closes it too
	seal   cipher.AEAD
	end    int64 // of the file
	block  uint64
	parts  []spillPart
}

// spillPart is one stretch: blocks of consecutive numbers from a place of the file on.
type spillPart struct {
	at     int64
	block  uint64
	blocks []int // their sealed sizes
}

// spillBlock is about how many bytes are sealed at once.
const spillBlock = 64 << 10

func newSpill() (*spill, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails (crypto/rand)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	file, remove, err := durable.Scratch()
	if err != nil {
		return nil, errSpill.Because(err)
	}
	return &spill{file: file, remove: remove, seal: seal}, nil
}

// nonce of a block: its number, under a key that seals one file.
func (s *spill) nonce(block uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, s.seal.NonceSize()-8, s.seal.NonceSize()), block)
}

// write adds a stretch of ordered candidates.
func (s *spill) write(ordered []candidate) error {
	part := spillPart{at: s.end, block: s.block}
	plain := make([]byte, 0, spillBlock+4<<10)
	for i, c := range ordered {
		for _, text := range []string{c.ref, c.key, c.group} {
			plain = append(binary.AppendUvarint(plain, uint64(len(text))), text...)
		}
		if len(plain) < spillBlock && i < len(ordered)-1 {
			continue
		}
		sealed := s.seal.Seal(nil, s.nonce(s.block), plain, nil)
		if _, err := s.file.WriteAt(sealed, s.end); err != nil {
			return errSpill.Because(err)
		}
		s.end += int64(len(sealed))
		s.block++
		part.blocks = append(part.blocks, len(sealed))
		plain = plain[:0]
	}
	s.parts = append(s.parts, part)
	return nil
}

// reader returns what reads a stretch, candidate by candidate; io.EOF at its end.
func (s *spill) reader(part spillPart) func() (candidate, error) {
	at, block, left := part.at, part.block, part.blocks
	plain := bytes.NewReader(nil)
	return func() (c candidate, err error) {
		if plain.Len() == 0 {
			if len(left) == 0 {
				return c, io.EOF
			}
			sealed := make([]byte, left[0])
			if _, err := s.file.ReadAt(sealed, at); err != nil {
				return c, errSpill.Because(err)
			}
			opened, err := s.seal.Open(sealed[:0], s.nonce(block), sealed, nil)
			if err != nil {
				return c, errSpill.Because(err)
			}
			plain.Reset(opened)
			at, block, left = at+int64(len(sealed)), block+1, left[1:]
		}
		for _, text := range []*string{&c.ref, &c.key, &c.group} {
			size, err := binary.ReadUvarint(plain)
			if err != nil {
				return c, errSpill.Because(err)
			}
			data := make([]byte, size)
			if _, err := io.ReadFull(plain, data); err != nil {
				return c, errSpill.Because(err)
			}
			*text = string(data)
		}
		return c, nil
	}
}

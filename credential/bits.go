package credential

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// packBits writes one bit an index up to the highest one, zlib at its best level.
func packBits(revoked []uint32) ([]byte, error) {
	sorted := slices.Clone(revoked)
	slices.Sort(sorted)
	size := 1
	if len(sorted) > 0 {
		if sorted[len(sorted)-1] >= MaxRID {
			return nil, errors.New("credential: a rid is not below 2^27")
		}
		size = int(sorted[len(sorted)-1])/8 + 1
	}
	raw := make([]byte, size)
	for _, i := range sorted {
		raw[i/8] |= 1 << (i % 8)
	}
	return compressBits(raw)
}

func compressBits(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("compressing the status list: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing the status list: %w", err)
	}
	return b.Bytes(), nil
}

// indexSet is a set of indices below MaxRID: a list of them while they are few, else one bit an index.
type indexSet struct {
	count int
	few   []uint32 // ascending
	bits  []byte   // when there are more than maxFew
}

// maxFew is where a list of indices is as large as the bits of all.
const maxFew = MaxRID / 8 / 4

func (s *indexSet) has(index uint32) bool {
	if s.bits != nil {
		return index < MaxRID && s.bits[index/8]&(1<<(index%8)) != 0
	}
	_, found := slices.BinarySearch(s.few, index)
	return found
}

// pack writes the set as packBits does.
func (s *indexSet) pack() ([]byte, error) {
	if s.bits == nil {
		return packBits(s.few)
	}
	return compressBits(bytes.TrimRight(s.bits, "\x00"))
}

// add puts in the eight indices from first on, above all that are there, whose bits are set in b.
func (s *indexSet) add(first uint32, b byte) {
	s.count += bits.OnesCount8(b)
	if s.bits == nil && s.count > maxFew {
		s.bits = make([]byte, MaxRID/8)
		for _, i := range s.few {
			s.bits[i/8] |= 1 << (i % 8)
		}
		s.few = nil
	}
	if s.bits != nil {
		s.bits[first/8] = b
		return
	}
	for ; b != 0; b &= b - 1 {
		s.few = append(s.few, first+uint32(bits.TrailingZeros8(b)))
	}
}

// unpackBits reads what packBits wrote. However it was packed, it takes at most 16 MB for the bits and 16 MB
// for a list.
func unpackBits(packed []byte) (set indexSet, err error) {
	source := bytes.NewReader(packed)
	r, err := zlib.NewReader(source)
	if err != nil {
		return indexSet{}, err
	}
	defer r.Close()
	at := uint32(0)
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		for _, b := range buf[:n] {
			if at >= MaxRID {
				return indexSet{}, errors.New("more bits than indices")
			}
			if b != 0 {
				set.add(at, b)
			}
			at += 8
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return indexSet{}, err
		}
	}
	if source.Len() > 0 {
		return indexSet{}, errors.New("bytes behind the list")
	}
	return set, nil
}

package insuredcsv

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxPacked bounds what a file takes of the memory, in bytes: what hardly packs is no register.
const maxPacked = 128 << 20

// Packed is a Source that is held compressed while it comes in: nothing may be stored before all of it was
// looked at, and a register packs to a sixth.
type Packed struct {
	parts  [][]byte
	size   int // as it was sent
	packed int
	packer *zstd.Encoder
	room   []byte // for one part
}

// Size returns the file's length in bytes, as it was sent.
func (p *Packed) Size() int { return p.size }

// Parts returns how many there are.
func (p *Packed) Parts() int { return len(p.parts) }

// unpacker opens parts. Several goroutines may use it.
var unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(PartSize))
})

// Part returns one of them, unpacked.
func (p *Packed) Part(i int) ([]byte, error) {
	spareOn() // whoever keeps the file reads parts, not rows
	of, err := unpacker()
	if err != nil {
		return nil, fmt.Errorf("unpacking a file: %w", err)
	}
	part, err := of.DecodeAll(p.parts[i], make([]byte, 0, PartSize))
	if err != nil {
		return nil, fmt.Errorf("unpacking part %d of a file: %w", i+1, err)
	}
	return part, nil
}

// pack begins; it looks back within a part only, since each is opened by itself.
func (p *Packed) pack() (err error) {
	p.packer, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(PartSize))
	return err
}

func (p *Packed) add(part []byte) error {
	if p.packer == nil {
		if err := p.pack(); err != nil {
			return fmt.Errorf("packing a file: %w", err)
		}
	}
	p.room = p.packer.EncodeAll(part, p.room[:0])
	p.parts, p.size, p.packed = append(p.parts, bytes.Clone(p.room)), p.size+len(part), p.packed+len(p.room)
	if p.packed > maxPacked {
		return refuseFile("import.too_large", nil)
	}
	return nil
}

// packedAll lets go of what only packing needs.
func (p *Packed) packedAll() { p.packer, p.room = nil, nil }

package insuredcsv

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// maxPacked bounds what a file takes of the memory, in bytes: what hardly packs is no register.
const maxPacked = 128 << 20

// Packed is a Source that is held compressed while it comes in: nothing may be stored before all of it was
// looked at, and a register packs to a fifth.
type Packed struct {
	parts  [][]byte
	size   int // as it was sent
	packed int
	packer *flate.Writer
}

// Size returns the file's length in bytes, as it was sent.
func (p *Packed) Size() int { return p.size }

// Parts returns how many there are.
func (p *Packed) Parts() int { return len(p.parts) }

// Part returns one of them, unpacked.
func (p *Packed) Part(i int) ([]byte, error) {
	part := bytes.NewBuffer(make([]byte, 0, PartSize+bytes.MinRead)) // room to notice the end
	if _, err := part.ReadFrom(flate.NewReader(bytes.NewReader(p.parts[i]))); err != nil {
		return nil, fmt.Errorf("unpacking part %d of a file: %w", i+1, err)
	}
	return part.Bytes(), nil
}

func (p *Packed) add(part []byte) error {
	var to bytes.Buffer
	if p.packer == nil {
		packer, err := flate.NewWriter(io.Discard, flate.BestSpeed)
		if err != nil {
			return fmt.Errorf("packing a file: %w", err)
		}
		p.packer = packer
	}
	p.packer.Reset(&to)
	if _, err := p.packer.Write(part); err != nil {
		return fmt.Errorf("packing a file: %w", err)
	}
	if err := p.packer.Close(); err != nil {
		return fmt.Errorf("packing a file: %w", err)
	}
	p.parts, p.size, p.packed = append(p.parts, bytes.Clone(to.Bytes())), p.size+len(part), p.packed+to.Len()
	if p.packed > maxPacked {
		return refuseFile("import.too_large", nil)
	}
	return nil
}

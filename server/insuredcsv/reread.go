package insuredcsv

import (
	"errors"
	"hash/maphash"
	"io"
	"os"
)

// reread is a Source that stays on its disk: a file of the command. What is read again must be what was
// looked at for a My Number.
type reread struct {
	file io.ReaderAt
	size int64
	sums []uint64 // of the parts, under partSeed
}

var partSeed = maphash.MakeSeed()

// rereadable returns the file if it can be read again.
func rereadable(file io.Reader) (io.ReaderAt, bool) {
	f, ok := file.(*os.File)
	if !ok {
		return nil, false
	}
	info, err := f.Stat()
	return f, err == nil && info.Mode().IsRegular()
}

func (r *reread) add(part []byte) error {
	r.sums, r.size = append(r.sums, maphash.Bytes(partSeed, part)), r.size+int64(len(part))
	return nil
}

// Parts implements Source.
func (r *reread) Parts() int { return len(r.sums) }

// Part implements Source.
func (r *reread) Part(i int) ([]byte, error) {
	at := int64(i) * PartSize
	part := make([]byte, min(PartSize, r.size-at))
	n, err := r.file.ReadAt(part, at)
	switch {
	case n < len(part) && !errors.Is(err, io.EOF):
		return nil, refuseFile("import.read", nil).Because(err)
	case n < len(part) || maphash.Bytes(partSeed, part) != r.sums[i]:
		return nil, refuseFile("import.changed", nil)
	}
	return part, nil
}

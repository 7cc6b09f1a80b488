package object

import (
	"bytes"
	"errors"
	"io"
)

// Places tells where the objects of a file stand that has one plain table of them, as every file that this
// program writes has (ISO 32000-1 section 7.5.4).
type Places struct {
	in    io.ReaderAt
	first int64 // where the entry of object 0 begins
	count int
}

// Bounds of a file's end and of an entry of its table.
const (
	tailBytes  = 1024
	entryBytes = 20
)

var errPlaces = errors.New("object: a file without the table of its objects")

// ReadPlaces finds the table of a file of size bytes by the file's end.
func ReadPlaces(in io.ReaderAt, size int64) (Places, error) {
	tail := make([]byte, min(size, tailBytes))
	if _, err := in.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return Places{}, err
	}
	word := bytes.LastIndex(tail, []byte("startxref"))
	if word < 0 {
		return Places{}, errPlaces
	}
	s := scanner{data: tail}
	start, _, ok := s.integer(word + len("startxref"))
	if !ok || int64(start) >= size {
		return Places{}, errPlaces
	}
	head := make([]byte, min(size-int64(start), tailBytes))
	if _, err := in.ReadAt(head, int64(start)); err != nil && err != io.EOF {
		return Places{}, err
	}
	s = scanner{data: head}
	if !s.begins(0, "xref\n0 ") {
		return Places{}, errPlaces
	}
	count, end, ok := s.integer(len("xref\n0 "))
	if !ok || !s.begins(end, "\n") {
		return Places{}, errPlaces
	}
	return Places{in, int64(start + end + 1), count}, nil
}

// Of returns where an object begins.
func (p Places) Of(number int) (int64, error) {
	if number <= 0 || number >= p.count {
		return 0, errPlaces
	}
	var entry [entryBytes]byte
	if _, err := p.in.ReadAt(entry[:], p.first+int64(number)*entryBytes); err != nil && err != io.EOF {
		return 0, err
	}
	s := scanner{data: entry[:]}
	at, end, ok := s.integer(0)
	if !ok || end != 10 || entry[17] != 'n' {
		return 0, errPlaces
	}
	return int64(at), nil
}

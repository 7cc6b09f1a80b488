package object

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrLocked is returned by Open for an encrypted file.
var ErrLocked = errors.New("object: the file is encrypted")

const (
	maxObjects   = 1 << 22 // of a file with tables
	maxRevisions = 64
	lineBytes    = 20 // of a table: "0000000024 00000 n" and two that end the line
)

// Open reads a finished PDF with plain cross-reference tables (ISO 32000-1 section 7.5.4), which is what
// PDF/A-1 asks for and what every writer of this program makes. It walks the tables from the end of the file
// to its beginning; the newest place of an object counts. It returns ErrLocked for encrypted files, and other
// errors for what is no such PDF.
func Open(data []byte) (*File, error) {
	f := &File{Data: data, offsets: make(map[int]int, 256), budget: Budget{Parse: parseBudget(data)}}
	tail := data[max(len(data)-1024, 0):]
	word := bytes.LastIndex(tail, []byte("startxref"))
	if word < 0 {
		return nil, errors.New("no startxref")
	}
	s := scanner{data: tail}
	at, _, ok := s.integer(word + len("startxref"))
	if !ok {
		return nil, errors.New("startxref without a number")
	}
	f.Start = at
	for range maxRevisions {
		trailer, err := f.table(at)
		if err != nil {
			return nil, err
		}
		if f.Trailer == nil {
			f.Trailer = trailer
		}
		previous := trailer.Get("Prev")
		if previous == nil {
			break
		}
		if at, ok = previous.Int(); !ok {
			return nil, errors.New("a /Prev without a number")
		}
	}
	if f.Trailer.Get("Encrypt") != nil {
		return nil, ErrLocked
	}
	if f.Size, ok = f.Trailer.Get("Size").Int(); !ok || f.Size < 1 || f.Size > maxObjects {
		return nil, errors.New("no /Size")
	}
	return f, nil
}

// table reads one table and its trailer.
func (f *File) table(at int) (Dict, error) {
	s := scanner{data: f.Data}
	if at < 0 || !s.begins(at, "xref") {
		return nil, fmt.Errorf("no cross-reference table at %d", at)
	}
	at += len("xref")
	for {
		if at = s.blanks(at); s.begins(at, "trailer") {
			break
		}
		first, end, ok1 := s.integer(at)
		count, end, ok2 := s.integer(end)
		if !ok1 || !ok2 || first+count > maxObjects {
			return nil, fmt.Errorf("a broken table at %d", at)
		}
		at = s.blanks(end)
		for i := range count {
			if at+lineBytes > len(f.Data) {
				return nil, errors.New("the table is cut off")
			}
			offset, ok := readDigits(f.Data[at : at+10])
			if !ok {
				return nil, fmt.Errorf("a broken line in the table at %d", at)
			}
			if _, newer := f.offsets[first+i]; !newer {
				f.offsets[first+i] = offset
				if f.Data[at+17] != 'n' {
					f.offsets[first+i] = -1
				}
			}
			at += lineBytes
		}
	}
	trailer, _, ok := s.dict(at + len("trailer"))
	if !ok {
		return nil, errors.New("no trailer")
	}
	return trailer, nil
}

// readDigits reads a number of digits only.
func readDigits(data []byte) (n int, ok bool) {
	for _, c := range data {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

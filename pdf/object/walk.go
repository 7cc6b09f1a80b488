package object

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Object is one object of a file that is walked.
type Object struct {
	Number int
	Value  Value
	Dict   Dict   // of a value that is one
	Data   []byte // the encoded bytes of a stream that was asked for
}

// Bounds of Walk.
const (
	maxWalked = 4 << 20  // bytes of an object without its stream
	maxStream = 64 << 20 // what a damaged length may ask for
)

// Walk reads a file from its beginning to its end, object by object, and calls see with each: it needs no
// more memory than the largest of them. Objects begin a line, and streams say their length in themselves, as
// in every file that this program writes. The bytes of streams are read where keep says so and passed over
// elsewhere. An object is see's until it returns, but its Data may be kept. An error of see ends the walk and
// is returned as it is.
func Walk(r *bufio.Reader, keep func(Dict) bool, see func(Object) error) error {
	var text []byte // of the object, so far
	var number int
	f := File{budget: Budget{Parse: 1 << 16}}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return err
		}
		if len(line) == 0 {
			return nil
		}
		f.budget.Parse += 4 * len(line)
		if len(text) == 0 {
			s := scanner{data: line}
			n, at, ok1 := s.integer(0)
			_, at, ok2 := s.integer(at)
			if at = s.blanks(at); !ok1 || !ok2 || !s.begins(at, "obj") {
				continue // between objects: the header, the table, the trailer
			}
			number, line = n, line[at+len("obj"):]
			text = append(text, ' ') // it has begun
		}
		if text = append(text, line...); len(text) > maxWalked {
			return errors.New("object: an object without an end")
		}
		trimmed := bytes.TrimRight(text, "\r\n")
		if !bytes.HasSuffix(trimmed, []byte("stream")) && !bytes.HasSuffix(trimmed, []byte("endobj")) {
			continue
		}
		o := f.at(text, 0)
		if f.budget.Parse <= 0 {
			return errors.New("object: an object that cannot be read")
		}
		one := Object{Number: number, Value: o.value, Dict: o.dict}
		switch after := string(bytes.TrimSpace(text[o.end:])); {
		case o.value == nil || o.dict != nil && !o.whole:
			continue // the word stands within the value
		case after == "stream":
			if one.Data, err = walkStream(r, o.dict, keep(o.dict)); err != nil {
				return err
			}
		case after != "endobj":
			continue
		}
		if err := see(one); err != nil {
			return err
		}
		text = text[:0]
	}
}

// walkStream reads the bytes of a stream, or passes over them.
func walkStream(r *bufio.Reader, d Dict, keep bool) ([]byte, error) {
	n, ok := d.Get("Length").Int()
	if !ok || n > maxStream {
		return nil, fmt.Errorf("a stream of %q bytes", []byte(d.Get("Length")))
	}
	if !keep {
		_, err := r.Discard(n)
		return nil, err
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}

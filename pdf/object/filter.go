package object

import (
	"bytes"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// Errors of Decode and of the readers that it returns.
var (
	ErrFilter  = errors.New("object: a filter that is not read here")
	ErrInflate = errors.New("object: more is inflated than a file may")
)

// maxFilters bounds the filters of a stream.
const maxFilters = 4

// Filter is a filter of a stream, by its full or its short name, and its parameters.
type Filter struct {
	Name       string
	Parameters Dict
}

// Filters returns the filters of a stream in the order in which they are undone (ISO 32000-1 section 7.4.1).
func (f *File) Filters(d Dict) []Filter {
	list := func(names ...string) []Value {
		for _, name := range names {
			v := f.Resolve(d.Get(name))
			if items, ok := v.Array(); ok {
				return items
			}
			if !v.Null() {
				return []Value{v}
			}
		}
		return nil
	}
	given := list("DecodeParms", "DP")
	var out []Filter
	for i, filter := range list("Filter", "F") {
		if i > maxFilters {
			break // as many as this are refused
		}
		one := Filter{}
		one.Name, _ = f.Resolve(filter).Name()
		if i < len(given) {
			one.Parameters, _ = f.Resolve(given[i]).Dict()
		}
		out = append(out, one)
	}
	return out
}

// Decode returns a reader of a stream's bytes behind its filters. JPEG is left as it is. Fax compression,
// JBIG2 and JPEG 2000 are not read: they give ErrFilter.
func (f *File) Decode(s Stream) (io.Reader, error) {
	filters := f.Filters(s.Dict)
	if len(filters) > maxFilters {
		return nil, ErrFilter
	}
	in := f.metered(bytes.NewReader(s.Raw))
	for _, one := range filters {
		var err error
		if in, err = f.filter(in, one); err != nil {
			return nil, fmt.Errorf("filter %q: %w", one.Name, err)
		}
	}
	return in, nil
}

// Decoded returns what a stream holds whose dictionary refers to no other object, at most most bytes.
func Decoded(s Stream, most int) ([]byte, error) { return AppendDecoded(nil, s, most) }

// AppendDecoded appends what Decoded returns.
func AppendDecoded(to []byte, s Stream, most int) ([]byte, error) {
	f := &File{budget: Budget{Inflate: most + 1}}
	in, err := f.Decode(s)
	if err != nil {
		return to, err
	}
	most += len(to)
	for err == nil && len(to) < most {
		var n int
		to = slices.Grow(to, 512)
		n, err = in.Read(to[len(to):min(cap(to), most)])
		to = to[:len(to)+n]
	}
	if err == io.EOF {
		err = nil
	}
	return to, err
}

func (f *File) metered(in io.Reader) io.Reader {
	if f.budget.Meter == nil {
		return in
	}
	return f.budget.Meter(in)
}

func (f *File) filter(in io.Reader, one Filter) (io.Reader, error) {
	switch one.Name {
	case "FlateDecode", "Fl":
		z, err := newInflater(in)
		if err != nil {
			return nil, err
		}
		return f.predicted(f.metered(&inflating{z, &f.budget.Inflate}), one.Parameters)
	case "ASCII85Decode", "A85":
		return ascii85.NewDecoder(&markReader{in: in, end: '~'}), nil
	case "ASCIIHexDecode", "AHx":
		return hex.NewDecoder(&markReader{in: in, end: '>'}), nil
	case "DCTDecode", "DCT":
		return in, nil
	}
	return nil, ErrFilter
}

// inflaters are kept, since each has 40 KB of tables and a page has a kilobyte.
var inflaters sync.Pool

// inflater is a zlib reader that is given back at its end.
type inflater struct {
	z   io.ReadCloser
	end error
}

func newInflater(in io.Reader) (*inflater, error) {
	z, _ := inflaters.Get().(io.ReadCloser)
	var err error
	if z == nil {
		z, err = zlib.NewReader(in)
	} else {
		err = z.(zlib.Resetter).Reset(in, nil)
	}
	return &inflater{z: z}, err
}

func (i *inflater) Read(p []byte) (int, error) {
	if i.end != nil {
		return 0, i.end
	}
	n, err := i.z.Read(p)
	if err != nil {
		inflaters.Put(i.z)
		i.z, i.end = nil, err
	}
	return n, err
}

// inflating reads until a file has inflated as much as it may.
type inflating struct {
	in   io.Reader
	left *int
}

func (m *inflating) Read(p []byte) (int, error) {
	if *m.left <= 0 {
		return 0, ErrInflate
	}
	n, err := m.in.Read(p[:min(len(p), *m.left)])
	*m.left -= n
	return n, err
}

// markReader reads up to an end mark and leaves out white space.
type markReader struct {
	in   io.Reader
	end  byte
	done bool
}

func (u *markReader) Read(p []byte) (int, error) {
	for !u.done {
		n, err := u.in.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c == u.end {
				u.done = true
				break
			}
			if !IsBlank(c) {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
	return 0, io.EOF
}

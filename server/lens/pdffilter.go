package lens

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

var errFilter = errors.New("lens: a filter that is not read here")

// filters returns the names and parameters of a stream's filters.
func (f *file) filters(d dict) (names []string, parameters []dict) {
	list := func(keys ...string) []any {
		for _, key := range keys {
			switch v := f.resolve(d[key]).(type) {
			case []any:
				return v
			case nil:
			default:
				return []any{v}
			}
		}
		return nil
	}
	given := list("DecodeParms", "DP")
	for i, filter := range list("Filter", "F") {
		name, _ := f.resolve(filter).(string)
		var p dict
		if i < len(given) {
			p, _ = f.resolve(given[i]).(dict)
		}
		names, parameters = append(names, name), append(parameters, p)
	}
	return names, parameters
}

// decoded returns a reader of a stream's bytes behind its filters. JPEG is left as it is. Fax compression, JBIG2 and
// JPEG 2000 are not read.
func (f *file) decoded(s stream) (io.Reader, error) {
	names, parameters := f.filters(s.dict)
	if len(names) > 4 {
		return nil, errFilter
	}
	if f.work.left == 0 {
		return nil, errWork
	}
	var in io.Reader = &charged{bytes.NewReader(s.raw), f.work}
	for i, name := range names {
		var err error
		in, err = f.filter(in, name, parameters[i])
		if err != nil {
			return nil, fmt.Errorf("filter %q: %w", name, err)
		}
	}
	return in, nil
}

func (f *file) filter(in io.Reader, name string, parameters dict) (io.Reader, error) {
	switch name {
	case "FlateDecode", "Fl":
		z, err := zlib.NewReader(in)
		if err != nil {
			return nil, err
		}
		return f.predicted(&charged{&metered{z, &f.inflate}, f.work}, parameters)
	case "ASCII85Decode", "A85":
		return ascii85.NewDecoder(&until{in: in, end: '~'}), nil
	case "ASCIIHexDecode", "AHx":
		return hex.NewDecoder(&until{in: in, end: '>'}), nil
	case "DCTDecode", "DCT":
		return in, nil
	}
	return nil, errFilter
}

// metered reads until a file has inflated as much as it may.
type metered struct {
	in   io.Reader
	left *int
}

func (m *metered) Read(p []byte) (int, error) {
	if *m.left <= 0 {
		return 0, errPixels
	}
	n, err := m.in.Read(p)
	*m.left -= n
	return n, err
}

// until reads up to an end mark and leaves out white space.
type until struct {
	in   io.Reader
	end  byte
	done bool
}

func (u *until) Read(p []byte) (int, error) {
	for !u.done {
		n, err := u.in.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c == u.end {
				u.done = true
				break
			}
			if !blank(c) {
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

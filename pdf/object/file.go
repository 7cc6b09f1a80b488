package object

import (
	"bytes"
	"io"
)

// File is a PDF whose objects can be looked up.
type File struct {
	Data    []byte
	Trailer Dict // the newest one; none of a file that was scanned
	Start   int  // where the newest cross-reference table begins
	Size    int  // /Size of the trailer: one more than the highest number of an object
	Locked  bool // it is encrypted: Scan does not look into its object streams then

	offsets map[int]int         // where the heading of each object begins ("12 0 obj"); -1 for none
	packed  map[int]packedPlace // objects of object streams
	budget  Budget
}

// packedPlace is where the value of a packed object begins.
type packedPlace struct {
	data []byte
	at   int
}

// Budget bounds what one file may cost.
type Budget struct {
	Parse   int // bytes that may be looked at for values; an object counts each time it is read
	Inflate int // bytes that may be inflated
	Keep    int // inflated bytes of object streams that may be kept
	// Meter is put around whatever is read of a stream and inflated from it, to count or to end that; it may
	// be nil.
	Meter func(io.Reader) io.Reader
}

// parseBudget lets every byte of a file be looked at a few times.
func parseBudget(data []byte) int { return 4*len(data) + 1<<16 }

// maxLinks bounds references to references.
const maxLinks = 8

// Len returns how many objects were found.
func (f *File) Len() int { return len(f.offsets) + len(f.packed) }

// foundValue is a value with the dictionary that it is, if any.
type foundValue struct {
	value Value
	dict  Dict
	whole bool // the dictionary is not broken
	end   int
}

// at reads the value that begins at or behind a place, and takes what that costs from the budget.
func (f *File) at(data []byte, at int) (r foundValue) {
	if f.budget.Parse <= 0 {
		return foundValue{end: at}
	}
	s := scanner{data: data}
	begin := s.blanks(at)
	if s.begins(begin, "<<") {
		r.dict, r.end, r.whole = s.dict(begin)
	} else {
		r.end = s.value(begin, 0)
	}
	f.budget.Parse -= s.far - at + 1
	if r.end < 0 {
		return foundValue{end: at}
	}
	r.value = data[begin:r.end:r.end]
	return r
}

// object finds an object by its number and reads its value.
func (f *File) object(number int) (data []byte, r foundValue, ok bool) {
	if offset, found := f.offsets[number]; found {
		at, ok := f.heading(offset, number)
		if !ok {
			return nil, foundValue{}, false
		}
		r := f.at(f.Data, at)
		return f.Data, r, r.value != nil
	}
	p, ok := f.packed[number]
	if !ok {
		return nil, foundValue{}, false
	}
	r = f.at(p.data, p.at)
	return p.data, r, r.value != nil
}

// heading checks that the object of this number begins here, and returns where its value does.
func (f *File) heading(at, number int) (int, bool) {
	if at < 0 || at >= len(f.Data) {
		return 0, false
	}
	s := scanner{data: f.Data}
	n, end, ok := s.integer(at)
	if !ok || n != number {
		return 0, false
	}
	end = s.blanks(s.word(s.blanks(end))) // 12 0
	f.budget.Parse -= s.far - at
	if !s.begins(end, "obj") {
		return 0, false
	}
	return end + len("obj"), true
}

// Resolve follows references to a value that is none; nil when there is no such object.
func (f *File) Resolve(v Value) Value {
	for range maxLinks {
		number, ok := v.Reference()
		if !ok {
			return v
		}
		_, r, _ := f.object(number)
		v = r.value
	}
	return nil
}

// Dict returns the dictionary that v is or refers to, with the number of its object or 0.
func (f *File) Dict(v Value) (d Dict, number int, ok bool) {
	if number, ok := v.Reference(); ok {
		_, r, _ := f.object(number)
		if !r.whole {
			return nil, 0, false
		}
		return r.dict, number, true
	}
	if d, ok = v.Dict(); !ok {
		return nil, 0, false
	}
	return d, 0, true
}

// Array returns the elements of the array that v is or refers to.
func (f *File) Array(v Value) []Value {
	items, _ := f.Resolve(v).Array()
	return items
}

// Number returns the whole part of a dictionary's number by the first of these names that has one of at least
// 0 and below 2³¹, or otherwise.
func (f *File) Number(d Dict, otherwise int, names ...string) int {
	for _, name := range names {
		if n, ok := f.Resolve(d.Get(name)).Number(); ok && n >= 0 && n < 1<<31 {
			return int(n)
		}
	}
	return otherwise
}

// Node is a page.
type Node struct {
	Dict   Dict
	Number int
	// MediaBox is the page's own or inherited (ISO 32000-1 section 7.7.3.4).
	MediaBox Value
}

// Pages returns the first pages of the page tree below a catalog, at most most of them.
func (f *File) Pages(catalog Dict, most int) []Node {
	var out []Node
	f.pages(catalog.Get("Pages"), nil, most, 0, &out)
	return out
}

func (f *File) pages(v, box Value, most, depth int, out *[]Node) {
	d, number, ok := f.Dict(v)
	if !ok || number == 0 || depth > maxDepth {
		return
	}
	if own := d.Get("MediaBox"); own != nil {
		box = own
	}
	if d.Get("Type").Is("Page") {
		*out = append(*out, Node{Dict: d, Number: number, MediaBox: box})
		return
	}
	for _, kid := range f.Array(d.Get("Kids")) {
		if len(*out) == most || f.budget.Parse <= 0 {
			return
		}
		f.pages(kid, box, most, depth+1, out)
	}
}

// Stream is a dictionary and the encoded bytes behind it (ISO 32000-1 section 7.3.8).
type Stream struct {
	Dict   Dict
	Raw    []byte
	Number int // of its object
}

// Stream returns the stream that v refers to.
func (f *File) Stream(v Value) (Stream, bool) {
	number, ok := v.Reference()
	if !ok {
		return Stream{}, false
	}
	data, r, ok := f.object(number)
	if !ok {
		return Stream{}, false
	}
	raw, _ := f.stream(data, r)
	return Stream{r.dict, raw, number}, raw != nil
}

// stream returns the encoded bytes behind a dictionary, nil when there are none, and where they end. Where
// /Length is wrong, the word endstream tells.
func (f *File) stream(data []byte, r foundValue) (raw []byte, end int) {
	if r.dict == nil {
		return nil, r.end
	}
	s := scanner{data: data}
	begin := s.blanks(r.end)
	f.budget.Parse -= s.far - r.end
	if !s.begins(begin, "stream") {
		return nil, r.end
	}
	begin += len("stream")
	switch {
	case s.begins(begin, "\r\n"):
		begin += 2
	case s.begins(begin, "\n"), s.begins(begin, "\r"):
		begin++
	}
	rest := data[begin:]
	if n := f.Number(r.dict, -1, "Length"); n >= 0 && n <= len(rest) {
		if bytes.HasPrefix(bytes.TrimLeft(rest[n:min(n+16, len(rest))], "\r\n \t"), []byte("endst")) {
			return rest[:n:n], begin + n
		}
	}
	n := bytes.Index(rest, []byte("endstream"))
	if n < 0 {
		n = len(rest)
	}
	f.budget.Parse -= n / 2 // a search is quicker than parsing
	return rest[:n:n], begin + n
}

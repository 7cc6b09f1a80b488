package lens

import (
	"bytes"
	"io"
	"strconv"
)

// file is a PDF's objects. They are found by their heading "12 0 obj" and not by the cross-reference table: damaged and
// patched-up files are read too, and every object is looked at once. Streams stay parts of the file's bytes, so that no
// file, however made, takes more memory than what it inflates; that is bounded as well.
type file struct {
	data     []byte
	objects  map[int]place
	images   []stream
	locked   bool
	budget   int // bytes that may still be parsed
	inflate  int // bytes that may still be inflated
	work     *work
	unpacked int // bytes of object streams that may still be kept
	pixels   int // that may still be decoded
}

// take checks a picture's sides and takes its pixels from what may still be decoded.
func (f *file) take(width, height int) error {
	if err := fits(width, height); err != nil {
		return err
	}
	if width*height > f.pixels {
		return errWork // it would fit by itself
	}
	if !f.work.spend(width * height) {
		return errWork
	}
	f.pixels -= width * height
	return nil
}

// place is where an object's value begins.
type place struct {
	data []byte
	at   int
}

// stream is a dictionary and the encoded bytes behind it.
type stream struct {
	dict   dict
	raw    []byte
	number int // of its object
}

const (
	maxObjects = 1 << 18
	maxInflate = 512 << 20 // the pixels of the largest picture in 16 bits, and more
	maxUnpack  = 64 << 20  // of object streams, which are kept
	maxImages  = 1000
)

// open finds the objects and pictures of a file. The last of several objects of one number counts (incremental updates).
func open(data []byte) *file {
	f := &file{data: data, objects: map[int]place{}, budget: 4*len(data) + 1<<16, inflate: maxInflate, unpacked: maxUnpack, pixels: maxPixels,
		work: &work{left: pdfWork / 4 * 3, tries: tries / 4 * 3}}
	var packed []stream
	for at := 0; f.budget > 0 && len(f.objects) < maxObjects; {
		found := bytes.Index(data[at:], []byte("obj"))
		if found < 0 {
			break
		}
		word := at + found
		at = word + len("obj")
		number, ok := heading(data[:word])
		if !ok {
			continue
		}
		f.objects[number] = place{data, at}
		value, raw, end := f.object(place{data, at})
		at = max(at, end)
		d, ok := value.(dict)
		if !ok || raw == nil {
			continue
		}
		switch {
		case d["Subtype"] == "Image" && len(f.images) < maxImages:
			f.images = append(f.images, stream{d, raw, number})
		case d["Type"] == "ObjStm":
			packed = append(packed, stream{d, raw, number})
		case d["Type"] == "XRef" && d["Encrypt"] != nil:
			f.locked = true
		}
	}
	f.trailers()
	if f.locked {
		return f
	}
	for _, s := range packed {
		f.unpack(s)
	}
	return f
}

// heading reads the object number before "obj", backwards: digits, blank, digits, blank.
func heading(before []byte) (int, bool) {
	before = before[max(len(before)-32, 0):]
	fields := bytes.FieldsFunc(before, func(r rune) bool { return r < 128 && blank(byte(r)) })
	if len(fields) < 2 || !blank(before[len(before)-1]) {
		return 0, false
	}
	if _, err := strconv.ParseUint(string(fields[len(fields)-1]), 10, 16); err != nil {
		return 0, false
	}
	last := fields[len(fields)-2]
	for i := len(last); i > 0; i-- { // "endobj12 0 obj" was seen in real files
		if c := last[i-1]; c < '0' || c > '9' {
			last = last[i:]
			break
		}
	}
	number, err := strconv.ParseUint(string(last), 10, 31)
	return int(number), err == nil
}

// object reads the value at a place and, if it is a stream, its encoded bytes; end is where it ends.
func (f *file) object(at place) (value any, raw []byte, end int) {
	p := parser{data: at.data, at: at.at, budget: &f.budget}
	value, _ = p.value(0)
	d, ok := value.(dict)
	if !ok {
		return value, nil, p.at
	}
	p.blanks()
	if !bytes.HasPrefix(p.data[min(p.at, len(p.data)):], []byte("stream")) {
		return value, nil, p.at
	}
	begin := p.at + len("stream")
	if bytes.HasPrefix(p.data[begin:], []byte("\r\n")) {
		begin += 2
	} else if begin < len(p.data) && (p.data[begin] == '\n' || p.data[begin] == '\r') {
		begin++
	}
	rest := p.data[begin:]
	if length, ok := f.resolve(d["Length"]).(float64); ok && length >= 0 && length <= float64(len(rest)) {
		n := int(length)
		if bytes.HasPrefix(bytes.TrimLeft(rest[n:min(n+16, len(rest))], "\r\n \t"), []byte("endst")) {
			return value, rest[:n:n], begin + n
		}
	}
	n := bytes.Index(rest, []byte("endstream"))
	if n < 0 {
		n = len(rest)
	}
	f.budget -= n / 2 // a search is quicker than parsing
	return value, rest[:n:n], begin + n
}

// resolve follows references to a value that is not one.
func (f *file) resolve(v any) any {
	for range 8 {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		at, ok := f.objects[int(r)]
		if !ok {
			return nil
		}
		p := parser{data: at.data, at: at.at, budget: &f.budget}
		v, _ = p.value(0)
	}
	return nil
}

// stream returns the stream that v is or refers to.
func (f *file) stream(v any) (stream, bool) {
	r, ok := v.(ref)
	if !ok {
		return stream{}, false
	}
	at, ok := f.objects[int(r)]
	if !ok {
		return stream{}, false
	}
	value, raw, _ := f.object(at)
	d, ok := value.(dict)
	return stream{d, raw, int(r)}, ok && raw != nil
}

// number returns a dictionary's integer by its full or its short name, or otherwise.
func (f *file) number(d dict, otherwise int, names ...string) int {
	for _, name := range names {
		if n, ok := f.resolve(d[name]).(float64); ok && n >= 0 && n < 1<<31 {
			return int(n)
		}
	}
	return otherwise
}

// trailers looks for encryption in the trailers of files with a plain cross-reference table.
func (f *file) trailers() {
	for at := 0; f.budget > 0; {
		found := bytes.Index(f.data[at:], []byte("trailer"))
		if found < 0 {
			return
		}
		at += found + len("trailer")
		p := parser{data: f.data, at: at, budget: &f.budget}
		value, _ := p.value(0)
		if d, ok := value.(dict); ok && d["Encrypt"] != nil {
			f.locked = true
		}
	}
}

// unpack registers the objects of an object stream (ISO 32000-1 section 7.5.7). Pictures are never in there, but what
// they refer to may be.
func (f *file) unpack(s stream) {
	in, err := f.decoded(s)
	if err != nil {
		return
	}
	content, err := io.ReadAll(io.LimitReader(in, int64(f.unpacked)))
	f.unpacked -= len(content)
	if err != nil && len(content) == 0 {
		return
	}
	count, first := f.number(s.dict, 0, "N"), f.number(s.dict, 0, "First")
	p := parser{data: content, budget: &f.budget}
	for range count {
		number, ok1 := p.value(0)
		offset, ok2 := p.value(0)
		n, isNumber := number.(float64)
		o, isOffset := offset.(float64)
		if !ok1 || !ok2 || !isNumber || !isOffset || len(f.objects) >= maxObjects {
			return
		}
		if at := first + int(o); o >= 0 && at >= 0 && at < len(content) {
			if _, known := f.objects[int(n)]; !known {
				f.objects[int(n)] = place{content, at}
			}
		}
	}
}

package object

import (
	"bytes"
	"io"
	"strconv"
)

// maxFound bounds the objects of a file that is scanned.
const maxFound = 1 << 18

// ScanBudget is enough for every byte of a file to be looked at a few times, and bounds what it may inflate.
func ScanBudget(data []byte, inflate, keep int) Budget {
	return Budget{Parse: parseBudget(data), Inflate: inflate, Keep: keep}
}

// Scan finds the objects of a file by their headings and not by its tables: damaged and patched-up files are
// read too, and every object is looked at once. The last of several objects of one number counts (incremental
// updates). see is called with each stream, in the file's order.
func Scan(data []byte, b Budget, see func(Stream)) *File {
	f := &File{Data: data, offsets: map[int]int{}, packed: map[int]packedPlace{}, budget: b}
	var packed []Stream
	for at := 0; f.budget.Parse > 0 && len(f.offsets) < maxFound; {
		found := bytes.Index(data[at:], []byte("obj"))
		if found < 0 {
			break
		}
		word := at + found
		at = word + len("obj")
		number, begin, ok := headingBefore(data, word)
		if !ok {
			continue
		}
		f.offsets[number] = begin
		r := f.at(data, at)
		raw, end := f.stream(data, r)
		at = max(at, end)
		if raw == nil {
			continue
		}
		s := Stream{r.dict, raw, number}
		switch kind := r.dict.Get("Type"); {
		case kind.Is("ObjStm"):
			packed = append(packed, s)
		case kind.Is("XRef") && !r.dict.Get("Encrypt").Null():
			f.Locked = true
		}
		see(s)
	}
	f.trailers()
	if !f.Locked {
		for _, s := range packed {
			f.unpack(s)
		}
	}
	return f
}

// headingBefore reads the object number before the word obj, backwards: digits, blanks, digits, blanks. What
// stands before the number does not count: "endobj12 0 obj" was seen in real files.
func headingBefore(data []byte, word int) (number, begin int, ok bool) {
	least := max(word-32, 0)
	back := func(at int, is func(byte) bool) int {
		for at > least && is(data[at-1]) {
			at--
		}
		return at
	}
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	generationEnd := back(word, IsBlank)
	generation := back(generationEnd, digit)
	numberEnd := back(generation, IsBlank)
	begin = back(numberEnd, digit)
	if generationEnd == word || numberEnd == generation {
		return 0, 0, false
	}
	if _, err := strconv.ParseUint(string(data[generation:generationEnd]), 10, 16); err != nil {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(string(data[begin:numberEnd]), 10, 31)
	return int(n), begin, err == nil
}

// trailers looks for encryption in the trailers of files with a plain cross-reference table.
func (f *File) trailers() {
	for at := 0; f.budget.Parse > 0; {
		found := bytes.Index(f.Data[at:], []byte("trailer"))
		if found < 0 {
			return
		}
		at += found + len("trailer")
		if r := f.at(f.Data, at); !r.dict.Get("Encrypt").Null() {
			f.Locked = true
		}
	}
}

// unpack registers the objects of an object stream (ISO 32000-1 section 7.5.7).
func (f *File) unpack(stream Stream) {
	in, err := f.Decode(stream)
	if err != nil {
		return
	}
	content, err := io.ReadAll(io.LimitReader(in, int64(f.budget.Keep)))
	f.budget.Keep -= len(content)
	if err != nil && len(content) == 0 {
		return
	}
	s := scanner{data: content}
	defer func() { f.budget.Parse -= s.far }()
	first, end := f.Number(stream.Dict, 0, "First"), 0
	for range f.Number(stream.Dict, 0, "N") {
		var number, offset int
		var ok1, ok2 bool
		number, end, ok1 = s.integer(end)
		offset, end, ok2 = s.integer(end)
		if !ok1 || !ok2 || f.Len() >= maxFound {
			return
		}
		_, known := f.offsets[number]
		_, packed := f.packed[number]
		if at := first + offset; at < len(content) && !known && !packed {
			f.packed[number] = packedPlace{content, at}
		}
	}
}

package sign

import (
	"bytes"
	"fmt"
	"strconv"
)

// document is a finished PDF with a plain cross-reference table (ISO 32000-1 section 7.5.4), which is what PDF/A-1 asks for
// and what every writer of this program makes.
type document struct {
	data    []byte
	start   int // of the newest table
	offsets map[int]int
	trailer dictionary // the newest
	size    int
}

const (
	maxObjects   = 1 << 22
	maxRevisions = 64
)

// openDocument walks the tables from the end of the file to its beginning; the newest place of an object counts.
func openDocument(data []byte) (*document, error) {
	d := &document{data: data, offsets: make(map[int]int, 256)}
	tail := data[max(len(data)-1024, 0):]
	word := bytes.LastIndex(tail, []byte("startxref"))
	if word < 0 {
		return nil, ErrStructure.Because(fmt.Errorf("no startxref"))
	}
	at, ok := integer(tail, word+len("startxref"))
	if !ok {
		return nil, ErrStructure.Because(fmt.Errorf("startxref without a number"))
	}
	d.start = at
	for range maxRevisions {
		trailer, err := d.table(at)
		if err != nil {
			return nil, ErrStructure.Because(err)
		}
		if d.trailer == nil {
			d.trailer = trailer
		}
		previous := trailer.get("/Prev")
		if previous == nil {
			break
		}
		if at, ok = integer(previous, 0); !ok {
			return nil, ErrStructure.Because(fmt.Errorf("a /Prev without a number"))
		}
	}
	if d.trailer.get("/Encrypt") != nil {
		return nil, ErrLocked
	}
	if d.size, ok = integer(d.trailer.get("/Size"), 0); !ok || d.size < 1 || d.size > maxObjects {
		return nil, ErrStructure.Because(fmt.Errorf("no /Size"))
	}
	return d, nil
}

func integer(data []byte, at int) (int, bool) {
	if at = skipBlanks(data, at); at >= len(data) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(data[at:word(data, at)]), 10, 31)
	return int(n), err == nil
}

// digits reads a number of digits only.
func digits(data []byte) (n int, ok bool) {
	for _, c := range data {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// table reads one table and its trailer.
func (d *document) table(at int) (dictionary, error) {
	if at < 0 || at >= len(d.data) || !bytes.HasPrefix(d.data[at:], []byte("xref")) {
		return nil, fmt.Errorf("no cross-reference table at %d", at)
	}
	at += len("xref")
	for {
		at = skipBlanks(d.data, at)
		if bytes.HasPrefix(d.data[at:], []byte("trailer")) {
			break
		}
		first, ok1 := integer(d.data, at)
		second := skipBlanks(d.data, word(d.data, at))
		count, ok2 := integer(d.data, second)
		if !ok1 || !ok2 || first+count > maxObjects {
			return nil, fmt.Errorf("a broken table at %d", at)
		}
		at = skipBlanks(d.data, word(d.data, second))
		for i := range count { // twenty bytes each: "0000000024 00000 n" and two that end the line
			if at+20 > len(d.data) {
				return nil, fmt.Errorf("the table is cut off")
			}
			offset, ok := digits(d.data[at : at+10])
			if !ok {
				return nil, fmt.Errorf("a broken line in the table at %d", at)
			}
			if _, newer := d.offsets[first+i]; !newer {
				d.offsets[first+i] = offset
				if d.data[at+17] != 'n' {
					d.offsets[first+i] = -1
				}
			}
			at += 20
		}
	}
	trailer, _, ok := parseDictionary(d.data, at+len("trailer"))
	if !ok {
		return nil, fmt.Errorf("no trailer")
	}
	return trailer, nil
}

// object returns where the value of an object begins.
func (d *document) object(number int) (int, bool) {
	at, ok := d.offsets[number]
	if !ok || at <= 0 || at >= len(d.data) {
		return 0, false
	}
	n, ok := integer(d.data, at)
	if !ok || n != number {
		return 0, false
	}
	at = word(d.data, skipBlanks(d.data, word(d.data, skipBlanks(d.data, at)))) // 12 0
	at = skipBlanks(d.data, at)
	if !bytes.HasPrefix(d.data[min(at, len(d.data)):], []byte("obj")) {
		return 0, false
	}
	return at + len("obj"), true
}

// dictionary returns the dictionary that value is or refers to, with the number of its object or 0.
func (d *document) dictionary(value []byte) (dictionary, int, bool) {
	if len(value) == 0 {
		return nil, 0, false
	}
	if number, _, ok := reference(value, 0); ok {
		at, ok := d.object(number)
		if !ok {
			return nil, 0, false
		}
		found, _, ok := parseDictionary(d.data, at)
		return found, number, ok
	}
	found, _, ok := parseDictionary(value, 0)
	return found, 0, ok
}

// array returns the elements of the array that value is or refers to.
func (d *document) array(value []byte) [][]byte {
	if number, _, ok := reference(value, 0); ok {
		at, ok := d.object(number)
		if !ok {
			return nil
		}
		at = skipBlanks(d.data, at)
		end := skipValue(d.data, at, 0)
		if end < 0 {
			return nil
		}
		value = d.data[at:end]
	}
	return elements(value)
}

// firstPage follows the first of the /Kids down to a page.
func (d *document) firstPage(catalog dictionary) (dictionary, int, bool) {
	next := catalog.get("/Pages")
	for range maxDepth {
		node, number, ok := d.dictionary(next)
		if !ok || number == 0 {
			return nil, 0, false
		}
		if string(node.get("/Type")) == "/Page" {
			return node, number, true
		}
		kids := d.array(node.get("/Kids"))
		if len(kids) == 0 {
			return nil, 0, false
		}
		next = kids[0]
	}
	return nil, 0, false
}

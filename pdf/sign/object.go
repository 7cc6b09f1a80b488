package sign

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
)

// A value is looked at only as deep as needed and otherwise kept as it is written: an update repeats it byte for byte.

// entry is a key of a dictionary, with its slash, and its value as written.
type entry struct {
	key   string
	value []byte
}

// dictionary keeps the order of its entries, so that the same input gives the same bytes.
type dictionary []entry

func (d dictionary) get(key string) []byte {
	for _, e := range d {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// with returns a copy in which key has this value.
func (d dictionary) with(key, value string) dictionary {
	out := make(dictionary, 0, len(d)+1)
	placed := false
	for _, e := range d {
		if e.key == key {
			e.value, placed = []byte(value), true
		}
		out = append(out, e)
	}
	if !placed {
		out = append(out, entry{key, []byte(value)})
	}
	return out
}

func (d dictionary) String() string {
	var b bytes.Buffer
	b.WriteString("<<")
	for _, e := range d {
		fmt.Fprintf(&b, "%s %s", e.key, e.value)
		b.WriteByte('\n')
	}
	b.WriteString(">>")
	return b.String()
}

const (
	maxDepth   = 32
	maxEntries = 4096
)

func blank(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func regular(c byte) bool { return !blank(c) && bytes.IndexByte([]byte("()<>[]{}/%"), c) < 0 }

// skipBlanks returns where the next token begins: white space and comments separate (ISO 32000-1 section 7.2).
func skipBlanks(data []byte, at int) int {
	for at < len(data) {
		switch {
		case blank(data[at]):
			at++
		case data[at] == '%':
			for at < len(data) && data[at] != '\n' && data[at] != '\r' {
				at++
			}
		default:
			return at
		}
	}
	return at
}

func word(data []byte, at int) int {
	for at < len(data) && regular(data[at]) {
		at++
	}
	return at
}

// skipValue returns where the value that begins at at ends, or -1.
func skipValue(data []byte, at, depth int) int {
	if at = skipBlanks(data, at); at >= len(data) || depth > maxDepth {
		return -1
	}
	switch c := data[at]; {
	case c == '/':
		return word(data, at+1)
	case c == '(':
		return skipLiteral(data, at)
	case bytes.HasPrefix(data[at:], []byte("<<")):
		return skipUntil(data, at+2, ">>", depth)
	case c == '[':
		return skipUntil(data, at+1, "]", depth)
	case c == '<':
		if n := bytes.IndexByte(data[at:], '>'); n >= 0 {
			return at + n + 1
		}
		return -1
	}
	end := word(data, at)
	if end == at {
		return -1
	}
	if _, after, ok := reference(data, at); ok {
		return after
	}
	return end
}

// reference reads "12 0 R".
func reference(data []byte, at int) (number, end int, ok bool) {
	first := word(data, at)
	second := skipBlanks(data, first)
	secondEnd := word(data, second)
	third := skipBlanks(data, secondEnd)
	end = word(data, third)
	if string(data[third:end]) != "R" {
		return 0, at, false
	}
	n, err := strconv.ParseUint(string(data[at:first]), 10, 31)
	_, err2 := strconv.ParseUint(string(data[second:secondEnd]), 10, 16)
	return int(n), end, err == nil && err2 == nil
}

func skipUntil(data []byte, at int, bracket string, depth int) int {
	for {
		at = skipBlanks(data, at)
		if bytes.HasPrefix(data[min(at, len(data)):], []byte(bracket)) {
			return at + len(bracket)
		}
		next := skipValue(data, at, depth+1)
		if next <= at {
			return -1
		}
		at = next
	}
}

func skipLiteral(data []byte, at int) int {
	for depth := 0; at < len(data); at++ {
		switch data[at] {
		case '\\':
			at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return -1
}

// parseDictionary reads a dictionary; end is behind its ">>".
func parseDictionary(data []byte, at int) (d dictionary, end int, ok bool) {
	at = skipBlanks(data, at)
	if !bytes.HasPrefix(data[min(at, len(data)):], []byte("<<")) {
		return nil, at, false
	}
	for at += 2; len(d) < maxEntries; {
		at = skipBlanks(data, at)
		if bytes.HasPrefix(data[at:], []byte(">>")) {
			return d, at + 2, true
		}
		if at >= len(data) || data[at] != '/' {
			break
		}
		keyEnd := word(data, at+1)
		begin := skipBlanks(data, keyEnd)
		valueEnd := skipValue(data, begin, 1)
		if valueEnd < 0 {
			break
		}
		d = append(d, entry{string(data[at:keyEnd]), data[begin:valueEnd:valueEnd]})
		at = valueEnd
	}
	return nil, at, false
}

// elements parts an array.
func elements(value []byte) (out [][]byte) {
	if len(value) == 0 || value[0] != '[' {
		return nil
	}
	for at := 1; len(out) < maxEntries; {
		at = skipBlanks(value, at)
		end := skipValue(value, at, 1)
		if end <= at {
			break
		}
		out = append(out, value[at:end:end])
		at = end
	}
	return out
}

// text reads a string object's bytes, literal or hexadecimal.
func text(value []byte) string {
	switch {
	case len(value) >= 2 && value[0] == '<':
		digits := bytes.Map(func(r rune) rune {
			if r < 128 && blank(byte(r)) {
				return -1
			}
			return r
		}, value[1:len(value)-1])
		if len(digits)%2 == 1 {
			digits = append(digits, '0')
		}
		out := make([]byte, len(digits)/2)
		n, _ := hex.Decode(out, digits)
		return string(out[:n])
	case len(value) >= 2 && value[0] == '(':
		var out []byte
		for i := 1; i < len(value)-1; i++ {
			if value[i] == '\\' && i+1 < len(value)-1 {
				i++ // the escaped brackets and backslash; dates and titles of our documents have no others
			}
			out = append(out, value[i])
		}
		return string(out)
	}
	return ""
}

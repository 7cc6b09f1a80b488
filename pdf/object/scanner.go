package object

import (
	"bytes"
	"strings"
)

// Bounds of a single value.
const (
	maxDepth   = 32      // of arrays and dictionaries in each other
	maxEntries = 4096    // of a dictionary
	maxItems   = 1 << 16 // of an array
)

// scanner finds where values begin and end. far is the end of what was looked at, found or not: it is what
// the work cost.
type scanner struct {
	data []byte
	far  int
}

// IsBlank reports whether c is white space (ISO 32000-1 table 1).
func IsBlank(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

// regular are the characters of names, numbers and keywords: all but white space and delimiters (table 2).
var regular = func() (table [256]bool) {
	for c := range table {
		table[c] = !IsBlank(byte(c)) && bytes.IndexByte([]byte("()<>[]{}/%"), byte(c)) < 0
	}
	return table
}()

// blanks returns where the next token begins: white space and comments separate (ISO 32000-1 section 7.2).
func (s *scanner) blanks(at int) int {
	comment := false
	for ; at < len(s.data); at++ {
		c := s.data[at]
		if comment {
			comment = c != '\n' && c != '\r'
			continue
		}
		if comment = c == '%'; !comment && !IsBlank(c) {
			break
		}
	}
	s.far = max(s.far, at)
	return at
}

// word returns where the regular characters from at on end.
func (s *scanner) word(at int) int {
	for at < len(s.data) && regular[s.data[at]] {
		at++
	}
	s.far = max(s.far, at)
	return at
}

func (s *scanner) begins(at int, text string) bool {
	return at <= len(s.data) && len(s.data)-at >= len(text) && string(s.data[at:at+len(text)]) == text
}

// structural are the words that no value is: they end an array or a dictionary that was not closed.
var structural = map[string]bool{"obj": true, "endobj": true, "stream": true, "endstream": true, "xref": true,
	"trailer": true, "startxref": true}

// value returns where the value that begins at at ends, or -1.
func (s *scanner) value(at, depth int) int {
	if at = s.blanks(at); at >= len(s.data) || depth > maxDepth {
		return -1
	}
	switch c := s.data[at]; {
	case c == '/':
		return s.word(at + 1)
	case c == '(':
		return s.literal(at)
	case s.begins(at, "<<"):
		return s.until(at+2, ">>", depth)
	case c == '[':
		return s.until(at+1, "]", depth)
	case c == '<':
		n := bytes.IndexByte(s.data[at:], '>')
		if n < 0 {
			s.far = len(s.data)
			return -1
		}
		s.far = max(s.far, at+n+1)
		return at + n + 1
	}
	if _, end, ok := s.reference(at); ok {
		return end
	}
	end := s.word(at)
	if end == at || structural[string(s.data[at:end])] {
		return -1
	}
	return end
}

// until passes over values to a closing bracket.
func (s *scanner) until(at int, bracket string, depth int) int {
	for {
		if at = s.blanks(at); s.begins(at, bracket) {
			return at + len(bracket)
		}
		next := s.value(at, depth+1)
		if next <= at {
			return -1
		}
		at = next
	}
}

// reference reads "12 0 R".
func (s *scanner) reference(at int) (number, end int, ok bool) {
	if at >= len(s.data) || s.data[at] < '0' || s.data[at] > '9' {
		return 0, at, false
	}
	first := s.word(at)
	n, ok := natural(s.data[at:first], 1<<31-1)
	if !ok {
		return 0, at, false
	}
	second := s.blanks(first)
	secondEnd := s.word(second)
	if _, ok := natural(s.data[second:secondEnd], 1<<16-1); !ok {
		return 0, at, false
	}
	third := s.blanks(secondEnd)
	if end = s.word(third); string(s.data[third:end]) != "R" {
		return 0, at, false
	}
	return n, end, true
}

// natural reads digits; what else stands there is the usual case, so no error is made of it.
func natural(text []byte, most int) (n int, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' || n > most/10 {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, len(text) > 0 && n <= most
}

// literal passes over (...).
func (s *scanner) literal(at int) int {
	for depth := 0; at < len(s.data); at++ {
		switch s.data[at] {
		case '\\':
			at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.far = max(s.far, at+1)
				return at + 1
			}
		}
	}
	s.far = len(s.data)
	return -1
}

// integer reads a number of digits only; end is behind it.
func (s *scanner) integer(at int) (n, end int, ok bool) {
	at = s.blanks(at)
	end = s.word(at)
	n, ok = natural(s.data[at:end], 1<<31-1)
	return n, end, ok
}

// dict reads a dictionary; end is behind its ">>". Of one that is broken it returns what comes before the
// break, where that is, and false.
func (s *scanner) dict(at int) (d Dict, end int, ok bool) {
	if at = s.blanks(at); !s.begins(at, "<<") {
		return nil, at, false
	}
	for at += 2; len(d) < maxEntries; {
		if at = s.blanks(at); s.begins(at, ">>") {
			return d, at + 2, true
		}
		if at >= len(s.data) || s.data[at] != '/' {
			break
		}
		keyEnd := s.word(at + 1)
		begin := s.blanks(keyEnd)
		valueEnd := s.value(begin, 1)
		if valueEnd < 0 {
			at = begin
			break
		}
		key := string(s.data[at:keyEnd])
		name := key[1:]
		if strings.IndexByte(name, '#') >= 0 {
			name, _ = Value(key).Name()
		}
		d = append(d, Entry{Key: key, name: name, Value: s.data[begin:valueEnd:valueEnd]})
		at = valueEnd
	}
	return d, at, false
}

// SkipBlanks returns where the next token from at on begins.
func SkipBlanks(data []byte, at int) int {
	s := scanner{data: data}
	return s.blanks(at)
}

// WordEnd returns where the regular characters from at on end: those of a name or a number.
func WordEnd(data []byte, at int) int {
	s := scanner{data: data}
	return s.word(at)
}

// ReadValue reads the value that begins at or behind at; end is where it ends.
func ReadValue(data []byte, at int) (v Value, end int, ok bool) {
	s := scanner{data: data}
	at = s.blanks(at)
	if end = s.value(at, 0); end < 0 {
		return nil, at, false
	}
	return data[at:end:end], end, true
}

// ReadToken reads what begins at or behind at in a content: a value or an operator. No reference stands there
// (ISO 32000-1 section 7.8.2).
func ReadToken(data []byte, at int) (v Value, end int, ok bool) {
	s := scanner{data: data}
	if at = s.blanks(at); at >= len(data) {
		return nil, at, false
	}
	if !regular[data[at]] {
		end = s.value(at, 0)
	} else {
		end = s.word(at)
	}
	if end < 0 {
		return nil, at, false
	}
	return data[at:end:end], end, true
}

// ReadDict reads the dictionary that begins at or behind at; end is where it ends. Its values are parts of
// data.
func ReadDict(data []byte, at int) (d Dict, end int, ok bool) {
	s := scanner{data: data}
	if d, end, ok = s.dict(at); !ok {
		return nil, end, false
	}
	return d, end, true
}

package object

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// Value is a value as it is written (ISO 32000-1 section 7.3), without white space around it. It is looked at
// only as deep as needed; nil is none.
type Value []byte

// Null reports whether there is no value, which null says too (section 7.3.9).
func (v Value) Null() bool { return len(v) == 0 || string(v) == "null" }

// Name returns a name without its slash, with its #-numbers resolved (section 7.3.5).
func (v Value) Name() (string, bool) {
	if len(v) == 0 || v[0] != '/' {
		return "", false
	}
	v = v[1:]
	if bytes.IndexByte(v, '#') < 0 {
		return string(v), true
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] == '#' && i+2 < len(v) {
			if c, err := strconv.ParseUint(string(v[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(c))
				i += 2
				continue
			}
		}
		out = append(out, v[i])
	}
	return string(out), true
}

// Is reports whether the value is this name, which is given without its slash.
func (v Value) Is(name string) bool {
	got, ok := v.Name()
	return ok && got == name
}

// Bool returns a boolean.
func (v Value) Bool() (value, ok bool) {
	return string(v) == "true", string(v) == "true" || string(v) == "false"
}

// Int returns a number of digits only, below 2³¹.
func (v Value) Int() (int, bool) {
	n, err := strconv.ParseUint(string(v), 10, 31)
	return int(n), err == nil
}

// Number returns a number (section 7.3.3).
func (v Value) Number() (float64, bool) {
	if len(v) == 0 || len(v) > 64 || len(bytes.Trim(v, "+-.0123456789")) > 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(string(v), 64)
	return n, err == nil
}

// Reference returns the number of the object that "12 0 R" names; generations are not told apart.
func (v Value) Reference() (number int, ok bool) {
	s := scanner{data: v}
	number, end, ok := s.reference(0)
	return number, ok && end == len(v)
}

// Dict reads a dictionary. Of one that is broken it returns what comes before the break, and false.
func (v Value) Dict() (Dict, bool) {
	s := scanner{data: v}
	d, end, ok := s.dict(0)
	return d, ok && end == len(v)
}

// Array returns the elements of an array that is whole and not endless.
func (v Value) Array() ([]Value, bool) {
	if len(v) == 0 || v[0] != '[' {
		return nil, false
	}
	s := scanner{data: v}
	out := []Value{}
	for at := 1; len(out) < maxItems; {
		if at = s.blanks(at); s.begins(at, "]") {
			return out, true
		}
		end := s.value(at, 1)
		if end <= at {
			break
		}
		out = append(out, v[at:end:end])
		at = end
	}
	return nil, false
}

// Text returns the bytes of a string, literal or hexadecimal (section 7.3.4).
func (v Value) Text() ([]byte, bool) { return v.AppendText(make([]byte, 0, len(v))) }

// AppendText appends what Text returns.
func (v Value) AppendText(to []byte) ([]byte, bool) {
	switch {
	case len(v) < 2:
	case v[0] == '(' && v[len(v)-1] == ')':
		return append(to, unescapeLiteral(v[1:len(v)-1])...), true
	case v[0] == '<' && v[1] != '<' && v[len(v)-1] == '>':
		start := len(to)
		for _, c := range v[1 : len(v)-1] {
			if !IsBlank(c) {
				to = append(to, c)
			}
		}
		if (len(to)-start)%2 == 1 {
			to = append(to, '0')
		}
		n, _ := hex.Decode(to[start:], to[start:]) // up to what is no digit
		return to[:start+n], true
	}
	return to, false
}

// unescapeLiteral resolves the escapes of a literal string (table 3).
func unescapeLiteral(v []byte) []byte {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, v[i])
			continue
		}
		i++
		switch c := v[i]; {
		case bytes.IndexByte([]byte("nrtbf"), c) >= 0:
			out = append(out, "\n\r\t\b\f"[bytes.IndexByte([]byte("nrtbf"), c)])
		case c == '\r' && i+1 < len(v) && v[i+1] == '\n':
			i++ // a line that goes on
		case c == '\r' || c == '\n':
		case c < '0' || c > '7':
			out = append(out, c)
		default:
			n := 0
			end := min(i+3, len(v))
			for ; i < end && v[i] >= '0' && v[i] <= '7'; i++ {
				n = 8*n + int(v[i]-'0')
			}
			i--
			out = append(out, byte(n))
		}
	}
	return out
}

package lens

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// The values of PDF objects (ISO 32000-1 section 7.3): float64, string (a name without its slash), chars, []any, dict, ref,
// bool, and nil for null and for whatever is not understood.
type (
	dict  map[string]any
	chars []byte // a string
	ref   int    // the object's number; generations are not told apart
)

// parser reads values from a part of a file. Depth and budget bound its work: files may be hostile.
type parser struct {
	data   []byte
	at     int
	budget *int // bytes that may still be read, over all parsers of a file
}

const maxDepth = 24

// value reads one value; ok is false at a closing bracket, at a keyword and at the end.
func (p *parser) value(depth int) (v any, ok bool) {
	if *p.budget <= 0 || depth > maxDepth {
		return nil, false
	}
	if depth == 0 {
		from := p.at
		defer func() { *p.budget -= p.at - from + 1 }()
	}
	p.blanks()
	if p.at >= len(p.data) {
		return nil, false
	}
	begin := p.at
	switch c := p.data[p.at]; {
	case c == '/':
		p.at++
		return p.name(), true
	case c == '(':
		return p.literal(), true
	case c == '<' && p.next() == '<':
		p.at += 2
		return p.dict(depth), true
	case c == '<':
		return p.hex(), true
	case c == '[':
		p.at++
		return p.array(depth), true
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return p.number(), true
	}
	switch word := p.word(); word {
	case "true", "false":
		return word == "true", true
	case "null":
		return nil, true
	default:
		p.at = begin
		return nil, false
	}
}

func (p *parser) next() byte {
	if p.at+1 < len(p.data) {
		return p.data[p.at+1]
	}
	return 0
}

func blank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// blanks skips white space and comments, to the end of the data at most.
func (p *parser) blanks() {
	comment := false
	for ; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '\n' || c == '\r':
			comment = false
		case comment || blank(c):
		case c == '%':
			comment = true
		default:
			return
		}
	}
}

// word reads regular characters.
func (p *parser) word() string {
	begin := p.at
	for p.at < len(p.data) && p.at < begin+128 && !blank(p.data[p.at]) && !delimiter(p.data[p.at]) {
		p.at++
	}
	return string(p.data[begin:p.at])
}

func (p *parser) name() string {
	word := p.word()
	var out []byte
	for i := 0; i < len(word); i++ {
		if word[i] == '#' && i+2 < len(word) {
			if c, err := strconv.ParseUint(word[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(c))
				i += 2
				continue
			}
		}
		out = append(out, word[i])
	}
	return string(out)
}

// number reads a number, or a reference: two numbers and R.
func (p *parser) number() any {
	n, err := strconv.ParseFloat(p.word(), 64)
	if err != nil {
		return nil
	}
	after := p.at
	if n >= 0 && n == float64(int32(n)) {
		p.blanks()
		if _, err := strconv.ParseUint(p.word(), 10, 16); err == nil {
			p.blanks()
			if p.word() == "R" {
				return ref(n)
			}
		}
	}
	p.at = after
	return n
}

func (p *parser) array(depth int) []any {
	out := []any{}
	for {
		v, ok := p.value(depth + 1)
		if !ok {
			break
		}
		out = append(out, v)
	}
	p.close("]")
	return out
}

func (p *parser) dict(depth int) dict {
	out := dict{}
	for {
		key, ok := p.value(depth + 1)
		name, isName := key.(string)
		if !ok || !isName {
			break
		}
		v, ok := p.value(depth + 1)
		if !ok {
			break
		}
		out[name] = v
	}
	p.close(">>")
	return out
}

func (p *parser) close(bracket string) {
	p.blanks()
	if bytes.HasPrefix(p.data[min(p.at, len(p.data)):], []byte(bracket)) {
		p.at += len(bracket)
	}
}

// hex reads <...>.
func (p *parser) hex() chars {
	end := bytes.IndexByte(p.data[p.at:], '>')
	if end < 0 {
		end = len(p.data) - p.at - 1
	}
	digits := bytes.Map(func(r rune) rune {
		if r < 128 && blank(byte(r)) {
			return -1
		}
		return r
	}, p.data[p.at+1:p.at+max(end, 1)])
	p.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, len(digits)/2)
	n, _ := hex.Decode(out, digits)
	return out[:n]
}

// literal reads (...), with its escapes (ISO 32000-1 table 3): palettes may be written so.
func (p *parser) literal() chars {
	var out []byte
	depth := 0
	for ; p.at < len(p.data); p.at++ {
		c := p.data[p.at]
		switch {
		case c == '(':
			depth++
			if depth == 1 {
				continue
			}
		case c == ')':
			depth--
			if depth == 0 {
				p.at++
				return out
			}
		case c == '\\' && p.at+1 < len(p.data):
			p.at++
			out = p.escape(out)
			continue
		}
		out = append(out, c)
	}
	return out
}

// escape adds what stands behind a backslash, and stops at its last character.
func (p *parser) escape(out []byte) []byte {
	c := p.data[p.at]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i])
	}
	switch {
	case c == '\r' && p.next() == '\n':
		p.at++
		return out
	case c == '\r' || c == '\n':
		return out
	case c < '0' || c > '7':
		return append(out, c)
	}
	value := 0
	for i := 0; i < 3 && p.at < len(p.data) && p.data[p.at] >= '0' && p.data[p.at] <= '7'; i++ {
		value = value*8 + int(p.data[p.at]-'0')
		p.at++
	}
	p.at--
	return append(out, byte(value))
}

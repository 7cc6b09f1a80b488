package insuredcsv

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// coding is how a file writes its letters.
type coding int

const (
	inShiftJIS coding = iota // CP932, as Windows writes it
	inUTF8
	inUTF16
)

// sourceFile is a Source and what is found out of it once.
type sourceFile struct {
	source Source
	first  []byte // part
	in     coding
}

func openFile(source Source) (*sourceFile, error) {
	f := &sourceFile{source: source}
	if source.Parts() > 0 {
		var err error
		if f.first, err = source.Part(0); err != nil {
			return nil, err
		}
	}
	var err error
	f.in, err = f.coding()
	return f, err
}

func (f *sourceFile) starts(with ...byte) bool { return bytes.HasPrefix(f.first, with) }

// coding finds it: UTF-8 with or without BOM, perhaps with a spoilt byte below its heading, UTF-16 with BOM,
// else CP932.
func (f *sourceFile) coding() (coding, error) {
	switch {
	case f.starts(0xEF, 0xBB, 0xBF):
		return inUTF8, nil
	case f.starts(0xFF, 0xFE), f.starts(0xFE, 0xFF):
		return inUTF16, nil
	case f.headingIsUTF8():
		return inUTF8, nil
	}
	raw := &partsReader{source: f.source}
	switch _, err := io.Copy(io.Discard, transform.NewReader(raw, encoding.UTF8Validator)); {
	case raw.fault != nil:
		return inShiftJIS, raw.fault
	case err == nil:
		return inUTF8, nil
	}
	return inShiftJIS, nil
}

// headingIsUTF8 reports whether the first line is UTF-8 with Japanese letters in it. Kanji of CP932 never
// look like that; its katakana of half width might, but only as letters of other scripts.
func (f *sourceFile) headingIsUTF8() bool {
	rest := f.first
	for len(rest) > 0 {
		line := rest
		if end := bytes.IndexAny(rest, "\r\n"); end >= 0 {
			line, rest = rest[:end], rest[end+1:]
		} else {
			rest = nil
		}
		if _, said := separatorLine(string(line)); said || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		letter := func(r rune) bool { return r >= 0x3000 && r <= 0x9fff || r >= 0xff00 && r <= 0xffef }
		return strings.ToValidUTF8(string(line), "") == string(line) && bytes.ContainsFunc(line, letter)
	}
	return false
}

// decoded reads the file as UTF-8, without the mark that DOS and mainframes set at its end. What cannot be
// read becomes U+FFFD.
func (f *sourceFile) decoded() io.Reader {
	raw := &partsReader{source: f.source}
	var text io.Reader = raw // UTF-8: each line is made valid by itself
	switch f.in {
	case inUTF16:
		raw.even = true
		text = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(raw)
	case inShiftJIS:
		text = japanese.ShiftJIS.NewDecoder().Reader(raw)
	}
	return &endMarkReader{text: text}
}

// partsReader reads a Source.
type partsReader struct {
	source Source
	next   int
	now    []byte
	fault  error
	even   bool // leave out an odd byte at the end: a mark that a program set behind UTF-16
}

func (p *partsReader) Read(b []byte) (int, error) {
	for len(p.now) == 0 {
		if p.fault != nil {
			return 0, p.fault
		}
		if p.next >= p.source.Parts() {
			return 0, io.EOF
		}
		if p.now, p.fault = p.source.Part(p.next); p.fault != nil {
			p.fault = sourceFault{p.fault}
			return 0, p.fault
		}
		p.next++
		last := len(p.now) - 1
		if p.even && p.next == p.source.Parts() && last%2 == 0 && p.now[last] == endMark {
			p.now = p.now[:last]
		}
	}
	n := copy(b, p.now)
	p.now = p.now[n:]
	return n, nil
}

// sourceFault is a fault of reading, apart from what a file says.
type sourceFault struct{ error }

func (s sourceFault) Unwrap() error { return s.error }

// endMark is Ctrl+Z, which CP/M and DOS set at the end of a text.
const endMark = 0x1a

// endMarkReader reads a text without the marks at its end. Only what nothing but breaks of lines follows is
// held back.
type endMarkReader struct {
	text io.Reader
	room []byte // what is read into, once out has been given
	held []byte
	out  []byte
	err  error
}

// mostHeld bounds how much is held back: a file of nothing but marks is no text.
const mostHeld = 4096

func (e *endMarkReader) Read(b []byte) (int, error) {
	for len(e.out) == 0 {
		if e.err != nil {
			return 0, e.err
		}
		if e.room == nil {
			e.room = make([]byte, 32<<10)
		}
		n, err := e.text.Read(e.room)
		e.err = err
		part := e.room[:n]
		if len(e.held) > 0 {
			part, e.held = append(e.held, part...), nil
		}
		end := len(bytes.TrimRight(part, "\r\n \x1a"))
		mark := bytes.IndexByte(part[end:], endMark)
		switch {
		case mark < 0:
			e.out = part
		case len(part)-end-mark > mostHeld && err == nil:
			e.out = part
		default:
			e.out = part[:end+mark]
			if !errors.Is(err, io.EOF) {
				e.held = bytes.Clone(part[end+mark:])
			}
		}
	}
	n := copy(b, e.out)
	e.out = e.out[n:]
	return n, nil
}

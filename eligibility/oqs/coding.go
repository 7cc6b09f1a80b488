package oqs

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoded returns a file as UTF-8, whatever it says of itself: programs write Shift_JIS and say UTF-8, or the
// other way round. The mark that DOS sets at the end of a text (Ctrl+Z) is no part of it.
func decoded(data []byte) ([]byte, error) {
	var err error
	order, wide := utf16(data)
	switch {
	case wide:
		if len(data)%2 == 1 && data[len(data)-1] == 0x1a {
			data = data[:len(data)-1]
		}
		data, _, err = transform.Bytes(unicode.UTF16(order, unicode.UseBOM).NewDecoder(), data)
	case !utf8.Valid(data):
		var sjis []byte
		sjis, _, err = transform.Bytes(japanese.ShiftJIS.NewDecoder(), data)
		spoilt := bytes.ToValidUTF8(data, []byte(lost)) // perhaps UTF-8 with a spoilt byte
		data = sjis
		if bytes.Count(spoilt, []byte(lost)) < bytes.Count(sjis, []byte(lost)) {
			data = spoilt
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the letters: %w", err)
	}
	return bytes.TrimRight(bytes.TrimPrefix(data, []byte("\ufeff")), "\x1a\x00 \t\r\n"), nil
}

const lost = "\ufffd"

// utf16 finds UTF-16 by its mark or, without one, by the halves of the first "<" (XML 1.0, appendix F.1).
func utf16(data []byte) (unicode.Endianness, bool) {
	if len(data) < 2 {
		return unicode.LittleEndian, false
	}
	switch [2]byte(data) {
	case [2]byte{0xff, 0xfe}, [2]byte{'<', 0}:
		return unicode.LittleEndian, true
	case [2]byte{0xfe, 0xff}, [2]byte{0, '<'}:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// charset lets a declaration stand that names a coding which decoded has read: IANA's names and aliases of
// Shift_JIS and Windows-31J, those of Java (MS932) and of browsers (x-sjis), and Unicode's.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)) {
	case "shiftjis",
		"sjis",
		"xsjis",
		"csshiftjis",
		"mskanji",
		"windows31j",
		"cswindows31j",
		"cp932",
		"ms932",
		"xmscp932",
		"ibm943",
		"windows932",
		"utf8",
		"utf16",
		"utf16le",
		"utf16be",
		"unicode",
		"usascii",
		"ascii":
		return in, nil
	}
	return nil, fmt.Errorf("unknown encoding %q", name)
}

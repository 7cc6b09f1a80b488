package printing

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf16"

	"madoguchi/pdf/object"
)

// toUnicode leads from a font's codes, two bytes each, to texts without blanks.
type toUnicode []string

// append appends the text of a code; one that the font does not have says nothing.
func (u toUnicode) append(out []byte, code uint16) []byte {
	if int(code) < len(u) {
		return append(out, u[code]...)
	}
	return out
}

// fileFonts are the fonts of a file, by their numbers. That of the values stands at the file's end, so fonts
// are found as a reader finds them: by the file's table of objects.
type fileFonts struct {
	file   *os.File
	size   int64
	places object.Places
	known  map[int]toUnicode
}

func openFonts(file *os.File) (fileFonts, error) {
	info, err := file.Stat()
	if err != nil {
		return fileFonts{}, errFolder.Because(err)
	}
	places, err := object.ReadPlaces(file, info.Size())
	if err != nil {
		return fileFonts{}, errFolder.Because(err)
	}
	return fileFonts{file, info.Size(), places, map[int]toUnicode{}}, nil
}

// font returns a font's way back.
func (f fileFonts) font(number int) (toUnicode, error) {
	if back, ok := f.known[number]; ok {
		return back, nil
	}
	font, err := f.object(number)
	if err != nil {
		return nil, err
	}
	way, ok := font.Dict.Get("ToUnicode").Reference()
	if !ok || !font.Dict.Get("Type").Is("Font") {
		return nil, errors.New("a font that does not say its texts")
	}
	cmap, err := f.object(way)
	if err != nil {
		return nil, err
	}
	data, err := object.Decoded(object.Stream{Dict: cmap.Dict, Raw: cmap.Data}, maxContent)
	if err != nil {
		return nil, fmt.Errorf("unpacking a font's texts: %w", err)
	}
	f.known[number] = readToUnicode(data)
	return f.known[number], nil
}

// errSeen ends a walk at its first object.
var errSeen = errors.New("seen")

// object reads one object. Of its dictionary's values only those may be used that need no further look into
// the file.
func (f fileFonts) object(number int) (found object.Object, err error) {
	at, err := f.places.Of(number)
	if err != nil {
		return found, fmt.Errorf("looking for object %d: %w", number, err)
	}
	in := bufio.NewReader(io.NewSectionReader(f.file, at, f.size-at))
	err = object.Walk(in, isContent, func(o object.Object) error {
		found = o
		return errSeen
	})
	if !errors.Is(err, errSeen) || found.Number != number {
		return found, fmt.Errorf("object %d is not where the file's table says: %w", number, err)
	}
	return found, nil
}

// readToUnicode reads the single mappings of a CMap (Adobe Technical Note 5014), the only ones that pdf/font
// writes.
func readToUnicode(cmap []byte) toUnicode {
	var out toUnicode
	for {
		_, rest, found := bytes.Cut(cmap, []byte("beginbfchar"))
		if !found {
			return out
		}
		block, after, _ := bytes.Cut(rest, []byte("endbfchar"))
		for at := 0; ; {
			from, end, ok1 := object.ReadValue(block, at)
			to, end, ok2 := object.ReadValue(block, end)
			if !ok1 || !ok2 {
				break
			}
			at = end
			code, _ := from.Text()
			text, _ := to.Text()
			if len(code) != 2 {
				continue
			}
			n := int(binary.BigEndian.Uint16(code))
			if n >= len(out) {
				out = append(out, make(toUnicode, n+1-len(out))...)
			}
			out[n] = withoutBlanks(fromUTF16(text))
		}
		cmap = after
	}
}

// fromUTF16 reads big-endian UTF-16.
func fromUTF16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

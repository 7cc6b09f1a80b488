package form

import (
	"encoding/binary"
	"hash/adler32"
	"math/bits"
	"sync"
)

// What is filled in on the pages of a batch is alike too: numbers, glyphs in hexadecimal and the same
// operators (Slot.draw). So one set of prefix codes fits the contents of all its pages, where a general
// deflater counts and balances anew for each. A content with another byte, and one that is long, as of a
// sheet of cards, goes to that one.

// mostText is how long a content may be, in bytes. All its distances have a code.
const mostText = 4096

// textLetters are the bytes that contents may have, by the width of their codes: the widths are the shortest
// for 2,000 notices of internal/crowd (package-merge, no code longer than 11 bits), each symbol counted as if
// every fortieth notice had it once more.
var textLetters = [...]string{
	2:  "0",
	4:  " 126",
	5:  ".345789",
	6:  "BCEFT",
	7:  ">rAD",
	8:  "<fj",
	9:  "\n/cgmwGPR",
	11: "-abdehiklnopqstuvxyzHIJKLMNOQSUVWXYZ",
}

var (
	textEnd = uint8(9)
	// textLengths are the widths of the codes of lengths, from leastMatch on.
	textLengths = [...]uint8{
		5, 6, 6, 7, 7, 7, 9, 8, 8, 11, 9, 11, 11, 9, 7, 7, 10, 9, 11, 11, 11, 11, 11, 11, 11,
	}
	textDistances = [...]uint8{9, 9, 9, 4, 5, 6, 6, 5, 5, 6, 6, 6, 5, 2, 3, 4, 3, 4, 4, 6, 6, 8, 8, 9}
	// textWidths are those of the codes that tell the other widths.
	textWidths = [19]uint8{
		0: 4, 2: 7, 3: 6, 4: 4, 5: 3, 6: 3, 7: 4, 8: 4, 9: 3, 10: 7, 11: 2, 16: 5, 17: 5, 18: 5,
	}
)

// leastMatch is the least length that is worth its code; mostMatch is matchLength's.
const (
	leastMatch = 6
	mostMatch  = 257
)

// textPacking is how contents are deflated.
type textPacking struct {
	head      []prefix // of the only block
	letters   [256]prefix
	lengths   [mostMatch + 1]prefix // with how far each is in its class
	distances [len(textDistances)]prefix
	end       prefix
}

var textPackings = sync.OnceValue(newTextPacking)

func newTextPacking() *textPacking {
	p := &textPacking{}
	first, _, _ := matchLength(leastMatch)
	widths := make([]uint8, first+len(textLengths))
	for width, letters := range textLetters {
		for _, letter := range []byte(letters) {
			widths[letter] = uint8(width)
		}
	}
	widths[endOfBlock] = textEnd
	copy(widths[first:], textLengths[:])
	codes := prefixCodes(widths)
	copy(p.letters[:], codes)
	p.end = codes[endOfBlock]
	for n := leastMatch; n <= mostMatch; n++ {
		symbol, rest, width := matchLength(n)
		code := codes[symbol]
		p.lengths[n] = prefix{code.value | uint32(rest)<<code.width, code.width + width}
	}
	copy(p.distances[:], prefixCodes(textDistances[:]))
	p.head = blockHead(widths, textDistances[:], textWidths)
	return p
}

// seen is where four bytes stood last in a content, one behind it, by their hash.
type seen [1 << seenBits]uint16

const seenBits = 11

func hashOf(four uint32) uint32 { return four * 0x9E3779B1 >> (32 - seenBits) }

// appendPackedText appends a content in zlib's form (RFC 1950); false where it is not one of these.
func appendPackedText(out, text []byte) ([]byte, bool) {
	if len(text) > mostText {
		return out, false
	}
	p := textPackings()
	w := bitWriter{out: append(out, 0x78, 0x9c)}
	for _, part := range p.head {
		w.put(part)
	}
	var last seen
	for at := 0; at < len(text); {
		if from, n := last.match(text, at); n >= leastMatch {
			w.put(p.lengths[n])
			symbol, rest, width := matchDistance(at - from)
			code := p.distances[symbol]
			w.put(prefix{code.value | uint32(rest)<<code.width, code.width + width})
			for end := at + n; at+1 < end; {
				at++
				last.note(text, at)
			}
			at++
			continue
		}
		letter := p.letters[text[at]]
		if letter.width == 0 {
			return out, false
		}
		w.put(letter)
		at++
	}
	w.put(p.end)
	w.close()
	return binary.BigEndian.AppendUint32(w.out, adler32.Checksum(text)), true
}

// note notes where four bytes stand.
func (s *seen) note(text []byte, at int) {
	if at+4 <= len(text) {
		s[hashOf(binary.LittleEndian.Uint32(text[at:]))] = uint16(at + 1)
	}
}

// match returns from where on a text's bytes before a place are those from it on, and how many; it notes the
// place.
func (s *seen) match(text []byte, at int) (from, n int) {
	if at+4 > len(text) {
		return 0, 0
	}
	four := binary.LittleEndian.Uint32(text[at:])
	place := &s[hashOf(four)]
	from = int(*place) - 1
	*place = uint16(at + 1)
	if from < 0 || binary.LittleEndian.Uint32(text[from:]) != four {
		return 0, 0
	}
	most := min(mostMatch, len(text)-at)
	for n = 4; n+8 <= most; n += 8 {
		other := binary.LittleEndian.Uint64(text[from+n:]) ^ binary.LittleEndian.Uint64(text[at+n:])
		if other != 0 {
			return from, n + bits.TrailingZeros64(other)/8
		}
	}
	for n < most && text[from+n] == text[at+n] {
		n++
	}
	return from, n
}

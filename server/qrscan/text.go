package qrscan

import (
	"strings"

	"golang.org/x/text/encoding/japanese"
)

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// readSegments reads the segments of a code's data words (ISO/IEC 18004 section 7.4). The bytes of byte
// segments come as they are, whatever character set they are of; kanji segments come as UTF-8. It returns
// false when the words make no sense.
func readSegments(words []byte, version int) (string, bool) {
	r := bitReader{words: words}
	size := 0 // the class of versions that share the widths of the counts
	switch {
	case version >= 27:
		size = 2
	case version >= 10:
		size = 1
	}
	var b strings.Builder
	for r.left() >= 4 {
		switch mode := r.take(4); mode {
		case 0:
			return b.String(), !r.short
		case 1:
			readNumeric(&b, &r, r.take([3]int{10, 12, 14}[size]))
		case 2:
			readAlphanumeric(&b, &r, r.take([3]int{9, 11, 13}[size]))
		case 4:
			for range min(r.take([3]int{8, 16, 16}[size]), r.left()/8+1) {
				b.WriteByte(byte(r.take(8)))
			}
		case 8:
			readKanji(&b, &r, r.take([3]int{8, 10, 12}[size]))
		case 3:
			r.take(16) // one part of several: its place among them, and their parity
		case 5, 9:
			if mode == 9 {
				r.take(8) // application indicator of FNC1
			}
		case 7: // extended channel interpretation: the character set of the bytes that follow
			switch first := r.take(8); {
			case first&0xc0 == 0x80:
				r.take(8)
			case first&0xe0 == 0xc0:
				r.take(16)
			}
		default:
			return "", false
		}
		if r.short {
			return "", false
		}
	}
	return b.String(), true
}

func readNumeric(b *strings.Builder, r *bitReader, count int) {
	for ; count > 0 && !r.short; count -= 3 {
		digits := min(count, 3)
		value := r.take(1 + 3*digits) // 4, 7 or 10 bits
		for div := [4]int{0, 1, 10, 100}[digits]; div > 0; div /= 10 {
			if value/div > 9 {
				r.short = true
				return
			}
			b.WriteByte(byte('0' + value/div))
			value %= div
		}
	}
}

func readAlphanumeric(b *strings.Builder, r *bitReader, count int) {
	for ; count > 0 && !r.short; count -= 2 {
		if count == 1 {
			value := r.take(6)
			r.short = r.short || value >= 45
			if !r.short {
				b.WriteByte(alphanumeric[value])
			}
			return
		}
		value := r.take(11)
		r.short = r.short || value >= 45*45
		if !r.short {
			b.WriteByte(alphanumeric[value/45])
			b.WriteByte(alphanumeric[value%45])
		}
	}
}

func readKanji(b *strings.Builder, r *bitReader, count int) {
	var sjis []byte
	for ; count > 0 && !r.short; count-- {
		value := r.take(13)
		code := value/0xc0<<8 + value%0xc0
		if code < 0x1f00 {
			code += 0x8140
		} else {
			code += 0xc140
		}
		sjis = append(sjis, byte(code>>8), byte(code))
	}
	utf8, err := japanese.ShiftJIS.NewDecoder().Bytes(sjis)
	if err != nil {
		r.short = true
	}
	b.Write(utf8)
}

// bitReader takes bits from the highest on; short is set when there are not enough.
type bitReader struct {
	words []byte
	at    int
	short bool
}

func (r *bitReader) left() int { return len(r.words)*8 - r.at }

func (r *bitReader) take(bits int) int {
	if bits > r.left() {
		r.short = true
		return 0
	}
	value := 0
	for range bits {
		value = value<<1 | int(r.words[r.at/8]>>(7-r.at%8)&1)
		r.at++
	}
	return value
}

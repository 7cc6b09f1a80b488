package qrscan

import "testing"

// The bit streams of the examples in ISO/IEC 18004: 01234567 (7.4.3), AC-42 (7.4.4), the kanji 点茗 (7.4.6);
// widths of the counts are those of version 1.
func TestSegmentsOfTheStandardsExamples(t *testing.T) {
	for _, c := range []struct {
		want, bits string
	}{
		{"01234567", "0001 0000001000 0000001100 0101011001 1000011 0000"},
		{"AC-42", "0010 000000101 00111001110 11100111001 000010 0000"},
		{"点茗", "1000 00000010 0110110011111 1101010101010 0000"},
		// a segment of bytes and one of digits, as in a credential's code, behind an extended channel
		// interpretation of UTF-8
		{"shc:/567", "0111 00011010 0100 00000101 01110011 01101000 01100011 00111010 00101111 0001 " +
			"0000000011 1000110111 0000"},
	} {
		t.Run(c.want, func(t *testing.T) {
			if got, ok := readSegments(packed(c.bits), 1); !ok || got != c.want {
				t.Errorf("%q, %v; want %q", got, ok, c.want)
			}
		})
	}
}

func TestSegmentsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range []struct {
		what, bits string
	}{
		{"more digits than bits", "0001 1111111111 0000001100"},
		{"three digits above 999", "0001 0000000011 1111111111 0000"},
		{"a pair above 2024", "0010 000000010 11111111111 0000"},
		{"a mode that does not exist", "1111 0000 0000"},
		{"more bytes than there are", "0100 11111111 00000000"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got, ok := readSegments(packed(c.bits), 1); ok {
				t.Errorf("%s: %q", c.what, got)
			}
		})
	}
}

// packed makes bytes of a string of bits; blanks are for the reader.
func packed(bits string) []byte {
	var out []byte
	n := 0
	for _, bit := range bits {
		if bit == ' ' {
			continue
		}
		if n%8 == 0 {
			out = append(out, 0)
		}
		if bit == '1' {
			out[n/8] |= 0x80 >> (n % 8)
		}
		n++
	}
	return out
}

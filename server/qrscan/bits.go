package qrscan

import "github.com/makiuchi-d/gozxing"

// Bits reads a code whose modules are known, size a side without quiet zone: what a printer is about to
// print. It returns false for what is no code, or is damaged beyond its own correction.
func Bits(size int, dark func(x, y int) bool) (string, bool) {
	if size < 21 || size > 177 || size%4 != 1 {
		return "", false
	}
	if words, ok := undamagedWords(size, dark); ok {
		return readSegments(words, (size-17)/4)
	}
	bits, err := gozxing.NewSquareBitMatrix(size)
	if err != nil {
		return "", false
	}
	for y := range size {
		for x := range size {
			if dark(x, y) {
				bits.Set(x, y)
			}
		}
	}
	words, err := correctErrors(bits)
	if err != nil {
		return "", false
	}
	return readSegments(words, (size-17)/4)
}

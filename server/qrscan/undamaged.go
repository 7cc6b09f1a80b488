package qrscan

import (
	"math/bits"
	"sync"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// A code of which not one module is wrong needs no correction: that its format stands twice as the standard
// writes it, and that each of its blocks is a multiple of the generator polynomial, is all that correcting
// could prove (ISO/IEC 18004 sections 7.5.2 and 7.9). Everything else goes the longer way.

// mostUndamaged is the largest version that is read so; larger ones say their version too.
const mostUndamaged = 6

// placement is where the bits of a version's words stand, in their order.
type placement struct {
	version *decoder.Version
	bits    [][2]uint8 // x and y
}

var placements = func() (all [mostUndamaged + 1]func() *placement) {
	for number := range all {
		all[number] = sync.OnceValue(func() *placement { return placeBits(number) })
	}
	return all
}()

// placeBits goes through a symbol's modules as its words are placed: in pairs of columns from the right, up
// and down by turns, past what every code has in common (ISO/IEC 18004 section 7.7.3).
func placeBits(number int) *placement {
	version, err := decoder.Version_GetVersionForNumber(number)
	if err != nil {
		return nil
	}
	size := version.GetDimensionForVersion()
	taken := make([]bool, size*size)
	for _, f := range fixedModules(size) {
		taken[int(f.y)*size+int(f.x)] = true
	}
	for i := range 9 { // the format about the finder patterns
		taken[8*size+i], taken[i*size+8] = true, true
	}
	for i := size - 8; i < size; i++ {
		taken[8*size+i], taken[i*size+8] = true, true
	}
	p := &placement{version: version}
	up := true
	for right := size - 1; right > 0; right -= 2 {
		if right == 6 {
			right-- // the column of the timing pattern
		}
		for step := range size {
			y := step
			if up {
				y = size - 1 - step
			}
			for x := right; x > right-2; x-- {
				if !taken[y*size+x] {
					p.bits = append(p.bits, [2]uint8{uint8(x), uint8(y)})
				}
			}
		}
		up = !up
	}
	if p.bits = p.bits[:len(p.bits)/8*8]; len(p.bits) != 8*version.GetTotalCodewords() {
		return nil
	}
	return p
}

// masked reports whether a mask turns a module's colour (ISO/IEC 18004 table 10).
func masked(mask byte, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

// undamagedWords returns the data words of a code of which no module is wrong.
func undamagedWords(size int, dark func(x, y int) bool) ([]byte, bool) {
	number := (size - 17) / 4
	if number > mostUndamaged {
		return nil, false
	}
	p := placements[number]()
	format, ok := undamagedFormat(size, dark)
	if p == nil || !ok {
		return nil, false
	}
	level, err := decoder.ErrorCorrectionLevel_ForBits(uint(format >> 3))
	if err != nil {
		return nil, false
	}
	words := make([]byte, len(p.bits)/8)
	for i, at := range p.bits {
		x, y := int(at[0]), int(at[1])
		if dark(x, y) != masked(format&7, x, y) {
			words[i/8] |= 0x80 >> (i % 8)
		}
	}
	blocks, err := decoder.DataBlock_GetDataBlocks(words, p.version, level)
	if err != nil {
		return nil, false
	}
	out := words[:0:0]
	for _, block := range blocks {
		data := block.GetNumDataCodewords()
		if !isMultiple(block.GetCodewords(), len(block.GetCodewords())-data) {
			return nil, false
		}
		out = append(out, block.GetCodewords()[:data]...)
	}
	return out, true
}

// undamagedFormat returns the five bits of the format, of which both copies must be what the standard writes
// (ISO/IEC 18004 section 7.9.1: BCH (15,5), masked).
func undamagedFormat(size int, dark func(x, y int) bool) (byte, bool) {
	var one, other uint32
	take := func(word *uint32, x, y int) {
		if *word <<= 1; dark(x, y) {
			*word |= 1
		}
	}
	for i := range 15 {
		switch {
		case i < 6:
			take(&one, i, 8)
		case i < 8:
			take(&one, i+1, 8)
		case i == 8:
			take(&one, 8, 7)
		default:
			take(&one, 8, 14-i)
		}
		if i < 7 {
			take(&other, 8, size-1-i)
		} else {
			take(&other, size-15+i, 8)
		}
	}
	const generator, mask = 0b10100110111, 0b101010000010010
	format := (one ^ mask) >> 10
	rest := format << 10
	for bits.Len32(rest) > 10 {
		rest ^= generator << (bits.Len32(rest) - 11)
	}
	return byte(format), one == other && one == (format<<10|rest)^mask
}

// mostChecks is how many words of error correction a block of these versions has at most.
const mostChecks = 28

// multiples are, for each power of the field's generator 2 below mostChecks, the products of all elements
// with it in GF(2⁸) modulo x⁸+x⁴+x³+x²+1 (ISO/IEC 18004 annex A).
var multiples = sync.OnceValue(func() *[256][mostChecks]byte {
	var table [256][mostChecks]byte
	for element := range table {
		product := element
		for power := range mostChecks {
			table[element][power] = byte(product)
			if product <<= 1; product > 255 {
				product ^= 0b100011101
			}
		}
	}
	return &table
})

// isMultiple reports whether all syndromes of a block with so many words of error correction are 0: the block
// is a multiple of the generator polynomial, and nothing in it is damaged.
func isMultiple(block []byte, checks int) bool {
	if checks < 1 || checks > mostChecks {
		return false
	}
	table := multiples()
	var syndromes [mostChecks]byte
	for _, word := range block {
		for i, s := range syndromes[:checks] {
			syndromes[i] = table[s][i] ^ word
		}
	}
	for _, s := range syndromes[:checks] {
		if s != 0 {
			return false
		}
	}
	return true
}

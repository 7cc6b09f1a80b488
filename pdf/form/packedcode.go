package form

import (
	"encoding/binary"
	"hash/adler32"
	"math/bits"
	"slices"
	"sync"
)

// The picture of a code hardly varies: each of its bytes is four modules of two dots, each row stands twice,
// and data are masked so that no pattern prevails. So one set of prefix codes fits every code (RFC 1951
// section 3.2.7), where a general deflater counts and balances anew for each: that was a fifth of the work on
// a notice's page.

// prefix is a prefix code or a number, as it goes into a deflated stream: from its lowest bit on.
type prefix struct {
	value uint32
	width uint8
}

// codePacking is how the pictures of a width are deflated.
type codePacking struct {
	head  []prefix   // of the only block
	dots  [16]prefix // four modules, the left one highest; 1 is bright
	again [3]prefix  // the last row once more: length, distance and how far in its class
	end   prefix
}

// mostStride is how many bytes a row of the largest code takes: 177 modules and the quiet zone.
const mostStride = (177 + 2*quiet + 3) / 4

var codePackings = func() (all [mostStride + 1]func() *codePacking) {
	for stride := range all {
		all[stride] = sync.OnceValue(func() *codePacking { return newCodePacking(stride) })
	}
	return all
}()

// Widths of the prefix codes. Of the quiet zone every row has two bytes.
const (
	brightWidth = 2
	againWidth  = 3
	endWidth    = 5
)

// dotWidths are those of four modules; 4 bits for whole dark ones and for edges in the middle.
var dotWidths = [16]uint8{4, 5, 5, 4, 5, 5, 5, 5, 5, 5, 5, 5, 4, 5, 4, brightWidth}

const endOfBlock = 256

func newCodePacking(stride int) *codePacking {
	p := &codePacking{}
	length, lengthRest, lengthBits := matchLength(stride)
	distance, distanceRest, distanceBits := matchDistance(stride)
	widths := make([]uint8, length+1)
	for modules, width := range dotWidths {
		widths[doubled(modules)] = width
	}
	widths[endOfBlock], widths[length] = endWidth, againWidth
	codes := prefixCodes(widths)
	for modules := range p.dots {
		p.dots[modules] = codes[doubled(modules)]
	}
	p.end = codes[endOfBlock]
	p.again = [3]prefix{codes[length], {uint32(lengthRest), lengthBits},
		{uint32(distanceRest) << 1, distanceBits + 1}} // the only distance's code is one bit, 0
	distances := make([]uint8, distance+1)
	distances[distance] = 1
	p.head = blockHead(widths, distances, [19]uint8{0: 3, 1: 3, 2: 3, 3: 3, 4: 3, 5: 3, 17: 3, 18: 3})
	return p
}

// doubled is the byte of four modules of two dots.
func doubled(modules int) (dots byte) {
	for i := range 4 {
		if modules>>i&1 != 0 {
			dots |= 3 << (2 * i)
		}
	}
	return dots
}

// matchLength returns the symbol of a match's length, from 3 to 257, and what is to be added to its least one
// (RFC 1951 section 3.2.5).
func matchLength(n int) (symbol, rest int, width uint8) {
	if n -= 3; n < 8 {
		return 257 + n, 0, 0
	}
	width = uint8(bits.Len(uint(n)) - 3)
	return 257 + int(width)*4 + n>>width, n & (1<<width - 1), width
}

// matchDistance is that for a distance.
func matchDistance(n int) (symbol, rest int, width uint8) {
	if n--; n < 4 {
		return n, 0, 0
	}
	width = uint8(bits.Len(uint(n)) - 2)
	return int(width)*2 + n>>width, n & (1<<width - 1), width
}

// prefixCodes makes the codes of these widths (RFC 1951 section 3.2.2).
func prefixCodes(widths []uint8) []prefix {
	codes, next := make([]prefix, len(widths)), uint32(0)
	for width := uint8(1); width < 16; width++ {
		for symbol, w := range widths {
			if w == width {
				codes[symbol] = prefix{bits.Reverse32(next) >> (32 - width), width}
				next++
			}
		}
		next <<= 1
	}
	return codes
}

// blockHead begins the last block of a stream, with prefix codes of its own (RFC 1951 section 3.2.7). used
// are the widths of the codes in which it tells those of the others.
func blockHead(literals, distances []uint8, used [19]uint8) []prefix {
	order := [18]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1}
	codes := prefixCodes(used[:])
	head := []prefix{{1, 1}, {2, 2}, {uint32(len(literals) - 257), 5}, {uint32(len(distances) - 1), 5},
		{uint32(len(order) - 4), 4}}
	for _, symbol := range order {
		head = append(head, prefix{uint32(used[symbol]), 3})
	}
	all, last := slices.Concat(literals, distances), uint8(0)
	for len(all) > 0 {
		width := all[0]
		same := slices.IndexFunc(all, func(other uint8) bool { return other != width })
		if same < 0 {
			same = len(all)
		}
		switch {
		case width == 0 && same >= 11:
			same = min(same, 138)
			head = append(head, codes[18], prefix{uint32(same - 11), 7})
		case width == 0 && same >= 3:
			head = append(head, codes[17], prefix{uint32(same - 3), 3})
		case width != 0 && width == last && same >= 3 && used[16] != 0:
			same = min(same, 6)
			head = append(head, codes[16], prefix{uint32(same - 3), 2})
		default:
			same = 1
			head = append(head, codes[width])
		}
		all, last = all[same:], width
	}
	return head
}

// bitWriter writes bits from the lowest on.
type bitWriter struct {
	out  []byte
	hold uint64
	n    uint8
}

func (w *bitWriter) put(p prefix) {
	w.hold |= uint64(p.value) << w.n
	if w.n += p.width; w.n >= 32 {
		w.out = binary.LittleEndian.AppendUint32(w.out, uint32(w.hold))
		w.hold >>= 32
		w.n -= 32
	}
}

// close fills the last byte.
func (w *bitWriter) close() {
	for ; w.n > 0; w.n -= min(w.n, 8) {
		w.out = append(w.out, byte(w.hold))
		w.hold >>= 8
	}
}

// appendPacked appends what appendPixels does of a code, in zlib's form (RFC 1950).
func (c *Code) appendPacked(out []byte) []byte {
	stride := (c.Size + 2*quiet + 3) / 4
	p := codePackings[stride]()
	w := bitWriter{out: append(out, 0x78, 0x9c)}
	for _, part := range p.head {
		w.put(part)
	}
	row, sum := make([]byte, stride), adler32.New()
	for y := -quiet; y < c.Size+quiet; y++ {
		if y == -quiet || y >= 0 && y <= c.Size {
			for at := range row {
				modules := 0b1111
				if y >= 0 && y < c.Size {
					modules = c.bright(4*at-quiet, y)
				}
				row[at] = doubled(modules)
				w.put(p.dots[modules])
			}
		} else { // of the quiet zone
			p.repeat(&w)
		}
		p.repeat(&w)
		// a hash never fails
		_, _ = sum.Write(row)
		_, _ = sum.Write(row)
	}
	w.put(p.end)
	w.close()
	return sum.Sum(w.out)
}

func (p *codePacking) repeat(w *bitWriter) {
	for _, part := range p.again {
		w.put(part)
	}
}

// bright returns four modules from x on, a multiple of four; the left one is highest. What lies beside the
// code is bright.
func (c *Code) bright(x, y int) (modules int) {
	if c.Dark != nil {
		if x < 0 || x >= c.Size {
			return 0b1111
		}
		return int(^c.Dark[y*c.Stride+x/8]>>(4-x%8)) & 0b1111
	}
	for i := x; i < x+4; i++ {
		modules <<= 1
		if i < 0 || i >= c.Size || !c.Black(i, y) {
			modules |= 1
		}
	}
	return modules
}

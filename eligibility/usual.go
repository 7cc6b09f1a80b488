package eligibility

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// isUsual reports whether a name is of usual characters alone, without taking it apart: nearly every name is,
// and a screen asks for each of its texts. Where it says no, receiptRejects has the answer.
func isUsual(name string) bool {
	usual := usualCharacters()
	for _, r := range name {
		if r > 0xffff || usual[r/64]&(1<<(r%64)) == 0 {
			return false // also U+FFFD, which stands for bytes that are no UTF-8
		}
	}
	return true
}

// usualCharacters has a bit for each character of Unicode's first plane that a receipt computer takes
// whatever stands beside it: one that begins a segment of its own in every text (UAX #15 section 9), so that
// nothing changes it by standing before or behind it, and of which receiptRejects rejects nothing.
var usualCharacters = sync.OnceValue(func() *[1 << 16 / 64]uint64 {
	var usual [1 << 16 / 64]uint64
	consider := func(r rune) {
		text := string(r)
		alone := norm.NFKC.PropertiesString(text).BoundaryBefore()
		if alone && r != utf8.RuneError && !isSelector(r) && len(receiptRejects(text)) == 0 {
			usual[r/64] |= 1 << (r % 64)
		}
	}
	for r := ' '; r < 0x7f; r++ {
		consider(r)
	}
	consider('\u3000') // the wide blank between a name's parts
	for at, bits := range jisX0208() {
		for i := range 64 {
			if bits&(1<<i) != 0 {
				consider(rune(at*64 + i))
			}
		}
	}
	return &usual
})

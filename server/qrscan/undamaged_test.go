package qrscan

import (
	"strings"
	"testing"

	"rsc.io/qr/coding"
)

// drawnCode is a code that another program drew, some of its modules turned.
type drawnCode struct {
	*coding.Code
	turned map[[2]int]bool
}

func drawCode(t testing.TB, text string, version coding.Version, level coding.Level, mask int) drawnCode {
	t.Helper()
	plan, err := coding.NewPlan(version, level, coding.Mask(mask))
	if err != nil {
		t.Fatal(err)
	}
	code, err := plan.Encode(coding.String(text))
	if err != nil {
		t.Fatal(err)
	}
	return drawnCode{code, map[[2]int]bool{}}
}

func (c drawnCode) dark(x, y int) bool { return c.Black(x, y) != c.turned[[2]int{x, y}] }

func TestAnUndamagedCodeIsReadWithoutCorrection(t *testing.T) {
	for version := coding.Version(1); version <= 6; version++ {
		for level := coding.L; level <= coding.H; level++ {
			for mask := range 8 {
				text := strings.Repeat("https://hoken.example.jp/n/", 6)[:version.DataBytes(level)-2]
				c := drawCode(t, text, version, level, mask)
				words, ok := undamagedWords(c.Size, c.dark)
				if got, sense := readSegments(words, int(version)); !ok || !sense || got != text {
					t.Errorf("version %d, level %v, mask %d: %q %v", version, level, mask, got, ok)
				}
			}
		}
	}
}

// Whichever module is wrong, it is noticed; what error correction can do is left to it.
func TestNoDamagedCodeIsTakenForWhole(t *testing.T) {
	const text = "https://hoken.example.jp/n/ABCDEFGHIJ234567"
	c := drawCode(t, text, 4, coding.M, 2)
	fixed := map[[2]int]bool{{8, c.Size - 8}: true} // the dark module, which says nothing
	for _, m := range fixedModules(c.Size) {
		fixed[[2]int{int(m.x), int(m.y)}] = true
	}
	for _, rest := range placementRest(c.Size) {
		fixed[rest] = true
	}
	for y := range c.Size {
		for x := range c.Size {
			clear(c.turned)
			c.turned[[2]int{x, y}] = true
			if _, ok := undamagedWords(c.Size, c.dark); ok != fixed[[2]int{x, y}] {
				t.Errorf("module %d, %d turned: taken for whole %v", x, y, ok)
			}
			if got, ok := Bits(c.Size, c.dark); !ok || got != text {
				t.Errorf("module %d, %d turned: %q %v", x, y, got, ok)
			}
		}
	}
	clear(c.turned)
	for x := range c.Size { // more than level M can mend
		for y := c.Size - 12; y < c.Size; y++ {
			c.turned[[2]int{x, y}] = (x+y)%2 == 0
		}
	}
	if got, ok := Bits(c.Size, c.dark); ok {
		t.Errorf("half of it turned: %q", got)
	}
}

// placementRest are the modules behind the last word: of versions 2 to 6 seven (ISO/IEC 18004 table 1).
func placementRest(size int) (rest [][2]int) {
	for y := size - 11; y < size-8; y++ {
		rest = append(rest, [2]int{0, y}, [2]int{1, y})
	}
	return append(rest, [2]int{0, size - 12})
}

package pdf

import (
	"math"
	"testing"
)

// WCAG 2.2: black on white is 21:1; #767676 on white is the well-known 4.54:1
// (docs/facts/web-platform.md#contrast).
func TestLettersOnABandStandOut(t *testing.T) {
	white := [3]uint8{255, 255, 255}
	for c, want := range map[[3]uint8]float64{{0, 0, 0}: 21, {255, 255, 255}: 1, {0x76, 0x76, 0x76}: 4.54} {
		if got := contrast(c, white); math.Abs(got-want) > 0.005 {
			t.Errorf("%v: %.3f, not %.2f", c, got, want)
		}
	}
	if _, letters := (Look{Colour: Colour{0xf6, 0xc6, 0xad}}).band(); letters != ink {
		t.Error("white letters on a pale band")
	}
	if _, letters := (Look{}).band(); letters != white {
		t.Error("black letters on the dark blue band")
	}
}

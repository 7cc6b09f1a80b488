package pdf

import (
	"fmt"
	"math"
	"testing"
)

// WCAG 2.2: black on white is 21:1; #767676 on white is the well-known 4.54:1
// (docs/facts/web-platform.md#contrast).
func TestLettersOnABandStandOut(t *testing.T) {
	white := [3]uint8{255, 255, 255}
	for _, row := range []struct {
		c    [3]uint8
		want float64
	}{
		{[3]uint8{0, 0, 0}, 21},
		{[3]uint8{255, 255, 255}, 1},
		{[3]uint8{0x76, 0x76, 0x76}, 4.54},
	} {
		t.Run(fmt.Sprint(row.c), func(t *testing.T) {
			if got := contrast(row.c, white); math.Abs(got-row.want) > 0.005 {
				t.Errorf("%.3f, not %.2f", got, row.want)
			}
		})
	}
	if _, letters := (Branding{Colour: Colour{0xf6, 0xc6, 0xad}}).band(); letters != ink {
		t.Error("white letters on a pale band")
	}
	if _, letters := (Branding{}).band(); letters != white {
		t.Error("black letters on the dark blue band")
	}
}

package eligibility

import (
	"fmt"
	"testing"
)

// Whatever key was pressed for the hyphen of １２－３４, the 記号 is the same (JP Core compares after NFKC; Unicode
// Pd, and what Japanese keyboards give in its place).
func TestHyphensOfEveryKindAreOne(t *testing.T) {
	for _, r := range "-‐‑‒–—―−－﹘﹣ー─━⁃˗ｰ⁻₋⸺" {
		t.Run(fmt.Sprintf("%U", r), func(t *testing.T) {
			if !IsHyphen(r) {
				t.Error("is no hyphen")
			}
			text := "１２" + string(r) + "３４"
			if got := NormaliseSymbol(text); got != "12-34" {
				t.Errorf("the symbol is %q", got)
			}
			if got := NormaliseNumber("0" + text); got != "12-34" {
				t.Errorf("the number is %q", got)
			}
		})
	}
	for _, r := range "_/.+=・a一" {
		if IsHyphen(r) {
			t.Errorf("%q is a hyphen", r)
		}
	}
}

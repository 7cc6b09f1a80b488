package pdf

import (
	"strings"

	"madoguchi/eligibility"
	"madoguchi/pdf/font"
)

// printable replaces what the font cannot draw: a missing character becomes 〓, a variation selector is left
// out since the base character is drawn instead.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF:
			return -1
		case !font.Has(r):
			return '〓'
		}
		return r
	}, eligibility.FoldRadicals(s))
}

package eligibility_test

import (
	"testing"

	"golang.org/x/text/encoding/japanese"

	"madoguchi/eligibility"
)

// Every character of the first plane is judged as the encoder of golang.org/x/text places it: in rows 1 to 8
// and 16 to 84 of JIS X 0208, by the two bytes of Shift_JIS (JIS X 0208:1997 annex 1).
func TestEveryCharacterIsOfJISX0208OrNotAsTheEncoderPlacesIt(t *testing.T) {
	n := 0
	for r := rune(0x80); r < 0xff00; r++ { // full width forms and Windows' shapes have cases of their own
		code, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(string(r)))
		want := false
		if err == nil && len(code) == 2 {
			row := int(code[0]) - 0x81
			if code[0] >= 0xe0 {
				row -= 0x40
			}
			row = row*2 + 1
			if code[1] >= 0x9f {
				row++
			}
			want = row <= 8 || row >= 16 && row <= 84
		}
		switch r {
		case '〜', '−', '‖', '—', '¢', '£', '¬': // Windows' tables have another shape in their place
			want = true
		}
		if got := eligibility.InJISX0208(r); got != want {
			t.Errorf("%c (%U): %v, the encoder says %v", r, r, got, want)
		}
		if want {
			n++
		}
	}
	t.Log(n, "characters")
}

package eligibility

import (
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// ReceiptRejects returns the characters of a name that a receipt computer (レセプトコンピューター, JIS X 0208) cannot
// take, each once, in order: 𠮷, 德, 髙, combining forms, ●'s cause. Half-width kana and Latin letters are taken
// in full width.
func ReceiptRejects(name string) []string {
	rejected := []string{}
	seen := map[string]bool{}
	for _, l := range lettersAsWritten(name) {
		if s := l.String(); !seen[s] && (l.selector != 0 || !InJISX0208(l.shape)) {
			seen[s] = true
			rejected = append(rejected, s)
		}
	}
	return rejected
}

func lettersAsWritten(name string) []letter {
	var out []letter
	for _, r := range protect(name) {
		if isSelector(r) && len(out) > 0 {
			out[len(out)-1].selector = r
			continue
		}
		r = foldRadical(r)
		out = append(out, letter{shape: r, base: r})
	}
	return out
}

// InJISX0208 reports whether a character is one of the 6,879 of JIS X 0208:1997, in its full width form.
// Shift_JIS tables in use hold vendors' characters too (rows 9 to 15 and above 84): they are not of the
// standard.
func InJISX0208(r rune) bool {
	if r > ' ' && r < 0x7f {
		r += 0xfee0
	}
	if r == ' ' || r >= 0xff61 && r <= 0xff9f {
		return r == ' ' || InJISX0208([]rune(norm.NFKC.String(string(r)))[0])
	}
	if like, ok := windowsShapes[r]; ok {
		r = like
	}
	code, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(string(r)))
	if err != nil || len(code) != 2 {
		return false
	}
	row := int(code[0])
	if row >= 0xe0 {
		row -= 0x40
	}
	row = (row-0x81)*2 + 1
	if code[1] >= 0x9f {
		row++
	}
	return row <= 8 || row >= 16 && row <= 84
}

// windowsShapes are characters that JIS X 0208 maps to another code point than the tables of Windows do.
var windowsShapes = map[rune]rune{'〜': '～', '−': '－', '‖': '∥', '—': '―', '¢': '￠', '£': '￡', '¬': '￢'}

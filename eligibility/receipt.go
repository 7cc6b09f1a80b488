package eligibility

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// ReceiptRejects returns the characters of a name that a receipt computer (レセプトコンピューター, JIS X 0208) cannot
// take, each once, in order: 𠮷, 德, 髙, combining forms, ●'s cause. Half-width kana and Latin letters are taken
// in full width.
func ReceiptRejects(name string) []string {
	if isUsual(name) {
		return []string{}
	}
	return receiptRejects(name)
}

// receiptRejects is ReceiptRejects for any name.
func receiptRejects(name string) []string {
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
	return r >= 0 && r <= 0xffff && jisX0208()[r/64]&(1<<(r%64)) != 0
}

// jisX0208 has a bit for each character of Unicode's first plane: whether it stands in rows 1 to 8 or 16 to
// 84 of the tables of Shift_JIS. A screen asks for each letter of its names, and the tables know only the way
// of whole texts.
var jisX0208 = sync.OnceValue(func() *[1 << 16 / 64]uint64 {
	var in [1 << 16 / 64]uint64
	for lead := byte(0x81); lead <= 0xef; lead++ {
		if lead == 0xa0 {
			lead = 0xe0
		}
		for trail := byte(0x40); trail <= 0xfc; trail++ {
			r, _ := utf8.DecodeRune(shiftJIS(lead, trail))
			if r <= 0xffff && r != utf8.RuneError && jisRow(lead, trail) {
				in[r/64] |= 1 << (r % 64)
			}
		}
	}
	return &in
})

// shiftJIS decodes one character of two bytes.
func shiftJIS(lead, trail byte) []byte {
	text, err := japanese.ShiftJIS.NewDecoder().Bytes([]byte{lead, trail})
	if err != nil || utf8.RuneCount(text) != 1 {
		return nil
	}
	return text
}

// jisRow reports whether the two bytes of a character in Shift_JIS mean one of the standard's rows.
func jisRow(lead, trail byte) bool {
	row := int(lead)
	if row >= 0xe0 {
		row -= 0x40
	}
	row = (row-0x81)*2 + 1
	if trail >= 0x9f {
		row++
	}
	return row <= 8 || row >= 16 && row <= 84
}

// windowsShapes are characters that JIS X 0208 maps to another code point than the tables of Windows do.
var windowsShapes = map[rune]rune{'〜': '～', '−': '－', '‖': '∥', '—': '―', '¢': '￠', '£': '￡', '¬': '￢'}

package eligibility

import (
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// HalfWidthKana returns katakana in half width, as 資格情報のお知らせ and OQS write フリガナ
// (docs/facts/names-and-characters.md#kana): ガ becomes ｶﾞ. Other
// characters stay as they are.
func HalfWidthKana(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		if r == '　' {
			b.WriteByte(' ')
			continue
		}
		if r < '゠' || r > 'ヿ' {
			b.WriteRune(r)
			continue
		}
		for _, part := range norm.NFD.String(string(r)) {
			switch part {
			case '\u3099':
				part = 'ﾞ'
			case '\u309A':
				part = 'ﾟ'
			}
			b.WriteString(width.Narrow.String(string(part)))
		}
	}
	return b.String()
}

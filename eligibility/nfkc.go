package eligibility

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFKC returns a text's compatibility composition (Unicode Standard Annex 15), for what most Japanese texts
// are made of at once: ASCII, kana and unified kanji are their own, whatever they stand beside.
func NFKC(s string) string {
	if isOwnNFKC(s) {
		return s
	}
	return norm.NFKC.String(s)
}

// isOwnNFKC reports that a text holds nothing else than such characters: of them none decomposes, and none
// composes with a character before it (UAX 15, NFKC_Quick_Check).
func isOwnNFKC(s string) bool {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r >= '一' && r <= '鿿', r >= 'ぁ' && r <= 'ゖ', r >= 'ァ' && r <= 'ヺ', r == 'ー', r == '々':
			i += size
		default:
			return false
		}
	}
	return true
}

package credential

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a reader that types sends does not always arrive as it was sent: an input method widens it or makes
// kana of it, keyboard layouts swap the signs, CapsLock turns the case. Digits stay unambiguous through all
// of this. pwa/src/counter/typed.ts reads the same way; testdata/typed.json is the table that both are tested
// with.

const (
	longRun = 40 // digits in a row, or characters of a JWS, that nothing else has
	maxHint = 16 // characters before the digits: "shc:/" in whatever form
)

// removeFormatting returns a text in its compatibility form (Unicode Standard Annex 15, NFKC) without blanks,
// line breaks, control characters and characters that only format, as U+200B and U+FEFF.
func removeFormatting(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

// kanaDigits are what the keys 1 to 9 and 0 of a Japanese keyboard type in kana mode (JIS X 6002).
var kanaDigits = func() map[rune]rune {
	digits := map[rune]rune{}
	for _, row := range []string{"わぬふあうえおやゆよ", "ワヌフアウエオヤユヨ"} {
		for i, r := range []rune(row) {
			digits[r] = '0' + rune(i)
		}
	}
	return digits
}()

// typedDigits returns the digits of a plain text: all that follows its first digit, without the hyphens and
// commas that group them. What precedes them is only a hint; without a whole "shc:/" they must be many.
func typedDigits(text string) (digits string, found bool) {
	text = strings.Map(func(r rune) rune {
		if d, kana := kanaDigits[r]; kana {
			return d
		}
		if strings.ContainsRune("-‐−ー,、", r) {
			return -1
		}
		return r
	}, text)
	start := strings.IndexAny(text, "0123456789")
	if start < 0 {
		return "", false
	}
	hint, digits := text[:start], text[start:]
	if strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return digits,
		strings.EqualFold(hint, scheme) || len(digits) >= longRun && utf8.RuneCountInString(hint) <= maxHint
}

// mostlyDigits reports whether a plain text is that of a code in which other characters took the place of
// some digits.
func mostlyDigits(text string) bool {
	digits, all := 0, 0
	for _, r := range text {
		if all == maxHint && digits == 0 {
			return false
		}
		if _, kana := kanaDigits[r]; kana || '0' <= r && r <= '9' {
			digits++
		}
		all++
	}
	return digits >= longRun && digits*10 >= all*9
}

// typedJWS returns a plain text with what layouts and CapsLock did to a JWS undone: "_" arrives as "=" where
// a US reader types on a Japanese keyboard, hyphens and full stops in a Japanese form, and a header, which
// begins with eyJ ({"), in the other case.
func typedJWS(text string) string {
	text = strings.NewReplacer("=", "_", "‐", "-", "−", "-", "ー", "-", "。", ".").Replace(text)
	if !strings.HasPrefix(text, "EYj") {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, text)
}

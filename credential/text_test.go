package credential

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// By Unicode's own tables, whatever the letters that most texts are made of say.
func TestEveryCharacterShowsAsWrittenOrNotByItsCategory(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r <= 0xdfff {
			continue // no characters
		}
		want := r != unicode.ReplacementChar && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
		if got := showsAsWritten("佐" + string(r) + "a"); got != want {
			t.Errorf("%U: %v", r, got)
		}
	}
	if showsAsWritten("\xff") || showsAsWritten(strings.Repeat("長", maxItem/3+1)) {
		t.Error("what no form has room for, or is no text, is shown")
	}
}

// What is known for an issuer's address at first sight, net/url reads as one.
func TestAPlainAddressIsOneToNetURL(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	pieces := []string{"https://", "http://", "HTTPS://", "https:", "hoken.example.jp", "a", ":8080", ".",
		"..", "-", "_", "/", "/i/", "06139992", "//", "A", ":", "@", "%", "%2f", "?", "#", "\\", "[::1]", "~",
		"é", " ", "\x00", strings.Repeat("a", 100)}
	plain := 0
	for range 200_000 {
		var text strings.Builder
		if r.IntN(4) > 0 {
			text.WriteString("https://")
		}
		for range r.IntN(6) {
			if r.IntN(3) > 0 {
				text.WriteString(pieces[4+r.IntN(10)])
				continue
			}
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		s := text.String()
		if isPlainISS(s) {
			plain++
			if !isAnyISS(s) {
				t.Errorf("%q is no address to net/url", s)
			}
		}
		if isISS(s) != isAnyISS(s) {
			t.Errorf("%q: %v", s, isISS(s))
		}
	}
	if plain < 10_000 || !isPlainISS(testISS) {
		t.Errorf("%d were plain: the others prove nothing", plain)
	}
}

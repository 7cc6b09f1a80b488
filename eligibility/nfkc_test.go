package eligibility

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// The quick way and golang.org/x/text/unicode/norm agree: on each character of the first three planes, beside
// another that composes with many, and on texts of characters by chance.
func TestTheQuickNFKCIsThatOfUnicode(t *testing.T) {
	agree := func(s string) {
		if got, want := NFKC(s), norm.NFKC.String(s); got != want {
			t.Errorf("%+q: %+q, want %+q", s, got, want)
		}
	}
	for r := rune(0); r < 0x30000; r++ {
		for _, s := range []string{string(r), "か" + string(r), string(r) + "\u3099", "Ａ" + string(r),
			string(r) + "\u0301"} {
			agree(s)
		}
	}
	chance := rand.New(rand.NewPCG(15, 1))
	usual := []rune("山田　太郎ｶﾅがカ゛ﾞＡ１－～￥\u3099\u309a々ー1１-−ァヺゖ鿿一﨑\u0301é")
	for range 20_000 {
		s := make([]rune, 1+chance.IntN(12))
		for i := range s {
			if s[i] = usual[chance.IntN(len(usual))]; chance.IntN(8) == 0 {
				s[i] = rune(chance.IntN(0x30000))
			}
		}
		agree(string(s))
	}
	for _, s := range []string{"\xff", "山\xe3\x81", "", "\xe3"} {
		agree(s)
	}
}

package credential

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The online code stands for a live screen for a short time, for wedge readers, broken cameras and the
// telephone. It has two forms. The spoken one is eight characters, shown to be read aloud: two that tell a
// counter which issuers to ask (a tag of the iss), five at random, and a check character. The printed one
// stands in a tiny code (HTTPS://HOST/C/CODE) and is the same eight with eight more, which are shown to
// nobody as text: whoever has them stood before the code with a reader.
//
// How far guessing gets: a spoken code is one of 19^5 ≈ 2.5·10^6 an issuer and lives 90 s. A counter has 30
// tries and one more every two seconds at an issuer, 75 within a code's life, so it meets one given code with
// a chance of 3 in 100,000, and finds some code of an issuer that has a thousand out about once in an hour
// and a half. What it gets is never a screen: it is a question on that patient's phone, which names the
// counter. The printed form adds 40 bits, so that 75 tries for a code whose eight characters were overheard
// meet it with a chance of 7 in 10^11.
//
// Digits alone would be easier to say. The same tag and the same odds take three and seven of them, with the
// check digit eleven or twelve: a number as long as a My Number, which nothing here may ask for. With eight
// digits one of 10^5 codes would be met at 75 tries with a chance of 1 in 1,300. So letters stay, and the
// page says below each group how it is read.

// codeAlphabet has no two characters that look or sound alike: no 0/O, 1/I/L, 5/S, 8/B, D/P/T/Z/G, U/V, Q.
// Its size, 19, is prime, which the check character needs.
const codeAlphabet = "234679ACEFHJKMNRWXY"

// hiddenAlphabet is that of Base32 (RFC 4648 6).
const hiddenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const (
	tagLength    = 2
	spokenLength = 8 // tag, five random characters, check character
	hiddenLength = 8 // 40 bits, in capitals and digits as alphanumeric codes have them
	// CodeLife is how long a code may be looked up.
	CodeLife = 90 * time.Second
)

// ErrOnlineCode is returned for a text that holds no code: another length, a character outside the
// alphabet, a wrong check character (a mistyped or misheard one, or two that changed places).
var ErrOnlineCode = errors.New("credential: not an online code")

// ErrOnlineIncomplete is the ErrOnlineCode of an address of which a part did not arrive: what stands behind
// its /C/ is no whole code. Nobody typed it, so it is read again rather than looked at for a mistake.
var ErrOnlineIncomplete = fmt.Errorf("an address that is not whole: %w", ErrOnlineCode)

// OnlineCode is an online code. Hidden is empty in one that was spoken.
type OnlineCode struct {
	Spoken string
	Hidden string
}

// Printed is what the tiny code holds behind the last slash of its address.
func (c OnlineCode) Printed() string { return c.Spoken + c.Hidden }

// MayBeFrom reports whether an issuer may have made the code. One of 361 others has the same tag.
func (c OnlineCode) MayBeFrom(iss string) bool {
	return len(c.Spoken) == spokenLength && c.Spoken[:tagLength] == codeTag(iss)
}

// codeTag is what a code's first characters say of its issuer.
func codeTag(iss string) string {
	const n = uint64(len(codeAlphabet))
	sum := sha256.Sum256([]byte("madoguchi-code-tag-1\x00" + iss))
	v := binary.BigEndian.Uint64(sum[:]) % (n * n)
	return string([]byte{codeAlphabet[v/n], codeAlphabet[v%n]})
}

// NewOnlineCode returns a random code of an issuer.
func NewOnlineCode(iss string) OnlineCode {
	spoken := []byte(codeTag(iss))
	for len(spoken) < spokenLength-1 {
		spoken = append(spoken, codeAlphabet[randomBelow(len(codeAlphabet))])
	}
	const n = len(codeAlphabet)
	spoken = append(spoken, codeAlphabet[(n-checkSum(spoken)%n)%n])
	hidden := make([]byte, base32.StdEncoding.DecodedLen(hiddenLength))
	rand.Read(hidden)
	return OnlineCode{string(spoken), base32.StdEncoding.EncodeToString(hidden)}
}

// checkSum weighs characters of the alphabet by place, 2, 3, …, and the eighth, the check character, by 1: in
// a code it is a multiple of 19. It is negative where a character is none of the alphabet.
func checkSum(text []byte) int {
	sum := 0
	for i, c := range text {
		n := strings.IndexByte(codeAlphabet, c)
		if n < 0 {
			return -1
		}
		weight := i + 2
		if i == spokenLength-1 {
			weight = 1
		}
		sum += weight * n
	}
	return sum
}

// randomBelow draws evenly: bytes beyond the last whole multiple are drawn again.
func randomBelow(n int) int {
	var b [1]byte
	for {
		rand.Read(b[:])
		if int(b[0]) < 256/n*n {
			return int(b[0]) % n
		}
	}
}

// ReadOnlineCode returns the code in what was scanned or typed: only what stands behind the last slash
// counts, since keyboard layouts swap the signs of an address; width, case, blanks, hyphens and characters
// without a width do not matter. How it came is no part of it: a code without its hidden half was spoken,
// whatever stood before it. The error is ErrOnlineCode, or the ErrOnlineIncomplete that wraps it.
func ReadOnlineCode(text string) (OnlineCode, error) {
	if len(text) > 300 {
		return OnlineCode{}, ErrOnlineCode
	}
	text = strings.ToUpper(removeFormatting(text))
	http := strings.HasPrefix(text, "HTTP")
	if i := strings.LastIndexAny(text, `/\?-_`); i >= 0 && (http || strings.Count(text, "/") > 1) {
		// on a Japanese or German layout "/" arrives as another sign, letters as they are
		code, err := readCode(text[i+1:])
		if err != nil && i > 1 && text[i-1] == 'C' && strings.ContainsRune(`/\?-_`, rune(text[i-2])) {
			err = ErrOnlineIncomplete
		}
		return code, err
	}
	return readCode(text)
}

// readCode reads what stands behind an address, or was typed.
func readCode(text string) (OnlineCode, error) {
	text = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '‐' || r == 'ー' || r == '−' {
			return -1
		}
		return r
	}, text)
	if len(text) != spokenLength && len(text) != spokenLength+hiddenLength {
		return OnlineCode{}, ErrOnlineCode
	}
	c := OnlineCode{text[:spokenLength], text[spokenLength:]}
	if sum := checkSum([]byte(c.Spoken)); sum < 0 || sum%len(codeAlphabet) != 0 {
		return OnlineCode{}, ErrOnlineCode
	}
	if strings.Trim(c.Hidden, hiddenAlphabet) != "" {
		return OnlineCode{}, ErrOnlineCode
	}
	return c, nil
}

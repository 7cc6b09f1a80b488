package credential

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"
)

// The online code: eight characters that stand for a live screen for a short time, for wedge readers, broken cameras and the
// telephone. They are shown as a tiny code (HTTPS://HOST/C/CODE) and can be read aloud.

// codeAlphabet has no two characters that look or sound alike: no 0/O, 1/I/L, 5/S, 8/B, D/P/T/Z/G, U/V, Q. Its size, 19, is
// prime, which the check character needs.
const codeAlphabet = "234679ACEFHJKMNRWXY"

const (
	codeLength = 8 // seven random characters, 19^7 ≈ 9·10^8, and the check character
	// CodeLife is how long a code may be looked up.
	CodeLife = 90 * time.Second
)

// ErrCode is returned for a text that holds no code: another length, a character outside the alphabet, a wrong check
// character (a mistyped or misheard one, or two that changed places).
var ErrCode = errors.New("credential: not an online code")

// NewCode returns a random code.
func NewCode() string {
	var b [codeLength]byte
	sum := 0
	for i := range codeLength - 1 {
		n := randomBelow(len(codeAlphabet))
		b[i] = codeAlphabet[n]
		sum += (i + 2) * n
	}
	b[codeLength-1] = codeAlphabet[(len(codeAlphabet)-sum%len(codeAlphabet))%len(codeAlphabet)]
	return string(b[:])
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

// ReadCode returns the code in what was scanned or typed: only what stands behind the last slash counts, since keyboard
// layouts swap the signs of an address; width, case, blanks, hyphens and characters without a width do not matter. spoken reports that it came without
// an address, so that the patient must confirm the facility first. The error is ErrCode.
func ReadCode(text string) (code string, spoken bool, err error) {
	if len(text) > 300 {
		return "", false, ErrCode
	}
	text = strings.ToUpper(unformatted(text))
	spoken = true
	if i := strings.LastIndexAny(text, `/\?-_`); i >= 0 && strings.HasPrefix(text, "HTTP") {
		text, spoken = text[i+1:], false // on a Japanese or German layout "/" arrives as another sign, letters as they are
	}
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '‐' || r == 'ー' || r == '−' {
			return -1
		}
		return r
	}, text)
	if len(code) != codeLength {
		return "", false, ErrCode
	}
	sum := 0
	for i := range codeLength {
		n := strings.IndexByte(codeAlphabet, code[i])
		if n < 0 {
			return "", false, ErrCode
		}
		weight := i + 2
		if i == codeLength-1 {
			weight = 1
		}
		sum += weight * n
	}
	if sum%len(codeAlphabet) != 0 {
		return "", false, ErrCode
	}
	return code, spoken, nil
}

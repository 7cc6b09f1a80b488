package credential

import (
	"errors"
	"strings"
)

const scheme = "shc:/"

// Numeric returns the text of a credential's QR: shc:/ and two digits a character, its code less 45.
func Numeric(jws string) string {
	var b strings.Builder
	b.Grow(len(scheme) + 2*len(jws))
	b.WriteString(scheme)
	for i := range len(jws) {
		c := jws[i] - 45
		b.WriteByte('0' + c/10)
		b.WriteByte('0' + c%10)
	}
	return b.String()
}

type cardFile struct {
	Cards []string `json:"verifiableCredential"`
}

// File returns the .smart-health-card file of a credential (application/smart-health-card).
func File(jws string) []byte {
	return []byte(`{"verifiableCredential":["` + jws + `"]}`)
}

// ErrNoCredential is returned for a text that holds no credential.
var ErrNoCredential = errors.New("credential: neither shc:/ digits, nor a JWS, nor a .smart-health-card file")

// maxText bounds what Read looks at; a file with one card is far below.
const maxText = 64 << 10

// Read finds the JWS in what was scanned, pasted or opened: shc:/ digits (blanks and line breaks ignored), a bare JWS, or
// a .smart-health-card file with one card. It does not verify.
func Read(text string) (string, error) {
	if len(text) > maxText {
		return "", ErrNoCredential
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if strings.HasPrefix(text, "{") {
		var file cardFile
		if err := readStrict([]byte(text), &file); err != nil || len(file.Cards) != 1 {
			return "", ErrNoCredential
		}
		text = file.Cards[0]
	}
	text = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, text)
	if len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		return fromDigits(text[len(scheme):])
	}
	if !looksLikeJWS(text) {
		return "", ErrNoCredential
	}
	return text, nil
}

func fromDigits(digits string) (string, error) {
	if len(digits) == 0 || len(digits)%2 != 0 {
		return "", ErrNoCredential
	}
	out := make([]byte, len(digits)/2)
	for i := range out {
		a, b := digits[2*i]-'0', digits[2*i+1]-'0'
		if a > 9 || b > 9 {
			return "", ErrNoCredential
		}
		out[i] = a*10 + b + 45
	}
	if !looksLikeJWS(string(out)) {
		return "", ErrNoCredential
	}
	return string(out), nil
}

// base64url holds the letters of RFC 4648 section 5.
var base64url = func() (is [256]bool) {
	for i := range len(ridAlphabet) {
		is[ridAlphabet[i]] = true
	}
	return is
}()

// looksLikeJWS reports whether s has three non-empty base64url parts.
func looksLikeJWS(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return false
	}
	for _, part := range parts {
		if part == "" {
			return false
		}
		for i := range len(part) {
			if !base64url[part[i]] {
				return false
			}
		}
	}
	return true
}

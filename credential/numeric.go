package credential

import (
	"errors"
	"fmt"
	"strings"
)

const scheme = "shc:/"

// NumericQR returns the text of a credential's QR: shc:/ and two digits a character, its code less 45.
func NumericQR(jws string) string {
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

// CardFile returns the .smart-health-card file of a credential (application/smart-health-card).
func CardFile(jws string) []byte {
	return []byte(`{"verifiableCredential":["` + jws + `"]}`)
}

// ErrNoCredential is returned for a text that holds no credential.
var ErrNoCredential = errors.New("credential: neither shc:/ digits, nor a JWS, nor a .smart-health-card file")

// ErrIncomplete is the ErrNoCredential of a text that is a credential's, of which a part did not arrive: an
// odd number of digits, pairs that stand for no character, fewer than three parts. It is no sign of forgery.
var ErrIncomplete = fmt.Errorf("digits or characters are missing: %w", ErrNoCredential)

// maxText bounds what Read looks at; a file with one card is far below.
const maxText = 64 << 10

// Read finds the JWS in what was scanned, typed by a reader, pasted or opened: the digits of a code, a bare
// JWS, or a .smart-health-card file with one card. Width, blanks, line breaks and characters without a width
// do not matter, nor what an input method or another keyboard layout made of the letters and signs before the
// digits. It does not verify. The error is ErrNoCredential, or the ErrIncomplete that wraps it.
func Read(text string) (string, error) {
	if len(text) > maxText {
		return "", ErrNoCredential
	}
	if digits, ok := strings.CutPrefix(text, "shc:/"); ok && digits != "" && onlyDigits(digits) {
		return fromDigits(digits) // as cameras give it
	}
	text = removeFormatting(text)
	if strings.HasPrefix(text, "{") {
		var file cardFile
		if err := readStrict([]byte(text), &file); err != nil || len(file.Cards) != 1 {
			return "", ErrNoCredential
		}
		text = removeFormatting(file.Cards[0])
	}
	jws := typedJWS(text)
	if looksLikeJWS(jws) {
		return jws, nil
	}
	digits, found := typedDigits(text)
	switch {
	case found:
		return fromDigits(digits)
	case mostlyDigits(text), len(jws) >= longRun && strings.HasPrefix(jws, "eyJ") &&
		isBase64url(strings.ReplaceAll(jws, ".", "")):
		return "", ErrIncomplete
	}
	return "", ErrNoCredential
}

func onlyDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

func fromDigits(digits string) (string, error) {
	if len(digits) == 0 || len(digits)%2 != 0 {
		return "", ErrIncomplete
	}
	out := make([]byte, len(digits)/2)
	for i := range out {
		out[i] = (digits[2*i]-'0')*10 + digits[2*i+1] - '0' + 45
	}
	if !looksLikeJWS(string(out)) {
		return "", ErrIncomplete
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
		if part == "" || !isBase64url(part) {
			return false
		}
	}
	return true
}

func isBase64url(s string) bool {
	for i := range len(s) {
		if !base64url[s[i]] {
			return false
		}
	}
	return true
}

package credential

import (
	"net/url"
	"strings"
	"unicode"
)

// maxItem bounds one printed item, in bytes: above any name (some 90 Latin letters, 40 kanji) and any
// insurer's.
const maxItem = 600

// showsAsWritten reports whether a text shows on a screen as what it is. It refuses texts that no form has
// room for, control characters, line separators and the invisible format characters: with U+202E inside,
// 「徳川<U+202E>郎太」 shows other letters than those that are signed. Variation selectors, by which registers tell
// rare kanji apart, are marks and stay.
func showsAsWritten(s string) bool {
	return len(s) <= maxItem && !strings.ContainsFunc(s, func(r rune) bool {
		if r >= '一' && r <= '鿿' || r >= 'ぁ' && r <= 'ヾ' || r >= ' ' && r <= '~' {
			return false // what most texts are made of
		}
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
	})
}

// maxISS bounds an issuer's address, which staff may be shown.
const maxISS = 200

// isISS reports whether s is the address of an issuer as the SMART Health Cards specification has it: https
// and no slash at its end. More narrowly, it is in printable ASCII and lower-case in its host, so that no two
// addresses look alike, and has neither user, query nor fragment.
func isISS(s string) bool { return isPlainISS(s) || isAnyISS(s) }

// isPlainISS reports whether s is an issuer's address of the letters that nearly all have; where it says no,
// isAnyISS has the answer.
func isPlainISS(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok || len(s) > maxISS || strings.HasSuffix(s, "/") {
		return false
	}
	host, path, _ := strings.Cut(rest, "/")
	host, port, hasPort := strings.Cut(host, ":")
	if host == "" || hasPort && (port == "" || !onlyDigits(port)) {
		return false
	}
	for i := range len(host) {
		if c := host[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	for i := range len(path) {
		if c := path[i]; !base64url[c] && c != '.' && c != '/' {
			return false
		}
	}
	return true
}

func isAnyISS(s string) bool {
	if len(s) > maxISS || strings.HasSuffix(s, "/") ||
		strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.Host == strings.ToLower(u.Host) &&
		u.User == nil &&
		u.Opaque == "" && !strings.ContainsAny(s, "?#\\") && strings.HasPrefix(s, "https://"+u.Host)
}

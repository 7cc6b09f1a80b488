package insurer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
)

// SupportState is the state of a patient's screen as a support number tells it, and nothing of the person: each member is a
// place in its table of docs/support.md. pwa/src/patient/supportcode.ts makes the number.
type SupportState struct {
	Tier, Age, Network, Stored, Clock, Browser, Persisted, Error int
}

var (
	errSupportShort = &eligibility.Error{Code: eligibility.Invalid, Key: "support.digits", Field: "code",
		Ja: "画面の番号は数字8けたです。患者さんの画面の「くわしく」の下にある番号を、もう一度聞いてください。",
		En: "A screen's number has eight digits. Ask for the number below the details of the patient's screen once more."}
	errSupportRequest = &eligibility.Error{Code: eligibility.Invalid, Key: "support.request", Field: "code",
		Ja: "これはエラーのページの番号です。このシステムの運用担当に伝えてください。記録（ログ）をこの番号でさがすと、起きたことがわかります。",
		En: "This is an error page's number. Tell it to whoever runs this system: the log has what happened under it."}
	errSupportCheck = &eligibility.Error{Code: eligibility.Invalid, Key: "support.check", Field: "code",
		Ja: "番号のどこかがちがいます。4けたずつ、もう一度読み上げてもらってください。",
		En: "A digit is wrong. Have the number read out once more, four digits at a time."}
)

// supportRadix is how many places each member has, in the number's order.
func (s *SupportState) supportRadix() []struct {
	member *int
	places int
} {
	return []struct {
		member *int
		places int
	}{{&s.Tier, 4}, {&s.Age, 8}, {&s.Network, 3}, {&s.Stored, 3}, {&s.Clock, 5}, {&s.Browser, 10}, {&s.Persisted, 3}, {&s.Error, 16}}
}

// ReadSupport reads a support number as it was typed: full-width digits, blanks and hyphens are taken. A wrong digit, or two
// that changed places, is found by the check digit (ISO/IEC 7064, MOD 11,10).
func ReadSupport(typed string) (SupportState, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -‐‑–—−ー・", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(typed))
	if len(digits) == 8 && strings.Trim(strings.ToUpper(digits), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "" && strings.ContainsFunc(digits, unicode.IsLetter) {
		return SupportState{}, errSupportRequest
	}
	if len(digits) != 8 || strings.Trim(digits, "0123456789") != "" {
		return SupportState{}, errSupportShort
	}
	rest, value := 10, 0
	for _, d := range digits[:7] {
		n := int(d - '0')
		value = 10*value + n
		sum := (rest + n) % 10
		if sum == 0 {
			sum = 10
		}
		rest = 2 * sum % 11
	}
	var s SupportState
	fields := s.supportRadix()
	for i := len(fields) - 1; i >= 0; i-- {
		*fields[i].member = value % fields[i].places
		value /= fields[i].places
	}
	if int(digits[7]-'0') != (11-rest)%10 || value != 0 {
		return SupportState{}, errSupportCheck
	}
	return s, nil
}

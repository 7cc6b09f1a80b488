package insurer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
)

// SupportState is the state of a patient's screen as a support number tells it, and nothing of the person:
// each member is a place in its table of docs/support.md. pwa/src/patient/supportcode.ts makes the number.
type SupportState struct {
	Tier, Age, Network, Stored, Clock, Browser, Persisted, Error int
}

var (
	errSupportShort   = &eligibility.Error{Code: eligibility.Invalid, Key: "support.digits", Field: "code"}
	errSupportRequest = &eligibility.Error{Code: eligibility.Invalid, Key: "support.request", Field: "code"}
	errSupportCheck   = &eligibility.Error{Code: eligibility.Invalid, Key: "support.check", Field: "code"}
)

// supportRadix is how many places each member has, in the number's order.
func (s *SupportState) supportRadix() []struct {
	member *int
	places int
} {
	return []struct {
		member *int
		places int
	}{
		{&s.Tier, 4},
		{&s.Age, 8},
		{&s.Network, 3},
		{&s.Stored, 3},
		{&s.Clock, 5},
		{&s.Browser, 10},
		{&s.Persisted, 3},
		{&s.Error, 16},
	}
}

// ReadSupport reads a support number as it was typed: full-width digits, blanks and hyphens are taken. A
// wrong digit, or two that changed places, is found by the check digit (ISO/IEC 7064, MOD 11,10).
func ReadSupport(typed string) (SupportState, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -‐‑–—−ー・", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(typed))
	if len(digits) == 8 && strings.Trim(strings.ToUpper(digits), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "" &&
		strings.ContainsFunc(digits, unicode.IsLetter) {
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

package counter

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
)

// The clinic's own number of a patient (診察券番号), typed from the card of the clinic or read off its bar code.
// It is the clinic's, not the insurer's: nothing but finding a record again hangs on it.

// maxPatientNumber bounds such a number, in characters.
const maxPatientNumber = 20

var (
	errPatientNumber = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "case.patient_number",
		Field: "patientNumber",
	}
	errPatientMyNumber = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "case.patient_my_number",
		Field: "patientNumber",
	}
)

// readPatientNumber returns a number as it is kept, "" for none: NFKC, capital letters, without the blanks
// and hyphens between which it is printed. It refuses anything but letters and digits, more than 20 of
// them, and a My Number (番号法 20条).
func readPatientNumber(text string) (string, error) {
	if len(text) > 400 {
		return "", errPatientNumber
	}
	if eligibility.HoldsMyNumber(text) {
		return "", errPatientMyNumber
	}
	number := strings.ToUpper(norm.NFKC.String(text))
	number = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) ||
			eligibility.IsHyphen(r) {
			return -1
		}
		return r
	}, number)
	other := func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }
	if len(number) > maxPatientNumber || strings.ContainsFunc(number, other) {
		return "", errPatientNumber
	}
	return number, nil
}

// readGiven is readPatientNumber where one was given.
func readGiven(text *string) (*string, error) {
	if text == nil {
		return nil, nil
	}
	number, err := readPatientNumber(*text)
	return &number, err
}

// startStop are the signs between which an NW-7 bar code (JIS X 0506) stands; many readers type them too.
var startStop = regexp.MustCompile(`^[A-D]([0-9]+)[A-D]$`)

// patientKey is what a number is compared by: a bar code's start and stop signs and the zeros in front are
// not printed on every card.
func patientKey(number string) string {
	if m := startStop.FindStringSubmatch(number); m != nil {
		number = m[1]
	}
	if short := strings.TrimLeft(number, "0"); short != "" {
		return short
	}
	return number
}

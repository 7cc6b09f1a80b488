package card

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"madoguchi/eligibility"
)

// NumberB is 照合番号B, the key that is printed on the card's front in three parts: the birth date, the year of
// expiry and the four digits of the security code. It is not 照合番号A, which is the My Number and appears
// nowhere in this program. Printing a NumberB shows no digits.
type NumberB struct {
	birth  eligibility.Date
	digits string
}

// Refusals of what was typed; nothing has been sent to the card.
var (
	ErrExpiryYear = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "card.expiry_year",
		Field: "expiryYear",
	}
	ErrSecurityCode = &eligibility.Error{
		Code:  eligibility.Invalid,
		Key:   "card.security_code",
		Field: "securityCode",
	}
)

// NewNumberB makes the 14 digits: the birth date in era form as in BirthDateKey, the Gregorian year of
// expiry, the code. 1980-02-17, 2035, 2285 is 55021720352285. The code may be typed in full width. It returns
// ErrKeyForm, ErrExpiryYear or ErrSecurityCode.
func NewNumberB(birth eligibility.Date, expiryYear int, code string) (NumberB, error) {
	key, err := BirthDateKey(birth)
	if err != nil {
		return NumberB{}, err
	}
	if expiryYear < 2017 || expiryYear > 2099 { // the first cards were issued in 2016
		return NumberB{}, ErrExpiryYear
	}
	code = strings.TrimSpace(norm.NFKC.String(code))
	if len(code) != 4 || strings.Trim(code, "0123456789") != "" {
		return NumberB{}, ErrSecurityCode
	}
	return NumberB{birth, fmt.Sprintf("%s%04d%s", key, expiryYear, code)}, nil
}

// String hides the digits.
func (NumberB) String() string { return "照合番号B" }

// GoString hides the digits.
func (NumberB) GoString() string { return "照合番号B" }

package eligibility

import "strings"

// InsurerNumber is a 保険者番号 as eight digits; 国民健康保険's six digits are padded with zeros on the left, as OQS and
// FHIR JP Core do. Paper shows it as printed.
type InsurerNumber string

// ErrInsurerNumber is returned for a number that no insurer can have.
var ErrInsurerNumber = &Error{Code: Invalid, Key: "insurer.number",
	Ja: "保険者番号が正しくありません。6桁か8桁の数字を、紙のとおりに入れ直してください。",
	En: "This is not an insurer number. Enter the six or eight digits as they stand on the paper."}

// ParseInsurerNumber reads 6 or 8 digits (half or full width, blanks and hyphens ignored) and verifies the check digit
// (rules.md 4.1). It returns ErrInsurerNumber when the length or the check digit is wrong.
func ParseInsurerNumber(s string) (InsurerNumber, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case r == ' ' || r == '　' || r == '-' || r == '－' || r == '\t':
		default:
			return "", ErrInsurerNumber
		}
	}
	n := b.String()
	if len(n) == 6 {
		n = "00" + n
	}
	if len(n) != 8 || n == "00000000" || checkDigit(n[:7]) != n[7] {
		return "", ErrInsurerNumber
	}
	return InsurerNumber(n), nil
}

// checkDigit is the 検証番号 of a body of digits: weights 2, 1, 2, 1 … from the right, two-digit products counted as
// their digit sum, then 10 less the last digit of the total (rules.md 4.1). Leading zeros do not change it.
func checkDigit(body string) byte {
	t := 0
	for i := range body {
		p := int(body[len(body)-1-i]-'0') * (2 - i%2)
		t += p/10 + p%10
	}
	return byte('0' + (10-t%10)%10)
}

// Paper returns the number as papers print it: six digits for 国民健康保険, eight otherwise.
func (n InsurerNumber) Paper() string { return strings.TrimPrefix(string(n), "00") }

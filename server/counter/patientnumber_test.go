package counter

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
)

func TestAPatientNumberIsTakenInEveryWriting(t *testing.T) {
	for _, c := range []struct{ name, typed, kept string }{
		{"digits", "1234", "1234"},
		{"full-width", "１２３４", "1234"},
		{"small letters", "ab12", "AB12"},
		{"full-width letters", "ａｂ１２", "AB12"},
		{"hyphens and blanks as printed", " 12-34 56　７‐8 ", "12345678"},
		{"a reader's line break", "1234\r\n", "1234"},
		{"nothing", " 　", ""},
		{"twenty", "12345678901234567890", "12345678901234567890"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := readPatientNumber(c.typed); err != nil || got != c.kept {
				t.Errorf("%q %v", got, err)
			}
		})
	}
}

func TestWhatIsNoPatientNumber(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        *eligibility.Error
	}{
		{"twenty-one", "123456789012345678901", errPatientNumber},
		{"kana", "あいう", errPatientNumber},
		{"kanji", "第1", errPatientNumber},
		{"a sign", "12/34", errPatientNumber},
		{"a formula", "=1+1", errPatientNumber},
		{"a My Number", validMyNumber("12345678901"), errPatientMyNumber},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := readPatientNumber(c.typed); !errors.Is(err, c.want) || got != "" {
				t.Errorf("%q %v", got, err)
			}
		})
	}
}

// NW-7 (JIS X 0506) begins and ends with one of A to D, which readers type or leave out; cards print leading
// zeros or not.
func TestANumberIsTheSameHoweverItWasRead(t *testing.T) {
	for _, c := range []struct {
		name, one, other string
		same             bool
	}{
		{"zeros in front", "1234", "00001234", true},
		{"a bar code's signs", "1234", "a1234a", true},
		{"both", "1234", "B0001234C", true},
		{"another number", "1234", "12340", false},
		{"a letter that is none of the signs", "1234", "E1234E", false},
		{"one letter in front", "1234", "A1234", false},
		{"nothing but zeros", "0", "1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, err := readPatientNumber(c.one)
			if err != nil {
				t.Fatal(err)
			}
			other, err := readPatientNumber(c.other)
			if err != nil || patientKey(one) != patientKey(other) != !c.same {
				t.Errorf("%q %q %v", patientKey(one), patientKey(other), err)
			}
		})
	}
}

// validMyNumber adds the check digit to eleven digits (平成26年総務省令85号 5条).
func validMyNumber(eleven string) string {
	sum := 0
	for n := 1; n <= 11; n++ { // from the lowest digit
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(eleven[11-n]-'0') * q
	}
	digit := 0
	if rest := sum % 11; rest > 1 {
		digit = 11 - rest
	}
	return eleven + string(rune('0'+digit))
}

package listen

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/eligibility"
)

// An address that is not to be had is named, with what to do.
func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	first, err := On("127.0.0.1:0", "MADOGUCHI_ADDR")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	taken := first.Addr().String()
	for _, address := range []string{taken, "127.0.0.1:99999", "nowhere.invalid:1"} {
		t.Run(address, func(t *testing.T) {
			second, err := On(address, "MADOGUCHI_ADDR")
			if err == nil {
				second.Close()
			}
			var refused *eligibility.Error
			if !errors.As(err, &refused) || refused.Field != "MADOGUCHI_ADDR" ||
				!strings.Contains(refused.Ja(), address) || errors.Unwrap(refused) == nil {
				t.Errorf("%v", err)
			}
		})
	}
}

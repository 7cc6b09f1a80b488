package insurer

import (
	"errors"
	"fmt"
	"testing"

	"madoguchi/eligibility"
)

// 0196944 is 1, 1, 0, 1, 0, 3, 0, 0 in the radixes of docs/support.md; its check digit was worked out by
// another program, which gives 5 for the standard's 0794.
func TestASupportNumberIsReadAsItIsTyped(t *testing.T) {
	want := SupportState{Tier: 1, Age: 1, Stored: 1, Browser: 3, Persisted: 0}
	for _, typed := range []string{"01969441", "0196 9441", "０１９６－９４４１", " 0196-9441 "} {
		if got, err := ReadSupport(typed); err != nil || got != want {
			t.Errorf("%q: %+v %v", typed, got, err)
		}
	}
}

func TestAMisheardSupportNumberIsRefused(t *testing.T) {
	good := "01969441"
	for at := range good {
		for d := range 10 {
			typed := good[:at] + fmt.Sprint(d) + good[at+1:]
			if _, err := ReadSupport(typed); (err == nil) != (typed == good) {
				t.Errorf("%s: %v", typed, err)
			}
		}
	}
	for typed, key := range map[string]string{
		"":             "support.digits",
		"1234567":      "support.digits",
		"123456789012": "support.digits",
		"ABCD2345":     "support.request",
		"ABCD1345":     "support.digits",
		"01964941":     "support.check",
		"99999997":     "support.check",
	} {
		var e *eligibility.Error
		if _, err := ReadSupport(typed); !errors.As(err, &e) || e.Key != key {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

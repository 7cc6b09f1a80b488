package insurer

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
)

func TestUnsignedCopiesAreNotedOnceADayForEachInsurer(t *testing.T) {
	var d Documents
	today := eligibility.MustDate("2026-11-25")
	for i, c := range []struct {
		insurer eligibility.InsurerNumber
		day     eligibility.Date
		want    bool
	}{
		{"00138990", today, true},
		{"00138990", today, false},
		{"06139992", today, true},
		{"00138990", today.AddDays(1), true},
		{"00138990", today.AddDays(1), false},
	} {
		if got := d.noteUnsigned(c.insurer, c.day, errors.New("no certificate")); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}

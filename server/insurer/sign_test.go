package insurer

import (
	"testing"

	"madoguchi/eligibility"
)

func TestUnsignedCopiesAreNotedOnceADayForEachInsurer(t *testing.T) {
	var n unsignedNotes
	today := eligibility.MustDate("2026-11-25")
	for i, c := range []struct {
		insurer eligibility.InsurerNumber
		day     eligibility.Date
		want    bool
	}{{"00138990", today, true}, {"00138990", today, false}, {"06139992", today, true}, {"00138990", today.AddDays(1), true}, {"00138990", today.AddDays(1), false}} {
		if got := n.first(c.insurer, c.day); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}

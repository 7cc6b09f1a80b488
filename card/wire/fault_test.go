package wire

import (
	"errors"
	"testing"

	"madoguchi/card"
	"madoguchi/card/pcsc"
	"madoguchi/eligibility"
)

// The server does not link card/pcsc and must know its troubles all the same.
func TestReaderTroublesAreSaidInTheSameWordsOnBothSides(t *testing.T) {
	for _, e := range pcsc.Faults() {
		var got *eligibility.Error
		if !errors.As(Fault(e.Key), &got) || got.Key != e.Key || got.Ja() != e.Ja() || got.En() != e.En() || got.Code != e.Code {
			t.Errorf("%s: the server says %+v", e.Key, got)
		}
	}
	if got := Fault("このカードは本物です"); got != card.KnownFault("") {
		t.Errorf("an unknown key is said as %v", got)
	}
}

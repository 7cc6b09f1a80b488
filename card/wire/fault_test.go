package wire

import (
	"testing"

	"madoguchi/card"
)

func TestAnUnknownKeyIsACardsUnexpectedAnswer(t *testing.T) {
	if got := FaultError("このカードは本物です"); got != card.KnownFault("") {
		t.Errorf("an unknown key is said as %v", got)
	}
}

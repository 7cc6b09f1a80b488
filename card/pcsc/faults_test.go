package pcsc

import (
	"errors"
	"strings"
	"testing"

	"madoguchi/card"
	"madoguchi/card/wire"
	"madoguchi/eligibility"
)

// reported lists every trouble that this package reports.
var reported = []*eligibility.Error{
	card.ErrReaderShared,
	card.ErrReaderService,
	card.ErrReaderLost,
	card.ErrReaderUnplugged,
	card.ErrReaderReset,
	card.ErrReaderMute,
	card.ErrReaderChoice,
	card.ErrReaderHung,
	card.ErrReaderAccess,
	card.ErrReaderLibrary,
	card.ErrReaderWinscard,
	card.ErrReaderSystem,
	card.ErrReaderFault,
	card.ErrNoCard,
	card.ErrNoReader,
	card.ErrRemoved,
	card.ErrTimeout,
}

func TestEveryFaultSaysWhatToDoNextInBothLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range reported {
		if seen[e.Key] {
			t.Errorf("%s is there twice", e.Key)
		}
		seen[e.Key] = true
		if !strings.HasSuffix(e.Ja(), "ください。") && !strings.HasSuffix(e.Ja(), "ください（例: apt install pcscd）。") {
			t.Errorf("%s has no next step: %s", e.Key, e.Ja())
		}
		if e.En() == "" || strings.Contains(e.Ja(), "0x") {
			t.Errorf("%s: %q %q", e.Key, e.Ja(), e.En())
		}
	}
	for c, e := range faultOf {
		if !seen[e.Key] {
			t.Errorf("%v has a sentence that is not among those reported", c)
		}
	}
}

// The server does not link this package and must know its troubles all the same.
func TestReaderTroublesAreSaidInTheSameWordsOnBothSides(t *testing.T) {
	for _, e := range reported {
		var got *eligibility.Error
		if !errors.As(wire.FaultError(e.Key), &got) || got.Key != e.Key || got.Ja() != e.Ja() ||
			got.En() != e.En() ||
			got.Code != e.Code {
			t.Errorf("%s: the server says %+v", e.Key, got)
		}
	}
}

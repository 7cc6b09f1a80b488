package card

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
)

// A server shows the sentence of a fault that an agent names by its key alone.
func TestReadersFaultsAreKnownByTheirKeys(t *testing.T) {
	for _, e := range []*eligibility.Error{ErrReaderShared, ErrReaderService, ErrReaderLost,
		ErrReaderUnplugged, ErrReaderReset, ErrReaderMute, ErrReaderChoice, ErrReaderHung, ErrReaderAccess,
		ErrReaderLibrary, ErrReaderWinscard,
		ErrReaderSystem, ErrReaderFault} {
		if known := KnownFault(e.Key); !errors.Is(known, e) || e.Ja() == "" || e.En() == "" {
			t.Errorf("%s is told as %v", e.Key, known)
		}
	}
	if known := KnownFault("reader.nobody_knows"); !errors.Is(known, errAnswer) {
		t.Errorf("an unknown key is told as %v", known)
	}
}

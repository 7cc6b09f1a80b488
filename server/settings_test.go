package main

import (
	"testing"

	"madoguchi/internal/testenv"
)

func TestTheTrustListsAddressesAreReadFromTheSetting(t *testing.T) {
	for text, want := range map[string]int{"": 0, "10.1.2.3": 1, "10.1.2.3, fd00::7": 2} {
		got, err := (Settings{TrustAddress: text}).trustAddresses()
		if err != nil || len(got) != want {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	bad := []string{
		"localhost",
		"10.0.0.0/8",
		"10.1.2.3:443",
		"x",
		"10.1.2",
		"10.1.2.3;10.1.2.4",
		"010.1.2.3",
		"[fd00::7]",
	}
	testenv.Refused(t, testenv.Boundaries, len(bad))
	for _, bad := range bad {
		if list, err := (Settings{TrustAddress: bad}).trustAddresses(); err == nil {
			t.Errorf("%q: %v", bad, list)
		}
	}
}

package pcsc

import (
	"fmt"
	"regexp"
	"strings"

	"madoguchi/card"
)

// Slot is a reader's place for one card, as it is now. A reader with several places has several slots.
type Slot struct {
	Name         string // as the system calls it
	Card         bool   // a card lies there
	Unresponsive bool   // … and does not answer
	InUse        bool   // … and another program holds it
	Count        uint16 // insertions and removals so far: it differs when a card was lifted and put back
}

// slotsOf turns states into Slots, leaving out readers that are gone.
func slotsOf(states []slotState) []Slot {
	var out []Slot
	for _, s := range states {
		if s.reader == anyReader || s.now&stateUnknown != 0 {
			continue
		}
		out = append(out, Slot{
			Name:         s.reader,
			Card:         s.now&statePresent != 0,
			Unresponsive: s.now&stateMute != 0,
			InUse:        s.now&stateExclusive != 0,
			Count:        uint16(s.now >> 16),
		})
	}
	return out
}

// Choose returns the slot to use. With a choice it is the slot of that name, whatever lies there; else the
// first that holds a card, since readers with two places list an empty one first as often as not. It returns
// card.ErrNoReader, card.ErrNoCard, or card.ErrReaderChoice when the chosen reader is not there.
func Choose(all []Slot, choice string) (Slot, error) {
	if len(all) == 0 {
		return Slot{}, card.ErrNoReader
	}
	if choice != "" {
		s, ok := findSlot(all, choice)
		switch {
		case !ok:
			return Slot{}, card.ErrReaderChoice.Because(fmt.Errorf("looking for %q", choice))
		case !s.Card:
			return s, card.ErrNoCard
		}
		return s, nil
	}
	physical := false
	for _, s := range all {
		if isVirtualReader(s.Name) {
			continue
		}
		physical = true
		if s.Card {
			return s, nil
		}
	}
	if !physical {
		return Slot{}, card.ErrNoReader
	}
	return Slot{}, card.ErrNoCard
}

// numbering is what the system puts behind a reader's name: "00 01" under pcscd (reader, then slot), "0"
// under Windows. The reader's number depends on the order in which readers were plugged in; the slot's does
// not.
var numbering = regexp.MustCompile(`^(.*?) (?:\d\d( \d\d)|\d+)$`)

// findSlot finds a slot by its name. When no name is equal, a single slot whose name differs only in the
// reader's number is the one: the same reader in another socket.
func findSlot(all []Slot, choice string) (Slot, bool) {
	var alike []Slot
	for _, s := range all {
		if s.Name == choice {
			return s, true
		}
		if withoutReaderNumber(s.Name) == withoutReaderNumber(choice) {
			alike = append(alike, s)
		}
	}
	if len(alike) == 1 {
		return alike[0], true
	}
	return Slot{}, false
}

func withoutReaderNumber(name string) string {
	if m := numbering.FindStringSubmatch(name); m != nil {
		return m[1] + m[2]
	}
	return name
}

// isVirtualReader reports whether Windows made this reader up for credentials of its own: it always "holds a
// card" and would win over the reader on the desk.
func isVirtualReader(name string) bool {
	for _, prefix := range []string{"Windows Hello for Business", "Microsoft Virtual Smart Card",
		"Microsoft UICC"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

package card_test

import (
	"bytes"
	"context"
	"image/png"
	"maps"
	"slices"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

func TestFaceIsReadFromAGenuineCard(t *testing.T) {
	s, _ := open(t, insert(t, virtual.Description{Sex: eligibility.Female}))
	reading, r := card.CheckFace(context.Background(), s, numberB(t, tokuichi, 2035, "1234"), challenge(1),
		virtual.TestIssuerKeys())
	if r.Outcome != card.Confirmed || r.By != card.ByAgent || reading.BirthDate != tokuichi ||
		reading.Sex != eligibility.Female {
		t.Errorf("%+v %+v", reading, r)
	}
	if _, err := png.Decode(bytes.NewReader(reading.Name)); err != nil {
		t.Errorf("the name is no picture: %v", err)
	}
	if !bytes.HasPrefix(reading.Photo, []byte("\x00\x00\x00\x0CjP  \r\n\x87\n")) { // ISO/IEC 15444-1 I.5.1
		t.Error("the photo is no JPEG 2000")
	}
	s, _ = open(t, insert(t, virtual.Description{}))
	_, r = card.CheckFace(context.Background(), s, numberB(t, tokuichi, 2035, "1234"), challenge(1), nil)
	if r.Outcome != card.Unverified {
		t.Errorf("without issuer keys: %+v", r)
	}
}

func TestFacesOfCardsThatMustBeRefused(t *testing.T) {
	all := numberBRefusals()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			c := all[name]
			s, _ := open(t, insert(t, c.d))
			reading, r := card.CheckFace(context.Background(), s, numberB(t, tokuichi, 2035, c.code),
				challenge(1), virtual.TestIssuerKeys())
			if r.Outcome != card.Refused || r.Key != c.key || reading.Photo != nil {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Signed are DF22 to DF27; the table of offsets before them and DF29 and DF2A behind DF28 are not, and
// nothing of those is given away.
func TestChangedByteInTheFaceIsRefused(t *testing.T) {
	chip := insert(t, virtual.Description{})
	b := numberB(t, tokuichi, 2035, "1234")
	length := 0
	for at := 0; at == 0 || at < length; at += 41 {
		chip.Insert()
		s, w := open(t, chip)
		unsigned := false
		w.change = func(p place, content []byte) []byte {
			if p != (place{"visual", 0x0002}) {
				return nil
			}
			length = 5 + int(content[3])<<8 + int(content[4])
			expiry := bytes.LastIndex(content, []byte{0xDF, 0x29, 0x82})
			unsigned = at >= 10 && at < 26 || at >= expiry+5
			content[at] ^= 0x01
			return content
		}
		_, r := card.CheckFace(context.Background(), s, b, challenge(1), virtual.TestIssuerKeys())
		if !unsigned && r.Outcome == card.Confirmed {
			t.Errorf("byte %d: %s %s", at, r.Outcome, r.Key)
		}
	}
	if length < 4000 {
		t.Errorf("only %d bytes were looked at", length)
	}
}

package card_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"maps"
	"slices"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// question asks with a code that staff type, for a card whose ten tries they have seen.
func question(t *testing.T, code string, keys card.IssuerKeys) card.FaceQuestion {
	t.Helper()
	return card.FaceQuestion{
		Number:    numberB(t, tokuichi, 2035, code),
		Tries:     10,
		Challenge: challenge(1),
		Keys:      keys,
	}
}

func TestFaceIsReadFromAGenuineCard(t *testing.T) {
	s, _ := open(t, insert(t, virtual.Description{Sex: eligibility.Female}))
	reading, r := card.CheckFace(context.Background(), s, question(t, "1234", virtual.TestIssuerKeys()))
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
	_, r = card.CheckFace(context.Background(), s, question(t, "1234", nil))
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
			reading, r := card.CheckFace(context.Background(), s, question(t, c.code, virtual.TestIssuerKeys()))
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
	q := question(t, "1234", virtual.TestIssuerKeys())
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
		_, r := card.CheckFace(context.Background(), s, q)
		if !unsigned && r.Outcome == card.Confirmed {
			t.Errorf("byte %d: %s %s", at, r.Outcome, r.Key)
		}
	}
	if length < 4000 {
		t.Errorf("only %d bytes were looked at", length)
	}
}

// VERIFY without data asks the counter and uses no try (docs/facts/my-number-card.md#secrets-and-tries).
func TestTheTriesForThePhotoAreAskedWithoutUsingOne(t *testing.T) {
	two := 2
	for _, c := range []struct {
		name string
		d    virtual.Description
		left int
		want error
	}{
		{"a new card", virtual.Description{}, 10, nil},
		{"two left", virtual.Description{NumberBTries: &two}, 2, nil},
		{"an Android phone", virtual.Description{Variant: virtual.Phone}, 0, card.ErrPhone},
		{"another card", virtual.Description{Variant: virtual.OtherCard}, 0, card.ErrNotMyNumberCard},
	} {
		t.Run(c.name, func(t *testing.T) {
			chip := insert(t, c.d)
			for range 3 {
				chip.Insert()
				s, _ := open(t, chip)
				left, err := card.FaceTries(context.Background(), s)
				if left != c.left || !errors.Is(err, c.want) {
					t.Errorf("%d tries, %v", left, err)
				}
			}
		})
	}
}

// What staff have seen and what the card says must agree: else it may be another card that would lose a try.
func TestNoTryIsUsedWhereTheCardSaysOtherThanWasShown(t *testing.T) {
	seven := 7
	for _, shown := range []int{10, 8, 6, 0, -1} {
		chip := insert(t, virtual.Description{NumberBTries: &seven})
		s, _ := open(t, chip)
		q := question(t, "9999", nil)
		q.Tries = shown
		reading, r := card.CheckFace(context.Background(), s, q)
		if r.Outcome != card.Refused || r.Key != card.ErrTriesChanged.Key || reading.Photo != nil {
			t.Errorf("%d shown: %+v", shown, r)
		}
		if left := chip.TriesLeft().NumberBVisual; left != 7 {
			t.Errorf("%d shown: %d tries are left", shown, left)
		}
	}
}

package card_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"maps"
	"reflect"
	"slices"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// question asks with a code that staff type, for a card whose ten tries they have seen.
func question(t *testing.T, code string) card.FaceQuestion {
	t.Helper()
	return card.FaceQuestion{Number: numberB(t, tokuichi, 2035, code), Tries: 10, Challenge: challenge(1)}
}

// checkFace asks a card and verifies what it brings, pictures included.
func checkFace(s *card.Session, q card.FaceQuestion, keys card.IssuerKeys) (card.FacePictures, card.Result) {
	e, pictures, err := card.CheckFace(context.Background(), s, q)
	if err != nil {
		return pictures, card.FaceFaultResult(err)
	}
	if !reflect.DeepEqual(pictures.Digests(), e.Digests) {
		return pictures, card.Result{Outcome: card.Refused, Stored: message.Stored{Ja: "other pictures"}}
	}
	return pictures, card.VerifyFace(e, tokuichi, challenge(1), keys)
}

func TestFaceIsReadFromAGenuineCard(t *testing.T) {
	s, _ := open(t, insert(t, virtual.Description{Sex: eligibility.Female}))
	pictures, r := checkFace(s, question(t, "1234"), virtual.TestIssuerKeys())
	if r.Outcome != card.Confirmed || r.By != card.ByServer {
		t.Errorf("%+v", r)
	}
	// docs/facts/my-number-card.md#visual-files: DF25 and DF26 are PNG, DF27 is JPEG 2000; each with a length
	// of two bytes
	name := pictures.Texts[5:]
	if _, err := png.Decode(bytes.NewReader(name)); err != nil || string(pictures.Texts[:2]) != "\xDF\x25" {
		t.Errorf("the name is no picture: %v", err)
	}
	signature := []byte("\x00\x00\x00\x0CjP  \r\n\x87\n") // ISO/IEC 15444-1 I.5.1
	if !bytes.HasPrefix(pictures.Photo, []byte("\xDF\x27\x82")) ||
		!bytes.HasPrefix(pictures.Photo[5:], signature) {
		t.Error("the photo is no JPEG 2000")
	}
	s, _ = open(t, insert(t, virtual.Description{}))
	_, r = checkFace(s, question(t, "1234"), nil)
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
			_, r := checkFace(s, question(t, c.code), virtual.TestIssuerKeys())
			if r.Outcome != card.Refused || r.Key != c.key {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Signed are DF22 to DF27; the table of offsets before them and DF29 and DF2A behind DF28 are not, and
// nothing of those is given away.
func TestChangedByteInTheFaceIsRefused(t *testing.T) {
	chip := insert(t, virtual.Description{})
	q := question(t, "1234")
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
		_, r := checkFace(s, q, virtual.TestIssuerKeys())
		if !unsigned && r.Outcome == card.Confirmed {
			t.Errorf("byte %d: %s %s", at, r.Outcome, r.Key)
		}
	}
	if length < 4000 {
		t.Errorf("only %d bytes were looked at", length)
	}
}

// An agent that lies has one genuine reading and changes it: the server finds every change, and pictures of
// others have other digests.
func TestChangedEvidenceOfAPhotoIsRefused(t *testing.T) {
	s, _ := open(t, insert(t, virtual.Description{}))
	e, pictures, err := card.CheckFace(context.Background(), s, question(t, "1234"))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := open(t, insert(t, virtual.Description{Name: "試験 花子"}))
	hers, herPictures, err := card.CheckFace(context.Background(), other, question(t, "1234"))
	if err != nil {
		t.Fatal(err)
	}
	flip := func(data []byte, at int) []byte {
		data = bytes.Clone(data)
		data[at] ^= 1
		return data
	}
	for _, c := range []struct {
		name, key string
		change    func(*card.FaceEvidence)
	}{
		{"a phone's label", "card.phone", func(e *card.FaceEvidence) {
			e.Label = []byte("JPKIAPGPSETOKEN                 ")
		}},
		{"no certificate", "card.evidence", func(e *card.FaceEvidence) { e.Certificate = nil }},
		{"another birth date", "card.not_genuine", func(e *card.FaceEvidence) {
			e.Holder = flip(e.Holder, 12)
		}},
		{"another chip's key", "card.not_genuine", func(e *card.FaceEvidence) { e.Holder = hers.Holder }},
		{"more than the three", "card.evidence", func(e *card.FaceEvidence) {
			e.Holder = append(bytes.Clone(e.Holder), e.Holder[:13]...)
		}},
		{"another name", "card.not_genuine", func(e *card.FaceEvidence) {
			e.Digests.Texts = hers.Digests.Texts
		}},
		{"another photo", "card.not_genuine", func(e *card.FaceEvidence) {
			e.Digests.Photo = flip(e.Digests.Photo, 31)
		}},
		{"a digest's end moved", "card.evidence", func(e *card.FaceEvidence) {
			all := append(bytes.Clone(e.Digests.Texts), e.Digests.Photo...)
			e.Digests = card.FaceDigests{Texts: all[:31], Photo: all[31:]}
		}},
		{"another signature of the issuer", "card.not_genuine", func(e *card.FaceEvidence) {
			e.IssuerSignature = hers.IssuerSignature
		}},
		{"another chip's answer", "card.copied", func(e *card.FaceEvidence) { e.Signature = hers.Signature }},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := e
			c.change(&changed)
			r := card.VerifyFace(changed, tokuichi, challenge(1), virtual.TestIssuerKeys())
			if r.Outcome != card.Refused || r.Key != c.key {
				t.Errorf("%s %s", r.Outcome, r.Key)
			}
		})
	}
	if r := card.VerifyFace(e, tokuichi, challenge(2), virtual.TestIssuerKeys()); r.Key != "card.copied" {
		t.Errorf("for another challenge: %s", r.Key)
	}
	if r := card.VerifyFace(e, tokuichi.AddDays(1), challenge(1), nil); r.Key != card.ErrBirthDate.Key {
		t.Errorf("for another birth date: %s", r.Key)
	}
	if reflect.DeepEqual(herPictures.Digests().Texts, pictures.Digests().Texts) {
		t.Error("two names have one digest")
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
		q := question(t, "9999")
		q.Tries = shown
		pictures, r := checkFace(s, q, nil)
		if r.Outcome != card.Refused || r.Key != card.ErrTriesChanged.Key || pictures.Photo != nil {
			t.Errorf("%d shown: %+v", shown, r)
		}
		if left := chip.TriesLeft().NumberBVisual; left != 7 {
			t.Errorf("%d shown: %d tries are left", shown, left)
		}
	}
}

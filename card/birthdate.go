package card

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"madoguchi/eligibility"
)

// BirthDateKey returns the key that opens a card's birth-date record: six digits, the year of the era (S55 → 55), month
// and day. 1980-02-17 is 550217. A western year would burn a try. It returns ErrKeyForm for a date of birth that is
// partly unknown: which form such cards use is not established.
func BirthDateKey(birth eligibility.Date) (string, error) {
	_, year, ok := birth.Era()
	if !birth.Exact() || !ok || year > 99 {
		return "", ErrKeyForm
	}
	return fmt.Sprintf("%02d%02d%02d", year, birth.Month(), birth.Day()), nil
}

// Refusals of the birth-date check. Each is a fact about the card, not a fault of the equipment.
var (
	ErrKeyForm = &eligibility.Error{Code: eligibility.Conflict, Key: "card.key_form",
		Ja: "生年月日の一部が不明なため、このカードはチップで確認できません。券面と本人を見て確認してください。",
		En: "Part of the date of birth is unknown, so the chip cannot be asked. Compare the card's face and the person by eye."}
	ErrNotMyNumberCard = &eligibility.Error{Code: eligibility.Conflict, Key: "card.not_my_number_card",
		Ja: "マイナンバーカードではありません。マイナンバーカードを置いてください。",
		En: "This is not a My Number card. Put the My Number card on the reader."}
	ErrPhone = &eligibility.Error{Code: eligibility.Conflict, Key: "card.phone",
		Ja: "スマートフォンはこのリーダーでは確認できません。スマホは専用リーダーをお使いください。",
		En: "A phone cannot be checked on this reader. Use the reader made for phones."}
	ErrOldCard = &eligibility.Error{Code: eligibility.Conflict, Key: "card.juki",
		Ja: "住基カードです。マイナンバーカードを置いてください。",
		En: "This is an old resident-register card. Put the My Number card on the reader."}
	ErrBlocked = &eligibility.Error{Code: eligibility.Conflict, Key: "card.blocked",
		Ja: "このカードは生年月日による確認が止められています。券面と本人を見て確認し、市区町村の窓口での解除を案内してください。",
		En: "This card's birth-date check is blocked. Compare by eye and refer the holder to the municipal office."}
	ErrFewTries = &eligibility.Error{Code: eligibility.Conflict, Key: "card.few_tries",
		Ja: "残りの回数が少ないため、チップの確認はしません。券面と本人を見て確認してください。",
		En: "Too few tries are left, so the chip is not asked. Compare the card's face and the person by eye."}
	ErrBirthDate = &eligibility.Error{Code: eligibility.Conflict, Key: "card.birthdate_mismatch",
		Ja: "カードの生年月日が画面と一致しません。カードの持ち主を確認してください。",
		En: "The card's birth date differs from the screen's. Check whose card this is."}
)

// minTries is the number of tries below which no attempt is made: the counters never heal by themselves.
const minTries = 3

// Evidence is what the birth-date check brings back. The server verifies all of it.
type Evidence struct {
	Label       []byte `json:"label"`       // first 32 bytes of JPKI 0006: which kind of token
	Certificate []byte `json:"certificate"` // CV certificate of the issuing key, visual 0004
	Record      []byte `json:"record"`      // FF10{DF11 birth date, DF12 card key, DF13 signature}, visual 0001
	Signature   []byte `json:"signature"`   // the card's over the challenge
}

// Challenge binds one check to everything that it may be used for: the server's nonce, the agent's key, the facility, the
// case and the credential (card.md 2).
func Challenge(nonce [32]byte, agentKeyDER []byte, facility, caseID string, jws [32]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte("madoguchi-card-1"))
	h.Write(nonce[:])
	for _, part := range [][]byte{agentKeyDER, []byte(facility), []byte(caseID)} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	h.Write(jws[:])
	return [32]byte(h.Sum(nil))
}

// digestInfo is the DER DigestInfo (SHA-256, NULL included) of a challenge.
func digestInfo(challenge [32]byte) []byte {
	sum := sha256.Sum256(challenge[:])
	prefix := []byte{0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}
	return append(prefix, sum[:]...)
}

// CheckBirthDate asks the card once, over one exclusive connection (card.md 2, steps 1 and 2): which token it is, how many
// tries are left, then the birth-date key, the record and a signature over the challenge. A refusal is one of the errors
// above; a fault of card or reader has code Unavailable. At most one try is used.
func CheckBirthDate(ctx context.Context, card Transmitter, birth eligibility.Date, challenge [32]byte) (Evidence, error) {
	key, err := BirthDateKey(birth)
	if err != nil {
		return Evidence{}, err
	}
	s := session{ctx, card}
	label, err := s.identify()
	if err != nil {
		return Evidence{}, err
	}
	found, err := s.application(aidVisual)
	if err != nil {
		return Evidence{}, err
	}
	if !found {
		return Evidence{}, ErrNotMyNumberCard
	}
	e := Evidence{Label: label}
	if err := s.file(0x0004); err != nil {
		return Evidence{}, err
	}
	if e.Certificate, err = s.object(); err != nil {
		return Evidence{}, err
	}
	if err := s.open(key); err != nil {
		return Evidence{}, err
	}
	if err := s.file(0x0001); err != nil {
		return Evidence{}, err
	}
	if e.Record, err = s.object(); err != nil {
		return Evidence{}, err
	}
	e.Signature, err = s.sign(0x00, digestInfo(challenge))
	return e, err
}

// Labels of JPKI 0006 that tell the kinds of token apart (card.md 4.1).
const (
	labelCard    = "JPKIAPICCTOKEN2"
	labelAndroid = "JPKIAPGPSETOKEN"
	labelIPhone  = "JPKIAPIOSTOKEN"
	labelOld     = "JPKIAPICCTOKEN"
)

// identify tells a My Number card from a phone, an old card and anything else, and returns the label.
func (s session) identify() ([]byte, error) {
	found, err := s.application(aidJPKI)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, ErrNotMyNumberCard
	}
	if err := s.file(0x0006); err != nil {
		return nil, err
	}
	label, sw, err := s.send(0x00, 0xB0, 0x00, 0x00, 0x20)
	if err != nil {
		return nil, err
	}
	if err := unexpected("READ BINARY", sw); err != nil {
		return nil, err
	}
	return label, tokenRefusal(label)
}

// tokenRefusal returns why a token with this label cannot be checked, or nil for a My Number card.
func tokenRefusal(label []byte) error {
	switch string(bytes.TrimRight(label, " \x00")) {
	case labelCard:
		return nil
	case labelAndroid, labelIPhone:
		return ErrPhone
	case labelOld:
		return ErrOldCard
	}
	return ErrNotMyNumberCard
}

// open presents the birth-date key once, unless the counter is too low.
func (s session) open(key string) error {
	if err := s.file(0x0011); err != nil {
		return err
	}
	left, err := s.triesLeft()
	if err != nil {
		return err
	}
	switch {
	case left == 0:
		return ErrBlocked
	case left < minTries:
		return ErrFewTries
	}
	ok, left, err := s.verify(key)
	if err != nil || ok {
		return err
	}
	return ErrBirthDate.Because(fmt.Errorf("%d tries left", left))
}

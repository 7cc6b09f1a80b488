package virtual

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// Description says what a virtual card is. Only the birth date must be given; unknown members are refused.
type Description struct {
	Name      string           `json:"name"` // family and given name parted by a blank
	BirthDate eligibility.Date `json:"birthDate"`
	Variant   Variant          `json:"variant,omitempty"`
	Tries     *int             `json:"tries,omitempty"` // left for the birth-date key; default 10, as assumed

	Address      string          `json:"address,omitempty"`
	Sex          eligibility.Sex `json:"sex,omitempty"`
	ExpiryYear   int             `json:"expiryYear,omitempty"`   // on the front; default 2035
	SecurityCode string          `json:"securityCode,omitempty"` // on the front; default 1234
	NumberBTries *int            `json:"numberBTries,omitempty"` // left for 照合番号B; default 10

	// 利用者証明用電子証明書の暗証番号; default 1234
	UserPIN string `json:"userPIN,omitempty"`
	// 署名用電子証明書の暗証番号; default ABC123
	SignaturePassword string `json:"signaturePassword,omitempty"`
	// 券面事項入力補助用の暗証番号; default 1234
	TextPIN string `json:"textPIN,omitempty"`
	// default 3
	UserPINTries *int `json:"userPINTries,omitempty"`
	// default 2026-04-01
	CertificateFrom eligibility.Date `json:"certificateFrom,omitzero"`
	// the last day; default the fifth birthday after CertificateFrom
	CertificateUntil eligibility.Date `json:"certificateUntil,omitzero"`

	// hexadecimal; default 3BE000FF8131FE4514
	ATR string `json:"atr,omitempty"`
	// a READ past the end answers nothing and 9000 instead of 6B00
	EmptyPastEnd bool   `json:"emptyPastEnd,omitempty"`
	Faults       Faults `json:"faults,omitzero"`
}

// Variant is a way in which a card can differ from a genuine one.
type Variant string

const (
	Genuine Variant = ""
	// a genuine card's data on another chip: challenges are signed by other keys
	Copied Variant = "copied"
	// everything right, but signed by issuers of its own
	ForgedIssuer Variant = "forgedIssuer"
	// the records' date of birth and name were changed after signing
	Altered Variant = "altered"
	// an Android phone's token
	Phone Variant = "phone"
	// an iPhone's token
	IPhone Variant = "iPhone"
	// a 顔認証マイナンバーカード: no PINs, no signature certificate
	Pinless Variant = "pinless"
	// a 住基カード
	OldCard Variant = "oldCard"
	// a card without these applications
	OtherCard Variant = "otherCard"
)

// Parse reads a description.
func Parse(data []byte) (Description, error) {
	var d Description
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return Description{}, fmt.Errorf("reading the virtual card: %w", err)
	}
	return d, d.check()
}

func (d Description) check() error {
	switch d.Variant {
	case Genuine, Copied, ForgedIssuer, Altered, Phone, IPhone, Pinless, OldCard, OtherCard:
	default:
		return fmt.Errorf("virtual: unknown variant %q", d.Variant)
	}
	if !d.BirthDate.Exact() {
		return errors.New("virtual: birthDate must be an exact date, yyyy-mm-dd")
	}
	if eligibility.HoldsMyNumber(d.Name + " " + d.Address) {
		return errors.New("virtual: a description must not hold a My Number")
	}
	if _, err := hex.DecodeString(d.ATR); err != nil || len(d.ATR) > 66 {
		return errors.New("virtual: atr must be hexadecimal, at most 33 bytes (ISO 7816-3)")
	}
	return nil
}

// complete fills in what the description leaves open.
func (d Description) complete() Description {
	preset := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	preset(&d.Name, "試験 太郎")
	preset(&d.Address, "架空県架空市架空町１丁目２番３号")
	preset(&d.SecurityCode, "1234")
	preset(&d.UserPIN, "1234")
	preset(&d.SignaturePassword, "ABC123")
	preset(&d.TextPIN, "1234")
	preset(&d.ATR, "3BE000FF8131FE4514")
	if d.ExpiryYear == 0 {
		d.ExpiryYear = 2035
	}
	if d.CertificateFrom.IsZero() {
		d.CertificateFrom = eligibility.MustDate("2026-04-01")
	}
	if d.CertificateUntil.IsZero() {
		d.CertificateUntil = fifthBirthday(d.BirthDate, d.CertificateFrom)
	}
	d.Name = strings.Replace(d.Name, " ", "\u3000", 1)
	return d
}

// fifthBirthday is when a certificate issued on day ends (docs/facts/jpki-and-certificates.md#life).
func fifthBirthday(birth, day eligibility.Date) eligibility.Date {
	years := day.Year() - birth.Year()
	if !birth.AddMonths(12 * years).After(day) {
		years++
	}
	return birth.AddMonths(12 * (years + 4))
}

// NumberB returns 照合番号B as it is printed on this card's front.
func (d Description) NumberB() (card.NumberB, error) {
	d = d.complete()
	return card.NewNumberB(d.BirthDate, d.ExpiryYear, d.SecurityCode)
}

package card_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// Forms from docs/facts/my-number-card.md#secrets-and-tries: 昭和55年2月17日 and 令和2年2月24日; the edges of the
// eras from docs/facts/shares-and-limits.md#eras.
func TestBirthDateKeyIsInEraForm(t *testing.T) {
	for _, c := range []struct {
		birth string
		want  string
	}{
		{"1980-02-17", "550217"},
		{"2020-02-24", "020224"},
		{"1989-01-07", "640107"},
		{"1989-01-08", "010108"},
		{"2019-04-30", "310430"},
		{"2019-05-01", "010501"},
		{"1926-12-24", "151224"},
		{"1926-12-25", "011225"},
	} {
		t.Run(c.birth, func(t *testing.T) {
			if got, err := card.BirthDateKey(eligibility.MustDate(c.birth)); err != nil || got != c.want {
				t.Errorf("%s %v, want %s", got, err, c.want)
			}
		})
	}
	if _, err := card.BirthDateKey(eligibility.MustDate("1950")); !errors.Is(err, card.ErrKeyForm) {
		t.Errorf("an unknown month and day must not be tried: %v", err)
	}
}

func TestGenuineCardOfThisBirthDateIsConfirmed(t *testing.T) {
	c := insert(t, virtual.Description{})
	e, err := card.CheckBirthDate(context.Background(), card.Open(c), tokuichi, challenge(1))
	if err != nil {
		t.Fatal(err)
	}
	r := card.VerifyBirthDate(e, tokuichi, challenge(1), virtual.TestIssuerKeys())
	if r.Outcome != card.Confirmed {
		t.Errorf("%+v", r)
	}
	r = card.VerifyBirthDate(e, tokuichi, challenge(1), nil)
	if r.Outcome != card.Unverified || r.Text("ja") != "生年月日は一致・カードの真正性は未確認" {
		t.Errorf("without issuer keys: %+v", r)
	}
	if n := len(c.Commands()); n > 20 { // docs/facts/pcsc.md#bars
		t.Errorf("%d APDUs", n)
	}
}

func TestCardsThatMustBeRefused(t *testing.T) {
	two := 2
	zero := 0
	for _, c := range []struct {
		name        string
		description virtual.Description
		birth       string
		want        *eligibility.Error
		key         string
	}{
		{"another person's card", virtual.Description{}, "1955-07-02", card.ErrBirthDate, ""},
		{"copied card", virtual.Description{Variant: virtual.Copied}, "1955-07-01", nil, "card.copied"},
		{"forged issuer", virtual.Description{Variant: virtual.ForgedIssuer}, "1955-07-01", nil,
			"card.not_genuine"},
		{"altered record", virtual.Description{Variant: virtual.Altered}, "1955-07-01", nil,
			"card.not_genuine"},
		{"phone", virtual.Description{Variant: virtual.Phone}, "1955-07-01", card.ErrPhone, ""},
		{"iPhone", virtual.Description{Variant: virtual.IPhone}, "1955-07-01", card.ErrPhone, ""},
		{"old card", virtual.Description{Variant: virtual.OldCard}, "1955-07-01", card.ErrOldCard, ""},
		{"transit card", virtual.Description{Variant: virtual.OtherCard}, "1955-07-01",
			card.ErrNotMyNumberCard, ""},
		{"two tries left", virtual.Description{Tries: &two}, "1955-07-01", card.ErrFewTries, ""},
		{"blocked", virtual.Description{Tries: &zero}, "1955-07-01", card.ErrBlocked, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := card.CheckBirthDate(context.Background(), card.Open(insert(t, c.description)),
				eligibility.MustDate(c.birth), challenge(1))
			var r card.Result
			if err != nil {
				if c.want == nil || !errors.Is(err, c.want) {
					t.Errorf("%v", err)
				}
				r = card.FaultResult(err)
			} else {
				r = card.VerifyBirthDate(e, eligibility.MustDate(c.birth), challenge(1),
					virtual.TestIssuerKeys())
			}
			if r.Outcome != card.Refused || c.key != "" && r.Key != c.key || r.Text("ja") == "" {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestEvidenceProvesNothingElsewhere(t *testing.T) {
	e, err := card.CheckBirthDate(context.Background(), card.Open(insert(t, virtual.Description{})), tokuichi,
		challenge(1))
	if err != nil {
		t.Fatal(err)
	}
	jws := sha256.Sum256([]byte("jws"))
	for _, c := range []struct {
		name  string
		other [32]byte
	}{
		{"another nonce", challenge(2)},
		{"another agent", card.Challenge([32]byte{1}, []byte("liar"), "1319999991", "CASE", jws)},
		{"another facility", card.Challenge([32]byte{1}, []byte("agent"), "1319999992", "CASE", jws)},
		{"another case", card.Challenge([32]byte{1}, []byte("agent"), "1319999991", "CASE2", jws)},
		{"another credential",
			card.Challenge([32]byte{1}, []byte("agent"), "1319999991", "CASE", sha256.Sum256(nil))},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := card.VerifyBirthDate(e, tokuichi, c.other, virtual.TestIssuerKeys())
			if r.Outcome != card.Refused {
				t.Errorf("%+v", r)
			}
		})
	}
	r := card.VerifyBirthDate(e, eligibility.MustDate("1955-07-02"), challenge(1), virtual.TestIssuerKeys())
	if r.Key != "card.birthdate_mismatch" {
		t.Errorf("another date of birth: %+v", r)
	}
	for i := 0; i < len(e.Record); i += 37 {
		broken := e
		broken.Record = bytes.Clone(e.Record)
		broken.Record[i] ^= 1
		r := card.VerifyBirthDate(broken, tokuichi, challenge(1), virtual.TestIssuerKeys())
		if r.Outcome != card.Refused {
			t.Errorf("byte %d of the record flipped: %+v", i, r)
		}
	}
}

type gone struct{}

func (gone) Transmit(context.Context, []byte) ([]byte, error) { return nil, errors.New("pulled") }

func TestPulledCardIsAFaultNotARefusal(t *testing.T) {
	_, err := card.CheckBirthDate(context.Background(), card.Open(gone{}), tokuichi, challenge(1))
	if r := card.FaultResult(err); !errors.Is(err, card.ErrRemoved) || r.Outcome != card.Failed {
		t.Errorf("%v, %+v", err, r)
	}
}

func FuzzVerifyBirthDateNeverPanics(f *testing.F) {
	f.Add([]byte{0xFF, 0x10, 0x00}, []byte{0x7F, 0x21, 0x82, 0x00, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, record, certificate []byte) {
		e := card.Evidence{Label: []byte("JPKIAPICCTOKEN2"), Record: record, Certificate: certificate}
		r := card.VerifyBirthDate(e, tokuichi, challenge(1), virtual.TestIssuerKeys())
		if r.Outcome == card.Confirmed {
			t.Error("garbage was confirmed")
		}
	})
}

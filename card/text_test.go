package card_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
	"madoguchi/eligibility"
)

// Forms from docs/facts/my-number-card.md#secrets-and-tries: 昭和55年2月17日, expiry 2035, code 2285 is
// 5502172035 2285; the card is asked with it.
func TestNumberBIsTheEraDateTheYearAndTheCode(t *testing.T) {
	birth := eligibility.MustDate("1980-02-17")
	c := insert(t, virtual.Description{BirthDate: birth, SecurityCode: "2285"})
	s, _ := open(t, c)
	_, r := card.CheckText(context.Background(), s, numberB(t, birth, 2035, " ２２８５ "), challenge(1), nil)
	if r.Outcome != card.Unverified {
		t.Fatalf("%+v", r)
	}
	sent := false
	for _, command := range c.Commands() {
		sent = sent || bytes.Equal(command, append([]byte{0x00, 0x20, 0x00, 0x80, 0x0E}, "55021720352285"...))
	}
	if !sent {
		t.Error("55021720352285 was not presented")
	}
}

func TestMistypedNumberBNeverReachesTheCard(t *testing.T) {
	for _, c := range []struct {
		name  string
		birth string
		year  int
		code  string
		want  error
	}{
		{"unknown day", "1980-02", 2035, "2285", card.ErrKeyForm},
		{"era year", "1980-02-17", 7, "2285", card.ErrExpiryYear},
		{"two-digit year", "1980-02-17", 35, "2285", card.ErrExpiryYear},
		{"three digits", "1980-02-17", 2035, "228", card.ErrSecurityCode},
		{"a letter", "1980-02-17", 2035, "228O", card.ErrSecurityCode},
		{"twelve more digits", "1980-02-17", 2035, "228512345678", card.ErrSecurityCode},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := card.NewNumberB(eligibility.MustDate(c.birth), c.year, c.code)
			if !errors.Is(err, c.want) {
				t.Errorf("%v %v", b, err)
			}
		})
	}
	s, w := open(t, insert(t, virtual.Description{}))
	_, r := card.CheckText(context.Background(), s, card.NumberB{}, challenge(1), nil)
	if r.Outcome != card.Refused || len(w.files) > 0 {
		t.Errorf("an empty number was used: %+v", r)
	}
}

func TestPrintedNumberBShowsNoDigits(t *testing.T) {
	b := numberB(t, tokuichi, 2035, "1234")
	if s := fmt.Sprintf("%v %+v %#v %s", b, b, b, b); bytes.ContainsAny([]byte(s), "0123456789") {
		t.Error(s)
	}
}

func TestTextIsReadFromAGenuineCardAndTheAgentIsNamed(t *testing.T) {
	d := virtual.Description{Name: "髙橋 德一", Address: "架空県架空市１－２－３", Sex: eligibility.Male}
	s, _ := open(t, insert(t, d))
	reading, r := card.CheckText(context.Background(), s, numberB(t, tokuichi, 2035, "1234"), challenge(1),
		virtual.TestIssuerKeys())
	want := card.TextReading{
		Name:      "髙橋\u3000德一",
		Address:   "架空県架空市１－２－３",
		BirthDate: tokuichi,
		Sex:       eligibility.Male,
	}
	if r.Outcome != card.Confirmed || reading != want {
		t.Errorf("%+v %+v", reading, r)
	}
	if r.By != card.ByAgent || r.By.Message().Text("ja") != "このPCのエージェントが確認" ||
		!bytes.Contains([]byte(r.Text("ja")), []byte("このPCのエージェントが確認")) {
		t.Errorf("the agent is not named: %+v", r)
	}
	old := append(slices.Clone(r.NotProven), "カードが画面の人のものであること") // as stored before the catalogue
	keys, last := card.ClaimKeys(old), len(old)-1
	if len(keys) != len(old) || keys[0] != string(r.NotProven[0]) || keys[last] != "" {
		t.Errorf("keys %q", keys)
	}
	if len(r.Proves) == 0 || len(r.NotProven) == 0 {
		t.Errorf("what it proves is not said: %+v", r)
	}
	for _, c := range r.Checks {
		if c.Result != "passed" {
			t.Errorf("%+v", c)
		}
	}
}

// numberBRefusals are cards that a check by 照合番号B must refuse, the code that is typed and the key of the
// refusal.
func numberBRefusals() map[string]numberBRefusal {
	two, zero := 2, 0
	return map[string]numberBRefusal{
		"wrong code":     {virtual.Description{}, "9999", "card.number_b_mismatch"},
		"two tries left": {virtual.Description{NumberBTries: &two}, "1234", "card.number_b_few_tries"},
		"blocked":        {virtual.Description{NumberBTries: &zero}, "1234", "card.number_b_blocked"},
		"copied":         {virtual.Description{Variant: virtual.Copied}, "1234", "card.copied"},
		"forged issuer":  {virtual.Description{Variant: virtual.ForgedIssuer}, "1234", "card.not_genuine"},
		"altered record": {virtual.Description{Variant: virtual.Altered}, "1234", "card.not_genuine"},
		"Android phone":  {virtual.Description{Variant: virtual.Phone}, "1234", "card.phone"},
		"iPhone":         {virtual.Description{Variant: virtual.IPhone}, "1234", "card.phone"},
		"old card":       {virtual.Description{Variant: virtual.OldCard}, "1234", "card.juki"},
		"another card": {virtual.Description{Variant: virtual.OtherCard}, "1234",
			"card.not_my_number_card"},
	}
}

type numberBRefusal struct {
	d         virtual.Description
	code, key string
}

func TestTextOfCardsThatMustBeRefused(t *testing.T) {
	all := numberBRefusals()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			c := all[name]
			chip := insert(t, c.d)
			before := chip.TriesLeft().NumberB
			s, w := open(t, chip)
			reading, r := card.CheckText(context.Background(), s, numberB(t, tokuichi, 2035, c.code),
				challenge(1), virtual.TestIssuerKeys())
			if r.Outcome != card.Refused || r.Key != c.key || r.Text("ja") == "" || r.Text("en") == "" ||
				reading != (card.TextReading{}) {
				t.Errorf("%+v %+v", reading, r)
			}
			lost := before - chip.TriesLeft().NumberB
			if name == "wrong code" && (lost != 1 || w.verifies != 1) || name != "wrong code" && lost > 0 {
				t.Errorf("%d tries lost", lost)
			}
		})
	}
}

// Every byte of the four files counts, except those that nothing vouches for: the table of offsets and the
// filler.
func TestChangedByteInAnyTextFileIsRefused(t *testing.T) {
	chip := insert(t, virtual.Description{Name: "髙橋 德一"})
	b := numberB(t, tokuichi, 2035, "1234")
	for _, c := range []struct {
		file uint16
		step int
	}{
		{0x0002, 5},
		{0x0003, 7},
		{0x0004, 23},
		{0x0007, 23},
	} {
		t.Run(fmt.Sprint(c.file), func(t *testing.T) {
			length := 0
			for at := 0; at == 0 || at < length; at += c.step {
				chip.Insert()
				s, w := open(t, chip)
				w.change = func(p place, content []byte) []byte {
					if p != (place{"text", c.file}) {
						return nil
					}
					length = 5 + int(content[3])<<8 + int(content[4])
					content[at] ^= 0x01
					return content
				}
				reading, r := card.CheckText(context.Background(), s, b, challenge(1),
					virtual.TestIssuerKeys())
				table := c.file == 0x0002 && at >= 10 && at < 18
				if table && r.Outcome != card.Confirmed || !table &&
					(r.Outcome == card.Confirmed || r.Outcome == card.Unverified ||
						reading != (card.TextReading{})) {
					t.Errorf("byte %d of text %04X: %s %s", at, c.file, r.Outcome, r.Key)
				}
			}
		})
	}
}

func TestTextRecordOfAnotherGenuineCardIsRefused(t *testing.T) {
	b := numberB(t, tokuichi, 2035, "1234")
	other := map[uint16][]byte{}
	s, w := open(t, insert(t, virtual.Description{Name: "別人 花子"}))
	w.change = func(p place, content []byte) []byte { other[p.file] = content; return nil }
	_, r := card.CheckText(context.Background(), s, b, challenge(1), virtual.TestIssuerKeys())
	if r.Outcome != card.Confirmed {
		t.Fatalf("%+v", r)
	}
	for _, c := range []struct {
		name  string
		files []uint16
	}{
		{"record", []uint16{0x0002}},
		{"record and hashes", []uint16{0x0002, 0x0003}},
		{"card key", []uint16{0x0007}},
		{"all", []uint16{0x0002, 0x0003, 0x0007}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, w := open(t, insert(t, virtual.Description{}))
			w.change = func(p place, _ []byte) []byte {
				for _, f := range c.files {
					if p == (place{"text", f}) {
						return other[f]
					}
				}
				return nil
			}
			_, r := card.CheckText(context.Background(), s, b, challenge(1), virtual.TestIssuerKeys())
			if c.name == "record and hashes" {
				// Nothing in this application binds the record to the chip: each is signed for itself. So the
				// result says that it counts only beside the birth date, whose record holds the chip's key.
				if r.Outcome != card.Confirmed || !slices.Contains(card.Claims(r.NotProven, "ja"),
					"この記録とこのチップが同じカードのものであること（生年月日の確認といっしょに見てください）") {
					t.Errorf("%+v", r)
				}
				return
			}
			if r.Outcome != card.Refused {
				t.Errorf("%+v", r)
			}
		})
	}
}

// The printed number opens the card, but its signed record is of somebody born on another day.
func TestRecordOfAnotherBirthDateIsRefused(t *testing.T) {
	other := map[place][]byte{}
	stranger := tokuichi.AddDays(1)
	for _, o := range operations[1:3] {
		s, w := open(t, insert(t, virtual.Description{BirthDate: stranger}))
		w.change = func(p place, content []byte) []byte { other[p] = content; return nil }
		_, r := o.run(context.Background(), s, stranger, numberB(t, stranger, 2035, "1234"))
		if r.Outcome != card.Confirmed {
			t.Fatalf("%+v", r)
		}
		s, w = open(t, insert(t, virtual.Description{}))
		w.change = func(p place, _ []byte) []byte {
			switch p {
			case place{"text", 0x0002}, place{"text", 0x0003}, place{"visual", 0x0002}:
				return other[p]
			}
			return nil
		}
		_, r = o.run(context.Background(), s, tokuichi, numberB(t, tokuichi, 2035, "1234"))
		if r.Outcome != card.Refused || r.Key != "card.birthdate_mismatch" {
			t.Errorf("%s: %+v", o.name, r)
		}
	}
}

func TestResponsesWithTheNumbersHashAreOverwritten(t *testing.T) {
	chip := insert(t, virtual.Description{})
	_, hash := chip.ForbiddenNumber()
	s, w := open(t, chip)
	seen := false
	inner := w.card
	w.card = transmit(func(ctx context.Context, command []byte) ([]byte, error) {
		answer, err := inner.Transmit(ctx, command)
		seen = seen || bytes.Contains(answer, hash[:])
		return answer, err
	})
	_, r := card.CheckText(context.Background(), s, numberB(t, tokuichi, 2035, "1234"), challenge(1),
		virtual.TestIssuerKeys())
	if r.Outcome != card.Confirmed {
		t.Fatalf("%+v", r)
	}
	if !seen || len(w.responses) == 0 {
		t.Fatal("the hash was never read, so this test shows nothing")
	}
	for _, r := range w.responses {
		if bytes.Contains(r, hash[:8]) || len(bytes.Trim(r[:len(r)-2], "\x00")) > 0 {
			t.Errorf("a response still holds %X…", r[:4])
		}
	}
}

type transmit func(ctx context.Context, command []byte) ([]byte, error)

func (f transmit) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	return f(ctx, command)
}

func TestCardsWithWesternDatesAreNotAsked(t *testing.T) {
	b := numberB(t, tokuichi, 2035, "1234")
	for _, o := range operations[:3] {
		s, w := open(t, insert(t, virtual.Description{}))
		s.WesternDates = true
		_, r := o.run(context.Background(), s, tokuichi, b)
		if r.Outcome != card.Refused || r.Key != "card.key_form" || len(w.files) > 0 {
			t.Errorf("%s: %+v", o.name, r)
		}
	}
}

func TestSecondKeyNeedsAnotherHumanAction(t *testing.T) {
	for _, right := range []bool{true, false} {
		chip := insert(t, virtual.Description{})
		b := numberB(t, tokuichi, 2035, map[bool]string{true: "1234", false: "9999"}[right])
		s, w := open(t, chip)
		_, first := operations[1].run(context.Background(), s, tokuichi, b)
		if w.verifies != 1 || right && first.Outcome != card.Confirmed ||
			!right && first.Key != "card.number_b_mismatch" {
			t.Fatalf("%+v", first)
		}
		sent := len(chip.Commands())
		for _, o := range operations[:3] {
			_, r := o.run(context.Background(), s, tokuichi, b)
			if r.Outcome != card.Failed || r.Key != "card.second_key" {
				t.Errorf("%s: %+v", o.name, r)
			}
		}
		if len(chip.Commands()) != sent {
			t.Error("bytes were sent for a second key within one human action")
		}
		s = card.Open(w) // the next human action
		_, r := operations[0].run(context.Background(), s, tokuichi, b)
		if r.Outcome != card.Confirmed || w.verifies != 2 {
			t.Errorf("after another action: %+v", r)
		}
	}
}

package counter

import (
	"strings"

	"madoguchi/eligibility"
)

// WayPerson is what staff typed of somebody, or had the chip tell.
type WayPerson struct {
	Name      string
	Kana      string // A1
	BirthDate string // as people write it: 昭和55年2月17日, S55.2.17, 1980-02-17
	Sex       string // male, female or nothing
	Address   string
	Number    string // L0: 診察券番号
	Contact   string // A1, D0: telephone
	Belongs   string // A1, D0: insurer, employer; of 国保 the address
}

// readPerson is a WayPerson as it was understood.
type readPerson struct {
	Name, Kana, Address, Number, Contact, Belongs string
	BirthDate                                     eligibility.Date
	Sex                                           eligibility.Sex
}

var (
	errWayText  = &eligibility.Error{Code: eligibility.Invalid, Key: "way.text"}
	errWayEmpty = &eligibility.Error{Code: eligibility.Invalid, Key: "way.empty"}
	errWayBirth = &eligibility.Error{Code: eligibility.Invalid, Key: "way.birth_date", Field: "birthDate"}
	errWaySex   = &eligibility.Error{Code: eligibility.Invalid, Key: "way.sex", Field: "sex"}
)

// wayNeeds are the fields without which a way is not recorded, beside name and birth date: of L1 the items
// that the notice names (保発0710第1号), of D0 those that victims tell by mouth.
var wayNeeds = map[eligibility.MethodCode][]string{
	Outage:   {"sex", "address"},
	Disaster: {"contact", "belongs"},
}

// read understands what was typed for a way to be accepted; the error names the field.
func (p WayPerson) read(code eligibility.MethodCode, day eligibility.Date) (readPerson, error) {
	needed := map[string]bool{"name": true, "birthDate": true}
	for _, field := range wayNeeds[code] {
		needed[field] = true
	}
	return p.readWith(needed, day)
}

// readSoFar understands what was typed of somebody who is not accepted now: nothing is needed, but what is
// there must be readable.
func (p WayPerson) readSoFar(day eligibility.Date) (readPerson, error) { return p.readWith(nil, day) }

func (p WayPerson) readWith(needed map[string]bool, day eligibility.Date) (r readPerson, err error) {
	for _, text := range []struct {
		field, typed string
		to           *string
	}{
		{"name", p.Name, &r.Name},
		{"kana", p.Kana, &r.Kana},
		{"address", p.Address, &r.Address},
		{"number", p.Number, &r.Number},
		{"contact", p.Contact, &r.Contact},
		{"belongs", p.Belongs, &r.Belongs},
	} {
		line, ok := readLine(text.typed)
		switch {
		case !ok:
			return r, errWayText.In(text.field)
		case line == "" && needed[text.field]:
			return r, errWayEmpty.In(text.field)
		}
		*text.to = line
	}
	r.Name = eligibility.CleanName(r.Name)
	if needed["birthDate"] || strings.TrimSpace(p.BirthDate) != "" {
		if r.BirthDate, err = readBirthDate(p.BirthDate, day); err != nil {
			return r, err
		}
	}
	switch r.Sex = eligibility.Sex(p.Sex); r.Sex {
	case eligibility.Male, eligibility.Female:
	case eligibility.SexUnknown:
		if needed["sex"] {
			return r, errWaySex
		}
	default:
		return r, errWaySex
	}
	return r, nil
}

// readBirthDate reads a date of birth that was typed; one after the day, or longer ago than anybody lives, is
// mistyped.
func readBirthDate(typed string, day eligibility.Date) (eligibility.Date, error) {
	birth, err := eligibility.ReadDate(typed)
	if err != nil || birth.IsZero() || birth.Earliest().After(day) || eligibility.Age(birth, day) > 130 {
		return eligibility.Date{}, errWayBirth
	}
	return birth, nil
}

// forList is what the outage list keeps.
func (r readPerson) forList(byChip bool) OutagePerson {
	return OutagePerson{
		Name:      r.Name,
		BirthDate: r.BirthDate,
		Sex:       r.Sex,
		Address:   r.Address,
		ByChip:    byChip,
	}
}

package counter

import (
	"context"

	"madoguchi/pdf"
	"madoguchi/server/staff"
)

// DeclarationSheet returns the 被保険者資格申立書 with what is known of the patient and the share that is billed for
// now. Nothing of it is stored: the patient fills in the rest and signs it on paper.
func (w Ways) DeclarationSheet(
	ctx context.Context, reception staff.Reception, answers Answers, typed WayPerson,
) ([]byte, error) {
	facility, err := facilityOf(ctx, w.facilities, reception)
	if err != nil {
		return nil, err
	}
	person, err := typed.read(Declaration, w.today())
	if err != nil {
		return nil, err
	}
	way := &WayNote{Code: Declaration, Answers: answers, BirthDate: person.BirthDate}
	outcome, err := w.accepted(ctx, reception, way)
	if err != nil {
		return nil, err
	}
	data, _, err := pdf.DeclarationSheet(pdf.Declaration{
		Facility:  facility.Name,
		Name:      person.Name,
		Kana:      person.Kana,
		BirthDate: person.BirthDate,
		Sex:       person.Sex,
		Address:   person.Address,
		Telephone: person.Contact,
		Employer:  person.Belongs,
		Shares:    outcome.Provisional,
	}, w.now())
	return data, err
}

// ProvisionalShares returns the shares, in percent, that a declaration may be billed with for somebody born
// on a day, as it was typed (docs/facts/eligibility-methods.md#written-declaration).
func (w Ways) ProvisionalShares(
	ctx context.Context, reception staff.Reception, answers Answers, birthDate string,
) ([]int, error) {
	birth, err := readBirthDate(birthDate, w.today())
	if err != nil {
		return nil, err
	}
	way := &WayNote{Code: Declaration, Answers: answers, BirthDate: birth}
	outcome, err := w.accepted(ctx, reception, way)
	return outcome.Provisional, err
}

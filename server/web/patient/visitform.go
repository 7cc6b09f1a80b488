package patient

import (
	"errors"

	"madoguchi/eligibility"
)

// visitSteps are the questions of 受診日チェック in their order.
var visitSteps = []eligibility.TypedOn{
	eligibility.TypedVisit,
	eligibility.TypedCertificate,
	eligibility.TypedCard,
	eligibility.TypedPaper,
	eligibility.TypedBirth,
	eligibility.TypedSaved,
}

// stepNamed is the place of a question, -1 where there is none of that name.
func stepNamed(name string) int {
	for i, on := range visitSteps {
		if string(on) == name {
			return i
		}
	}
	return -1
}

// questionOf is the key of a question's sentence.
func questionOf(on eligibility.TypedOn) string { return "visit." + string(on) }

// field is the place of a date in the form. The name is one of visitSteps.
func (f *VisitForm) field(name string) *string {
	switch eligibility.TypedOn(name) {
	case eligibility.TypedCertificate:
		return &f.CertificateUntil
	case eligibility.TypedCard:
		return &f.CardUntil
	case eligibility.TypedPaper:
		return &f.PaperUntil
	case eligibility.TypedBirth:
		return &f.BirthDate
	case eligibility.TypedSaved:
		return &f.SavedOn
	}
	return &f.Day
}

// read turns the form into a Visit. The error names the first date that is none or cannot be.
func (f *VisitForm) read(today eligibility.Date) (v eligibility.Visit, wrong *eligibility.Error) {
	for _, on := range visitSteps {
		d, err := readTyped(on, *f.field(string(on)), today)
		if err != nil && wrong == nil {
			wrong = err
		}
		switch on {
		case eligibility.TypedVisit:
			v.Day = d
		case eligibility.TypedCertificate:
			v.CertificateUntil = d
		case eligibility.TypedCard:
			v.CardUntil = d
		case eligibility.TypedPaper:
			v.PaperUntil = d
		case eligibility.TypedBirth:
			v.Person.BirthDate = d
		case eligibility.TypedSaved:
			v.SavedOn = d
		}
	}
	return v, wrong
}

// readTyped reads what was typed for a question. Nothing is the zero Date, but a visit has a day.
func readTyped(
	on eligibility.TypedOn, text string, today eligibility.Date,
) (eligibility.Date, *eligibility.Error) {
	d, err := eligibility.ReadDate(text)
	if err == nil {
		err = eligibility.CheckTyped(on, d, today)
	}
	if err == nil && on == eligibility.TypedVisit && d.IsZero() {
		err = eligibility.ErrDateNotWhole.In(string(on))
	}
	var wrong *eligibility.Error
	if errors.As(err, &wrong) && wrong.Field == "" {
		wrong = wrong.In(string(on))
	}
	return d, wrong
}

// carry fills the hidden fields with all answers but one.
func (v *VisitView) carry(form VisitForm, but string) {
	for _, on := range visitSteps {
		if value := *form.field(string(on)); string(on) != but && value != "" {
			v.Carried = append(v.Carried, CarriedField{Name: string(on), Value: value})
		}
	}
}

// clean takes out what must not be shown again.
func (f *VisitForm) clean() {
	for _, on := range visitSteps {
		typed := f.field(string(on))
		*typed = printableInput(*typed)
	}
}

// exampleOf is a date in the writings that are read.
func exampleOf(d eligibility.Date) TypedExample {
	return TypedExample{Era: d.Japanese(), Short: d.ShortEra(), Western: d.String()}
}

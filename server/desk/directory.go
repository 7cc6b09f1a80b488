package desk

import (
	"context"
	"errors"

	"madoguchi/eligibility"
)

// Insurer returns one insurer of this server.
func (o *Office) Insurer(ctx context.Context, number eligibility.InsurerNumber) (Insurer, error) {
	all, err := o.Store.Insurers(ctx)
	if err != nil {
		return Insurer{}, err
	}
	for _, in := range all {
		if in.Number == number {
			return in, nil
		}
	}
	return Insurer{}, errNoInsurer
}

var errNoInsurer = &eligibility.Error{Code: eligibility.NotFound, Key: "insurer.unknown", Field: "insurer",
	Ja: "この保険者番号は、ここには登録されていません。番号を確かめてください。",
	En: "No insurer here has this number. Check the number."}

// notFoundAs replaces a store's "not found" by what it means here.
func notFoundAs(err error, as *eligibility.Error) error {
	var e *eligibility.Error
	if errors.As(err, &e) && e.Code == eligibility.NotFound {
		return as
	}
	return err
}

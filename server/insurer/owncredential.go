package insurer

import (
	"context"

	"madoguchi/credential"
	"madoguchi/eligibility"
	"madoguchi/server/hostapi"
	"madoguchi/server/insuredcsv"
)

var errForeignCredential = &eligibility.Error{Code: eligibility.Denied, Key: "receipt.credential"}

// ownCredential finds the person of a credential that this insurer signed with any key that it publishes: a
// screen may come back just after a rotation.
func (i *Issuer) ownCredential(
	ctx context.Context,
	insurer eligibility.InsurerNumber,
	jws string,
) (PersonRecord, error) {
	if insurer == "" {
		return PersonRecord{}, errForeignCredential
	}
	keys, err := i.keys.Issuer(insurer, i.now())
	if err != nil {
		return PersonRecord{}, err
	}
	read, err := credential.Open(jws, i.ISS(insurer), keys.Set)
	if err != nil {
		return PersonRecord{}, errForeignCredential.Because(err)
	}
	if i.now().After(read.ExpiresAt.Add(hostapi.ReceiptWindow)) || read.Eligibility.Insurer != insurer {
		return PersonRecord{}, errForeignCredential
	}
	e := read.Eligibility
	return i.store.PersonByKey(
		ctx,
		insurer,
		insuredcsv.PersonKey(eligibility.Person{Insurer: e.Insurer, Symbol: e.Symbol, Number: e.Number,
			BranchNumber: e.BranchNumber, BirthDate: e.BirthDate, Name: e.Name}),
	)
}

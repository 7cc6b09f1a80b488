package main

import "madoguchi/eligibility"

// virtualHolder is the fictional person of a virtual card.
type virtualHolder struct {
	name      string
	birthDate eligibility.Date
}

// errNoVirtual says that a program for live use (-tags nodemo) knows no virtual cards.
var errNoVirtual = &eligibility.Error{
	Code:  eligibility.Unavailable,
	Key:   "bridge.no_virtual",
	Field: "--virtual",
}

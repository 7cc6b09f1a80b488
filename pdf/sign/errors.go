package sign

import (
	"madoguchi/eligibility"
)

// The sentences for people. Callers compare with errors.Is.
var (
	ErrStructure = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.structure"}
	ErrKey       = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.key"}
	ErrFormat    = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.format"}
	ErrLarge     = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.large"}
	ErrLocked    = &eligibility.Error{Code: eligibility.Invalid, Key: "sign.locked"}
)

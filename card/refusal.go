package card

import (
	"madoguchi/eligibility"
)

// Refusals: each is a fact about the card or about what was typed, not a fault of the equipment.
var (
	ErrKeyForm         = &eligibility.Error{Code: eligibility.Conflict, Key: "card.key_form"}
	ErrNotMyNumberCard = &eligibility.Error{Code: eligibility.Conflict, Key: "card.not_my_number_card"}
	ErrPhone           = &eligibility.Error{Code: eligibility.Conflict, Key: "card.phone"}
	ErrOldCard         = &eligibility.Error{Code: eligibility.Conflict, Key: "card.juki"}
	ErrBlocked         = &eligibility.Error{Code: eligibility.Conflict, Key: "card.blocked"}
	ErrFewTries        = &eligibility.Error{Code: eligibility.Conflict, Key: "card.few_tries"}
	ErrBirthDate       = &eligibility.Error{Code: eligibility.Conflict, Key: "card.birthdate_mismatch"}
	ErrNumberB         = &eligibility.Error{Code: eligibility.Conflict, Key: "card.number_b_mismatch"}
	ErrNumberBBlocked  = &eligibility.Error{Code: eligibility.Conflict, Key: "card.number_b_blocked"}
	ErrNumberBFewTries = &eligibility.Error{Code: eligibility.Conflict, Key: "card.number_b_few_tries"}
	// ErrTriesChanged: the card has other tries left than was shown before; it may be another card.
	ErrTriesChanged = &eligibility.Error{Code: eligibility.Conflict, Key: "card.tries_changed"}
)

// Refusals of what a card brings.
var (
	errForged   = &eligibility.Error{Code: eligibility.Conflict, Key: "card.not_genuine"}
	errCopied   = &eligibility.Error{Code: eligibility.Conflict, Key: "card.copied"}
	errEvidence = &eligibility.Error{Code: eligibility.Conflict, Key: "card.evidence"}
)

// Faults of the equipment.
var (
	ErrRemoved  = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.removed"}
	ErrNoCard   = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.none"}
	ErrNoReader = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.no_reader"}
	ErrTimeout  = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.timeout"}
	errAnswer   = &eligibility.Error{Code: eligibility.Unavailable, Key: "card.unexpected"}
)

// KnownFault returns the error that a key of this package stands for, the readers' faults among them, so that
// an agent can send the key alone.
func KnownFault(key string) error {
	known := []*eligibility.Error{
		ErrKeyForm, ErrNotMyNumberCard, ErrPhone, ErrOldCard, ErrBlocked, ErrFewTries, ErrBirthDate,
		ErrNumberB, ErrNumberBBlocked, ErrNumberBFewTries, ErrTriesChanged,
		ErrRemoved, ErrNoCard, ErrNoReader, ErrTimeout,
	}
	for _, e := range append(known, readerFaults...) {
		if e.Key == key {
			return e
		}
	}
	return errAnswer
}

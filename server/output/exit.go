package output

import (
	"fmt"

	"madoguchi/eligibility"
)

// Exit is an error that carries a command's exit code; what there is to say has been printed.
type Exit int

// Refused is the exit code of what was refused whole, is unreadable, or was asked in a wrong way.
const Refused Exit = 2

// Error implements error.
func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Refuse complains, naming the field at fault, and returns the exit code.
func Refuse(err error) error {
	Refusal(err)
	return Refused
}

var errUntold = &eligibility.Error{Code: eligibility.Unavailable, Key: "output.untold"}

// Done turns a failure to write the answer into an exit code: an answer that nobody got is none.
func Done(err error) error {
	if err == nil {
		return nil
	}
	return Refuse(errUntold.Because(err))
}

// Answer prints the answer as one JSON document, or complains and returns the exit code.
func Answer(ask func() (any, error)) error {
	answer, err := ask()
	if err != nil {
		return Refuse(err)
	}
	return Done(JSON(answer))
}

// Tell prints what a command tells, or complains in the words of its flags.
func Tell(asJSON bool, told Told, err error) error {
	if err != nil {
		return Refuse(OfFlags(err))
	}
	return Done(told.Print(asJSON))
}

package main

import (
	"errors"

	"madoguchi/card"
	"madoguchi/eligibility"
	"madoguchi/message"
)

// answer is what bridge check prints: the one JSON object of its contract.
type answer struct {
	Result          card.Outcome `json:"result"`
	message.Message              // its key is stable, e.g. card.birthdate_mismatch
	Reason          string       `json:"reason"`
	ReasonEn        string       `json:"reasonEn"`
	Detail          string       `json:"detail,omitempty"` // what a technician asks for: the cause
	Checks          []line       `json:"checks"`
	Proves          []string     `json:"proves"`
	NotProven       []string     `json:"notProven"`
	ProvesKeys      []string     `json:"provesKeys"` // of each sentence of Proves
	NotProvenKeys   []string     `json:"notProvenKeys"`
	Reader          string       `json:"reader,omitempty"`
	Virtual         bool         `json:"virtual,omitempty"`
	TestKeys        bool         `json:"testKeys,omitempty"`
}

// line is one step of the check.
type line struct {
	Name     string `json:"name"`
	Result   string `json:"result"` // passed, failed, not checked
	Reason   string `json:"reason"`
	ReasonEn string `json:"reasonEn"`
	message.Message
}

// answerOf converts a Result to the form of the contract. A step that was not looked at says why not.
func answerOf(r card.Result) answer {
	a := answer{
		Result:        r.Outcome,
		Message:       r.Message,
		Reason:        r.Text("ja"),
		ReasonEn:      r.Text("en"),
		Checks:        []line{},
		Proves:        card.Claims(r.Proves, "ja"),
		NotProven:     card.Claims(r.NotProven, "ja"),
		ProvesKeys:    card.ClaimKeys(r.Proves),
		NotProvenKeys: card.ClaimKeys(r.NotProven),
	}
	for _, c := range r.Checks {
		told := c.Message
		switch {
		case c.Result != "not checked":
		case r.Outcome == card.Unverified:
			told = message.New("bridge.step.no_keys", nil)
		default:
			told = message.New("bridge.step.ended_before", nil)
		}
		a.Checks = append(a.Checks, line{c.Name, c.Result, told.Text("ja"), told.Text("en"), told})
	}
	return a
}

// errorAnswer is the answer to an error: refused for what the card is or says, error for everything else.
func errorAnswer(err error) answer {
	a := answerOf(card.Fault(err))
	var e *eligibility.Error
	if errors.As(err, &e) && e.Cause != nil {
		a.Detail = e.Cause.Error()
	}
	return a
}

var errUntold = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.untold"}

// printAnswer prints the answer and returns its exit code.
func printAnswer(a answer) error {
	if err := printJSON(a); err != nil {
		printError(errUntold.Because(err))
		return exit(exitError)
	}
	switch a.Result {
	case card.Confirmed:
		return exit(exitConfirmed)
	case card.Unverified:
		return exit(exitUnverified)
	case card.Refused:
		return exit(exitRefused)
	}
	return exit(exitError)
}

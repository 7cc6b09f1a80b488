package hostapi

import (
	"madoguchi/eligibility"
)

// Caller is a counter server that proved itself, as the trust list names it.
type Caller struct{ URL, Name string }

var (
	// ErrOnlineCode is the one answer for a code that is wrong, over, used, denied or another counter's:
	// guessing teaches nothing.
	ErrOnlineCode = &eligibility.Error{Code: eligibility.NotFound, Key: "code.unknown", Field: "text"}
	// ErrCodeWaiting says that the patient has not answered yet.
	ErrCodeWaiting = &eligibility.Error{Code: eligibility.Conflict, Key: "code.waiting"}
)
